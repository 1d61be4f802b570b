"""What waits beside the queue: second looks, second persons, to-dos, and what was decided."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries
from flagstaff.views.case import letter_of
from flagstaff.views.sight import Sight
from flagstaff.vocabulary.effects import Scope
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.states import AppealState, DecisionState, Verdict

PER_PAGE: Final = 50
_END_OF_TIME: Final = datetime(9000, 1, 1, tzinfo=UTC)
OPEN_APPEALS: Final = (AppealState.RECEIVED, AppealState.CLAIMED)


class OnCase(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that a list shows with its case and place."""

    platform: str
    case: str
    severity: int
    kind: str
    surface: Surface
    part: str | None
    board: str | None
    community_group: str | None
    thread: str | None

    @property
    def place(self) -> Place:
        """Return where the subject lives."""
        return Place(self.surface, self.part, self.board, self.community_group, self.thread)


class AppealSeen(OnCase, frozen=True, kw_only=True):
    """A second look at a decision or at a hold; `took_part` says that this account may not be the one who looks."""

    number: str
    state: AppealState
    received_at: datetime
    answer_by: datetime
    claimed_until: datetime | None
    answered_at: datetime | None
    not_before: datetime | None
    left_at: datetime | None
    reviewer: str | None
    mine: bool | None
    decision: str | None
    verdict: Verdict | None
    clauses: tuple[str, ...]
    hold: str | None
    basis: str | None
    held_at: datetime | None
    took_part: bool
    voices: tuple[Party, ...] | None


class SecondSeen(OnCase, frozen=True, kw_only=True):
    """A decision of which these measures wait for a second person; `mine`: this account proposed it."""

    number: str
    asked_at: datetime
    mine: bool
    asked_by: str | None
    verdict: Verdict
    clauses: tuple[str, ...]
    reason: str
    measures: tuple[str, ...]


class FlagSeen(OnCase, frozen=True, kw_only=True):
    """A flag by its key, in its case; the letter stands for its reporter there."""

    flag: UUID
    letter: int
    label: str

    @property
    def name(self) -> str:
        """Return the letter by which staff know its reporter."""
        return letter_of(self.letter)


class DecidedSeen(OnCase, frozen=True, kw_only=True):
    """One line of the list of decisions."""

    number: str
    verdict: Verdict
    clauses: tuple[str, ...]
    state: DecisionState
    decided_at: datetime
    not_before: datetime
    effective_at: datetime | None
    decided_by: str | None
    deviation_code: str | None
    measures: tuple[str, ...]


class Todo(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person has to do on the platform, because the platform cannot."""

    key: UUID
    platform: str
    what: str
    made_at: datetime
    measure: str
    kind: str
    scope: Scope
    case: str
    subject_kind: str
    subject_id: str
    author: str | None


class DecisionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which decisions are wanted; `by` keeps one account's, `before` opens the next page."""

    clause: str = ""
    verdict: Verdict | None = None
    by: UUID | None = None
    before: datetime = _END_OF_TIME


_queries = Queries(__package__, "desk.sql")
_appeals = _queries.rows("appeals", AppealSeen)
_seconds = _queries.rows("seconds", SecondSeen)
_flags_seen = _queries.rows("flags_seen", FlagSeen)
_decided = _queries.rows("decided", DecidedSeen)
_todos = _queries.rows("todos", Todo)


async def list_appeals(
    database: Database, sight: Sight, states: Sequence[AppealState] = OPEN_APPEALS, number: str = ""
) -> list[AppealSeen]:
    """Return appeals in these states, those whose last day is nearest first; with a number only that one."""
    async with database.reading(Role.VIEWS) as connection:
        wanted = [one.value for one in states]
        return await _appeals(connection, *sight.arguments, sight.account, wanted, number, PER_PAGE)


async def list_seconds(database: Database, sight: Sight) -> list[SecondSeen]:
    """Return decisions that wait for a second person, the longest waiting first."""
    async with database.reading(Role.VIEWS) as connection:
        return await _seconds(connection, *sight.arguments, sight.account, PER_PAGE)


async def find_flags(database: Database, sight: Sight, flags: Sequence[UUID]) -> dict[UUID, FlagSeen]:
    """Return some flags by key, those of cases that exist for whoever looks."""
    if not flags:
        return {}
    async with database.reading(Role.VIEWS) as connection:
        found = await _flags_seen(connection, *sight.arguments, list(flags))
    return {one.flag: one for one in found}


async def list_decisions(database: Database, sight: Sight, wanted: DecisionFilter) -> list[DecidedSeen]:
    """Return decisions, the newest first, one more than a page holds where there are more."""
    verdict = wanted.verdict.value if wanted.verdict else ""
    bounds = (wanted.before, wanted.clause, verdict, wanted.by, PER_PAGE + 1)
    async with database.reading(Role.VIEWS) as connection:
        return await _decided(connection, *sight.arguments, *bounds)


async def list_todos(database: Database, sight: Sight) -> list[Todo]:
    """Return what people have to do because a platform cannot, the oldest first."""
    async with database.reading(Role.VIEWS) as connection:
        return await _todos(connection, *sight.arguments, PER_PAGE)
