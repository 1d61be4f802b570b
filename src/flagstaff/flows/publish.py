"""Publish: give what is due its place in the feeds, and chain the log. One process at a time does it, after commit."""

import msgspec

from flagstaff.audit import chain
from flagstaff.delivery import storage as delivery
from flagstaff.flows.house import House
from flagstaff.store.roles import Role

_EVENTS = 500
_ENTRIES = 1000


class Published(msgspec.Struct, frozen=True):
    """How many events got a position, and how many entries were chained."""

    events: int
    entries: int


async def publish(house: House) -> Published:
    """Publish one batch; nothing where another process is at it. Call again until nothing is left."""
    async with house.database.transaction(Role.PUBLISHER) as connection:
        if not await delivery.is_only_publisher(connection):
            return Published(0, 0)
        wall = house.clocks.wall.now()
        events = await delivery.publish(connection, house.now, wall, _EVENTS)
        entries = await chain.extend(connection, wall, _ENTRIES)
        return Published(events, entries)
