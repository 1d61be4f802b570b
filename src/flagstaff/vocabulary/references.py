"""How the house names things: typed keys that stay inside, random numbers that go outside, natural keys of the host."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

# Inside: UUIDv7, never shown to anybody outside the house.
AccountKey = NewType("AccountKey", UUID)
ApiKeyKey = NewType("ApiKeyKey", UUID)
AppealKey = NewType("AppealKey", UUID)
CaseKey = NewType("CaseKey", UUID)
DecisionKey = NewType("DecisionKey", UUID)
FlagKey = NewType("FlagKey", UUID)
HoldKey = NewType("HoldKey", UUID)
MeasureKey = NewType("MeasureKey", UUID)
NoticeKey = NewType("NoticeKey", UUID)
SealedKey = NewType("SealedKey", UUID)
SignalKey = NewType("SignalKey", UUID)
SnapshotKey = NewType("SnapshotKey", UUID)

# Outside: random, such as "F-8K2M-Q4TZ-9HWN" (`kernel.ids`).
AppealNumber = NewType("AppealNumber", str)
CaseNumber = NewType("CaseNumber", str)
DecisionNumber = NewType("DecisionNumber", str)
FlagNumber = NewType("FlagNumber", str)
MeasureNumber = NewType("MeasureNumber", str)
NoticeNumber = NewType("NoticeNumber", str)
PersonNumber = NewType("PersonNumber", str)

# Names that the policy gives; stable, never used again for another thing.
Platform = NewType("Platform", str)
SubjectKind = NewType("SubjectKind", str)
ClauseId = NewType("ClauseId", str)
ReasonKey = NewType("ReasonKey", str)
OptionKey = NewType("OptionKey", str)
LadderKey = NewType("LadderKey", str)
MeasureKind = NewType("MeasureKind", str)

# Versions count, per platform; menus and guidelines are numbered apart.
MenuVersion = NewType("MenuVersion", int)
GuidelinesVersion = NewType("GuidelinesVersion", int)


class SubjectRef(msgspec.Struct, frozen=True, order=True):
    """Name a thing that can be flagged, as its platform names it."""

    platform: Platform
    kind: SubjectKind
    id: str


class PersonRef(msgspec.Struct, frozen=True, order=True):
    """Name a person as their platform names them; outside the vault this stands for authors and staff only."""

    platform: Platform
    id: str


class Surface(StrEnum):
    """Tell the two halves of a platform apart."""

    MARKETPLACE = "marketplace"
    COMMUNITY = "community"


class Level(StrEnum):
    """One ring of places, from the whole site down to a single thread."""

    SITE = "site"
    COMMUNITY = "community"
    PART = "part"
    BOARD = "board"
    GROUP = "group"
    THREAD = "thread"


class Place(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """Say where a subject lives; a level that is None is not narrowed down.

    A part is a further area of the Community (its private messages, blogs, events); the boards lie in one of their own.
    """

    surface: Surface
    part: str | None = None
    board: str | None = None
    group: str | None = None
    thread: str | None = None

    @property
    def levels(self) -> tuple[Level, ...]:
        """List the rings that a measure can close here, wide to narrow (a thread has no measure of its own)."""
        if self.surface is Surface.MARKETPLACE:
            return (Level.SITE,)
        if self.group is not None:
            return (Level.SITE, Level.COMMUNITY, Level.PART, Level.BOARD, Level.GROUP)
        if self.board is not None:
            return (Level.SITE, Level.COMMUNITY, Level.PART, Level.BOARD)
        if self.part is not None:
            return (Level.SITE, Level.COMMUNITY, Level.PART)
        return (Level.SITE, Level.COMMUNITY)

    def lies_in(self, wider: "Place") -> bool:
        """Tell whether this place is `wider` or lies inside it."""
        return self.surface is wider.surface and all(
            there is None or here == there
            for here, there in (
                (self.part, wider.part),
                (self.board, wider.board),
                (self.group, wider.group),
                (self.thread, wider.thread),
            )
        )

    def ring(self, level: Level) -> "Place | None":
        """Return the place that one level round this one names; None for the whole site.

        A measure is bound to that ring: removed from board "general" says nothing about board "help".
        """
        if level is Level.SITE:
            return None
        depth = list(Level).index(level)
        return Place(
            surface=self.surface,
            part=self.part if depth >= list(Level).index(Level.PART) else None,
            board=self.board if depth >= list(Level).index(Level.BOARD) else None,
            group=self.group if depth >= list(Level).index(Level.GROUP) else None,
            thread=self.thread if level is Level.THREAD else None,
        )
