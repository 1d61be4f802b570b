"""Frozen values of the vault: what is sealed, what an opener asked for, and what it was given."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Field(StrEnum):
    """Name what sealed words are; the value stands in the associated data of the seal."""

    DETAILS = "details"
    ANSWERS = "answers"
    ADDENDUM = "addendum"
    ANSWER = "answer"
    APPEAL = "appeal"
    NEIGHBOURS = "neighbours"
    AUTHOR_ANSWER = "author_answer"


class Purpose(StrEnum):
    """Say why something is opened; the database binds each purpose to one role."""

    READ = "read"
    REVEAL = "reveal"
    UNMASK = "unmask"
    REDACT = "redact"
    SEND = "send"
    DEEP_DIVE = "deep_dive"


class Admission(msgspec.Struct, frozen=True):
    """One reporter of one case at intake: who it is, sealed; `place` in the batch is its position."""

    key: UUID
    platform: str
    hash: bytes
    sealed: bytes
    case: UUID
    flag: UUID


class Admitted(msgspec.Struct, frozen=True):
    """What intake learns of a person it admitted; `place` counts from 1 in the order of the batch.

    `reliability` is one of five steps (.1, .3, .5, .7, .9): the exact share would be a name of its own.
    """

    place: int
    tag: bytes
    reliability: float
    restricted_until: datetime | None


class Tag(msgspec.Struct, frozen=True):
    """The tag that one person bears in one case."""

    case: UUID
    tag: bytes


class SealedWords(msgspec.Struct, frozen=True):
    """Words as intake keeps them; `owner` is the flag, addendum or appeal voice that they belong to."""

    ref: UUID
    platform: str
    field: Field
    owner: UUID
    case: UUID
    sealed: bytes
    day: date


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
