"""Frozen values of a case: what its rules are told, and what they answer."""

from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.references import AccountKey, CaseKey, ClauseId, Place, ReasonKey
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, Verdict


class IncomingFlag(msgspec.Struct, frozen=True):
    """A flag before it has a case; `clauses` are those its option offers, none for Other's kin.

    `independent`: nothing links its reporter to those who flagged this subject before. `kept`: its reporter is
    restricted and the reason is not urgent; `kept_until` is the end of that restriction. `said_before` names the
    case in which this reporter already has a flag on this subject that they did not take back, if any.
    """

    at: datetime
    severity: Severity
    kind: OptionKind
    reason: ReasonKey
    clauses: frozenset[ClauseId] = frozenset()
    content_hash: bytes = b""
    independent: bool = True
    kept: bool = False
    kept_until: datetime | None = None
    said_before: CaseKey | None = None


class StandingCase(msgspec.Struct, frozen=True):
    """The one case of a subject that has not taken effect yet; `judged` only once it is decided."""

    case: CaseKey
    state: CaseState
    severity: Severity
    judged: frozenset[ClauseId] = frozenset()
    judged_reasons: frozenset[ReasonKey] = frozenset()
    only_kept: bool = False


class FormerCase(msgspec.Struct, frozen=True):
    """The latest case of a subject that took effect or was closed; no verdict where it was closed without one.

    `judged`: clauses of the decision and of every option that was on the table. `joiners`: independent flags that
    joined after the verdict. `decided_by`: those who must not look again.
    """

    case: CaseKey
    at: datetime
    verdict: Verdict | None
    content_hash: bytes = b""
    judged: frozenset[ClauseId] = frozenset()
    judged_reasons: frozenset[ReasonKey] = frozenset()
    joiners: int = 0
    decided_by: frozenset[AccountKey] = frozenset()


class RouteKind(StrEnum):
    """Say where a new flag goes."""

    COUNT_ONLY = "count_only"
    ATTACH = "attach"
    ADD = "add"
    JOIN = "join"
    OFFER_APPEAL = "offer_appeal"
    OPEN = "open"
    OPEN_PARKED = "open_parked"
    LOOK_AGAIN = "look_again"


class Route(msgspec.Struct, frozen=True):
    """Where a new flag goes, and why.

    `case`: the one it enters, None where it opens one. `names`: the earlier case that a new one points to. `arrow`:
    what happens to the case (`cases.rules.ARROWS`), None for nothing. `not_for`: accounts that may not take the new
    case. `wakes_at`: for a case that opens parked.
    """

    kind: RouteKind
    reason: str
    case: CaseKey | None = None
    names: CaseKey | None = None
    arrow: str | None = None
    not_for: frozenset[AccountKey] = frozenset()
    wakes_at: datetime | None = None


class Targets(msgspec.Struct, frozen=True):
    """Hours to the first human decision, by severity; from the policy."""

    low: float = 72
    medium: float = 24
    high: float = 8
    critical: float = 1

    def hours(self, severity: Severity) -> float:
        """Return the hours for a severity; a preference is treated as low (it never becomes a case)."""
        return (self.low, self.low, self.medium, self.high, self.critical)[severity]


class Voice(msgspec.Struct, frozen=True):
    """One counted flag as the priority sees it: how reliable its reporter was (0 to 1), and whether it stands alone."""

    reliability: float
    independent: bool = True


class Weight(msgspec.Struct, frozen=True):
    """What the first priority is made from; `views` wins over `audience` where the platform sends both.

    `suspicion`: the strongest detector's posterior, 0 to 1. `trusted`: a flag of a trusted flagger is among them.
    `front`: a hold of this case expired undecided.
    """

    severity: Severity
    opened_at: datetime
    voices: tuple[Voice, ...] = ()
    audience: Audience | None = None
    views: int | None = None
    suspicion: float = 0.0
    trusted: bool = False
    front: bool = False


class Term(msgspec.Struct, frozen=True):
    """One named part of a priority, in points, with its reason in words."""

    name: str
    points: int
    words: str


class Priority(msgspec.Struct, frozen=True):
    """A place in the queue: higher first, the sum of its terms; ties go to the earlier `due_at`."""

    score: int
    terms: tuple[Term, ...]
    due_at: datetime

    @property
    def reason(self) -> str:
        """Return the terms in words, the weightiest first, as the queue shows them."""
        spoken = sorted((term for term in self.terms if term.points), key=lambda term: -term.points)
        return "; ".join(f"{term.words} (+{term.points})" for term in spoken)


class Viewer(msgspec.Struct, frozen=True):
    """A staff account before a case; `places` None means everywhere.

    `party`: the person linked to this account is a party of the case (the vault's answer, one boolean).
    """

    account: AccountKey
    permissions: frozenset[Permission]
    places: tuple[Place, ...] | None = None
    party: bool = False


class Desk(msgspec.Struct, frozen=True):
    """What decides who may see and take a case.

    `staff_only`: a complaint about a group's lead or its like; no community moderator ever sees it. `restricted`: the
    gravest material, for the restricted desk. `not_for`: those who decided before, where it is a second look.
    """

    state: CaseState
    place: Place
    staff_only: bool = False
    restricted: bool = False
    not_for: frozenset[AccountKey] = frozenset()
    claimed_by: AccountKey | None = None
    claimed_until: datetime | None = None


class Remains(msgspec.Struct, frozen=True):
    """What is left of a case after a flag was withdrawn or its author went away.

    `counted`: flags that are neither withdrawn nor kept. `other_basis`: a signal or staff opened it.
    """

    state: CaseState
    severity: Severity
    counted: int
    other_basis: bool = False
    author_gone: bool = False
