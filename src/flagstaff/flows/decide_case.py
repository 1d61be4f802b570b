"""Decide a case: a verdict by a person, its clauses in the version in force, its measures, its reason, its clock."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules as case_rules, storage as cases
from flagstaff.cases.moves import Judged as JudgedCase
from flagstaff.decisions import rules, storage as decisions
from flagstaff.decisions.model import Deviation, Intent, Rung, Step, Timing
from flagstaff.decisions.storage import Measure, NewDecision
from flagstaff.delivery import storage as delivery
from flagstaff.flags import misuse, outcomes
from flagstaff.flows.case_desk import Seat, demand, entry, expect_revision, step, take_seat
from flagstaff.flows.check_decision import check_names
from flagstaff.flows.first_step import Reported, ask_first, goes_with
from flagstaff.flows.house import House
from flagstaff.flows.order_measures import ask_second, order_measures
from flagstaff.flows.policy_terms import Terms, after_this, propose, terms_for, zone_of
from flagstaff.flows.tell_people import statement_of_use, statements
from flagstaff.kernel.ids import NumberKind
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import ClauseId, MeasureKind, SnapshotKey
from flagstaff.vocabulary.states import DecisionState, MeasureState, Verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided on a case, as the console sends it; the leading clause is the first.

    `revision`: the case as it was when the page was opened (None: no check). `snapshot` None: the newest copy.
    """

    case: str
    verdict: Verdict
    reason: str
    facts: str = ""
    clauses: tuple[ClauseId, ...] = ()
    measures: Step = ()
    snapshot: SnapshotKey | None = None
    as_it_stands: bool = False
    deviation: Deviation | None = None
    revision: int | None = None


class Ruled(msgspec.Struct, frozen=True):
    """What became of it: nothing leaves before `not_before`; `waiting` measures need a second person first."""

    decision: str
    state: DecisionState
    not_before: datetime
    waiting: tuple[MeasureKind, ...] = ()


