"""Draw flags under Other at random, the same for the same seed, so that an estimate can be made again."""

from datetime import date
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Period(msgspec.Struct, frozen=True):
    """Which flags are counted: those of one platform from a day on."""

    platform: str
    since: date


class OpenedCases(msgspec.Struct, frozen=True):
    """How many cases of one kind and severity flags opened."""

    kind: str
    severity: int
    cases: int


_queries = Queries(__package__, "sampling.sql")
_under_other = _queries.value("under_other", int)
_drawn = _queries.values("drawn", UUID)
_opened_by_flags = _queries.rows("opened_by_flags", OpenedCases)


async def under_other(connection: Connection, period: Period, kind: str) -> int:
    """Count the flags under Other of one kind that live, or lived until they were answered."""
    return await _under_other(connection, period.platform, kind, period.since) or 0


async def draw(connection: Connection, period: Period, kind: str, seed: str, most: int) -> list[UUID]:
    """Return up to `most` of them in an order that the seed alone decides."""
    return await _drawn(connection, period.platform, kind, period.since, seed, most)


async def opened_by_flags(connection: Connection, period: Period) -> list[OpenedCases]:
    """Count the cases that flags opened, by kind and severity."""
    return await _opened_by_flags(connection, period.platform, period.since)
