"""What is kept of the people who wrote something, and how it is emptied when they are erased."""

from datetime import datetime
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "authors.sql")
_author_hash = _queries.value("author_hash", bytes)
_find_by_hash = _queries.value("find_by_hash", UUID)
_hold_by_hash = _queries.value("hold_by_hash", UUID)
_subjects_of = _queries.values("subjects_of", UUID)
_empty_snapshots = _queries.run("empty_snapshots")
_erase_author = _queries.run("erase_author")


async def author_hash(connection: Connection, subject: UUID) -> bytes | None:
    """Return the keyed hash of a subject's author; None where it has none."""
    return await _author_hash(connection, subject)


async def find_by_hash(connection: Connection, platform: str, staff_hash: bytes) -> UUID | None:
    """Return the author with this keyed hash."""
    return await _find_by_hash(connection, platform, staff_hash)


async def hold_by_hash(connection: Connection, platform: str, staff_hash: bytes) -> UUID | None:
    """Return the same, locked, once whatever this author says at this moment is kept."""
    return await _hold_by_hash(connection, platform, staff_hash)


async def subjects_of(connection: Connection, author: UUID) -> list[UUID]:
    """List what an author wrote."""
    return await _subjects_of(connection, author)


async def erase(connection: Connection, author: UUID, at: datetime) -> int:
    """Blank every copy of an author's words, note the erasure, and return how many copies were blanked."""
    emptied = await _empty_snapshots(connection, author, at)
    await _erase_author(connection, author, at)
    return emptied
