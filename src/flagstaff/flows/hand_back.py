"""Hand decided cases back to whoever decided them: a flag came in before anything left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.decisions import handing_back
from flagstaff.delivery import storage as delivery
from flagstaff.flows.house import House
from flagstaff.store.database import Connection


async def hand_back(house: House, connection: Connection, cases: Sequence[UUID], now: datetime) -> None:
    """Stop the clock of these cases' decisions and cancel all that waits to leave for them."""
    if not cases:
        return
    stopped = await handing_back.stop(connection, cases, now, house.ids)
    await delivery.cancel(connection, stopped, now)
    await audit.record(
        connection,
        [Entry(house.ids.key(), now, "decision.handed_back", "house", f"decision:{key}") for key in stopped],
    )
