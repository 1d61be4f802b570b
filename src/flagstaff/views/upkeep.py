"""Show an operator what needs a hand: deliveries, the outbox, cases past their target, PostgreSQL's own log."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.safety import talkative_settings
from flagstaff.store.statements import Queries

_LATE: Final = timedelta(minutes=5)
COUNTED_AT_MOST: Final = 1000
"""Beyond this it makes no difference how many cases wait."""


class _Counted(msgspec.Struct, frozen=True):
    dead: int
    overdue: int
    late: int
    demo: bool


class Upkeep(msgspec.Struct, frozen=True):
    """What needs a hand: `talkative` are log settings by which PostgreSQL may keep what people wrote."""

    dead: int
    overdue: int
    late: int
    demo: bool
    talkative: tuple[str, ...]


_queries = Queries(__package__, "upkeep.sql")
_upkeep = _queries.row("upkeep", _Counted)


async def upkeep(database: Database, now: datetime) -> Upkeep:
    """Return what needs a hand: an event is overdue five minutes after it should have left, a case after its target."""
    async with database.reading(Role.VIEWS) as connection:
        counted = await _upkeep(connection, now - _LATE, now, COUNTED_AT_MOST)
        talkative = tuple(await talkative_settings(connection))
    if counted is None:
        message = "a count has one row"
        raise AssertionError(message)
    return Upkeep(counted.dead, counted.overdue, counted.late, counted.demo, talkative)
