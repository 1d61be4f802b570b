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
            [
                (one.key, one.at, one.deed, one.actor, one.platform, one.object, dict(one.facts))
                for one in entries
            ],
        )
