"""Say what an option that a draft adds would take from Other and do to the queue: an estimate from hints.

Whoever wrote under Other was not asked, so nobody knows what they would have chosen. A range is told: it begins where
only those choose the option to whom it would have been proposed first, and ends where all do to whom it would have been
proposed at all, each with the interval of its sample.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from flagstaff.insight.shares import Share, share_of


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What an added option was proposed to, of `read` comments; `flags`: all that lie under Other on its menu.

    `first`, `within` None: some, but too few to be told; they are between one and `hidden`.
    """

    option: str
    kind: str
    flags: int
    read: int
    first: int | None
    within: int | None
    hidden: int = 4


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """What an added option would take from Other; `low`, `likely`, `high` count flags, `likely` None: too few."""

    option: str
    kind: str
    first: Share | None
    within: Share | None
    low: float
    likely: float | None
    high: float


class Range(msgspec.Struct, frozen=True):
    """A number that is expected, and between which bounds."""

    low: float
    likely: float
    high: float


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Flags that would have another severity with the draft; None: they would never make a case."""

    kind: str
    before: int | None
    after: int | None
    flags: Range


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Cases per day of one kind and severity, today and with the draft."""

    kind: str
    severity: int
    today: float
    then: Range


def estimate(taken: Taken) -> Estimated:
    """Return what an option would take, from the sample and for all flags under Other on its menu."""
    first, within = _share(taken.first, taken.read), _share(taken.within, taken.read)
    low = first.low if first else 0.0
    high = within.high if within else share_of(min(taken.hidden, taken.read), taken.read).high
    return Estimated(
        option=taken.option,
        kind=taken.kind,
        first=first,
        within=within,
        low=taken.flags * low,
        likely=taken.flags * (first.value or 0.0) if first else None,
        high=taken.flags * high,
    )


def _share(part: int | None, of: int) -> Share | None:
    return None if part is None else share_of(part, of)


def other_then(exact: int, under_other: Mapping[str, int], estimates: Sequence[Estimated]) -> Range:
    """Return the flags under Other with the draft: `exact` is what its merges and removals leave there.

    No menu can lose more than lies `under_other` of it, however many options come in.
    """
    low: dict[str, float] = defaultdict(float)
    likely: dict[str, float] = defaultdict(float)
    high: dict[str, float] = defaultdict(float)
    for one in estimates:
        low[one.kind] += one.low
        likely[one.kind] += _middle(one)
        high[one.kind] += one.high

    def left(by_kind: Mapping[str, float]) -> float:
        return max(0.0, exact - sum(min(taken, under_other.get(kind, 0)) for kind, taken in by_kind.items()))

    return Range(left(high), left(likely), left(low))


def moved(estimated: Estimated, before: int, after: int | None) -> Move:
    """Return an option's flags as they would move from the severity of Other to its own."""
    flags = Range(estimated.low, _middle(estimated), estimated.high)
    return Move(kind=estimated.kind, before=before, after=after, flags=flags)


def _middle(one: Estimated) -> float:
    """Return what is likely; where too few were counted, the lower end: nothing is promised of them."""
    return one.low if one.likely is None else one.likely


def load(
    cases: Mapping[tuple[str, int], int], flags: Mapping[str, int], moves: Sequence[Move], days: int
) -> tuple[Load, ...]:
    """Return cases per day by kind and severity for every kind in which flags move.

    `cases`: that flags opened, by kind and severity; `flags`: of each kind. A flag that moves takes along as many cases
    as flags of its kind opened on average. Raises nothing; a kind without flags has no load.
    """
    shift: dict[tuple[str, int], Range] = defaultdict(lambda: Range(0.0, 0.0, 0.0))
    for move in moves:
        of = flags.get(move.kind, 0)
        opened = sum(count for (kind, _), count in cases.items() if kind == move.kind)
        per_flag = min(1.0, opened / of) if of else 0.0
        if move.before == move.after:
            continue
        if move.before is not None:
            shift[move.kind, move.before] = _less(shift[move.kind, move.before], move.flags, per_flag)
        if move.after is not None:
            shift[move.kind, move.after] = _more(shift[move.kind, move.after], move.flags, per_flag)
    kinds = {move.kind for move in moves}
    rows = sorted({*shift, *(key for key in cases if key[0] in kinds)}, key=lambda key: (key[0], -key[1]))
    return tuple(_load(key, cases.get(key, 0), shift[key], days) for key in rows)


def _less(now: Range, flags: Range, per_flag: float) -> Range:
    return Range(
        now.low - flags.high * per_flag, now.likely - flags.likely * per_flag, now.high - flags.low * per_flag
    )


def _more(now: Range, flags: Range, per_flag: float) -> Range:
    return Range(
        now.low + flags.low * per_flag, now.likely + flags.likely * per_flag, now.high + flags.high * per_flag
    )


def _load(key: tuple[str, int], cases: int, shift: Range, days: int) -> Load:
    def per_day(change: float) -> float:
        return max(0.0, cases + change) / days

    then = Range(per_day(shift.low), per_day(shift.likely), per_day(shift.high))
    return Load(kind=key[0], severity=key[1], today=cases / days, then=then)
