"""Give every flag of a case its outcome, tell its reporter, and let the vault learn who saw right."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.cases import moves
from flagstaff.cases.moves import Held
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.storage import Decided
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import NewNotice
from flagstaff.flags import outcomes, rules as flag_rules
from flagstaff.flags.model import Judgement, Learned, Outcome
from flagstaff.flags.outcomes import Heard
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import reporter_notice, reporter_values, send_notices, told_in
from flagstaff.store.database import Connection
from flagstaff.vault import reporters
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import ClauseId
from flagstaff.vocabulary.states import DecisionState, FlagState, Verdict

ACTS = frozenset({Verdict.VIOLATION, Verdict.HOUSEKEEPING, Verdict.CARE, Verdict.REFERRED})
"""Verdicts after which something is done; a reversal undoes that, and after the others it is decided anew."""
_WAITING = {FlagState.LIVE, FlagState.KEPT}


async def answer_flags(house: House, connection: Connection, decision: Decided, case: Held) -> None:
    """Answer the flags of a case whose decision takes effect."""
    waiting = [one for one in await outcomes.of_case(connection, case.key) if one.state in _WAITING]
    judged = judgement_of(decision.verdict, decision.clauses)
    found = {one.key: flag_rules.outcome(one.flag(), judged) for one in waiting}
    await outcomes.answer(connection, found, house.now, decision.key)
    told = [one for one in waiting if not one.legacy]
    # Flags of before were raised under other rules: they say nothing of how reliable somebody is today.
    await learn(connection, {one.key: found[one.key] for one in told}, undo=False)
    await _tell(house, connection, decision, told, found, "outcome_{status}", house.now)


async def correct_named_case(house: House, connection: Connection, decision: Decided, case: Held) -> None:
    """Correct the flags of the earlier case that this one names, where what was left up there is decided anew."""
    if case.names_case is None:
        return
    former = await moves.look(connection, case.names_case)
    reversed_ = (
        await decisions.hold_decision(connection, former.decision) if former and former.decision else None
    )
    anew = reversed_ is not None and reversed_.verdict not in ACTS
    if reversed_ is not None and anew and reversed_.state is DecisionState.REVERSED:
        await correct_flags(
            house,
            connection,
            reversed_,
            decision.verdict,
            decision.clauses,
            decision.key,
            house.now,
            house.now,
        )


async def correct_flags(
    house: House,
    connection: Connection,
    reversed_: Decided,
    verdict: Verdict,
    clauses: Sequence[str],
    because: UUID,
    at: datetime,
    not_before: datetime,
) -> None:
    """Give the flags of a reversed decision another outcome; every reporter who was told is told again.

    What the vault learned from the first decision is taken back before it learns from this one.
    """
    told = await delivery.told_of(connection, reversed_.key)
    notified = {one.flag for one in told if one.audience is Party.REPORTER}
    heard = await outcomes.of_decision(connection, reversed_.key)
    before = judgement_of(reversed_.verdict, reversed_.clauses)
    today = [one for one in heard if not one.legacy]
    await learn(connection, {one.key: flag_rules.outcome(one.flag(), before) for one in today}, undo=True)
    now_judged = judgement_of(verdict, clauses)
    found = {one.key: flag_rules.outcome(one.flag(), now_judged) for one in heard}
    await outcomes.correct(connection, found, not_before, because)
    await learn(connection, {one.key: found[one.key] for one in today}, undo=False)
    again = [one for one in heard if one.key in notified or one.case != reversed_.case]
    await _tell(house, connection, reversed_, again, found, "outcome_changed", not_before, at)


async def learn(connection: Connection, found: dict[UUID, Outcome], *, undo: bool) -> None:
    """Let the vault learn, or unlearn, who saw right; nobody is told."""
    taught = {
        key: one.learned is Learned.AGREED for key, one in found.items() if one.learned is not Learned.NOTHING
    }
    await reporters.learn(connection, taught, undo=undo)


def judgement_of(verdict: Verdict, clauses: Sequence[str]) -> Judgement:
    """Return a decision as a flag sees it."""
    return Judgement(verdict, frozenset(map(ClauseId, clauses)))


async def _tell(
    house: House,
    connection: Connection,
    decision: Decided,
    heard: Sequence[Heard],
    found: dict[UUID, Outcome],
    text: str,
    not_before: datetime,
    at: datetime | None = None,
) -> None:
    notices = [
        _notice(house, decision, one, found[one.key], text, not_before, at or not_before) for one in heard
    ]
    await send_notices(house, connection, notices, at or not_before)


def _notice(
    house: House,
    decision: Decided,
    one: Heard,
    outcome: Outcome,
    text: str,
    not_before: datetime,
    at: datetime,
) -> NewNotice:
    guidelines = told_in(house, decision.platform, one.language)
    values = reporter_values(
        house,
        platform=decision.platform,
        number=one.number,
        label=one.label,
        status=outcome.status.value,
        sentence=outcome.sentence,
        clause=one.clauses[0] if one.clauses else "",
        guidelines=guidelines,
        told_at=not_before,
    )
    return reporter_notice(
        house,
        platform=decision.platform,
        flag=one.key,
        text_key=text.format(status=outcome.status.value),
        guidelines=guidelines,
        values=values,
        at=at,
        not_before=not_before,
        decision=decision.key,
    )
