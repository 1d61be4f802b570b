"""Show a subject to those who judge it."""

from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.subjects.model import SubjectState
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Place, Surface


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A subject as a decision judges it: the newest copy, its place and author, and when it was first seen."""

    key: UUID
    platform: str
    kind: str
    outside_id: str
    surface: Surface
    part: str | None
    board: str | None
    community_group: str | None
    thread: str | None
    state: SubjectState
    first_seen_at: datetime
    author: UUID | None
    person: str | None
    author_state: str | None
    staff_hash: bytes | None
    snapshot: UUID | None
    language: str | None
    content_hash: bytes | None
    posted_at: datetime | None
    edited_at: datetime | None
    audience: Audience | None
    reference_only: bool | None

    @property
    def place(self) -> Place:
        """Return where it lives."""
        return Place(self.surface, self.part, self.board, self.community_group, self.thread)


_queries = Queries(__package__, "judging.sql")
_judged = _queries.row("judged", Judged)
_has_copy = _queries.value("has_copy", bool)
_lock_subject = _queries.value("lock_subject", UUID)
_try_lock_subject = _queries.value("try_lock_subject", UUID)
_author_named = _queries.value("author_named", UUID)
_hold_author_named = _queries.value("hold_author_named", UUID)


async def judged(connection: Connection, subject: UUID) -> Judged | None:
    """Return a subject with its newest copy."""
    return await _judged(connection, subject)


async def has_copy(connection: Connection, snapshot: UUID, subject: UUID) -> bool:
    """Tell whether a snapshot is one of that subject."""
    return bool(await _has_copy(connection, snapshot, subject))


async def author_named(connection: Connection, platform: str, person: str) -> UUID | None:
    """Return the key of an author by the platform's name for them."""
    return await _author_named(connection, platform, person)


async def hold_author_named(connection: Connection, platform: str, person: str) -> UUID | None:
    """Return the same for a story that keeps something of theirs: nobody erases them before it ends."""
    return await _hold_author_named(connection, platform, person)


async def lock(connection: Connection, subject: UUID) -> None:
    """Hold a subject: flags that arrive meanwhile wait, and then see what was done."""
    await _lock_subject(connection, subject)


async def try_lock(connection: Connection, subject: UUID) -> bool:
    """Hold a subject unless somebody else does; a job then comes back later."""
    return await _try_lock_subject(connection, subject) is not None
