"""Who reviews an appeal now, and which voices are one person's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Review(msgspec.Struct, frozen=True):
    """Who took the second look; past `claimed_until` nobody has it."""

    reviewer: UUID
    claimed_until: datetime | None


_queries = Queries(__package__, "tasks.sql")
_review_of = _queries.row("review_of", Review)
_voices_of = _queries.values("voices_of", UUID)


async def review_of(connection: Connection, case: UUID) -> Review | None:
    """Return who reviews the appeal against a case's decision."""
    return await _review_of(connection, case)


async def voices_of(connection: Connection, flags: Sequence[UUID], author: UUID | None) -> list[UUID]:
    """List the voices of a person: those of their flags and those as author."""
    return await _voices_of(connection, list(flags), author)
