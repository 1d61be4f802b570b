"""The states of every life in the house; which arrow leads where stands in each room's `rules.ARROWS`."""

from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands; before `effective` there is at most one per subject."""

    OPEN = "open"
    CLAIMED = "claimed"
    PARKED = "parked"
    ASKED = "asked"
    AWAITING_SECOND = "awaiting_second"
    DECIDED = "decided"
    EFFECTIVE = "effective"
    CLOSED = "closed"


class FlagState(StrEnum):
    """Where a flag stands inside the house; its reporter sees a `FlagStatus`."""

    LIVE = "live"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"


class FlagStatus(StrEnum):
    """What a reporter sees of their flag."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    QUESTION = "question"
    ACTED = "acted"
    NO_VIOLATION = "no_violation"
    COULD_NOT_VERIFY = "could_not_verify"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What a person found."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"
    COULD_NOT_VERIFY = "could_not_verify"
    HOUSEKEEPING = "housekeeping"
    CARE = "care"
    REFERRED = "referred"


class DecisionState(StrEnum):
    """Where a decision stands between the moderator's key press and its reversal."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    EFFECTIVE = "effective"
    REFUSED = "refused"
    UNDONE = "undone"
    HANDED_BACK = "handed_back"
    REVERSED = "reversed"


class MeasureState(StrEnum):
    """Where one consequence of a decision stands; only `running` touches anybody."""

    AWAITING_SECOND = "awaiting_second"
    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    LIFTED = "lifted"
    REFUSED = "refused"
    UNDONE = "undone"
    VOID = "void"


class HoldState(StrEnum):
    """Where a hold stands; one at a time runs per subject."""

    RUNNING = "running"
    REPLACED = "replaced"
    LIFTED = "lifted"
    EXPIRED = "expired"


class SuggestionState(StrEnum):
    """Where a proposed option stands, with all that say the same."""

    OPEN = "open"
    ACCEPTED = "accepted"
    MERGED = "merged"
    DECLINED = "declined"


class ThreadState(StrEnum):
    """Where a thread of letters stands: `open` waits for the team."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class AppealState(StrEnum):
    """Where a second look stands; `upheld` means that the appellant was right."""

    RECEIVED = "received"
    CLAIMED = "claimed"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
