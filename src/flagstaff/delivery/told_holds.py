"""Find the hold that a notice tells of."""

from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class ToldHold(msgspec.Struct, frozen=True):
    """A hold, the author who was told of it, and when."""

    hold: UUID
    author: UUID
    released_at: datetime


_queries = Queries(__package__, "told_holds.sql")
_hold_told = _queries.row("hold_told", ToldHold)


async def hold_told(connection: Connection, number: str, at: datetime) -> ToldHold | None:
    """Return what a notice of this number tells of a hold; None for other notices and those that wait."""
    return await _hold_told(connection, number, at)
