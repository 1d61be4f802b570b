"""Whether a case waits for a second person."""

from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "tasks.sql")
_second_asked_by = _queries.value("second_asked_by", UUID)


async def second_asked_by(connection: Connection, case: UUID) -> UUID | None:
    """Return who asked for a second person; None while nobody is waited for."""
    return await _second_asked_by(connection, case)
