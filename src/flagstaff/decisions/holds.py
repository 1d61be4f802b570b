"""Holds: what may hide content before a decision, for how long, and what ends it."""

from datetime import datetime, timedelta

from flagstaff.decisions.model import HoldRequest, HoldRule
from flagstaff.language.graphemes import count_meant
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.severity import Severity

REASON_LEAST = 10
_BY_PEOPLE = {HoldOrigin.STAFF, HoldOrigin.SECOND_PERSON}


def may_hold(request: HoldRequest, rule: HoldRule) -> Ruling:
    """Say whether a hold may be placed; the number of flags plays no part in it."""
    if request.running:
        return refuse("One hold stands on this subject already.")
    if request.origin in _BY_PEOPLE:
        if count_meant(request.reason) < REASON_LEAST:
            return refuse(f"A hold by staff needs a reason of at least {REASON_LEAST} characters.")
        return allow("Staff hold it while they wait, and say why.")
    if request.held_before:
        return refuse("A machine never renews a hold; a person may.")
    if not request.reason_allows:
        return refuse("The policy lets no hold follow from this reason.")
    return _strong_enough(request.posterior, request.severity, rule)


def hold_ends(placed_at: datetime, rule: HoldRule) -> datetime:
    """Return when a hold lifts by itself and its case goes to the front."""
    return placed_at + timedelta(hours=rule.hours)


def _strong_enough(posterior: float, severity: Severity, rule: HoldRule) -> Ruling:
    if severity < rule.severity_at_least:
        return refuse(f"Severity {int(severity)} is below {int(rule.severity_at_least)}.")
    if posterior < rule.posterior_at_least:
        return refuse(f"A posterior of {posterior:.2f} is below {rule.posterior_at_least:.2f}.")
    return allow(f"Posterior {posterior:.2f} at severity {int(severity)}.")
