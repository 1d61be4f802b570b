"""Keep published versions of the guidelines, and publications that wait for a second person."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.guidelines.model import Guidelines
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class PublishedGuidelines(msgspec.Struct, frozen=True):
    """One stored version as the database holds it."""

    platform: str
    number: int
    document: dict[str, Any]
    published_at: datetime


class Proposal(msgspec.Struct, frozen=True):
    """A publication of menus or guidelines that one person asked for."""

    key: UUID
    platform: str
    what: str
    document: dict[str, Any]
    note: str
    author: UUID
    made_at: datetime
    state: str


_queries = Queries(__package__)
_put_version = _queries.run("put_version")
_list_versions = _queries.rows("list_versions", PublishedGuidelines)
_put_proposal = _queries.run("put_proposal")
_hold_proposal = _queries.row("hold_proposal", Proposal)
_answer_proposal = _queries.run("answer_proposal")
_count_versions = _queries.value("count_versions", int)
_lock_numbers = _queries.run("lock_numbers")
_newest_number = _queries.value("newest_number", int)


async def count(connection: Connection, platform: str) -> int:
    """Return how many versions a platform has published."""
    return await _count_versions(connection, platform) or 0


async def take_turn(connection: Connection, platform: str) -> int:
    """Wait until nobody else publishes guidelines of this platform; return the newest number there is, 0 for none."""
    await _lock_numbers(connection, platform)
    return await _newest_number(connection, platform) or 0


async def publish(
    connection: Connection,
    platform: str,
    guidelines: Guidelines,
    *,
    author: str,
    approver: str | None,
    alone: bool,
    at: datetime,
) -> None:
    """Store a version for ever; a number that exists raises a unique violation."""
    document = msgspec.json.encode(guidelines)
    history = {entry.version: entry for entry in guidelines.history}
    entry = history.get(guidelines.version)
    await _put_version(
        connection, platform, guidelines.version, msgspec.json.decode(document), hashlib.sha256(document).digest(),
        entry.origin if entry else "drafted", entry.note if entry else "", author, approver, alone, at,
    )  # fmt: skip


async def published(connection: Connection) -> list[tuple[str, datetime, Guidelines]]:
    """Return every version of every platform with the moment it came into force, oldest first."""
    rows = await _list_versions(connection)
    return [(row.platform, row.published_at, msgspec.convert(row.document, Guidelines)) for row in rows]


async def propose(
    connection: Connection,
    key: UUID,
    platform: str,
    what: str,
    document: object,
    note: str,
    author: UUID,
    at: datetime,
) -> None:
    """Keep what somebody wants to publish until a second person answers."""
    await _put_proposal(connection, key, platform, what, document, note, author, at)


async def hold_proposal(connection: Connection, key: UUID) -> Proposal | None:
    """Lock one proposal for its answer."""
    return await _hold_proposal(connection, key)


async def answer_proposal(
    connection: Connection, key: UUID, state: str, account: UUID, answer: str, at: datetime
) -> None:
    """Record that a proposal was `published` or `refused`, by whom and why."""
    await _answer_proposal(connection, key, state, account, answer, at)
