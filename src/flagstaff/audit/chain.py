"""Chain the entries of the log after their commit, so that none can be changed or taken out unseen."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

BEGINNING = bytes(32)
"""What the first link is chained to."""


class Chained(msgspec.Struct, frozen=True):
    """One entry as it is chained; every field of it counts."""

    key: UUID
    at: datetime
    deed: str
    actor: str
    platform: str | None
    object: str
    facts: dict[str, Any]


class Link(Chained, frozen=True):
    """An entry with its place in the chain and the digest that was kept for it."""

    position: int
    digest: bytes


class _End(msgspec.Struct, frozen=True):
    position: int
    digest: bytes


_queries = Queries(__package__, "chain.sql")
_unchained = _queries.rows("unchained", Chained)
_end = _queries.row("end_of_chain", _End)
_put_links = _queries.run("put_links")
_forget = _queries.run("forget")
_links = _queries.rows("links", Link)


def canonical(entry: Chained) -> bytes:
    """Return an entry as bytes that are the same wherever it is read: sorted keys, UTC, no blanks (after RFC 8785)."""
    fields = {
        "key": str(entry.key),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "deed": entry.deed,
        "actor": entry.actor,
        "platform": entry.platform,
        "object": entry.object,
        "facts": entry.facts,
    }
    return msgspec.json.encode(fields, order="deterministic")


def digest(before: bytes, entry: Chained) -> bytes:
    """Return the digest of a link: SHA-256 over the one before it and the entry."""
    return hashlib.sha256(before + canonical(entry)).digest()


def first_break(links: Iterable[Link], before: bytes = BEGINNING) -> int | None:
    """Return the position of the first link that does not follow from the one before it; None: the chain holds."""
    expected = None
    for link in links:
        gap = expected is not None and link.position != expected
        if gap or digest(before, link) != link.digest:
            return link.position
        before, expected = link.digest, link.position + 1
    return None


async def extend(connection: Connection, at: datetime, most: int) -> int:
    """Chain at most `most` entries that wait, oldest key first, and return how many. Only for the single publisher."""
    waiting = await _unchained(connection, most)
    if not waiting:
        return 0
    end = await _end(connection) or _End(0, BEGINNING)
    before, digests = end.digest, []
    for entry in waiting:
        before = digest(before, entry)
        digests.append(before)
    keys = [entry.key for entry in waiting]
    positions = [end.position + 1 + number for number in range(len(waiting))]
    await _put_links(connection, positions, keys, digests, at)
    await _forget(connection, keys)
    return len(waiting)


async def links(connection: Connection, after: int, most: int) -> list[Link]:
    """Return links of the chain after a position, with their entries."""
    return await _links(connection, after, most)
