"""Invent a month of a marketplace: what was posted, what of it breaks a rule, who saw it, and who flagged it.

An item has a hidden truth (does it break a rule, how gravely) and a curve of views. Its flags come from people who are
right, careless, wrong on purpose, or in a brigade. Every order of the queue meets the same flags. All rates are guesses
that a house should replace by its own log; the second set of constants is there because of that.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]

TICK_HOURS = 1 / 6
DAYS = 30
FIRST_DAY, LAST_DAY = 6, 25
"""What was first flagged in between is measured: before, nobody knows any reporter; after, too little time is left."""
HOURS = DAYS * 24.0
BURST_HOURS = 4.0
GROUPS, GROUP_SIZE = 20, 30
ORDINARY = 20_000
EXPERT, CARELESS, SERIAL, BRIGADE = 0, 2, 3, 4


class Kind(NamedTuple):
    """One kind of subject: how common, how often seen and how long, how often flagged and how often wrong."""

    share: float
    views: float
    spread: float
    hours: float
    flagged_if_wrong: float
    flagged_if_right: float
    wrong: float


class Constants(NamedTuple):
    """What a world is made from; claims and severities count from low to critical."""

    kinds: tuple[Kind, ...]
    severities: tuple[float, ...] = (0.55, 0.28, 0.14, 0.03)
    harm: tuple[float, ...] = (1.0, 4.0, 15.0, 60.0)
    claim_right: float = 0.70
    claims_mistaken: tuple[float, ...] = (0.45, 0.30, 0.18, 0.07)
    claims_serial: tuple[float, ...] = (0.20, 0.25, 0.35, 0.20)
    claims_brigade: tuple[float, ...] = (0.00, 0.10, 0.30, 0.60)
    reporters: tuple[float, ...] = (0.12, 0.70, 0.18)
    missed: float = 0.04
    mistaken: float = 0.015


MARKETPLACE = Constants(
    kinds=(
        Kind(0.35, 60.0, 1.0, 36.0, 0.035, 0.0006, 0.035),  # job post
        Kind(0.25, 30.0, 1.2, 240.0, 0.020, 0.0006, 0.030),  # profile
        Kind(0.10, 20.0, 1.2, 480.0, 0.015, 0.0005, 0.020),  # portfolio
        Kind(
            0.20, 4.0, 0.8, 12.0, 0.200, 0.0040, 0.040
        ),  # private message: views are people who were written to
        Kind(0.10, 120.0, 1.4, 24.0, 0.030, 0.0010, 0.025),  # community post
    )
)
COMMUNITY = Constants(
    kinds=(
        Kind(0.10, 90.0, 1.2, 60.0, 0.020, 0.0012, 0.020),
        Kind(0.10, 20.0, 1.0, 400.0, 0.030, 0.0010, 0.015),
        Kind(0.05, 30.0, 1.0, 300.0, 0.010, 0.0010, 0.010),
        Kind(0.25, 3.0, 0.6, 8.0, 0.120, 0.0080, 0.050),
        Kind(0.50, 60.0, 1.8, 18.0, 0.015, 0.0015, 0.030),
    ),
    severities=(0.65, 0.22, 0.10, 0.03),
    claim_right=0.50,
    reporters=(0.05, 0.65, 0.30),
    missed=0.08,
    mistaken=0.03,
)
"""Other constants: mostly posts that burst, reporters who are wrong more often, reviewers who err twice as often."""


class World(NamedTuple):
    """All items by their place, and all flags in the order of time; times in hours."""

    constants: Constants
    kind: Whole
    born: Numbers
    wrong: Truths
    severity: Whole
    views: Numbers
    lasts: Numbers
    burst_at: Numbers
    burst: Numbers
    brigaded: Truths
    flag_at: Numbers
    flag_item: Whole
    flag_by: Whole
    flag_claim: Whole
    trust: Whole
    reporter: Whole
    first: Numbers
    chance: Numbers

    @property
    def items(self) -> int:
        """Return how many items there are."""
        return len(self.kind)

    @property
    def flagged(self) -> Truths:
        """Tell of every item whether anybody flagged it."""
        return np.isfinite(self.first)

    def views_after(self, items: Whole, hour: Any) -> Numbers:
        """Return the views still to come after an hour: the truth, which no queue knows."""
        usual = self.views[items] * np.exp(-np.maximum(hour - self.born[items], 0) / self.lasts[items])
        burst = self.burst[items] * np.exp(-np.maximum(hour - self.burst_at[items], 0) / BURST_HOURS)
        return np.asarray(usual + burst)

    def views_before(self, items: Whole, hour: float) -> Numbers:
        """Return the views so far."""
        return np.asarray(self.views[items] + self.burst[items] - self.views_after(items, hour))


class _Flags(NamedTuple):
    """Flags of one sort, before they are put in order."""

    at: Numbers
    item: Whole
    by: Whole
    claim: Whole


def invent(
    seed: int,
    *,
    constants: Constants = MARKETPLACE,
    per_day: int = 4000,
    brigades_per_day: float = 2.0,
    serial: int = 80,
) -> World:
    """Invent a world; the same seed gives the same one, whatever is asked of it later."""
    r = np.random.default_rng(seed)
    kinds = _columns(constants)
    n = per_day * DAYS
    kind = r.choice(len(constants.kinds), n, p=kinds.share / kinds.share.sum())
    born = np.sort(r.uniform(0, HOURS, n))
    wrong = r.random(n) < kinds.wrong[kind]
    severity = np.where(wrong, r.choice(4, n, p=constants.severities), 0)
    views = kinds.views[kind] * np.exp(r.normal(0, kinds.spread[kind]))
    lasts = kinds.hours[kind] * np.exp(r.normal(0, 0.3, n))
    bursts = r.random(n) < 0.04
    burst_at = np.where(bursts, born + r.uniform(0, 2, n) * lasts, 1e9)
    burst = np.where(bursts, views * r.uniform(1, 6, n), 0.0)
    r.normal(0, 0.3, n)  # once a noise on what a platform counts; it keeps the stream of later draws
    none = np.zeros(0, np.int64)
    world = World(
        constants, kind, born, wrong, severity, views, lasts, burst_at, burst, np.zeros(n, bool),
        none.astype(float), none, none, none, none, none, np.full(n, np.inf), none.astype(float),
    )  # fmt: skip
    reporter, trust, finds, errs = _reporters(r, constants, serial)
    flags = [
        _organic(r, world, kinds, finds, wrong=True),
        _organic(r, world, kinds, errs, wrong=False),
        _serial(r, world, reporter, per_day, serial),
        *_brigades(r, world, reporter, brigades_per_day),
    ]
    at, item, by, claim = _in_order(flags)
    np.minimum.at(world.first, item, at)
    return world._replace(
        flag_at=at, flag_item=item, flag_by=by, flag_claim=claim, trust=trust, reporter=reporter,
        chance=r.random(n),  # of each item, so that the same reviewer errs alike in every order
    )  # fmt: skip


class _Columns(NamedTuple):
    share: Numbers
    views: Numbers
    spread: Numbers
    hours: Numbers
    flagged_if_wrong: Numbers
    flagged_if_right: Numbers
    wrong: Numbers


def _columns(constants: Constants) -> _Columns:
    return _Columns(*np.array(constants.kinds).T)


def _reporters(
    r: np.random.Generator, constants: Constants, serial: int
) -> tuple[Whole, Whole, Numbers, Numbers]:
    """Return who flags: what sort each is, the forum's trust in them, and how often they find wrongs or err."""
    sort = np.concatenate(
        [
            r.choice(3, ORDINARY, p=constants.reporters),
            np.full(serial, SERIAL),
            np.full(GROUPS * GROUP_SIZE, BRIGADE),
        ]
    )
    active = np.exp(r.normal(0, 1.3, len(sort)))
    finds = np.array([4.0, 1.0, 0.5, 0.3, 0.05])[sort] * active
    errs = np.array([0.25, 1.0, 4.0, 0.5, 0.05])[sort] * active
    of_expert = r.choice(5, len(sort), p=[0, 0.1, 0.45, 0.4, 0.05])
    of_brigade = r.choice(5, len(sort), p=[0.45, 0.4, 0.15, 0, 0])
    of_others = r.choice(5, len(sort), p=[0.15, 0.40, 0.30, 0.13, 0.02])
    trust = np.where(sort == EXPERT, of_expert, np.where(sort == BRIGADE, of_brigade, of_others))
    return sort, trust, finds, errs


