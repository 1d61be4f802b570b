"""What was built on a decision that did not last: later steps of the same ladder, to be looked at by a person."""

from datetime import datetime
from typing import Final

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries
from flagstaff.views.desk import OnCase
from flagstaff.views.sight import Sight

_MOST: Final = 50


class Later(OnCase, frozen=True, kw_only=True):
    """A decision in effect whose step on a ladder counted `reversed`, which was taken back afterwards."""

    number: str
    clauses: tuple[str, ...]
    ladder: str
    decided_at: datetime
    decided_by: str | None
    reversed: str
    reversed_at: datetime
    measures: tuple[str, ...]


_queries = Queries(__package__, "later.sql")
_later = _queries.rows("later", Later)


async def list_later(database: Database, sight: Sight, decay_days: int) -> list[Later]:
    """Return what is to be looked at, the longest waiting first; `decay_days`: how long a decision counts at most."""
    async with database.reading(Role.VIEWS) as connection:
        return await _later(connection, *sight.arguments, decay_days, _MOST)
