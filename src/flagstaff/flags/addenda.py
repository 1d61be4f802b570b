"""What reporters added to flags of theirs."""

from collections.abc import Sequence
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "addenda.sql")
_addenda_of = _queries.values("addenda_of", UUID)


async def addenda_of(connection: Connection, flags: Sequence[UUID]) -> list[UUID]:
    """List the addenda of some flags."""
    return await _addenda_of(connection, list(flags))