def _organic(r: np.random.Generator, world: World, kinds: _Columns, eager: Numbers, *, wrong: bool) -> _Flags:
    """Let those who see an item flag it, more often where it breaks a rule gravely."""
    items = np.flatnonzero(world.wrong == wrong)
    rate = kinds.flagged_if_wrong if wrong else kinds.flagged_if_right
    found = []
    for views, begin in ((world.views, world.born), (world.burst, world.burst_at)):
        grave = 1 + 0.25 * world.severity[items] if wrong else 1.0
        times = r.poisson(views[items] * rate[world.kind[items]] * grave)
        item = np.repeat(items, times)
        slow = world.lasts[item] if begin is world.born else BURST_HOURS
        at = begin[item] + r.exponential(1, len(item)) * slow
        by = r.choice(len(eager), len(item), p=eager / eager.sum())
        found.append(_Flags(at, item, by, _claims(r, world, item, wrong=wrong)))
    return _joined(found)


def _claims(r: np.random.Generator, world: World, item: Whole, *, wrong: bool) -> Whole:
    """Choose the severity of each flag's option: often the true one where there is one."""
    constants = world.constants
    if not wrong:
        return r.choice(4, len(item), p=constants.claims_mistaken)
    right = r.random(len(item)) < constants.claim_right
    return np.where(right, world.severity[item], r.choice(4, len(item), p=constants.claims_mistaken))


