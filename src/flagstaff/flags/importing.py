"""Tie flags of before Flagstaff to verdicts that came in after them."""

from collections.abc import Mapping
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "importing.sql")
_decided_by_past = _queries.run("decided_by_past")


async def tie(connection: Connection, decisions: Mapping[UUID, UUID]) -> None:
    """Tie the flags of cases to their decisions; their outcomes stay as they came in."""
    if decisions:
        await _decided_by_past(connection, list(decisions), list(decisions.values()))
