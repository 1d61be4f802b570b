"""Keep threads and what the team answers; what a person writes lies in the vault, under the letter's key."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import ThreadState


class Side(StrEnum):
    """Say who wrote a letter."""

    PERSON = "person"
    TEAM = "team"


class Thread(msgspec.Struct, frozen=True):
    """One thread; `known`: a person of the platform wrote it, not somebody without an account."""

    key: UUID
    number: str
    platform: str
    state: ThreadState
    known: bool
    opened_at: datetime
    due_at: datetime | None
    changed_at: datetime


class Letter(msgspec.Struct, frozen=True):
    """One letter; `answer` is the team's, empty once its reader was erased."""

    key: UUID
    thread: UUID
    written_by: Side
    written_at: datetime
    account: UUID | None = None
    answer: str | None = None


class Unanswered(msgspec.Struct, frozen=True):
    """A thread that waits past its day."""

    key: UUID
    number: str
    platform: str


_queries = Queries(__package__)
_put_thread = _queries.run("put_thread")
_put_letter = _queries.run("put_letter")
_hold_thread = _queries.row("hold_thread", Thread)
_find_thread = _queries.row("find_thread", Thread)
_threads = _queries.rows("threads", Thread)
_letters = _queries.rows("letters", Letter)
_move_thread = _queries.run("move_thread")
_unanswered = _queries.rows("unanswered", Unanswered)
_note_alert = _queries.run("note_alert")
_next_unanswered = _queries.value("next_unanswered", datetime)
_letters_to_erase = _queries.values("letters_to_erase", UUID)
_blank_answers = _queries.values("blank_answers", UUID)
_among = _queries.values("among", UUID)


async def open_thread(connection: Connection, thread: Thread) -> None:
    """Begin a thread."""
    await _put_thread(
        connection, thread.key, thread.number, thread.platform, thread.state.value, thread.known, thread.opened_at,
        thread.due_at,
    )  # fmt: skip


async def write(connection: Connection, letter: Letter) -> None:
    """Add a letter to its thread."""
    await _put_letter(
        connection, letter.key, letter.thread, letter.written_by.value, letter.written_at, letter.account, letter.answer
    )  # fmt: skip


async def hold_thread(connection: Connection, number: str) -> Thread | None:
    """Lock one thread by its number."""
    return await _hold_thread(connection, number)


async def find_thread(connection: Connection, number: str) -> Thread | None:
    """Return one thread by its number."""
    return await _find_thread(connection, number)


async def threads(connection: Connection, keys: Sequence[UUID]) -> list[Thread]:
    """Return somebody's own threads, the latest first; `keys` come from the vault."""
    return await _threads(connection, list(keys))


async def letters(connection: Connection, keys: Sequence[UUID]) -> list[Letter]:
    """Return the letters of some threads, first to last."""
    return await _letters(connection, list(keys))


async def move(
    connection: Connection, thread: UUID, state: ThreadState, due_at: datetime | None, at: datetime
) -> None:
    """Store where a thread stands; a new wait may be alerted about anew."""
    await _move_thread(connection, thread, state.value, due_at, at)


async def unanswered(connection: Connection, now: datetime) -> list[Unanswered]:
    """Lock what waits past its day and about which nobody was alerted yet."""
    return await _unanswered(connection, now)


async def note_alert(connection: Connection, keys: Sequence[UUID], at: datetime) -> None:
    """Note that the team was alerted about some threads."""
    await _note_alert(connection, list(keys), at)


async def next_unanswered(connection: Connection) -> datetime | None:
    """Return when the next thread will have waited past its day."""
    return await _next_unanswered(connection)


async def among(connection: Connection, keys: Sequence[UUID]) -> list[UUID]:
    """Return which of these keys are threads. Role eraser."""
    return await _among(connection, list(keys))


async def letters_of(connection: Connection, threads: Sequence[UUID]) -> list[UUID]:
    """Return the letters that persons wrote in some threads: their words' owners. Role eraser."""
    return await _letters_to_erase(connection, list(threads))


async def blank_answers(connection: Connection, threads: Sequence[UUID]) -> int:
    """Empty what the team answered in some threads: it may repeat a letter; returns how many. Role eraser."""
    return len(await _blank_answers(connection, list(threads)))
