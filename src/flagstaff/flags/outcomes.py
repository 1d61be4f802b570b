"""Give flags their outcome, and open and end questions to their reporters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.flags.model import Choice, Flag, Outcome
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.references import CaseKey, ClauseId, FlagKey, FlagNumber, MenuVersion, OptionKey
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import FlagState, FlagStatus


class Heard(msgspec.Struct, frozen=True):
    """A flag that was not taken back, as a decision hears it; never who sent it."""

    key: UUID
    number: str
    case: UUID
    option: str
    option_kind: OptionKind
    reason: str
    clauses: tuple[str, ...]
    menu_version: int
    language: str
    label: str
    severity: int
    state: FlagState
    outcome: FlagStatus | None
    received_at: datetime
    legacy: bool
    added_reasons: tuple[str, ...]
    added_clauses: tuple[str, ...]

    @property
    def all_clauses(self) -> frozenset[str]:
        """Return the clauses of its option and of everything added."""
        return frozenset(self.clauses) | frozenset(self.added_clauses)

    @property
    def all_reasons(self) -> frozenset[str]:
        """Return the reasons of its option and of everything added."""
        return frozenset({self.reason}) | frozenset(self.added_reasons)

    def flag(self) -> Flag:
        """Return it as the rules take it: its clauses are those of all its choices; the tag is left out."""
        choice = Choice(
            OptionKey(self.option), self.option_kind, Severity(self.severity), MenuVersion(self.menu_version),
            self.language, self.label, frozenset(map(ClauseId, self.all_clauses)),
        )  # fmt: skip
        return Flag(
            FlagKey(self.key),
            FlagNumber(self.number),
            CaseKey(self.case),
            b"",
            self.state,
            self.received_at,
            (choice,),
        )


class Outlined(msgspec.Struct, frozen=True):
    """A flag as a second look needs it."""

    key: UUID
    number: str
    case: UUID
    label: str
    language: str
    state: FlagState
    outcome: FlagStatus | None
    outcome_from: datetime | None
    decision: UUID | None


class Overdue(msgspec.Struct, frozen=True):
    """A flag whose question nobody answered `until` then."""

    key: UUID
    number: str
    platform: str
    label: str
    language: str
    until: datetime


_queries = Queries(__package__, "outcomes.sql")
_flags_of_case = _queries.rows("flags_of_case", Heard)
_flags_of_decision = _queries.rows("flags_of_decision", Heard)
_answer_flags = _queries.run("answer_flags")
_correct_flags = _queries.run("correct_flags")
_question_flag = _queries.run("question_flag")
_end_question = _queries.run("end_question")
_overdue_questions = _queries.rows("overdue_questions", Overdue)
_next_question = _queries.value("next_question", datetime)
_flag_of = _queries.row("flag_of", Outlined)
_own_flag = _queries.row("own_flag", Outlined)
_flag_called = _queries.row("flag_called", Outlined)


async def of_case(connection: Connection, case: UUID) -> list[Heard]:
    """Return the flags of a case that were not taken back, first to last."""
    return await _flags_of_case(connection, case)


async def of_decision(connection: Connection, decision: UUID) -> list[Heard]:
    """Return the flags that have their outcome from a decision: of its case, joined later, or corrected by it."""
    return await _flags_of_decision(connection, decision)


async def answer(
    connection: Connection, outcomes: Mapping[UUID, Outcome], at: datetime, decision: UUID
) -> None:
    """Give flags that wait their outcome."""
    if outcomes:
        await _answer_flags(connection, *_columns(outcomes), at, decision)


async def correct(
    connection: Connection, outcomes: Mapping[UUID, Outcome], at: datetime, decision: UUID
) -> None:
    """Change the outcome of flags that have one: their decision was reversed."""
    if outcomes:
        await _correct_flags(connection, *_columns(outcomes), at, decision)


def _columns(outcomes: Mapping[UUID, Outcome]) -> tuple[list[UUID], list[str], list[str]]:
    told = outcomes.values()
    return list(outcomes), [one.status.value for one in told], [one.sentence for one in told]


async def question(connection: Connection, flag: UUID, until: datetime, at: datetime) -> bool:
    """Open a question to the reporter of a flag; False where the flag does not live any more."""
    return bool(await _question_flag(connection, flag, until, at))


async def end_question(connection: Connection, flag: UUID, at: datetime) -> None:
    """End the question about one flag: its reporter answered."""
    await _end_question(connection, flag, at)


async def overdue(connection: Connection, at: datetime, most: int) -> list[Overdue]:
    """End questions that were to be answered by now, and return them; one that somebody else ends is left out."""
    return await _overdue_questions(connection, at, most)


async def next_question(connection: Connection) -> datetime | None:
    """Return when the next question ends."""
    return await _next_question(connection)


async def flag_of(connection: Connection, key: UUID) -> Outlined | None:
    """Return one flag."""
    return await _flag_of(connection, key)


async def flag_called(connection: Connection, case: UUID, number: str) -> Outlined | None:
    """Return a flag of a case by its number."""
    return await _flag_called(connection, case, number)


async def own(connection: Connection, number: str, keys: Sequence[UUID]) -> Outlined | None:
    """Return one of a person's own flags by its number; None where it is not theirs."""
    return await _own_flag(connection, number, keys)
