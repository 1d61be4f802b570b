"""Keep flags and their addenda; nothing here ties two flags of one person together."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flags.model import Choice
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import FlagState, FlagStatus


class Found(msgspec.Struct, frozen=True):
    """A flag that its reporter sent before."""

    key: UUID
    number: str
    case: UUID
    tag: bytes
    state: FlagState
    severity: int
    outcome: FlagStatus | None
    option: str
    received_at: datetime
    outcome_from: datetime | None
    question_until: datetime | None


class Answer(msgspec.Struct, frozen=True):
    """The outcome of a flag that joins a verdict; it may be read from `readable_from` on."""

    outcome: FlagStatus
    reason: str
    readable_from: datetime
    decision: UUID | None


class Revival(msgspec.Struct, frozen=True):
    """A withdrawn flag that was sent again."""

    key: UUID
    state: FlagState
    answer: Answer | None = None


class NewFlag(msgspec.Struct, frozen=True):
    """A flag that is to be kept; with an outcome where it joins a verdict, with Other where a hint led away from it."""

    key: UUID
    number: str
    case: UUID
    snapshot: UUID
    platform: str
    tag: bytes
    kind: str
    reason: str
    choice: Choice
    reliability: float
    state: FlagState
    received_at: datetime
    answer: Answer | None = None
    legacy: bool = False
    converted_from: str | None = None


class NewAddendum(msgspec.Struct, frozen=True):
    """What a reporter adds to a flag of theirs."""

    key: UUID
    flag: UUID
    reason: str
    choice: Choice
    has_words: bool
    received_at: datetime


class KeptFlag(msgspec.Struct, frozen=True):
    """A flag of a reporter who was restricted when they sent it."""

    key: UUID
    case: UUID
    state: FlagState
    severity: int


class Tally(msgspec.Struct, frozen=True):
    """What counts in one case now."""

    case: UUID
    counted: int
    voices: tuple[float, ...]
    severity: int
    staff_only: bool
    restricted: bool


class Shown(msgspec.Struct, frozen=True):
    """A flag as its own reporter may see it; the words stay in the vault."""

    number: str
    platform: str
    kind: str
    option: str
    label: str
    language: str
    state: FlagState
    outcome: FlagStatus | None
    outcome_reason: str | None
    outcome_from: datetime | None
    question_until: datetime | None
    severity: int
    received_at: datetime
    decision: UUID | None
    legacy: bool


_UNTOLD: Final = (None, None, None, None)

_queries = Queries(__package__)
_find_by_tags = _queries.rows("find_by_tags", Found)
_put_flags = _queries.run("put_flags")
_put_addenda = _queries.run("put_addenda")
_revive = _queries.run("revive")
_tally = _queries.rows("tally", Tally)
_count_preferences = _queries.run("count_preferences")
_shown_flags = _queries.rows("shown_flags", Shown)
_find_by_number = _queries.row("find_by_number", Found)
_withdraw = _queries.run("withdraw")
_kept_among = _queries.rows("kept_among", KeptFlag)
_count_kept = _queries.run("count_kept")
_answer_moot = _queries.run("answer_moot")


async def find_by_tags(
    connection: Connection, pairs: Sequence[tuple[UUID, bytes]]
) -> dict[tuple[UUID, bytes], Found]:
    """Return the flags that stand under these cases and tags."""
    if not pairs:
        return {}
    rows = await _find_by_tags(connection, [case for case, _ in pairs], [tag for _, tag in pairs])
    return {(row.case, row.tag): row for row in rows}


async def put_flags(connection: Connection, flags: Sequence[NewFlag]) -> None:
    """Keep new flags; a second one under the same case and tag raises a unique violation."""
    if flags:
        await _put_flags(connection, [_row(flag) for flag in flags])


def _row(flag: NewFlag) -> tuple[object, ...]:
    choice, answer = flag.choice, flag.answer
    told = (answer.outcome.value, answer.reason, answer.readable_from, answer.decision) if answer else _UNTOLD
    return (
        flag.key, flag.number, flag.case, flag.snapshot, flag.platform, flag.tag, flag.kind, choice.option, flag.reason,
        choice.kind.value, sorted(choice.clauses), choice.menu_version, choice.language, choice.label,
        int(choice.severity), flag.reliability, flag.state.value, *told, flag.legacy, flag.converted_from,
        flag.received_at,
    )  # fmt: skip


async def put_addenda(connection: Connection, addenda: Sequence[NewAddendum]) -> None:
    """Keep additions to flags."""
    if addenda:
        await _put_addenda(
            connection,
            [one.key for one in addenda],
            [one.flag for one in addenda],
            [one.choice.option for one in addenda],
            [one.reason for one in addenda],
            [" ".join(sorted(one.choice.clauses)) for one in addenda],
            [one.choice.menu_version for one in addenda],
            [one.choice.language for one in addenda],
            [one.choice.label for one in addenda],
            [int(one.choice.severity) for one in addenda],
            [one.has_words for one in addenda],
            [one.received_at for one in addenda],
        )


async def revive(connection: Connection, revivals: Sequence[Revival], at: datetime) -> None:
    """Let withdrawn flags live again, each in its new state."""
    if revivals:
        await _revive(
            connection,
            [one.key for one in revivals],
            [one.state.value for one in revivals],
            [one.answer.outcome.value if one.answer else None for one in revivals],
            [one.answer.reason if one.answer else None for one in revivals],
            [one.answer.readable_from if one.answer else None for one in revivals],
            [one.answer.decision if one.answer else None for one in revivals],
            at,
        )


async def tally(
    connection: Connection, cases: Sequence[UUID], staff_only: Sequence[str], restricted: Sequence[str]
) -> dict[UUID, Tally]:
    """Sum up what counts in some cases; `staff_only` are reasons, `restricted` clauses that narrow who may see them."""
    rows = await _tally(connection, cases, staff_only, restricted)
    return {row.case: row for row in rows}


async def count_preferences(connection: Connection, chosen: Sequence[tuple[str, str, int, date]]) -> None:
    """Count choices (platform, option, menu version, day) that are never a case."""
    if chosen:
        await _count_preferences(
            connection,
            [one[0] for one in chosen],
            [one[1] for one in chosen],
            [one[2] for one in chosen],
            [one[3] for one in chosen],
            [1 for _ in chosen],
        )


async def shown(connection: Connection, keys: Sequence[UUID]) -> list[Shown]:
    """Return a person's own flags, the newest first."""
    return await _shown_flags(connection, keys) if keys else []


async def find_own(connection: Connection, number: str, keys: Sequence[UUID]) -> Found | None:
    """Lock one of a person's own flags by its number; None where it is not theirs."""
    return await _find_by_number(connection, number, keys)


async def withdraw(connection: Connection, flag: UUID, at: datetime) -> bool:
    """Take a flag back; returns whether it still could be."""
    return bool(await _withdraw(connection, flag, at))


async def kept_among(connection: Connection, keys: Sequence[UUID]) -> list[KeptFlag]:
    """Return those of some flags that are kept."""
    return await _kept_among(connection, keys) if keys else []


async def count_kept(connection: Connection, keys: Sequence[UUID], at: datetime) -> None:
    """Let kept flags count."""
    if keys:
        await _count_kept(connection, keys, at)


async def answer_moot(connection: Connection, cases: Sequence[UUID], at: datetime) -> int:
    """Answer what lives in cases that end because their author is gone; returns how many."""
    return await _answer_moot(connection, cases, at) if cases else 0
