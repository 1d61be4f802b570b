"""Keep which newer option the words of an old flag under Other point to, beside what its reporter chose."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

Source = Literal["hints", "dive"]
"""What read the words: the hints of a version, or the deep dive that its option rests on."""


class Old(msgspec.Struct, frozen=True):
    """Which flags are meant: those of a platform under Other since a day, sent with a menu older than `version`."""

    platform: str
    version: int
    since: date


class Inferred(msgspec.Struct, frozen=True):
    """What one flag's words point to, with its label then; `option` None: to nothing that the version brought in."""

    flag: UUID
    option: str | None
    label: str


class Count(msgspec.Struct, frozen=True):
    """How many old flags of one kind were looked at, and how many of them point to `option`; None: to none."""

    kind: str
    option: str | None
    flags: int


_queries = Queries(__package__, "inferring.sql")
_waiting = _queries.values("waiting", UUID)
_open_among = _queries.values("open_among", UUID)
_left = _queries.value("left", int)
_put = _queries.run("put")
_counts = _queries.rows("counts", Count)


async def waiting(connection: Connection, old: Old, kind: str, most: int) -> list[UUID]:
    """Return up to `most` old flags of one kind that were not looked at for this version, the newest first."""
    return await _waiting(connection, old.platform, old.version, old.since, kind, most)


async def open_among(connection: Connection, old: Old, flags: Sequence[UUID]) -> list[UUID]:
    """Return those of some flags that are old flags under Other and were not looked at for this version."""
    return await _open_among(connection, old.platform, old.version, old.since, list(flags))


async def left(connection: Connection, old: Old, kinds: Sequence[str]) -> int:
    """Count the old flags of some kinds that were not looked at for this version."""
    return await _left(connection, old.platform, old.version, old.since, list(kinds)) or 0


async def put(
    connection: Connection, found: Sequence[Inferred], version: int, source: Source, at: datetime
) -> None:
    """Keep what was found; a flag that somebody else looked at meanwhile keeps what was found first."""
    flags, options = [one.flag for one in found], [one.option or "" for one in found]
    await _put(connection, flags, options, [one.label for one in found], version, source, at)


async def counts(connection: Connection, platform: str, version: int) -> list[Count]:
    """Count what was found for one version, by kind and option."""
    return await _counts(connection, platform, version)
