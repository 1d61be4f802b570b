"""Who may see a case, and who may take it: every answer with its reason."""

from datetime import datetime, timedelta

from flagstaff.cases.model import Desk, Viewer
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.states import CaseState

CLAIM_LASTS = timedelta(minutes=30)
"""A claim without a sign of its holder lapses after this (business clock); each act on the case renews it."""
PARK_AT_MOST = timedelta(days=14)
QUESTION_LASTS = timedelta(days=7)

_TAKES_UP = {CaseState.OPEN, CaseState.PARKED, CaseState.ASKED}


def may_see(viewer: Viewer, case: Desk) -> Ruling:
    """Say whether an account may know of this case; a refusal reads outside like a case that does not exist."""
    if viewer.party:
        return refuse("You are, or are linked to, a party of this case.")
    if Permission.SEE_QUEUE not in viewer.permissions:
        return refuse("Your roles do not include the queue.")
    if case.restricted and Permission.RESTRICTED_DESK not in viewer.permissions:
        return refuse("Material of this kind is for the restricted desk.")
    if viewer.places is None:
        return allow("Your roles reach every place.")
    if case.staff_only:
        return refuse("Cases about a group's lead are for staff, never for its moderators.")
    if any(case.place.lies_in(place) for place in viewer.places):
        return allow("It lies in a place of yours.")
    return refuse("It lies outside your boards and groups.")


def may_claim(viewer: Viewer, case: Desk, now: datetime) -> Ruling:
    """Say whether an account may take this case now: from the queue, parked, or waiting for an answer.

    A claim that lapsed counts as none; whoever takes it lets it lapse first (arrow `lapse`).
    """
    seen = may_see(viewer, case)
    if not seen:
        return seen
    if Permission.DECIDE not in viewer.permissions:
        return refuse("Your roles do not decide cases.")
    if viewer.account in case.not_for:
        return refuse("You decided on this before; the second look is for somebody else.")
    if case.state is CaseState.CLAIMED and not claim_lapsed(case, now):
        return refuse("Somebody holds it." if case.claimed_by != viewer.account else "You hold it already.")
    if case.state is CaseState.CLAIMED or case.state in _TAKES_UP:
        return allow("Nobody holds it.")
    return refuse(f"There is nothing to take: it is {case.state.replace('_', ' ')}.")


def may_decide(viewer: Viewer, case: Desk, now: datetime) -> Ruling:
    """Say whether an account may act on a case it claimed."""
    seen = may_see(viewer, case)
    if not seen:
        return seen
    if Permission.DECIDE not in viewer.permissions:
        return refuse("Your roles do not decide cases.")
    if case.state is not CaseState.CLAIMED or case.claimed_by != viewer.account:
        return refuse("Claim the case first.")
    if claim_lapsed(case, now):
        return refuse("Your claim lapsed; claim it again.")
    return allow("You hold it.")


def claim_lapsed(case: Desk, now: datetime) -> bool:
    """Tell whether a claim is over; a claim without an end never lapses."""
    return case.claimed_until is not None and now >= case.claimed_until
