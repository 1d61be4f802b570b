"""Count how the menus are used, day by day and again and again, and read the counts.

The job reads flags and decisions as they stand; nothing that a reporter, a moderator or an appeal does writes here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from flagstaff.insight.model import Fact
from flagstaff.insight.series import DayOfUse, DayOfWaits
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Turn(msgspec.Struct, frozen=True):
    """A month of a platform that is due to be counted; `LOOK` instead of a month: find out which there are."""

    platform: str
    month: date


class Waits(msgspec.Struct, frozen=True):
    """How many flags of one menu version waited that many steps for their decision."""

    version: int
    step: int
    flags: int


class Released(msgspec.Struct, frozen=True):
    """What the vault told of one month and version: nothing (None) below five persons, else bounds."""

    version: int
    victims: int | None
    at_least: int | None
    at_most: int | None


class MonthOfOther(msgspec.Struct, frozen=True):
    """How much was written under Other in a month."""

    month: date
    comments: int


LOOK: Final = date.min
"""Stands in place of a month for looking which months there are; `-infinity` in the database."""

_queries = Queries(__package__)
_put_turns = _queries.run("put_turns")
_take_turn = _queries.row("take_turn", Turn)
_end_turn = _queries.run("end_turn")
_next_turn = _queries.value("next_turn", datetime)
_count_again = _queries.run("count_again")
_months_with_flags = _queries.values("months_with_flags", date)
_count_use = _queries.run("count_use")
_count_waits = _queries.run("count_waits")
_facts = _queries.rows("facts", Fact)
_waits = _queries.rows("waits", Waits)
_other_by_month = _queries.rows("other_by_month", MonthOfOther)
_use_by_day = _queries.rows("use_by_day", DayOfUse)
_waits_by_day = _queries.rows("waits_by_day", DayOfWaits)
_counted_since = _queries.value("counted_since", datetime)
_put_repeats = _queries.run("put_repeats")
_repeats = _queries.rows("repeats", Released)


# ---------------------------------------------------------------- counting, by the worker
async def put_turns(connection: Connection, platform: str, months: Sequence[date], due_at: datetime) -> None:
    """Let months be counted that were not known; those that are known stay due when they were."""
    await _put_turns(connection, platform, list(months), due_at)


async def take_turn(connection: Connection, at: datetime) -> Turn | None:
    """Return what is due, held until the transaction ends; what another worker holds is left to it."""
    return await _take_turn(connection, at)


async def end_turn(connection: Connection, turn: Turn, counted_at: datetime, due_at: datetime) -> None:
    """Say when a month was counted, by business time, and when it is due again, by the wall clock."""
    await _end_turn(connection, turn.platform, turn.month, counted_at, due_at)


async def next_turn(connection: Connection) -> datetime | None:
    """Return when something is due next, by the wall clock."""
    return await _next_turn(connection)


async def count_again(connection: Connection, platform: str, at: datetime) -> None:
    """Let everything of a platform be counted again now."""
    await _count_again(connection, platform, at)


async def months_with_flags(connection: Connection, platform: str, zone: str) -> list[date]:
    """Return the first days of the months in which flags were received; a walk through all flags."""
    return await _months_with_flags(connection, platform, zone)


async def count_days(
    connection: Connection,
    platform: str,
    days: tuple[date, date],
    moments: tuple[datetime, datetime],
    zone: str,
) -> None:
    """Count the flags received from a day's beginning to before another's; `moments`: the same in the zone."""
    for count in (_count_use, _count_waits):
        await count(connection, platform, *moments, days[0], zone, days[1])


# ---------------------------------------------------------------- reading
async def facts(
    connection: Connection,
    platform: str,
    since: date,
    until: date,
    kinds: Sequence[str],
    versions: Sequence[int],
    span: str,
) -> list[Fact]:
    """Return what was counted from a day to a day, both included; `since` of each is the first day of its span."""
    return await _facts(connection, platform, since, until, list(kinds), list(versions), span)


async def waits(
    connection: Connection, platform: str, since: date, until: date, kinds: Sequence[str]
) -> list[Waits]:
    """Return how long flags waited for their decision, by version and step."""
    return await _waits(connection, platform, since, until, list(kinds))


async def other_by_month(connection: Connection, platform: str) -> list[MonthOfOther]:
    """Return how much was written under Other, month by month, the earliest first; what was imported counts too."""
    return await _other_by_month(connection, platform)


async def use_by_day(
    connection: Connection,
    platform: str,
    since: date,
    until: date,
    kinds: Sequence[str],
    other: Sequence[str],
) -> list[DayOfUse]:
    """Return what is told of versions, by day and version; `other`: the options that are Other."""
    return await _use_by_day(connection, platform, since, until, list(kinds), list(other))


async def waits_by_day(
    connection: Connection, platform: str, since: date, until: date, kinds: Sequence[str]
) -> list[DayOfWaits]:
    """Return how long flags waited for their decision, by day."""
    return await _waits_by_day(connection, platform, since, until, list(kinds))


async def counted_since(connection: Connection, platform: str, since: date, until: date) -> datetime | None:
    """Return since when nothing of these days was left uncounted; None where nothing was counted."""
    return await _counted_since(connection, platform, since, until)


# ---------------------------------------------------------------- repeats, as the vault releases them
async def put_repeats(
    connection: Connection, platform: str, month: date, found: Sequence[Released], at: datetime
) -> None:
    """Keep what the vault released of a month."""
    await _put_repeats(
        connection, platform, month, at,
        [one.version for one in found], [one.victims for one in found],
        [one.at_least for one in found], [one.at_most for one in found],
    )  # fmt: skip


async def repeats(connection: Connection, platform: str, since: date, until: date) -> list[Released]:
    """Return what was released of the months that lie in a period whole."""
    return await _repeats(connection, platform, since, until)
