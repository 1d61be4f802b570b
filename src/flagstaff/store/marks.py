"""Note in the database what was done once in its life, such as which keys it was first sealed with."""

from datetime import datetime

from flagstaff.store.connection import Connection
from flagstaff.store.statements import Queries

_queries = Queries("flagstaff.store", "marks.sql")
_make_mark = _queries.run("make_mark")
_find_mark = _queries.value("find_mark", str)


async def make_mark(connection: Connection, name: str, value: str, wall: datetime) -> bool:
    """Make a mark and return True; False where one of that name stands, which is left as it is. Role console."""
    return await _make_mark(connection, name, value, wall) == 1


async def find_mark(connection: Connection, name: str) -> str | None:
    """Return what a mark says; None where it was never made. Roles console and views."""
    return await _find_mark(connection, name)
