"""What people suggest and write to the team, as far as it stands outside the vault: what waits, and how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

_MOST: Final = 50
_BIT: Final = timedelta(microseconds=1)


class SuggestionLine(msgspec.Struct, frozen=True):
    """Suggestions that say the same, with their answer; the words are opened apart from this."""

    key: UUID
    number: str
    platform: str
    kind: str
    state: str
    opened_at: datetime
    due_at: datetime
    alerted_at: datetime | None
    reason: str
    option: str | None
    label: str
    draft: UUID | None
    into_number: str | None
    ended_by: str | None
    ended_at: datetime | None
    members: list[UUID] | None

    @property
    def last_day(self) -> datetime:
        """Return a moment of the last day on which an answer is in time."""
        return self.due_at - _BIT


class Member(msgspec.Struct, frozen=True):
    """One suggestion of a group: how it came there, and which part of its words is the same."""

    key: UUID
    joined: str
    resembles: float


class ThreadLine(msgspec.Struct, frozen=True):
    """One thread of letters in the list."""

    number: str
    platform: str
    state: str
    known: bool
    opened_at: datetime
    due_at: datetime | None
    changed_at: datetime
    letters: int

    @property
    def last_day(self) -> datetime | None:
        """Return a moment of the last day on which an answer is in time; None while nobody waits for one."""
        return self.due_at - _BIT if self.due_at else None


class Overdue(msgspec.Struct, frozen=True):
    """How much of one platform waits past its day; `owner` answers for its live menus."""

    platform: str
    suggestions: int
    letters: int
    owner: UUID | None


_queries = Queries(__package__, "people_write.sql")
_suggestions = _queries.rows("suggestions", SuggestionLine)
_suggestion = _queries.row("suggestion", SuggestionLine)
_joined = _queries.rows("joined", Member)
_threads = _queries.rows("threads", ThreadLine)
_overdue = _queries.rows("overdue", Overdue)
_owner_of = _queries.value("owner_of", str)


async def list_suggestions(
    database: Database, platforms: Sequence[str], *, waiting: bool
) -> list[SuggestionLine]:
    """Return suggestions that wait, the longest first, or those answered latest; fifty at most."""
    async with database.reading(Role.VIEWS) as connection:
        return await _suggestions(connection, platforms, waiting, _MOST)


async def find_suggestion(database: Database, platforms: Sequence[str], number: str) -> SuggestionLine | None:
    """Return one group of suggestions."""
    async with database.reading(Role.VIEWS) as connection:
        return await _suggestion(connection, platforms, number)


async def joined_in(database: Database, group: UUID) -> list[Member]:
    """Return how each suggestion of a group came to stand there, the first one first."""
    async with database.reading(Role.VIEWS) as connection:
        return await _joined(connection, group)


async def list_threads(database: Database, platforms: Sequence[str]) -> list[ThreadLine]:
    """Return threads of letters, those that wait first; fifty at most."""
    async with database.reading(Role.VIEWS) as connection:
        return await _threads(connection, platforms, _MOST)


async def overdue(database: Database, platforms: Sequence[str], now: datetime) -> list[Overdue]:
    """Return what waits past its day."""
    async with database.reading(Role.VIEWS) as connection:
        return await _overdue(connection, platforms, now)


async def owner_of(database: Database, platform: str) -> str | None:
    """Return the name of who answers for the live menus of a platform."""
    async with database.reading(Role.VIEWS) as connection:
        return await _owner_of(connection, platform)
