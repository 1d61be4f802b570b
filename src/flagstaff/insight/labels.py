"""Keep the reviewer's hand: changes of a platform's codebook, and what reviewers say of comments; both only grow."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.insight.dive import Drawn
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class KeptChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a codebook as the database holds it, with who made it."""

    key: UUID
    theme: str
    change_form: dict[str, Any]
    by: UUID
    at: datetime


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer said of a comment: a theme by the key it had that day; None where they took it back."""

    flag: UUID
    reviewer: UUID
    theme: str | None
    drawn: Drawn
    at: datetime


_queries = Queries(__package__, "labels.sql")
_put_change = _queries.run("put_change")
_hold_codebook = _queries.run("hold_codebook")
_changes_of = _queries.rows("changes_of", KeptChange)
_put_label = _queries.run("put_label")
_labels_of = _queries.rows("labels_of", Said)
_said_of = _queries.rows("said_of", Said)


async def hold_codebook(connection: Connection, platform: str) -> None:
    """Let nobody else change a codebook before this transaction ends. Role console."""
    await _hold_codebook(connection, platform)


async def changes_of(connection: Connection, platform: str) -> list[KeptChange]:
    """Return all changes of a codebook, the oldest first. Roles console and worker."""
    return await _changes_of(connection, platform)


async def put_change(connection: Connection, platform: str, change: KeptChange) -> None:
    """Add one change. Role console."""
    await _put_change(
        connection, change.key, platform, change.theme, change.change_form, change.by, change.at
    )


async def put_label(connection: Connection, key: UUID, platform: str, said: Said) -> None:
    """Keep what a reviewer says of a comment from now on. Role console."""
    await _put_label(
        connection, key, platform, said.flag, said.reviewer, said.theme, said.drawn.value, said.at
    )


async def labels_of(connection: Connection, platform: str) -> list[Said]:
    """Return what every reviewer says of every comment now. Roles console and worker."""
    return await _labels_of(connection, platform)


async def said_of(connection: Connection, platform: str, reviewer: UUID, flag: UUID) -> list[Said]:
    """Return what a reviewer ever said of one comment, the newest first. Role console."""
    return await _said_of(connection, platform, reviewer, flag)
