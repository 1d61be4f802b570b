"""Read a feed from a position on: what a lost webhook would have said, in the order that the publisher gave."""

import msgspec

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import Feed, Published, cursor, read_cursor
from flagstaff.delivery.rendering import Data
from flagstaff.flows.house import House
from flagstaff.flows.read_event import read_event, read_measures
from flagstaff.store.roles import Role


class FeedRequest(msgspec.Struct, frozen=True):
    """Which feed of which platform, after which cursor ("" for its beginning), and how many events at most."""

    platform: str
    feed: Feed
    after: str
    most: int


class FeedItem(msgspec.Struct, frozen=True):
    """One event with its position as an opaque cursor, and the data that its webhook carried."""

    event: Published
    position: str
    data: Data


class Page(msgspec.Struct, frozen=True):
    """Some events, and the cursor to go on with; at the end of the feed it is the one that was asked with."""

    items: tuple[FeedItem, ...]
    after: str


async def read_feed(house: House, request: FeedRequest) -> Page:
    """Return the events that follow a cursor; raises BadCursor."""
    feed, position = request.feed, read_cursor(request.feed, request.after)
    async with house.database.reading(Role.INTAKE) as connection:
        events = await delivery.feed_page(connection, request.platform, feed, position, request.most)
        told: list[tuple[Published, Data]] = (
            [*await read_measures(connection, events)]
            if feed is Feed.MEASURES
            else [(event, await read_event(house, connection, event)) for event in events]
        )
    items = tuple(FeedItem(event, cursor(feed, event.position), data) for event, data in told)
    return Page(items, cursor(feed, events[-1].position if events else position))
