"""The sealed log as an auditor reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

PER_PAGE: Final = 100
SKIPPED_AT_MOST: Final = 20_000


class Written(msgspec.Struct, frozen=True):
    """One entry. Its place in the chain is not shown: beside a timed entry it would tell when somebody flagged."""

    at: datetime
    deed: str
    actor: str
    platform: str | None
    facts: dict[str, str | int | bool | None]
    chained: bool
    object: str


class ChainEnd(msgspec.Struct, frozen=True):
    """The newest link of the chain: whoever wrote this digest down can tell whether anything before it was changed."""

    position: int
    digest: bytes
    chained_at: datetime


class LogPage(msgspec.Struct, frozen=True):
    """Some entries, the newest first, the end of the chain, and how many to skip for older ones (None at the end)."""

    entries: Sequence[Written]
    end: ChainEnd | None
    older: int | None


_queries = Queries(__package__, "log.sql")
_entries = _queries.rows("entries", Written)
_chain_end = _queries.row("chain_end", ChainEnd)


async def log_page(
    database: Database, platforms: Sequence[str], *, deed: str = "", case: str = "", skip: int = 0
) -> LogPage:
    """Return a page of the log; `deed` is a beginning such as "case.", `case` a case's number."""
    start = min(max(skip, 0), SKIPPED_AT_MOST)
    async with database.reading(Role.VIEWS) as connection:
        found = await _entries(connection, deed, case, list(platforms), PER_PAGE + 1, start)
        end = await _chain_end(connection)
    more = len(found) > PER_PAGE and start < SKIPPED_AT_MOST
    return LogPage(found[:PER_PAGE], end, start + PER_PAGE if more else None)
