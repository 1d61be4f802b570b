"""Measure how long decisions took lately, from those that everybody concerned was told of."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

WINDOW: Final = timedelta(days=28)
ENOUGH: Final = 20
"""With fewer decisions a figure would be luck, and could tell of single cases."""


class Measured(msgspec.Struct, frozen=True):
    """How long decisions of one kind and severity took from the first flag to their effect, in seconds."""

    platform: str
    kind: str
    severity: int
    decisions: int
    median: float
    slow: float


_queries = Queries(__package__, "pace.sql")
_pace = _queries.rows("pace", Measured)


async def measure(connection: Connection, until: datetime) -> list[Measured]:
    """Return what was measured in the 28 days before a moment, where there are twenty decisions or more."""
    return await _pace(connection, until - WINDOW, until, ENOUGH)
