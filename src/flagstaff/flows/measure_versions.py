"""Measure what came of a version: the same query over equal windows before it and since, never why it moved.

Staff see days, as many before the day of publication as since. Readers are told once, of whole months: as soon as both
sides rest on enough flags, the first such pair is pinned, so that nobody chooses the pair that looks best.
"""

from datetime import date, datetime, timedelta
from typing import Final, get_args

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.run_query import run_query
from flagstaff.flows.saved_queries import kept
from flagstaff.insight import saved
from flagstaff.insight.queries import (
    TITLES,
    Change,
    Found,
    Query,
    QueryName,
    change,
    months_around,
    why_not_told,
)
from flagstaff.insight.saved import PublicFigure
from flagstaff.menus.model import MenuVersion
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_MONTHS_AT_MOST: Final = 12
_SETTLES: Final = timedelta(days=7)
"""After a window's end: what came in on its last days is mostly decided."""
_FOLLOWED: Final = timedelta(days=440)
"""Later nothing is measured any more: twelve months, the month of publication and some days."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a version before and since, over `days` days each; the day of publication is in neither."""

    metric: str
    days: int
    before: Found
    since: Found
    change: Change


class ToldEffect(msgspec.Struct, frozen=True):
    """What readers are told of a version's effect."""

    before: PublicFigure
    since: PublicFigure
    change: Change


async def effects_of(house: House, by: Account, version: MenuVersion, platform: Platform) -> list[Effect]:
    """Return what came of a version so far, for each metric it names; empty without a goal or a day since.

    Raises Forbidden without the right to figures.
    """
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    if version.goal is None or version.published_at is None:
        return []
    zone = zone_of(house, platform)
    day, today = version.published_at.astimezone(zone).date(), house.now.astimezone(zone).date()
    # Today is not over: a window ends yesterday at the latest.
    days = min(version.goal.window_days, (today - day).days - 1)
    if days < 1:
        return []
    found = []
    for name in metrics_of(version):
        before, since = [
            (await run_query(house, _query(name, platform, version, *window))).found
            for window in (
                (day - timedelta(days=days), day - timedelta(days=1)),
                (day + timedelta(days=1), day + timedelta(days=days)),
            )
        ]
        found.append(Effect(metric=name, days=days, before=before, since=since, change=change(before, since)))
    return found


def metrics_of(version: MenuVersion) -> tuple[QueryName, ...]:
    """Return the metrics of a version that are measured, its goal first."""
    wanted = (version.goal.primary, *version.goal.watch) if version.goal else ()
    known: dict[str, QueryName] = {name: name for name in get_args(QueryName)}
    return tuple(dict.fromkeys(known[one] for one in wanted if one in known))


def is_measured(version: MenuVersion, now: datetime) -> bool:
    """Tell whether a version's goal is measured, and readers may still hear what came of it."""
    if version.goal is None or version.published_at is None or version.goal.primary not in TITLES:
        return False
    return now - version.published_at <= _FOLLOWED


async def told_effects(house: House, platform: str, role: Role = Role.INTAKE) -> dict[int, ToldEffect]:
    """Return what readers are told of each version's effect."""
    async with house.database.reading(role) as connection:
        rows = await saved.effects(connection, platform)
    sides = {(one.version, one.part): one for one in rows}
    return {
        number: ToldEffect(before, since, change(before.found, since.found))
        for (number, part), before in sides.items()
        if part == "before" and (since := sides.get((number, "since")))
    }


async def measure_versions(house: House) -> int:
    """Tell readers what came of versions of which enough has been seen, and return of how many that is now told."""
    done = 0
    for host in house.policy.hosts():
        told = await told_effects(house, host.key, Role.WORKER)
        for version in house.policy.menus_history(host.key):
            if version.number not in told and await _measure(house, Platform(host.key), version):
                done += 1
    return done


async def _measure(house: House, platform: Platform, version: MenuVersion) -> bool:
    if version.goal is None or version.published_at is None or not is_measured(version, house.now):
        return False
    zone = zone_of(house, platform)
    day, today = version.published_at.astimezone(zone).date(), house.now.astimezone(zone).date()
    name = metrics_of(version)[0]
    for count in range(max(1, round(version.goal.window_days / 30)), _MONTHS_AT_MOST + 1):
        windows = months_around(day, count)
        if windows[1][1] + _SETTLES > today:
            return False
        queries = [_query(name, platform, version, *window) for window in windows]
        ran = [await run_query(house, query, Role.WORKER) for query in queries]
        if all(
            one.as_of and not why_not_told(query, one.found) for query, one in zip(queries, ran, strict=True)
        ):
            pairs = [(query, one.found) for query, one in zip(queries, ran, strict=True)]
            return await _tell(house, version, pairs)
    return False


async def _tell(house: House, version: MenuVersion, pairs: list[tuple[Query, Found]]) -> bool:
    async with house.database.transaction(Role.WORKER) as connection:
        for (query, found), part in zip(pairs, saved.SIDES, strict=True):
            says = f"{TITLES[query.name]}, {query.since:%B %Y} to {query.until:%B %Y}"
            one = kept(house, query, found, house.now, says=says, by=None)
            await saved.put(connection, one)
            await saved.publish(connection, one.number, version.number, part, house.now)
    return True


def _query(name: QueryName, platform: Platform, version: MenuVersion, since: date, until: date) -> Query:
    """Ask about the menus that a version changed, or about the options that it brought."""
    lines = version.release_note.lines if version.release_note else ()
    options = tuple(sorted({one.option for one in lines if one.option in version.option_by_key})) or tuple(
        version.option_by_key
    )
    return Query(
        name=name, platform=platform, since=since, until=until,
        kinds=() if name == "option_use" else tuple(sorted({one.kind for one in lines})),
        options=options if name == "option_use" else (),
    )  # fmt: skip
