"""Count how the menus are used, month by month and again and again, so that whatever became of a flag comes right.

Nothing is written when a flag comes in, is taken back or is decided: a month is counted anew from the flags as they
stand. This month and the last are counted every minute, or less often where a count takes long, older ones once a day:
counting takes one per cent of a core at most, whatever the size of the house.
"""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from flagstaff.delivery import storage as delivery
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.insight import storage as insight
from flagstaff.insight.rules import (
    due_again,
    month_before,
    month_of,
    months_between,
    released_from,
    slices_of,
)
from flagstaff.insight.storage import LOOK, Released, Turn
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import reporters
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

CHANNEL: Final = "count"
"""Wakes the count."""


async def count_use(house: House) -> int:
    """Count one month that is due, and return 1, or 0 where none is; any number of workers may do it."""
    await _know_months(house)
    began = house.clocks.wall.now()
    async with house.database.transaction(Role.WORKER) as connection:
        turn = await insight.take_turn(connection, began)
        if turn is None:
            return 0
        if turn.month == LOOK:
            await _look(house, connection, turn.platform)
        else:
            await _count(house, connection, turn)
        took = house.clocks.wall.now() - began
        recent = turn.month >= month_before(month_of(_today(house, turn.platform)))
        due_at = due_again(began, took, recent=recent and turn.month != LOOK)
        await insight.end_turn(connection, turn, house.now, due_at)
    if turn.month != LOOK and released_from(turn.month) <= _today(house, turn.platform):
        await _release(house, turn)
    return 1


async def count_again(house: House, by: Account, platform: Platform) -> None:
    """Let everything of a platform be counted again soon; raises Forbidden, NothingPublished."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    house.policy.host(platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await insight.count_again(connection, platform, house.clocks.wall.now())
        await delivery.wake(connection, CHANNEL)


async def _know_months(house: House) -> None:
    """Let the months be counted that surely are there, and others be looked for."""
    async with house.database.transaction(Role.WORKER) as connection:
        for host in house.policy.hosts():
            month = month_of(_today(house, host.key))
            months = [LOOK, month_before(month), month]
            await insight.put_turns(connection, host.key, months, house.clocks.wall.now())


async def _look(house: House, connection: Connection, platform: str) -> None:
    """Find the months of flags that were sent, or brought along, before this one."""
    zone = zone_of(house, platform)
    found = await insight.months_with_flags(connection, platform, str(zone))
    if found:
        months = months_between(min(found), max(*found, month_of(_today(house, platform))))
        await insight.put_turns(connection, platform, months, house.clocks.wall.now())


async def _count(house: House, connection: Connection, turn: Turn) -> None:
    zone = zone_of(house, turn.platform)
    for since, until in slices_of(turn.month):
        moments = _midnight(since, zone), _midnight(until, zone)
        await insight.count_days(connection, turn.platform, (since, until), moments, str(zone))


async def _release(house: House, turn: Turn) -> None:
    """Ask the vault who was wronged again; it tells of a month once, however often it is asked."""
    zone = zone_of(house, turn.platform)
    async with house.database.transaction(Role.WORKER) as connection:
        told = await reporters.release_repeats(connection, turn.platform, turn.month, str(zone))
        found = [Released(one.version, one.victims, one.at_least, one.at_most) for one in told]
        await insight.put_repeats(connection, turn.platform, turn.month, found, house.now)


def _today(house: House, platform: str) -> date:
    return house.now.astimezone(zone_of(house, platform)).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)
