"""Read a feed from a position on: what a lost webhook would have said, in the order that the publisher gave."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from flagstaff.decisions import storage as decisions
from flagstaff.decisions.storage import Told
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import EventKind, Feed, Published, cursor, read_cursor
from flagstaff.delivery.rendering import Data, GuidelinesData, MeasureData, MenuData, Scope, SubjectName
from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from flagstaff.vocabulary.effects import Scope as Reach


class FeedRequest(msgspec.Struct, frozen=True):
    """Which feed of which platform, after which cursor ("" for its beginning), and how many events at most."""

    platform: str
    feed: Feed
    after: str
    most: int


class FeedItem(msgspec.Struct, frozen=True):
    """One event with its position as an opaque cursor."""

    event: Published
    position: str
    data: Data


class Page(msgspec.Struct, frozen=True):
    """Some events, and the cursor to go on with; at the end of the feed it is the one that was asked with."""

    items: tuple[FeedItem, ...]
    after: str


async def read_feed(house: House, request: FeedRequest) -> Page:
    """Return the events that follow a cursor; raises BadCursor."""
    position = read_cursor(request.feed, request.after)
    async with house.database.reading(Role.INTAKE) as connection:
        events = await delivery.feed_page(
            connection, request.platform, request.feed, position, request.most
        )
        references = [one.reference for one in events] if request.feed is Feed.MEASURES else []
        told = await decisions.told(connection, references) if references else {}
    items = tuple(_item(one, told) for one in events)
    return Page(items, items[-1].position if items else cursor(request.feed, position))


def _item(event: Published, told: dict[UUID, Told]) -> FeedItem:
    return FeedItem(event, cursor(event.feed, event.position), _data(event, told))


def _data(event: Published, told: dict[UUID, Told]) -> Data:
    if event.kind is EventKind.MENU_PUBLISHED:
        return MenuData(version=event.reference.int)
    if event.kind is EventKind.GUIDELINES_PUBLISHED:
        return GuidelinesData(version=event.reference.int)
    return measure_data(told[event.reference])


def measure_data(told: Told) -> MeasureData:
    """Return a change as platforms receive it, by webhook and by feed alike."""
    on_subject = told.subject_kind is not None and not told.on_person
    return MeasureData(
        measure=told.number,
        kind=told.kind,
        revision=told.revision,
        effect=told.effect.value,
        decision=told.decision,
        subject=SubjectName(told.subject_kind or "", told.subject_id or "") if on_subject else None,
        person=told.person if told.on_person else None,
        scope=_scope(told) if told.on_person else None,
        until=told.until,
    )


def _scope(told: Told) -> Scope:
    names: Sequence[str | None] = ()
    if told.ring is not None:
        by_level = {Reach.GROUP: told.ring.group, Reach.BOARD: told.ring.board, Reach.PART: told.ring.part}
        names = [by_level.get(told.scope)]
    level = Reach.SITE if told.scope is Reach.PERSON else told.scope
    return Scope(level.value, next((name for name in names if name), ""))
