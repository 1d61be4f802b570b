"""Show a hold to whoever looks at it again, and who placed it."""

from uuid import UUID

from flagstaff.decisions.storage import Hold
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "contested.sql")
_note_placer = _queries.run("note_placer")
_placer_of = _queries.value("placer_of", UUID)
_look_at_hold = _queries.row("look_at_hold", Hold)
_hold_by_key = _queries.row("hold_by_key", Hold)


async def note_placer(connection: Connection, hold: UUID, account: UUID) -> None:
    """Note who placed a hold by hand; a machine's has nobody."""
    await _note_placer(connection, hold, account)


async def placer_of(connection: Connection, hold: UUID) -> UUID | None:
    """Return who placed a hold by hand."""
    return await _placer_of(connection, hold)


async def look_at_hold(connection: Connection, key: UUID) -> Hold | None:
    """Return one hold without holding it."""
    return await _look_at_hold(connection, key)


async def hold_by_key(connection: Connection, key: UUID) -> Hold | None:
    """Lock one hold, whether it runs or not."""
    return await _hold_by_key(connection, key)
