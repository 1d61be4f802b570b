"""List versions of menus and guidelines that somebody proposed to publish."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

_MOST: Final = 30


class Proposed(msgspec.Struct, frozen=True):
    """One proposal: what would be published, why, by whom it was proposed, how it was answered, its draft."""

    key: UUID
    platform: str
    what: str
    note: str
    author: UUID
    author_name: str | None
    made_at: datetime
    state: str
    answered_by: str | None
    answer: str | None
    document: dict[str, Any]
    draft: UUID | None


_queries = Queries(__package__, "proposals.sql")
_list_proposals = _queries.rows("list_proposals", Proposed)


async def list_proposals(database: Database, platforms: Sequence[str]) -> list[Proposed]:
    """Return what waits for a second person first, then the latest answered ones, thirty at most."""
    async with database.reading(Role.VIEWS) as connection:
        return await _list_proposals(connection, platforms, _MOST)
