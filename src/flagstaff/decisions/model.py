"""Frozen values of decisions: verdicts, measures, ladders, holds and standing, as their rules take and give them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.references import (
    AccountKey,
    ClauseId,
    DecisionKey,
    GuidelinesVersion,
    LadderKey,
    MeasureKey,
    MeasureKind,
    Place,
    SnapshotKey,
)
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import Verdict


class MeasureRule(msgspec.Struct, frozen=True):
    """What the policy says of one measure; `days` None with `lasting` False means that it has no length at all."""

    kind: MeasureKind
    scope: Scope
    days: int | None = None
    lasting: bool = False


class Chosen(msgspec.Struct, frozen=True, order=True):
    """One measure as a decision applies it; `days` None: no end of its own."""

    kind: MeasureKind
    days: int | None = None


Step = tuple[Chosen, ...]


class Ladder(msgspec.Struct, frozen=True):
    """Steps of consequences, mild to hard; the scope of each measure it names stands in `scopes`."""

    key: LadderKey
    steps: tuple[Step, ...]
    scopes: dict[MeasureKind, Scope]
    decay_days: int = 180


class PastDecision(msgspec.Struct, frozen=True):
    """One earlier decision that counts on ladders: a violation in effect, neither undone nor reversed.

    `words_at`: when its words were posted or edited (undated: first seen). `told_at`: when its notice reached the
    author, None while it has not.
    """

    decision: DecisionKey
    ladder: LadderKey
    effective_at: datetime
    words_at: datetime
    told_at: datetime | None


class Rung(msgspec.Struct, frozen=True):
    """What a ladder proposes here and why; `number` counts from 0 among the steps that fit the place."""

    number: int
    step: Step
    reason: str


class Standing(msgspec.Struct, frozen=True):
    """Where an author stands on one ladder: what counts, what runs, and what would come next."""

    counted: tuple[PastDecision, ...]
    running: tuple["MeasureEvent", ...]
    next: Rung | None


class Deviation(msgspec.Struct, frozen=True):
    """Why a person left the ladder: one of the policy's codes, and words."""

    code: str
    reason: str


class Intent(msgspec.Struct, frozen=True):
    """A decision as a person is about to make it; the leading clause is the first.

    `snapshot`: the copy that was judged; `as_it_stands`: it is meant for whatever the content is when it takes effect.
    """

    verdict: Verdict
    reason: str
    snapshot: SnapshotKey | None = None
    as_it_stands: bool = False
    clauses: tuple[ClauseId, ...] = ()
    measures: Step = ()
    proposed: Step | None = None
    deviation: Deviation | None = None


class Timing(msgspec.Struct, frozen=True):
    """What the moment of a decision's effect may depend on: never who flagged, or when."""

    decided_at: datetime
    severity: Severity
    audience: Audience | None = None
    hold: bool = False


class WordsDate(msgspec.Struct, frozen=True):
    """When the judged words were posted and last edited, where the platform told, and when the house first saw them."""

    first_seen: datetime
    posted: datetime | None = None
    edited: datetime | None = None


class Published(msgspec.Struct, frozen=True):
    """One version of the guidelines and the moment from which it held."""

    version: GuidelinesVersion
    since: datetime


class InForce(msgspec.Struct, frozen=True):
    """The version that a decision judges by; `dated` False: the notice says that the words bore no date."""

    version: GuidelinesVersion
    words_at: datetime
    dated: bool


class HoldRule(msgspec.Struct, frozen=True):
    """What a machine needs before it may hide anything, and how long a hold runs."""

    posterior_at_least: float = 0.95
    severity_at_least: Severity = Severity.HIGH
    hours: int = 24


class HoldRequest(msgspec.Struct, frozen=True):
    """A hold that somebody or something asks for.

    `running`: one stands on this subject. `held_before`: a machine held it in this same case. `reason_allows`: the
    policy lets the flagged reason hold at all.
    """

    origin: HoldOrigin
    severity: Severity
    posterior: float = 0.0
    reason_allows: bool = False
    reason: str = ""
    running: bool = False
    held_before: bool = False


class Forbids(StrEnum):
    """What a running restriction keeps a person from."""

    TAKING_PART = "taking_part"
    POSTING = "posting"
    FLAGGING = "flagging"


class MeasureEvent(msgspec.Struct, frozen=True):
    """One change of one measure, as feeds carry it; the revision counts per subject or person.

    `ring`: the place it closes, None for everywhere. `until`: its own end, None where it has none.
    """

    measure: MeasureKey
    kind: MeasureKind
    revision: int
    applied: bool
    effect: Effect
    ring: Place | None = None
    until: datetime | None = None


class Access(msgspec.Struct, frozen=True):
    """What a person may do in one place now; `until`: when the last restriction ends, None for none or lasting ones."""

    forbidden: frozenset[Forbids]
    until: datetime | None
    by: tuple[MeasureKey, ...]

    def may(self, deed: Forbids) -> bool:
        """Tell whether nothing that runs forbids it; who may not take part may not post either."""
        if deed is Forbids.POSTING and Forbids.TAKING_PART in self.forbidden:
            return False
        return deed not in self.forbidden


class Deed(StrEnum):
    """Acts that need a second person."""

    MEASURES = "measures"
    PUBLICATION = "publication"
    UNMASKING = "unmasking"


class Proposal(msgspec.Struct, frozen=True):
    """Something that waits for a second person; `snapshot` is what the first one judged, None where there is none."""

    deed: Deed
    proposed_by: AccountKey
    proposed_at: datetime
    snapshot: SnapshotKey | None = None


class Confirmation(msgspec.Struct, frozen=True):
    """Whether an account may confirm a proposal, why, and whether that has to be marked "alone"."""

    allowed: bool
    reason: str
    alone: bool = False

    def __bool__(self) -> bool:
        """Tell whether it is allowed."""
        return self.allowed