async def decide_case(house: House, by: Account, judgement: Judgement) -> Ruled:
    """Decide a case in hand. Raises NoSuchCase, NotYours, CaseChanged, or DecisionIncomplete with all that is wrong."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, judgement.case)
        demand(desk.may_decide(seat.viewer, seat.case.desk(), seat.now))
        expect_revision(seat.case, judgement.revision)
        terms = terms_for(house, seat.subject)
        await check_names(
            connection,
            terms,
            seat.subject,
            judgement.clauses,
            judgement.measures,
            judgement.snapshot,
            judgement.reason,
        )
        proposed, following = await _ladder(house, connection, terms, seat, judgement)
        intent = _intent(judgement, seat, proposed)
        rules.check_intent(intent, terms.deviation_codes)
        decision = await _decision(house, connection, seat, terms, intent, judgement.facts)
        await decisions.put_decision(connection, decision)
        now, later = rules.waits_for_second(intent.measures, terms.second_person)
        ordered = await order_measures(house, connection, seat, terms, decision, now, later)
        await _notify(house, connection, seat, terms, decision, ordered, following)
        if later:
            await ask_second(house, connection, seat, terms, decision, ordered)
        await _close_the_file(house, connection, seat, terms, decision)
        await delivery.wake(connection, delivery.WORK)
    return Ruled(decision.number, decision.state, decision.not_before, tuple(one.kind for one in later))


async def _ladder(
    house: House, connection: Connection, terms: Terms, seat: Seat, judgement: Judgement
) -> tuple[Step | None, Rung | None]:
    """Return the proposal that the choice is held against, and what would follow next time."""
    if judgement.verdict is not Verdict.VIOLATION or not judgement.clauses or seat.subject.author is None:
        return None, None
    past = await decisions.past_of(connection, seat.subject.author)
    leading = judgement.clauses[0]
    rung = propose(terms, seat.subject, leading, past, seat.now)
    heard = await outcomes.of_case(connection, seat.case.key)
    reported = [Reported(reason, one.all_clauses) for one in heard for reason in one.all_reasons]
    asked = ask_first(house, terms, seat.subject, leading, rung, reported)
    following = after_this(terms, seat.subject, leading, past, seat.now)
    return goes_with(rung, asked, judgement.measures), following


def _intent(judgement: Judgement, seat: Seat, proposed: Step | None) -> Intent:
    newest = SnapshotKey(seat.subject.snapshot) if seat.subject.snapshot else None
    return Intent(
        verdict=judgement.verdict,
        reason=judgement.reason,
        snapshot=judgement.snapshot or newest,
        as_it_stands=judgement.as_it_stands,
        clauses=judgement.clauses,
        measures=judgement.measures,
        proposed=proposed,
        deviation=judgement.deviation,
    )


async def _decision(
    house: House, connection: Connection, seat: Seat, terms: Terms, intent: Intent, facts: str
) -> NewDecision:
    """Put the intent into its frame: version, date of the words, and when it leaves the house."""
    case, subject = seat.case, seat.subject
    severity = terms.severity(intent.verdict, intent.clauses)
    held = await decisions.running_hold(connection, subject.key) is not None
    timing = Timing(seat.now, severity, subject.audience, held)
    listed = any(one.kind in terms.second_person for one in intent.measures)
    ladder = terms.ladder(intent.clauses[0]) if intent.clauses else None
    return NewDecision(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.DECISION),
        platform=case.platform,
        case=case.key,
        subject=subject.key,
        snapshot=intent.snapshot,
        as_it_stands=intent.as_it_stands,
        author=subject.author,
        verdict=intent.verdict,
        clauses=intent.clauses,
        ladder=ladder.key if ladder else None,
        severity=int(severity),
        guidelines_version=terms.guidelines.version,
        words_at=terms.words_at,
        undated=not terms.dated,
        reason=intent.reason,
        facts=facts,
        deviation=intent.deviation,
        state=rules.DECISION.apply(None, "propose" if listed else "decide"),
        decided_by=seat.viewer.account,
        decided_at=seat.now,
        not_before=rules.not_before(timing, zone_of(house, case.platform)),
    )


async def _notify(
    house: House, connection: Connection, seat: Seat, terms: Terms, decision: NewDecision,
    ordered: list[Measure], following: Rung | None,
) -> None:  # fmt: skip
    """Write what the author will read; nobody can read it before the measures it tells of run."""
    at_once = [one for one in ordered if one.state is MeasureState.WAITING]
    if decision.state is DecisionState.DECIDED or at_once:
        notices = statements(
            house, terms, seat.subject, decision, at_once, seat.case.origin, following, seat.now
        )
        flag = await misuse.flag_behind_use(connection, seat.subject.key)
        if flag is not None and decision.verdict is Verdict.VIOLATION:
            notices.append(
                statement_of_use(house, terms, seat.subject, decision, at_once, flag.key, seat.now)
            )
        await delivery.put_notices(connection, notices)


async def _close_the_file(
    house: House, connection: Connection, seat: Seat, terms: Terms, decision: NewDecision
) -> None:
    """Move the case, and keep which clauses and reasons were judged: a later flag is compared with them."""
    heard = await outcomes.of_case(connection, seat.case.key)
    arrow = "propose" if decision.state is DecisionState.PROPOSED else "decide"
    target = case_rules.apply(seat.case.state, arrow)
    judged = JudgedCase(
        state=target,
        verdict=decision.verdict,
        decision=decision.key,
        clauses=sorted(set(decision.clauses).union(*(one.all_clauses for one in heard))),
        reasons=sorted(set[str]().union(*(one.all_reasons for one in heard))),
        content_hash=seat.subject.content_hash or b"",
        decided_by=seat.viewer.account,
    )
    await moves.judge(connection, seat.case.key, judged)
    await cases.append_steps(connection, [step(seat, arrow, target, decision.verdict)], house.ids)
    facts = {
        "decision": decision.number,
        "verdict": decision.verdict.value,
        "version": terms.guidelines.version,
    }
    await audit.record(connection, [entry(house, seat, f"case.{target}", **facts)])
