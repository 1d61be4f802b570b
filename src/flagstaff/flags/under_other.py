"""Find flags under Other: those whose comments a deep dive reads."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class UnderOther(msgspec.Struct, frozen=True):
    """One flag under Other, with its day in the platform's zone."""

    key: UUID
    kind: str
    day: date


_queries = Queries(__package__, "under_other.sql")
_under_other = _queries.rows("under_other", UnderOther)


async def page(
    connection: Connection,
    platform: str,
    kinds: Sequence[str],
    moments: tuple[datetime, datetime],
    zone: str,
    after: UUID,
    most: int,
) -> list[UnderOther]:
    """List flags received from a moment to before another, in the order of their keys, those after one. Role worker."""
    return await _under_other(connection, platform, list(kinds), *moments, zone, after, most)
