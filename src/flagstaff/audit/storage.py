"""Write entries beside the deed they record, in its own transaction."""

from collections.abc import Sequence

from flagstaff.audit.model import Entry
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__)
_record = _queries.run("record")


async def record(connection: Connection, entries: Sequence[Entry]) -> None:
    """Append entries; the publisher chains them after commit, for chaining here would serialise all intake."""
    if entries:
        await _record(
            connection,
            [entry.key for entry in entries],
            [entry.at for entry in entries],
            [entry.deed for entry in entries],
            [entry.actor for entry in entries],
            [entry.platform for entry in entries],
            [entry.object for entry in entries],
            [dict(entry.facts) for entry in entries],
        )
