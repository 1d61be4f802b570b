"""Lock a case for whoever is no member of staff, its subject first, as everybody does who changes what stands there."""

from uuid import UUID

from flagstaff.cases import moves
from flagstaff.cases.moves import Held
from flagstaff.store.database import Connection
from flagstaff.subjects import judging


async def hold_case(connection: Connection, key: UUID) -> Held | None:
    """Return a case, locked after its subject: two who take them in turns would wait for each other for ever."""
    seen = await moves.look(connection, key)
    if seen is None:
        return None
    await judging.lock(connection, seen.subject)
    return await moves.hold(connection, key)
