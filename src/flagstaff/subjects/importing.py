"""Keep people and subjects of before Flagstaff as they were left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "importing.sql")
_add_authors = _queries.run("add_authors")
_close_authors = _queries.run("close_authors")
_note_gone = _queries.run("note_gone")


async def add_authors(
    connection: Connection, platform: str, people: Sequence[tuple[str, bytes]], ids: Ids, at: datetime
) -> None:
    """Admit authors: the platform's id and the keyed hash of each."""
    if people:
        await _add_authors(
            connection,
            platform,
            [ids.key() for _ in people],
            [one[0] for one in people],
            [one[1] for one in people],
            at,
        )


async def close_authors(connection: Connection, platform: str, people: Sequence[str], at: datetime) -> None:
    """Note that accounts were closed; one that was erased here stays so."""
    if people:
        await _close_authors(connection, platform, people, at)


async def note_gone(connection: Connection, gone: Sequence[tuple[UUID, str]], at: datetime) -> None:
    """Note which subjects were `removed` or `deleted_by_author` before they came in."""
    if gone:
        await _note_gone(connection, [one[0] for one in gone], [one[1] for one in gone], at)
