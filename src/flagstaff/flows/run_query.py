"""Answer a known query from what was counted, the same way whenever and for whomever it is asked."""

from collections import defaultdict
from datetime import datetime

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.menu_figures import usage_of
from flagstaff.insight import dives, storage as insight
from flagstaff.insight.model import Asked
from flagstaff.insight.queries import Found, Query, answer_from_theme, answer_from_use, answer_from_waits
from flagstaff.menus import storage as menus
from flagstaff.menus.rules import successor_of
from flagstaff.store.roles import Role


class Ran(msgspec.Struct, frozen=True):
    """What a query found, and when the flags behind it were counted; None: none of its days was counted yet."""

    found: Found
    as_of: datetime | None


async def run_query(house: House, query: Query, role: Role = Role.CONSOLE) -> Ran:
    """Return what a query finds now; raises NothingPublished for a platform without menus."""
    if query.name == "time_to_decision_p50":
        return await _times(house, query, role)
    if query.name == "theme_share":
        return await _theme(house, query, role)
    asked = Asked(
        platform=query.platform, since=query.since, until=query.until, kinds=query.kinds, versions=query.versions,
        today=query.lineage,
    )  # fmt: skip
    usage = await usage_of(house, asked, role)
    known = await _followed(house, query, role)
    return Ran(answer_from_use(known, usage.rows, _other(house, query.platform)), usage.as_of)


async def _times(house: House, query: Query, role: Role) -> Ran:
    steps: dict[int, int] = defaultdict(int)
    async with house.database.reading(role) as connection:
        waits = await insight.waits(connection, query.platform, query.since, query.until, query.kinds)
        as_of = await insight.counted_since(connection, query.platform, query.since, query.until)
    for one in waits:
        if not query.versions or one.version in query.versions:
            steps[one.step] += one.flags
    return Ran(answer_from_waits(steps), as_of)


async def _theme(house: House, query: Query, role: Role) -> Ran:
    """Return what a deep dive found of a theme, which never changes; nothing where there is no such run."""
    async with house.database.reading(role) as connection:
        dive = await dives.find(connection, query.dive)
    table = dive.table if dive else None
    rows = [one for one in table.rows if one.key == query.theme] if table else []
    if dive is None or table is None or not rows:
        return Ran(answer_from_theme(0.0, 0.0, 1.0, 0), None)
    sized = rows[0].sized
    return Ran(answer_from_theme(sized.share, sized.low, sized.high, table.of), dive.ended_at)


async def _followed(house: House, query: Query, role: Role) -> Query:
    """Return a query that names its options as the live menus do, where it is counted under those."""
    if not query.options or not query.lineage:
        return query
    live = house.policy.menus(query.platform)
    async with house.database.reading(role) as connection:
        edges = await menus.lineage(connection, query.platform)
    options = tuple(sorted({successor_of(key, live, edges) or key for key in query.options}))
    return msgspec.structs.replace(query, options=options)


def _other(house: House, platform: str) -> frozenset[str]:
    """Return every option that is Other, of every version."""
    return frozenset(
        menu.last.key for version in house.policy.menus_history(platform) for menu in version.menus
    )