def _serial(r: np.random.Generator, world: World, sort: Whole, per_day: int, serial: int) -> _Flags:
    """Let some flag two recent items a day, whatever they are."""
    times = r.poisson(serial * 2.0 * DAYS)
    at = r.uniform(1, HOURS, times)
    newest = np.searchsorted(world.born, at) - 1
    item = np.maximum(newest - r.integers(0, per_day * 3, times), 0)
    by = r.choice(np.flatnonzero(sort == SERIAL), times)
    return _Flags(at, item, by, r.choice(4, times, p=world.constants.claims_serial))


def _brigades(r: np.random.Generator, world: World, sort: Whole, per_day: float) -> list[_Flags]:
    """Let most of a group flag a visible innocent within an hour, as something grave."""
    groups = np.flatnonzero(sort == BRIGADE).reshape(GROUPS, GROUP_SIZE)
    found = []
    for _ in range(r.poisson(per_day * DAYS)):
        at = r.uniform(12, HOURS - 1)
        low = np.searchsorted(world.born, at - 72)
        high = max(int(np.searchsorted(world.born, at)), int(low) + 1)
        recent = r.integers(low, high, 40)
        innocent = recent[~world.wrong[recent]]
        if not len(innocent):
            continue
        target = innocent[np.argmax(world.views[innocent])]
        many = int(r.integers(8, 31))
        who = r.choice(groups[r.integers(GROUPS)], many, replace=False)
        world.brigaded[target] = True
        when = at + r.uniform(0, 1, many)
        claims = r.choice(4, many, p=world.constants.claims_brigade)
        found.append(_Flags(when, np.full(many, target), who, claims))
    return found


def _joined(flags: list[_Flags]) -> _Flags:
    return _Flags(
        np.concatenate([one.at for one in flags]),
        np.concatenate([one.item for one in flags]),
        np.concatenate([one.by for one in flags]),
        np.concatenate([one.claim for one in flags]),
    )


def _picked(flags: _Flags, which: Truths | Whole) -> _Flags:
    return _Flags(flags.at[which], flags.item[which], flags.by[which], flags.claim[which])


def _in_order(flags: list[_Flags]) -> _Flags:
    """Put flags in the order of time and keep one of each person and item."""
    every = _joined(flags)
    kept = _picked(every, every.at < HOURS)
    kept = _picked(kept, np.argsort(kept.at, kind="stable"))
    _, first = np.unique(kept.item.astype(np.int64) * 100_000 + kept.by, return_index=True)
    return _picked(kept, np.sort(first))
