"""Frozen values of the vault: what is sealed, what an opener asked for, and what it was given."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from flagstaff.vocabulary.roles import Permission


class Field(StrEnum):
    """Name what sealed words are; the value stands in the associated data of the seal."""

    DETAILS = "details"
    ANSWERS = "answers"
    ADDENDUM = "addendum"
    ANSWER = "answer"
    APPEAL = "appeal"
    NEIGHBOURS = "neighbours"
    AUTHOR_ANSWER = "author_answer"
    COMMENT = "comment"
    SUGGESTION = "suggestion"
    LETTER = "letter"


class Purpose(StrEnum):
    """Say why something is opened; the database binds each purpose to one role."""

    READ = "read"
    REVEAL = "reveal"
    UNMASK = "unmask"
    REDACT = "redact"
    SEND = "send"
    DEEP_DIVE = "deep_dive"
    CODING = "coding"
    ESTIMATE = "estimate"
    CHECK = "check"


class WordsRef(msgspec.Struct, frozen=True):
    """Which words a case has; `ready` says that their redacted copy is made."""

    ref: UUID
    field: Field
    owner: UUID
    ready: bool


class Asking(msgspec.Struct, frozen=True):
    """An opener's request: it is written and committed before anything is served."""

    key: UUID
    purpose: Purpose
    refs: tuple[UUID, ...]
    reason: str
    at: datetime
    account: UUID | None = None
    case: UUID | None = None


class TakenRedacted(msgspec.Struct, frozen=True):
    """A redacted copy, still sealed; None where none was made yet."""

    ref: UUID
    platform: str
    field: Field
    owner: UUID
    redacted: bytes | None


class Among(msgspec.Struct, frozen=True):
    """A flag under Other with the comment that can be read; None where it was erased."""

    flag: UUID
    ref: UUID | None


class TakenForDive(msgspec.Struct, frozen=True):
    """A redacted copy and what it means as numbers, both still sealed, and the run's own name for its writer."""

    ref: UUID
    platform: str
    field: Field
    owner: UUID
    redacted: bytes | None
    person: bytes
    model: str | None
    vector: bytes | None


class Comment(msgspec.Struct, frozen=True):
    """An opened comment of a run, by its flag; `vector`: as it was kept for a model, None where it was not."""

    flag: UUID
    ref: UUID
    person: bytes
    text: str
    vector: bytes | None


class TakenRaw(msgspec.Struct, frozen=True):
    """Raw words, still sealed."""

    ref: UUID
    platform: str
    field: Field
    owner: UUID
    sealed: bytes


class TakenAddress(msgspec.Struct, frozen=True):
    """The person behind one flag, still sealed."""

    flag: UUID
    hash: bytes
    platform: str
    sealed: bytes


class Words(msgspec.Struct, frozen=True):
    """Opened words; `text` is None where there is no redacted copy yet, or where they do not open."""

    ref: UUID
    platform: str
    field: Field
    owner: UUID
    text: str | None


class Reader(msgspec.Struct, frozen=True):
    """A staff account that wants to read; `party`: it is linked to a party of the case."""

    account: UUID
    permissions: frozenset[Permission]
    party: bool = False


class Tasks(msgspec.Struct, frozen=True, kw_only=True):
    """Who has something to do with a case now: its claim, a second person waited for, the review of an appeal."""

    claimed_by: UUID | None = None
    claimed_until: datetime | None = None
    second_asked_by: UUID | None = None
    reviewer: UUID | None = None
    reviewer_until: datetime | None = None


class Unmasking(msgspec.Struct, frozen=True):
    """A request to learn who raised a flag; it waits for a second person, or may be seen once before `until`."""

    key: UUID
    flag: UUID
    asked_by: UUID
    reason: str
    asked_at: datetime
    until: datetime | None


class Repeats(msgspec.Struct, frozen=True):
    """How many persons were wronged under one menu version, and between which bounds how many of them again.

    All None: fewer than five persons, of whom nothing is told.
    """

    version: int
    victims: int | None
    at_least: int | None
    at_most: int | None


class Held(msgspec.Struct, frozen=True):
    """One row as the database holds it: what the tour shows of a flag."""

    place: str
    field: str
    held: bytes


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the erasure list: keyed hashes, so that the list names nobody to whoever lacks the hash key."""

    at: datetime
    platform: str
    person_hash: bytes
    staff_hash: bytes
