"""Keep published menu versions and the lineage of their options; what is published is never changed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

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


_queries = Queries(__package__)
_put_version = _queries.run("put_version")
_put_lineage = _queries.run("put_lineage")
_list_versions = _queries.rows("list_versions", PublishedMenus)
_list_lineage = _queries.rows("list_lineage", LineageEdge)
_tell_all = _queries.run("tell_all")


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
