"""Keep the reviewer's hand: changes of a platform's codebook, and what reviewers say of comments; both only grow."""

from typing import Any
from uuid import UUID

import msgspec

from flagstaff.insight.codebook import Change
from flagstaff.insight.dive import Label
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Made(msgspec.Struct, frozen=True):
    """One change of a codebook, with who made it."""

    change_form: dict[str, Any]
    by: UUID

    @property
    def change(self) -> Change:
        """Read the change itself."""
        change: Change = msgspec.convert(self.change_form, Change)
        return change


_queries = Queries(__package__, "labels.sql")
_put_change = _queries.run("put_change")
_hold_codebook = _queries.run("hold_codebook")
_changes_of = _queries.values("changes_of", dict[str, Any])
_put_label = _queries.run("put_label")
_labels_of = _queries.rows("labels_of", Label)
_said_of = _queries.rows("said_of", Label)
_last_said = _queries.row("last_said", Label)
_history_of = _queries.rows("history_of", Made)


async def hold_codebook(connection: Connection, platform: str) -> None:
    """Let nobody else change a codebook before this transaction ends. Role console."""
    await _hold_codebook(connection, platform)


async def changes_of(connection: Connection, platform: str) -> tuple[Change, ...]:
    """Return all changes of a codebook, the oldest first. Roles console and worker."""
    return msgspec.convert(await _changes_of(connection, platform), tuple[Change, ...])


async def put_change(connection: Connection, key: UUID, platform: str, change: Change, by: UUID) -> None:
    """Add one change to a codebook. Role console."""
    await _put_change(connection, key, platform, change.key, msgspec.to_builtins(change), by, change.at)


async def put_label(connection: Connection, key: UUID, platform: str, label: Label) -> None:
    """Keep what a reviewer says of a comment from now on; a blank theme takes it back. Role console."""
    await _put_label(
        connection, key, platform, label.row, label.reviewer, label.theme, label.drawn.value, label.at
    )


async def labels_of(connection: Connection, platform: str) -> list[Label]:
    """Return what every reviewer says of every comment now, read as on the day they said it. Consoles and workers."""
    return await _labels_of(connection, platform)


async def said_of(connection: Connection, platform: str, reviewer: UUID, flag: UUID) -> list[Label]:
    """Return what a reviewer ever said of one comment, the newest first. Role console."""
    return await _said_of(connection, platform, reviewer, flag)


async def last_said(connection: Connection, platform: str, reviewer: UUID, dive: UUID) -> Label | None:
    """Return what a reviewer answered last in a run; None where nothing of theirs stands there. Role console."""
    return await _last_said(connection, platform, reviewer, dive)


async def history_of(connection: Connection, platform: str, most: int = 100) -> list[Made]:
    """List changes of a codebook with who made them, the newest first. Role console."""
    return await _history_of(connection, platform, most)
