"""Keep appeals and the voices in them; what they say lies in the vault."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.states import AppealState


class Appeal(msgspec.Struct, frozen=True):
    """The one second look of a decision, or of a hold, as it is kept."""

    key: UUID
    number: str
    platform: str
    decision: UUID | None
    hold: UUID | None
    case: UUID
    state: AppealState
    received_at: datetime
    answer_by: datetime
    reviewer: UUID | None = None
    claimed_until: datetime | None = None
    not_before: datetime | None = None
    left_at: datetime | None = None
    reason: str | None = None


class Leaving(msgspec.Struct, frozen=True):
    """An appeal whose answer leaves now."""

    key: UUID
    decision: UUID | None
    hold: UUID | None
    case: UUID


class Speaker(msgspec.Struct, frozen=True):
    """Somebody who asked for the second look: the author, or the reporter of one flag."""

    key: UUID
    number: str
    voice: Party
    author: UUID | None
    flag: UUID | None
    has_words: bool
    received_at: datetime


_queries = Queries(__package__)
_lodge = _queries.run("lodge")
_put_voice = _queries.run("put_voice")
_of_decision = _queries.row("of_decision", Appeal)
_hold = _queries.row("hold", Appeal)
_find = _queries.row("find", Appeal)
_voices = _queries.rows("voices", Speaker)
_spoken_under = _queries.row("spoken_under", Appeal)
_fall_silent = _queries.run("fall_silent")
_move = _queries.run("move")
_lapse = _queries.run("lapse")
_leaving = _queries.rows("leaving", Leaving)
_left = _queries.run("left")
_next_leaving = _queries.value("next_leaving", datetime)


async def lodge(connection: Connection, appeal: Appeal) -> None:
    """Begin a second look; a second one of the same decision raises a unique violation."""
    await _lodge(
        connection, appeal.key, appeal.number, appeal.platform, appeal.decision, appeal.case,
        appeal.received_at, appeal.answer_by,
    )  # fmt: skip


async def speak(connection: Connection, appeal: UUID, speaker: Speaker) -> None:
    """Let somebody speak in an appeal."""
    await _put_voice(
        connection, speaker.key, appeal, speaker.number, speaker.voice.value, speaker.author, speaker.flag,
        speaker.has_words, speaker.received_at,
    )  # fmt: skip


async def of_decision(connection: Connection, decision: UUID) -> Appeal | None:
    """Lock the appeal of a decision, if it has one."""
    return await _of_decision(connection, decision)


async def hold(connection: Connection, key: UUID) -> Appeal | None:
    """Lock one appeal."""
    return await _hold(connection, key)


async def find(connection: Connection, number: str) -> Appeal | None:
    """Return an appeal by its outside number."""
    return await _find(connection, number)


async def voices(connection: Connection, appeal: UUID) -> list[Speaker]:
    """Return who spoke in an appeal and did not take it back."""
    return await _voices(connection, appeal)


async def spoken_under(
    connection: Connection, number: str, author: UUID | None, flags: Sequence[UUID]
) -> Appeal | None:
    """Return the appeal in which somebody spoke under a number that they were told."""
    return await _spoken_under(connection, number, author, flags)


async def fall_silent(
    connection: Connection, appeal: UUID, author: UUID | None, flags: Sequence[UUID], at: datetime
) -> None:
    """Let somebody take back what they asked for; their words stay sealed until they are erased."""
    await _fall_silent(connection, appeal, author, flags, at)


async def move(
    connection: Connection,
    appeal: UUID,
    state: AppealState,
    *,
    reviewer: UUID | None = None,
    claimed_until: datetime | None = None,
    answered_at: datetime | None = None,
    not_before: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Move an appeal along its life; what is not named is emptied."""
    await _move(connection, appeal, state.value, reviewer, claimed_until, answered_at, not_before, reason)


async def lapse(connection: Connection, at: datetime) -> int:
    """Give back what reviewers left lying, and return how many."""
    return await _lapse(connection, at)


async def leaving(connection: Connection, at: datetime, most: int) -> list[Leaving]:
    """Name appeals whose answer leaves now; whoever lets one leave locks its subject first."""
    return await _leaving(connection, at, most)


async def left(connection: Connection, appeal: UUID, at: datetime) -> None:
    """Note that an answer has left."""
    await _left(connection, appeal, at)


async def next_leaving(connection: Connection) -> datetime | None:
    """Return when the next answer leaves or the next claim lapses."""
    return await _next_leaving(connection)
