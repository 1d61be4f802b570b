"""Propose what a flagged reason asks for first, where nothing of an author's counts yet: mend before removing."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from flagstaff.decisions import ladder as ladders
from flagstaff.decisions.model import Chosen, Rung, Step
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.references import MeasureKind

TIDIES = "move_or_merge"
"""The first step that goes with the verdict housekeeping: nobody is to blame, and no ladder counts it."""


class Reported(msgspec.Struct, frozen=True):
    """One reason that a live flag of a case names, with the clauses that it leads to there."""

    reason: str
    clauses: frozenset[str]


def ask_first(
    house: House, terms: Terms, subject: Judged, leading: str, rung: Rung | None, reported: Iterable[Reported]
) -> Rung | None:
    """Return the rung with the first step of the reason that most flags name for this clause, where it has one.

    The ladder's own first step stays possible without leaving the ladder: `goes_with` tells.
    """
    named = Counter(one.reason for one in reported if leading in one.clauses)
    if rung is None or not named:
        return rung
    reason = min(named, key=lambda key: (-named[key], key))
    known = {one.key: one.first_step for one in house.policy.menus(subject.platform).reasons}
    measure = known.get(reason)
    if measure is None or measure not in terms.measures:
        return rung
    if measure == TIDIES:
        return ladders.tidied_first(rung)
    scopes = {kind: rule.scope for kind, rule in terms.measures.items()}
    return ladders.mended_first(rung, Chosen(MeasureKind(measure)), scopes)


def goes_with(rung: Rung | None, asked: Rung | None, chosen: Step) -> Step | None:
    """Return the proposal that a choice is held against: the ladder's own where it is that, else what was proposed."""
    if rung is not None and set(rung.step) == set(chosen):
        return rung.step
    return asked.step if asked is not None else None
