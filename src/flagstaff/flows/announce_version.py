"""Tell a platform that a version of its menus or guidelines is live."""

from datetime import datetime
from uuid import UUID

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import EventKind, Outgoing
from flagstaff.flows.house import House
from flagstaff.store.database import Connection


async def announce_version(
    house: House, connection: Connection, platform: str, kind: EventKind, number: int, at: datetime
) -> None:
    """Leave the event; a version's reference is its number, for it needs no row of its own."""
    event = Outgoing(
        key=house.ids.key(),
        platform=platform,
        kind=kind,
        stream=UUID(int=0),
        reference=UUID(int=number),
        made_at=at,
        not_before=at,
    )
    await delivery.leave(connection, [event])
