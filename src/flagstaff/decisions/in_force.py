"""Look up under which rules decisions stand that took effect."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class _Ruled(msgspec.Struct, frozen=True):
    key: UUID
    clauses: tuple[str, ...]


_queries = Queries(__package__, "in_force.sql")
_clauses_in_force = _queries.rows("clauses_in_force", _Ruled)


async def clauses_in_force(connection: Connection, decisions: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the clauses of those decisions that are in effect."""
    if not decisions:
        return {}
    return {one.key: frozenset(one.clauses) for one in await _clauses_in_force(connection, decisions)}
