"""The sealed log as an auditor reads it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

PER_PAGE: Final = 100


class Written(msgspec.Struct, frozen=True):
    """One entry; `position` is its place in the chain, None until the publisher has been there."""

    key: UUID
    at: datetime
    deed: str
    actor: str
    platform: str | None
    object: str
    facts: dict[str, str | int | bool | None]
    position: int | None


class ChainEnd(msgspec.Struct, frozen=True):
    """The newest link of the chain: whoever wrote this digest down can tell whether anything before it was changed."""

    position: int
    digest: bytes
    chained_at: datetime


class Before(msgspec.Struct, frozen=True):
    """A place in the log from which on older entries are wanted."""

    at: datetime = datetime(9000, 1, 1, tzinfo=UTC)
    key: UUID = UUID(int=2**128 - 1)


class LogPage(msgspec.Struct, frozen=True):
    """Some entries, the newest first, the end of the chain, and where older ones begin (None at the end)."""

    entries: Sequence[Written]
    end: ChainEnd | None
    older: Before | None


_queries = Queries(__package__, "log.sql")
_entries = _queries.rows("entries", Written)
_chain_end = _queries.row("chain_end", ChainEnd)


async def log_page(
    database: Database,
    platforms: Sequence[str],
    before: Before | None = None,
    *,
    deed: str = "",
    about: str = "",
) -> LogPage:
    """Return a page of the log; `deed` is a beginning such as "case.", `about` an object as it is written there."""
    spot = before or Before()
    async with database.reading(Role.VIEWS) as connection:
        found = await _entries(connection, spot.at, spot.key, deed, about, list(platforms), PER_PAGE + 1)
        end = await _chain_end(connection)
    shown = found[:PER_PAGE]
    older = Before(shown[-1].at, shown[-1].key) if len(found) > PER_PAGE else None
    return LogPage(shown, end, older)
