"""The frozen values of subjects: what was seen, and what was kept of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Place, SubjectRef


class SubjectState(StrEnum):
    """Say whether a subject still stands on its platform."""

    STANDING = "standing"
    DELETED_BY_AUTHOR = "deleted_by_author"
    REMOVED = "removed"


class Seen(msgspec.Struct, frozen=True):
    """Hold a subject as a platform described it; what is None was not said.

    `author` is the platform's id of the person who wrote it. Without title, words, link and hash nothing is known of
    the content itself, and the newest copy that is already here is meant. `unsigned`: title and words are a reporter's
    browser's, which may invent them; no copy of the platform's gives way to them.
    """

    ref: SubjectRef
    place: Place
    author: str | None = None
    title: str | None = None
    words: str | None = None
    link: str | None = None
    hash: bytes | None = None
    language: str | None = None
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    audience: Audience | None = None
    reference_only: bool = False
    copied_after: timedelta | None = None
    unsigned: bool = False


class Standing(msgspec.Struct, frozen=True):
    """Hold what is kept of one subject, locked for the rest of the transaction.

    `reference_only`: its newest copy was named and not kept, so neither is any that follows.
    """

    key: UUID
    platform: str
    kind: str
    outside_id: str
    author: UUID | None
    author_state: str | None
    state: str
    snapshot: UUID | None
    snapshot_number: int | None
    content_hash: bytes | None
    reference_only: bool = False


class Copy(msgspec.Struct, frozen=True):
    """Hold one snapshot that is to be written."""

    key: UUID
    subject: UUID
    number: int
    content_hash: bytes
    seen: Seen


class KeptSubject(msgspec.Struct, frozen=True):
    """Say where a seen subject ended up: its key, the snapshot that stands for it now, and its author's key."""

    subject: UUID
    snapshot: UUID
    author: UUID | None
    author_state: str | None
    state: str
    content_hash: bytes
    changed: bool
