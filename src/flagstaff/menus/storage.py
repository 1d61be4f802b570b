"""Keep published menu versions, the lineage of their options, drafts, and who answers for a version.

What is published is never changed.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.menus.drafts import Draft, DraftState
from flagstaff.menus.model import LineageEdge, MenuVersion
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class PublishedMenus(msgspec.Struct, frozen=True):
    """One stored version as the database holds it."""

    platform: str
    number: int
    document: dict[str, Any]
    published_at: datetime
    author: str
    approver: str | None
    alone: bool


class KeptDraft(msgspec.Struct, frozen=True):
    """One draft as the database holds it. `revision` rises with every change; `published`: the version it became."""

    key: UUID
    platform: str
    base: int
    document: dict[str, Any]
    revision: int
    state: DraftState
    author: UUID
    made_at: datetime
    changed_at: datetime
    proposal: UUID | None
    published: int | None

    @property
    def draft(self) -> Draft:
        """Read the draft itself."""
        return msgspec.convert(self.document | {"base": self.base}, Draft)


class Answerable(msgspec.Struct, frozen=True):
    """Who answers for a version since `at`."""

    version: int
    name: str
    has_left: bool
    at: datetime


_queries = Queries(__package__)
_put_version = _queries.run("put_version")
_put_lineage = _queries.run("put_lineage")
_list_versions = _queries.rows("list_versions", PublishedMenus)
_list_lineage = _queries.rows("list_lineage", LineageEdge)
_tell_all = _queries.run("tell_all")
_lock_numbers = _queries.run("lock_numbers")
_newest_number = _queries.value("newest_number", int)
_put_draft = _queries.run("put_draft")
_draft = _queries.row("draft", KeptDraft)
_draft_of_version = _queries.row("draft_of_version", KeptDraft)
_hold_draft = _queries.row("hold_draft", KeptDraft)
_draft_behind = _queries.row("draft_behind", KeptDraft)
_change_draft = _queries.run("change_draft")
_move_draft = _queries.run("move_draft")
_put_owner = _queries.run("put_owner")
_answerable = _queries.rows("answerable", Answerable)
_count_reaction = _queries.run("count_reaction")
_open_comments = _queries.run("open_comments")
_comments_key = _queries.value("comments_key", UUID)


async def publish(
    connection: Connection,
    platform: str,
    version: MenuVersion,
    edges: Sequence[LineageEdge],
    *,
    author: str,
    approver: str | None,
    alone: bool,
    at: datetime,
) -> None:
    """Store a version for ever and tell every process; a number that exists raises a unique violation."""
    document = msgspec.json.encode(version)
    await _put_version(
        connection, platform, version.number, version.guidelines_version, msgspec.json.decode(document),
        hashlib.sha256(document).digest(), version.origin, version.note, author, approver, alone, at,
    )  # fmt: skip
    mine = [edge for edge in edges if edge.version == version.number]
    await _put_lineage(
        connection, platform, version.number,
        [edge.edge for edge in mine], [edge.from_option for edge in mine], [edge.to_option for edge in mine],
    )  # fmt: skip
    await tell(connection, platform)


async def tell(connection: Connection, platform: str) -> None:
    """Let every process read again what is published of a platform, once this transaction commits."""
    await _tell_all(connection, platform)


async def published(connection: Connection) -> list[tuple[str, MenuVersion]]:
    """Return every version of every platform with its publication filled in, oldest first."""
    rows = await _list_versions(connection)
    return [(row.platform, _with_publication(row)) for row in rows]


async def lineage(connection: Connection, platform: str) -> list[LineageEdge]:
    """Return the edges of one platform, oldest first."""
    return await _list_lineage(connection, platform)


def _with_publication(row: PublishedMenus) -> MenuVersion:
    version = msgspec.convert(row.document, MenuVersion)
    return msgspec.structs.replace(
        version, owner=version.owner or row.author, approver=row.approver, published_at=row.published_at
    )


async def take_turn(connection: Connection, platform: str) -> int:
    """Wait until nobody else publishes menus of this platform; return the newest number there is, 0 for none."""
    await _lock_numbers(connection, platform)
    return await _newest_number(connection, platform) or 0


# ---------------------------------------------------------------- drafts
async def begin_draft(
    connection: Connection, key: UUID, platform: str, draft: Draft, author: UUID, at: datetime
) -> None:
    """Keep a new draft."""
    await _put_draft(connection, key, platform, draft.base, msgspec.to_builtins(draft), author, at)


async def find_draft(connection: Connection, key: UUID) -> KeptDraft | None:
    """Return a draft."""
    return await _draft(connection, key)


async def draft_of_version(connection: Connection, platform: str, number: int) -> KeptDraft | None:
    """Return the draft that became a version; None where it came otherwise."""
    return await _draft_of_version(connection, platform, number)


async def hold_draft(connection: Connection, key: UUID) -> KeptDraft | None:
    """Return a draft, locked until the transaction ends."""
    return await _hold_draft(connection, key)


async def draft_behind(connection: Connection, proposal: UUID) -> KeptDraft | None:
    """Return the draft that a proposal came from, locked; None: it came from files."""
    return await _draft_behind(connection, proposal)


async def change_draft(connection: Connection, key: UUID, draft: Draft, at: datetime) -> None:
    """Store what a draft says now."""
    await _change_draft(connection, key, draft.base, msgspec.to_builtins(draft), at)


async def move_draft(
    connection: Connection,
    key: UUID,
    state: DraftState,
    at: datetime,
    *,
    proposal: UUID | None = None,
    published: int | None = None,
) -> None:
    """Store how far a draft has come."""
    await _move_draft(connection, key, state, proposal, published, at)


async def hand_over(
    connection: Connection, platform: str, version: int, account: UUID, by: UUID, at: datetime
) -> None:
    """Record who answers for a published version from now on."""
    await _put_owner(connection, platform, version, account, by, at)


# ---------------------------------------------------------------- readers
async def answerable(connection: Connection, platform: str) -> dict[int, Answerable]:
    """Return who answers for each version; none for what came before Flagstaff."""
    return {one.version: one for one in await _answerable(connection, platform)}


async def count_reaction(
    connection: Connection, platform: str, version: int, day: date, *, clear: bool
) -> None:
    """Count one reader who found a release note clear, or not; of the reader nothing is kept."""
    await _count_reaction(connection, platform, version, day, clear)


async def open_comments(connection: Connection, platform: str, version: int, fresh: UUID) -> UUID:
    """Return the key under which comments on a version lie in the vault; `fresh` becomes it where there is none."""
    await _open_comments(connection, platform, version, fresh)
    return await _comments_key(connection, platform, version) or fresh


async def comments_key(connection: Connection, platform: str, version: int) -> UUID | None:
    """Return that key; None where nobody commented."""
    return await _comments_key(connection, platform, version)
