"""Check that what a decision names exists: clauses of that version and kind, measures that fit the place, the copy."""

from collections.abc import Sequence
from uuid import UUID

from flagstaff.decisions import rules
from flagstaff.decisions.model import Step
from flagstaff.decisions.rules import DecisionIncomplete
from flagstaff.flows.flag_use import WITHOUT_AUTHOR
from flagstaff.flows.policy_terms import Terms
from flagstaff.guidelines.rules import FLAG_USE
from flagstaff.language.graphemes import count_meant
from flagstaff.store.database import Connection
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.effects import Scope
from flagstaff.vocabulary.references import MeasureKind, SubjectKind


async def check_names(
    connection: Connection,
    terms: Terms,
    subject: Judged,
    clauses: Sequence[str],
    measures: Step,
    snapshot: UUID | None,
    reason: str,
) -> None:
    """Raise DecisionIncomplete with everything that is named and does not exist or fit here."""
    wrong = [*_unknown_clauses(terms, subject, clauses), *_unfit_measures(terms, subject, measures)]
    wrong += _unsaid(terms, clauses, reason)
    if snapshot is not None and not await judging.has_copy(connection, snapshot, subject.key):
        wrong.append("That copy is not one of this subject.")
    if wrong:
        raise DecisionIncomplete(
            " ".join(wrong), where="decision", mend="Choose from what the case page offers.", wrong=wrong
        )


def _unknown_clauses(terms: Terms, subject: Judged, clauses: Sequence[str]) -> list[str]:
    wrong = []
    for key in clauses:
        clause = terms.clause(key)
        if clause is None or not clause.decidable:
            wrong.append(
                f"{key} is no clause of version {terms.guidelines.version} that a decision may name."
            )
        elif subject.kind not in clause.scope:
            wrong.append(f"{key} does not reach a {subject.kind}.")
    return wrong


def _unsaid(terms: Terms, clauses: Sequence[str], reason: str) -> list[str]:
    """Tell where a rule of discretion is named without saying what was wrong: its key and title alone say nothing."""
    wrong = []
    for clause in filter(None, map(terms.clause, clauses)):
        own = reason.replace(clause.key, "").replace(clause.title, "")
        if clause.kind == "discretion" and count_meant(own) < rules.DEVIATION_LEAST:
            wrong.append(
                f"{clause.key} leaves it to you: say in at least {rules.DEVIATION_LEAST} characters what was wrong. "
                "Such reasons are read weekly, for rules that are missing."
            )
    return wrong


def _unfit_measures(terms: Terms, subject: Judged, measures: Step) -> list[str]:
    wrong = []
    for one in measures:
        rule = terms.measures.get(one.kind)
        if rule is None:
            wrong.append(f"{one.kind} is no measure that is in use.")
        elif not rules.fits(rule.scope, SubjectKind(subject.kind), subject.place):
            wrong.append(f"{one.kind} does not fit the place of this subject.")
        elif _needs_author(subject, one.kind, rule.scope):
            wrong.append(f"{one.kind} needs an author, and nobody said who it is.")
    return wrong


def _needs_author(subject: Judged, kind: MeasureKind, scope: Scope) -> bool:
    if subject.author is not None or scope in {Scope.CONTENT, Scope.OUTSIDE}:
        return False
    return subject.kind != FLAG_USE or kind not in WITHOUT_AUTHOR
