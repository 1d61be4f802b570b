"""Keep what people propose: groups of suggestions that say the same, and how each ended. Words lie in the vault."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.menus.suggestions import Joined, Waiting
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import SuggestionState


class Group(msgspec.Struct, frozen=True):
    """Suggestions that say the same, with one answer for all."""

    key: UUID
    number: str
    platform: str
    kind: str
    state: SuggestionState
    opened_at: datetime
    due_at: datetime
    reason: str
    option: str | None
    label: str
    draft: UUID | None
    into_group: UUID | None
    ended_by: UUID | None
    ended_at: datetime | None


class KeptSuggestion(msgspec.Struct, frozen=True):
    """One suggestion as it is kept; its words lie in the vault under its key."""

    key: UUID
    number: str
    suggestion_group: UUID
    joined: Joined
    resembles: float
    received_at: datetime


class Own(msgspec.Struct, frozen=True):
    """One suggestion with the answer of its group, for whoever made it."""

    number: str
    kind: str
    received_at: datetime
    state: SuggestionState
    reason: str
    option: str | None
    label: str
    ended_at: datetime | None


class Late(msgspec.Struct, frozen=True):
    """A group that waits past its day."""

    key: UUID
    number: str
    platform: str


_queries = Queries(__package__, "suggested.sql")
_alone = _queries.run("alone")
_waiting = _queries.rows("waiting", Waiting)
_put_group = _queries.run("put_group")
_put_suggestion = _queries.run("put_suggestion")
_own = _queries.rows("own", Own)
_hold_group = _queries.row("hold_group", Group)
_find_group = _queries.row("find_group", Group)
_members = _queries.rows("members", KeptSuggestion)
_move = _queries.run("move_suggestions")
_end_group = _queries.run("end_group")
_late = _queries.rows("late", Late)
_note_alert = _queries.run("note_alert")
_next_late = _queries.value("next_late", datetime)
_blank = _queries.values("blank", UUID)


async def alone(connection: Connection, platform: str, kind: str) -> None:
    """Let one suggestion for a menu be placed at a time, so that two that say the same meet."""
    await _alone(connection, f"suggestion {platform} {kind}")


async def waiting(connection: Connection, platform: str, kind: str) -> list[Waiting]:
    """Return what waits for one menu, to be compared with; the newest two thousand."""
    return await _waiting(connection, platform, kind)


async def open_group(connection: Connection, group: Group) -> None:
    """Begin a group."""
    await _put_group(
        connection, group.key, group.number, group.platform, group.kind, group.opened_at, group.due_at
    )  # fmt: skip


async def put(connection: Connection, platform: str, kept: KeptSuggestion, sketch: Sequence[bytes]) -> None:
    """Keep one suggestion in its group."""
    await _put_suggestion(
        connection, kept.key, kept.number, platform, kept.suggestion_group, kept.joined.value, kept.resembles,
        list(sketch), kept.received_at,
    )  # fmt: skip


async def own(connection: Connection, keys: Sequence[UUID]) -> list[Own]:
    """Return somebody's own suggestions, newest first; `keys` come from the vault."""
    return await _own(connection, list(keys))


async def hold_group(connection: Connection, number: str) -> Group | None:
    """Lock one group by its number."""
    return await _hold_group(connection, number)


async def find_group(connection: Connection, number: str) -> Group | None:
    """Return one group by its number."""
    return await _find_group(connection, number)


async def members(connection: Connection, group: UUID) -> list[KeptSuggestion]:
    """Return the suggestions of a group, the first one first."""
    return await _members(connection, group)


async def move(connection: Connection, keys: Sequence[UUID], group: UUID, joined: Joined) -> None:
    """Put suggestions into another group."""
    await _move(connection, list(keys), group, joined.value)


async def end_group(connection: Connection, group: Group) -> None:
    """Store how a group ended."""
    await _end_group(
        connection, group.key, group.state.value, group.reason, group.option, group.label, group.draft,
        group.into_group, group.ended_by, group.ended_at,
    )  # fmt: skip


async def late(connection: Connection, now: datetime) -> list[Late]:
    """Lock what waits past its day and about which nobody was alerted yet."""
    return await _late(connection, now)


async def note_alert(connection: Connection, keys: Sequence[UUID], at: datetime) -> None:
    """Note that the owner of some groups was alerted."""
    await _note_alert(connection, list(keys), at)


async def next_late(connection: Connection) -> datetime | None:
    """Return when the next group will have waited past its day."""
    return await _next_late(connection)


async def blank(connection: Connection, keys: Sequence[UUID]) -> int:
    """Empty what suggestions are compared by, for their writer is erased; returns how many. Role eraser."""
    return len(await _blank(connection, list(keys)))
