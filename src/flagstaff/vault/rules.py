"""Decide who may open what now, and how a redacted copy is made."""

from datetime import datetime

from flagstaff.kernel.errors import Refusal
from flagstaff.language.graphemes import count_seen
from flagstaff.vault.model import Field, Reader, Tasks, Words
from flagstaff.vault.redaction import redact, redact_json
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.ruling import Ruling, allow, refuse

SHORTEST_REASON = 10
_DOCUMENTS = frozenset({Field.ANSWERS, Field.NEIGHBOURS, Field.SUGGESTION})


class ReasonMissing(Refusal):
    """Nothing is opened without a reason that another person can follow."""

    slug = "reason-missing"
    status = 422
    title = "A reason is needed"


def may_read(reader: Reader, tasks: Tasks, now: datetime) -> Ruling:
    """Say whether an account holds a task of this case now: as moderator, second person or reviewer of the appeal."""
    if reader.party:
        return refuse("You are, or are linked to, a party of this case.")
    if tasks.claimed_by == reader.account and _runs(tasks.claimed_until, now):
        return allow("You hold this case.")
    if tasks.reviewer == reader.account and _runs(tasks.reviewer_until, now):
        return allow("You review the appeal.")
    if tasks.second_asked_by is not None and tasks.second_asked_by != reader.account:
        if Permission.CONFIRM in reader.permissions:
            return allow("A second person is asked for, and you may be it.")
        return refuse("A second person is asked for; your roles do not confirm.")
    return refuse("You hold no task of this case now.")


def may_reveal(reader: Reader, tasks: Tasks, now: datetime) -> Ruling:
    """Say whether an account may see words as they were written, which is logged each time."""
    ruling = may_read(reader, tasks, now)
    if ruling and Permission.REVEAL_WORDS not in reader.permissions:
        return refuse("Your roles read redacted words only.")
    return ruling


def check_reason(reason: str) -> str:
    """Return a written reason without its outer spaces; raises ReasonMissing for one that says nothing."""
    if count_seen(reason) < SHORTEST_REASON:
        msg = "say why this must be opened"
        raise ReasonMissing(msg, where="reason", mend=f"write at least {SHORTEST_REASON} characters")
    return reason.strip()


def redacted_copy(words: Words) -> str:
    """Return what staff may read of some words; what cannot be opened any more says so."""
    if words.text is None:
        return "[cannot be opened]"
    return redact_json(words.text) if words.field in _DOCUMENTS else redact(words.text)


def _runs(until: datetime | None, now: datetime) -> bool:
    return until is None or now < until
