"""Say what came of a version: four figures of each version beside each other, one of them round its publication."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, get_args

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.release_notes import NoSuchVersion
from flagstaff.insight import storage as insight
from flagstaff.insight.queries import Found, answer_from_waits
from flagstaff.insight.segments import Judged, judge
from flagstaff.insight.series import (
    OF_DECISIONS,
    PARTS,
    SETTLES,
    DayOfUse,
    DayOfWaits,
    Measure,
    Stretch,
    Window,
    points_of,
    stretches_of_shares,
    stretches_of_times,
    undecided,
    window,
)
from flagstaff.insight.shares import Share, share_of
from flagstaff.insight.storage import Waits
from flagstaff.menus.model import MenuVersion
from flagstaff.menus.rules import differences
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
CHANGED: Final = "changed"
"""Asks for the menus that the version changed."""
EVERY: Final = "every"
_LONG_AGO: Final = date(2000, 1, 1)


class AsksEffect(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of which platform, by which measure; `kind`: one menu, those that it changed, or every one."""

    platform: Platform
    version: int
    measure: Measure = "something_else_share"
    kind: str = CHANGED


class OfVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The four figures of one version, from all flags whose reporters saw it."""

    version: int
    published: date | None
    used: int
    shares: dict[str, Share]
    time: Found


class VersionEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one version. `kinds` empty: every menu. `guidelines`: versions of them that came in these days.

    `window` None: it was never published here, so that nothing lies before it.
    """

    version: MenuVersion
    asked: AsksEffect
    kinds: tuple[str, ...]
    changed: tuple[str, ...]
    versions: tuple[OfVersion, ...]
    window: Window | None
    stretches: tuple[Stretch, ...]
    judged: Judged | None
    guidelines: tuple[int, ...] = ()

    @property
    def of_decisions(self) -> bool:
        """Tell whether the figure waits for decisions."""
        return self.asked.measure in OF_DECISIONS


async def version_effect(house: House, by: Account, asked: AsksEffect) -> VersionEffect:
    """Return what came of a version so far; raises NoSuchVersion, NothingPublished, Forbidden."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, asked.platform)
    version = house.policy.menus_version(asked.platform, asked.version)
    if version is None:
        msg = f"version {asked.version} of the menus was never published"
        raise NoSuchVersion(msg, where="version", mend="see the list")
    changed = changed_kinds(house, version, asked.platform)
    kinds = changed if asked.kind == CHANGED else () if asked.kind == EVERY else (asked.kind,)
    days, waits, by_day = await _read(house, asked.platform, kinds)
    around = _window(house, version, asked, kinds, days)
    guidelines = _guidelines_within(house, asked.platform, around)
    stretches = _stretches(asked.measure, around, days, by_day)
    return VersionEffect(
        version=version, asked=asked, kinds=kinds, changed=changed, window=around, stretches=tuple(stretches),
        versions=tuple(_versions(house, asked.platform, days, waits)), guidelines=guidelines,
        judged=_judged(asked.measure, around, stretches, days, guidelines),
    )  # fmt: skip


def changed_kinds(house: House, version: MenuVersion, platform: Platform) -> tuple[str, ...]:
    """Return the menus that a version changed; the first one changed all of them."""
    before = house.policy.menus_version(platform, version.number - 1)
    if before is None:
        return tuple(menu.subject for menu in version.menus)
    return tuple(sorted({one.option.partition(".")[0] for one in differences(before, version)}))


# ---------------------------------------------------------------- reading
async def _read(
    house: House, platform: Platform, kinds: tuple[str, ...]
) -> tuple[list[DayOfUse], list[Waits], list[DayOfWaits]]:
    other = sorted({menu.last.key for one in house.policy.menus_history(platform) for menu in one.menus})
    span = _LONG_AGO, _today(house, platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        days = await insight.use_by_day(connection, platform, *span, kinds, other)
        waits = await insight.waits(connection, platform, *span, kinds)
        by_day = await insight.waits_by_day(connection, platform, *span, kinds)
    return days, waits, by_day


def _today(house: House, platform: Platform) -> date:
    return house.now.astimezone(zone_of(house, platform)).date()


def _published(house: House, platform: Platform, version: MenuVersion) -> date | None:
    if version.published_at is None:
        return None
    return version.published_at.astimezone(zone_of(house, platform)).date()


# ---------------------------------------------------------------- every version
def _versions(
    house: House, platform: Platform, days: Iterable[DayOfUse], waits: Iterable[Waits]
) -> Iterable[OfVersion]:
    mine: dict[int, list[DayOfUse]] = defaultdict(list)
    for one in days:
        mine[one.version].append(one)
    steps: dict[int, dict[int, int]] = defaultdict(dict)
    for wait in waits:
        steps[wait.version][wait.step] = wait.flags
    for version in house.policy.menus_history(platform):
        found = mine[version.number]
        yield OfVersion(
            version=version.number, published=_published(house, platform, version),
            used=sum(one.used for one in found), time=answer_from_waits(steps[version.number]),
            shares={name: _share(name, found) for name in PARTS},
        )  # fmt: skip


def _share(name: str, days: Iterable[DayOfUse]) -> Share:
    both = [PARTS[name](one) for one in days]
    return share_of(sum(part for part, _ in both), sum(of for _, of in both))


# ---------------------------------------------------------------- round the publication
def _window(
    house: House, version: MenuVersion, asked: AsksEffect, kinds: tuple[str, ...], days: Iterable[DayOfUse]
) -> Window | None:
    """Return the days to compare: from the first flag, to yesterday, or a week before where decisions are measured."""
    day = _published(house, asked.platform, version)
    if day is None:
        return None
    first = min((one.day for one in days if one.used), default=day)
    settles = SETTLES if asked.measure in OF_DECISIONS else 0
    last = _today(house, asked.platform) - timedelta(days=1 + settles)
    return window(day, first, last, _others(house, version, asked.platform, kinds))


def _others(
    house: House, version: MenuVersion, platform: Platform, kinds: tuple[str, ...]
) -> dict[int, date]:
    """Return the other versions that changed one of the menus asked about, by their day."""
    found = {}
    for one in house.policy.menus_history(platform):
        day = _published(house, platform, one)
        concerns = not kinds or set(kinds) & set(changed_kinds(house, one, platform))
        if day is not None and one.number != version.number and concerns:
            found[one.number] = day
    return found


def _guidelines_within(house: House, platform: Platform, around: Window | None) -> tuple[int, ...]:
    """Return versions of the guidelines that were published between the first and the last day that is compared."""
    if around is None or around.before is None or around.since is None:
        return ()
    zone = zone_of(house, platform)
    days = {
        rules.version: at.astimezone(zone).date() for at, rules in house.policy.guidelines_history(platform)
    }
    return tuple(number for number, day in sorted(days.items()) if around.before[0] < day <= around.since[1])


def _stretches(
    measure: str, around: Window | None, days: Iterable[DayOfUse], waits: Iterable[DayOfWaits]
) -> list[Stretch]:
    if around is None:
        return []
    if measure in PARTS:
        return stretches_of_shares(days, measure, around)
    return stretches_of_times(waits, around)


def _judged(
    measure: str,
    around: Window | None,
    stretches: list[Stretch],
    days: Iterable[DayOfUse],
    guidelines: tuple[int, ...],
) -> Judged | None:
    if around is None:
        return None
    others = len(guidelines) + len(around.same_day)
    before, since = undecided(days, around) if measure in OF_DECISIONS else (0.0, 0.0)
    points = points_of(stretches)
    return judge(points, shares=measure in PARTS, others=others, open_before=before, open_since=since)
