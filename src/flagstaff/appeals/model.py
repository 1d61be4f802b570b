"""Frozen values of an appeal: what its rules are told, and what they answer."""

from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import AccountKey, AppealKey
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import AppealState, Verdict


class Voice(msgspec.Struct, frozen=True):
    """Somebody who asks for a second look; `informed_at`: when they were told what they now question.

    `spoken`: the same person already spoke in this appeal; `answered`: and may read what came of it.
    """

    party: Party
    at: datetime
    informed_at: datetime
    spoken: bool = False
    answered: bool = False


class Questioned(msgspec.Struct, frozen=True):
    """The decision in question; `restricts`: it has a measure or hold that the author can feel.

    `appeal` and `appeal_state`: the one second look it has, if any.
    """

    verdict: Verdict | None
    restricts: bool
    reversed: bool = False
    appeal: AppealKey | None = None
    appeal_state: AppealState | None = None


class Admission(StrEnum):
    """What becomes of somebody's appeal."""

    LODGE = "lodge"
    JOIN = "join"
    REVIVE = "revive"
    LATE = "late"
    REFUSE = "refuse"


class Admitted(msgspec.Struct, frozen=True):
    """Whether an appeal starts, joins the one that is open, revives one that was taken back, or is refused, and why.

    A late one hears in its own time what was found before: no reporter learns from a refusal that another one asked.
    """

    admission: Admission
    reason: str
    appeal: AppealKey | None = None


class Reviewer(msgspec.Struct, frozen=True):
    """A staff account before an appeal; `party`: linked to one of its parties."""

    account: AccountKey
    permissions: frozenset[Permission]
    party: bool = False
