"""Keep queries with what they found, and which of them readers are told; neither is ever changed."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from flagstaff.insight.queries import Found, Query
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

Part = Literal["figure", "before", "since"]
SIDES: Final[tuple[Part, Part]] = ("before", "since")
"""The two sides of what came of a version."""

_ANSWERED_BY: Final = ("model.py", "queries.py", "rules.py", "shares.py", "storage.sql")


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A query with what it found, and the code that found it."""

    number: str
    platform: str
    query_form: dict[str, Any]
    found: Found
    says: str
    told: str
    as_of: datetime
    code: str

    @property
    def query(self) -> Query:
        """Read the query itself."""
        return msgspec.convert(self.query_form, Query)


class Saved(Answered, frozen=True, kw_only=True):
    """One saved query as the database holds it. `version`: the menus that tell it to readers; None: not published."""

    key: UUID
    made_by: UUID | None
    made_at: datetime
    version: int | None = None


class PublicFigure(Answered, frozen=True, kw_only=True):
    """One figure that readers are told."""

    version: int
    part: Part
    published_at: datetime


_queries = Queries(__package__, "saved.sql")
_put = _queries.run("put_saved")
_find = _queries.row("find_saved", Saved)
_publish = _queries.run("publish_figure")
_public = _queries.row("public_figure", PublicFigure)
_effects = _queries.rows("effects", PublicFigure)


@cache
def code() -> str:
    """Name the code that answers queries: a digest of it, other whenever a figure could be counted otherwise."""
    files = resources.files(__package__)
    return sha256(b"".join(files.joinpath(name).read_bytes() for name in _ANSWERED_BY)).hexdigest()[:12]


async def put(connection: Connection, one: Saved) -> None:
    """Keep a query with what it found. Roles console and worker."""
    await _put(
        connection, one.key, one.number, one.platform, one.query_form,
        msgspec.to_builtins(one.found), one.says, one.told, one.as_of, one.code, one.made_by, one.made_at,
    )  # fmt: skip


async def find(connection: Connection, number: str) -> Saved | None:
    """Return a saved query by its number. Roles console and worker."""
    return await _find(connection, number)


async def publish(connection: Connection, number: str, version: int, part: Part, at: datetime) -> bool:
    """Let readers see a figure of a version; False where it is told already, or there is none."""
    return bool(await _publish(connection, number, version, part, at))


async def public(connection: Connection, platform: str, number: str) -> PublicFigure | None:
    """Return a figure that readers are told. Role intake."""
    return await _public(connection, platform, number)


async def effects(connection: Connection, platform: str) -> list[PublicFigure]:
    """Return what readers are told of the effect of each version of a platform."""
    return await _effects(connection, platform)
