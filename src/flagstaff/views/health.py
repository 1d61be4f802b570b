"""How the house keeps its word: what waits, how long decisions take, what is late."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

LOOK_BACK: Final = timedelta(days=28)
_WEEKS: Final = 12


class BySeverity(msgspec.Struct, frozen=True):
    """The figures of one severity; seconds from opening to deciding; nine in ten are faster than `slow`.

    `waiting`: in nobody's hands. `late` and `oldest` count all that is undecided: a claim hides nothing.
    """

    severity: int
    waiting: int
    late: int
    oldest: datetime | None
    decided: int
    median: float | None
    slow: float | None
    in_time: int


class Week(msgspec.Struct, frozen=True):
    """What one week brought, by its Monday."""

    week: date
    opened: int
    decided: int


class Health(msgspec.Struct, frozen=True):
    """The figures of some platforms."""

    severities: Sequence[BySeverity]
    weeks: Sequence[Week]
    since: datetime


_queries = Queries(__package__, "health.sql")
_by_severity = _queries.rows("by_severity", BySeverity)
_by_week = _queries.rows("by_week", Week)


async def health(database: Database, platforms: Sequence[str], now: datetime) -> Health:
    """Return the figures of the last 28 days and of twelve weeks; now is business time."""
    since = now - LOOK_BACK
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    first = monday - timedelta(weeks=_WEEKS - 1)
    async with database.reading(Role.VIEWS) as connection:
        severities = await _by_severity(connection, list(platforms), now, since)
        weeks = await _by_week(connection, list(platforms), first, monday)
    return Health(severities, weeks, since)
