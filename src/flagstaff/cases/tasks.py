"""Who has a case on the desk now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Claim(msgspec.Struct, frozen=True):
    """A case's subject and its holder, if any; a claim past `claimed_until` counts as none."""

    platform: str
    subject: UUID
    claimed_by: UUID | None
    claimed_until: datetime | None


_queries = Queries(__package__, "tasks.sql")
_claim_of = _queries.row("claim_of", Claim)
_cases_about = _queries.values("cases_about", UUID)


async def claim_of(connection: Connection, case: UUID) -> Claim | None:
    """Return who holds a case; None where there is no such case."""
    return await _claim_of(connection, case)


async def cases_about(connection: Connection, subjects: Sequence[UUID]) -> list[UUID]:
    """List the cases about some subjects, open and closed."""
    return await _cases_about(connection, list(subjects))
