"""Frozen values of a flag: what its rules are told, and what they answer."""

from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.kinds import DetailsMode, OptionKind
from flagstaff.vocabulary.references import CaseKey, ClauseId, FlagKey, FlagNumber, MenuVersion, OptionKey
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import FlagState, FlagStatus, Verdict


class Choice(msgspec.Struct, frozen=True):
    """One option that a reporter chose, with the label and version that they saw."""

    option: OptionKey
    kind: OptionKind
    severity: Severity
    menu_version: MenuVersion
    language: str
    label: str
    clauses: frozenset[ClauseId] = frozenset()


class Flag(msgspec.Struct, frozen=True):
    """One report by one reporter in one case; `choices` holds the first and then each addendum's.

    The tag is all that ties it to its reporter; it is of no use in another case (architecture, section 4).
    """

    key: FlagKey
    number: FlagNumber
    case: CaseKey
    tag: bytes
    state: FlagState
    received_at: datetime
    choices: tuple[Choice, ...]

    @property
    def first(self) -> Choice:
        """Return what it was sent as; usage counts this one only."""
        return self.choices[0]

    @property
    def severity(self) -> Severity:
        """Return the gravest of its choices: an addendum may raise it, none lowers it."""
        return max(choice.severity for choice in self.choices)

    @property
    def clauses(self) -> frozenset[ClauseId]:
        """Return the clauses of all its choices."""
        return frozenset[ClauseId]().union(*(choice.clauses for choice in self.choices))


class Judgement(msgspec.Struct, frozen=True):
    """What a flag needs to know of the decision on its case; `moot`: the case ended because its author is gone."""

    verdict: Verdict
    clauses: frozenset[ClauseId] = frozenset()
    moot: bool = False


class Learned(StrEnum):
    """What a decision says about a reporter's reliability; nobody is told."""

    AGREED = "agreed"
    DISAGREED = "disagreed"
    NOTHING = "nothing"


class Outcome(msgspec.Struct, frozen=True):
    """What a decision means for one flag: what its reporter is told, and what is learned.

    `sentence` is the key of the one sentence that says why.
    """

    status: FlagStatus
    sentence: str
    learned: Learned


class Seen(msgspec.Struct, frozen=True):
    """All that a reporter's status may depend on: their own flag's times, and what was published to them.

    `outcome_from`: when the outcome may be read (a flag that joined a verdict waits for it as others do).
    `question_until`: end of an open question to this reporter.
    """

    state: FlagState
    received_at: datetime
    outcome: FlagStatus | None = None
    outcome_from: datetime | None = None
    question_until: datetime | None = None


class DetailLimits(msgspec.Struct, frozen=True):
    """Graphemes that details may have; from the policy's parameters."""

    other_least: int = 10
    most: int = 4000


class Details(msgspec.Struct, frozen=True):
    """What a reporter wrote, before it is sealed; `answered` counts prompts with an answer."""

    words: str
    kind: OptionKind
    mode: DetailsMode
    answered: int = 0
