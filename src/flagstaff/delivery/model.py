"""The frozen values of delivery: what waits to leave, under which position it left, and what a notice is made of."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from uuid import UUID

import msgspec

from flagstaff.kernel.errors import Refusal
from flagstaff.vocabulary.origins import Party


class Feed(StrEnum):
    """Name a numbered sequence of events of one platform."""

    MEASURES = "measures"
    AUTHOR_NOTICES = "author_notices"
    REPORTER_NOTICES = "reporter_notices"
    VERSIONS = "versions"


class Endpoint(StrEnum):
    """Name a webhook address of a platform; the one that learns about reporters is apart from all others."""

    MEASURES = "measures"
    REPORTER_NOTICES = "reporter_notices"


class EventKind(StrEnum):
    """Name what a platform is told; docs/reference/webhooks.md shows a body of each."""

    MEASURE_APPLIED = "measure.applied"
    MEASURE_LIFTED = "measure.lifted"
    NOTICE_AUTHOR = "notice.author"
    NOTICE_REPORTER = "notice.reporter"
    NOTICE_PERSON = "notice.person"
    MENU_PUBLISHED = "menu.published"
    GUIDELINES_PUBLISHED = "guidelines.published"


FEED_OF: Mapping[EventKind, Feed] = MappingProxyType(
    {
        EventKind.MEASURE_APPLIED: Feed.MEASURES,
        EventKind.MEASURE_LIFTED: Feed.MEASURES,
        EventKind.NOTICE_AUTHOR: Feed.AUTHOR_NOTICES,
        EventKind.NOTICE_REPORTER: Feed.REPORTER_NOTICES,
        EventKind.NOTICE_PERSON: Feed.REPORTER_NOTICES,
        EventKind.MENU_PUBLISHED: Feed.VERSIONS,
        EventKind.GUIDELINES_PUBLISHED: Feed.VERSIONS,
    }
)


def endpoint_of(feed: Feed) -> Endpoint:
    """Return which of a platform's two addresses a feed is sent to."""
    return Endpoint.REPORTER_NOTICES if feed is Feed.REPORTER_NOTICES else Endpoint.MEASURES


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one event that is to leave: a reference, rendered when it is sent.

    `stream` keeps order: a subject, a person or a flag. `not_before` is business time.
    """

    key: UUID
    platform: str
    kind: EventKind
    stream: UUID
    reference: UUID
    decision: UUID | None = None
    made_at: datetime
    not_before: datetime


class Published(msgspec.Struct, frozen=True):
    """Hold one event of a feed with the position that the publisher gave it."""

    key: UUID
    platform: str
    feed: Feed
    kind: EventKind
    reference: UUID
    position: int
    published_at: datetime


class Due(msgspec.Struct, frozen=True):
    """Hold one delivery that is to be tried now; `tries` counts the earlier ones."""

    outbox: UUID
    platform: str
    feed: Feed
    kind: EventKind
    reference: UUID
    stream: UUID
    position: int
    tries: int
    published_at: datetime

    @property
    def message(self) -> str:
        """Return its outside name."""
        return message_id(self.platform, self.feed, self.position)


class Sent(msgspec.Struct, frozen=True):
    """Say how a try ended: the receiver's status, or in words why there is none. `final`: no further try could help."""

    status: int | None
    problem: str = ""
    final: bool = False

    @property
    def taken(self) -> bool:
        """Tell whether the receiver has it."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def gone(self) -> bool:
        """Tell whether it is given up: the receiver asks to be left alone (410), or nobody is there to be told."""
        return self.final or self.status == HTTPStatus.GONE


class Address(msgspec.Struct, frozen=True):
    """Hold where a platform receives events, with its signing secrets still sealed, newest first."""

    url: str
    kids: tuple[str, ...]
    sealed: tuple[bytes, ...]


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a notice that is to be written; `values` fill the text of `text_key`, never with words of a reporter."""

    key: UUID
    number: str
    platform: str
    audience: Party
    author: UUID | None = None
    flag: UUID | None = None
    decision: UUID | None = None
    hold: UUID | None = None
    appeal: UUID | None = None
    question: UUID | None = None
    text_key: str
    guidelines_version: int
    values: Mapping[str, str]
    made_at: datetime
    not_before: datetime
    released_at: datetime | None = None


class Notice(msgspec.Struct, frozen=True):
    """Hold a notice as it is kept, before its text is rendered."""

    key: UUID
    number: str
    platform: str
    audience: Party
    author: UUID | None
    flag: UUID | None
    decision: UUID | None
    text_key: str
    guidelines_version: int
    values: dict[str, str]
    made_at: datetime
    not_before: datetime
    released_at: datetime | None


class BadCursor(Refusal):
    """A feed was asked for with a cursor that this house did not give out for it."""

    slug = "bad-cursor"
    title = "This cursor was not given out here"


def cursor(feed: Feed, position: int) -> str:
    """Return the opaque name of a position in a feed."""
    return base64.urlsafe_b64encode(f"{feed.value}:{position}".encode()).decode().rstrip("=")


_POSITIONS = 2**63
"""How many positions a feed can have: those that a bigint holds."""


def read_cursor(feed: Feed, text: str) -> int:
    """Return the position that a cursor names; an empty one stands before the first event. Raises BadCursor."""
    if not text:
        return 0
    try:
        named, _, position = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        if named == feed.value and position.isascii() and position.isdecimal():
            found = int(position)
            if found < _POSITIONS:
                return found
    except ValueError:
        pass
    msg = "this cursor does not belong to this feed"
    raise BadCursor(msg, where="after", mend="leave it out to read the feed from its beginning")


def message_id(platform: str, feed: Feed, position: int) -> str:
    """Return the outside name of one event, the same at every try, so that a receiver can tell a repetition.

    It comes from the position, not from the internal key: nothing but what the platform sees anyway goes into it.
    """
    digest = hashlib.sha256(f"{platform}\0{feed.value}\0{position}".encode()).digest()
    return "msg_" + base64.b32encode(digest[:15]).decode().lower()
