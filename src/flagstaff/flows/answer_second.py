"""Answer as the second person: confirm on the newest copy, or refuse with a reason that the first one reads."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules as case_rules, storage as cases
from flagstaff.decisions import rules, second as seconds, storage as decisions
from flagstaff.decisions.model import Confirmation, Deed, Proposal, Timing
from flagstaff.decisions.rules import DECISION
from flagstaff.decisions.storage import Decided, Second
from flagstaff.delivery import storage as delivery
from flagstaff.flows.case_desk import NothingWaits, NotYours, Seat, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import after_this, terms_for, zone_of
from flagstaff.flows.tell_people import statements
from flagstaff.kernel.errors import Refusal
from flagstaff.staff import rules as staff_rules, storage as staff
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform, SnapshotKey
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, DecisionState, MeasureState


class Answer(msgspec.Struct, frozen=True):
    """How the second person answers a case; a refusal needs a reason."""

    case: str
    confirm: bool
    reason: str = ""


class Answered(msgspec.Struct, frozen=True):
    """Where the decision stands after the answer, and when what waited leaves."""

    state: DecisionState
    not_before: datetime
    alone: bool


async def answer_second(house: House, by: Account, answer: Answer) -> Answered:
    """Confirm or refuse what a decision waits for.

    Raises NoSuchCase, NothingWaits, NotYours (with the reason of the rules), or Refusal for a refusal without a reason.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, answer.case)
        decision = await decisions.standing_of_case(connection, seat.case.key)
        waiting = await decisions.waiting_second(connection, decision.key) if decision else None
        if decision is None or waiting is None or seat.case.state is not CaseState.AWAITING_SECOND:
            msg = "nothing waits for a second person on this case"
            raise NothingWaits(msg)
        allowed = await _may(connection, by, seat, waiting, answer)
        if answer.confirm:
            answered = await _confirm(house, connection, seat, decision, waiting, allowed)
        else:
            answered = await _refuse(house, connection, seat, decision, waiting, answer.reason)
        await delivery.wake(connection, delivery.WORK)
    return answered


async def _may(
    connection: Connection, by: Account, seat: Seat, waiting: Second, answer: Answer
) -> Confirmation:
    if not answer.confirm and not answer.reason.strip():
        msg = "whoever proposed it needs to know why"
        raise Refusal(msg, where="reason", mend="write a sentence")
    others = [one for one in await staff.list_accounts(connection) if _could(one, seat) and one.key != by.key]
    judged = SnapshotKey(waiting.snapshot) if waiting.snapshot else None
    newest = SnapshotKey(seat.subject.snapshot) if seat.subject.snapshot and answer.confirm else judged
    proposal = Proposal(Deed.MEASURES, AccountKey(waiting.asked_by), waiting.asked_at, judged)
    allowed = seconds.may_confirm(proposal, AccountKey(by.key), by.permissions, len(others), seat.now, newest)
    if not allowed:
        raise NotYours(allowed.reason)
    return allowed


def _could(one: Account, seat: Seat) -> bool:
    """Tell whether an account could confirm at this place: being alone is a fact about the house, not about a click."""
    return bool(staff_rules.may(one, Permission.CONFIRM, seat.subject.place, Platform(seat.case.platform)))


async def _confirm(
    house: House,
    connection: Connection,
    seat: Seat,
    decision: Decided,
    waiting: Second,
    allowed: Confirmation,
) -> Answered:
    """Let what waited take effect at its own time, with a statement of its own."""
    by, now = seat.viewer.account, seat.now
    held = await decisions.running_hold(connection, seat.subject.key) is not None
    timing = Timing(now, Severity(decision.severity), seat.subject.audience, held)
    not_before = max(rules.not_before(timing, zone_of(house, decision.platform)), decision.not_before)
    await decisions.answer_second(
        connection, waiting.key, "confirmed", by, now, allowed.reason, alone=allowed.alone
    )
    await decisions.confirm(connection, decision.key, not_before, seat.subject.snapshot)
    ordered = await decisions.measures_of(connection, [decision.key])
    late = [one for one in ordered if one.state is MeasureState.AWAITING_SECOND]
    await decisions.move_measures(connection, [one.key for one in late], MeasureState.WAITING)
    await decisions.append_measure_steps(
        connection, [one.key for one in late], "confirm", MeasureState.WAITING, seat.actor, now, house.ids
    )
    terms = terms_for(house, seat.subject)
    past = await decisions.past_of(connection, decision.author) if decision.author else ()
    following = after_this(terms, seat.subject, decision.clauses[0], past, now) if decision.clauses else None
    told = msgspec.structs.replace(decision, not_before=not_before)
    notices = statements(house, terms, seat.subject, told, late, seat.case.origin, following, now)
    await delivery.put_notices(connection, notices)
    target = case_rules.apply(seat.case.state, "confirm_alone" if allowed.alone else "confirm")
    await moves.decide_waiting(connection, seat.case.key)
    arrow = "confirm_alone" if allowed.alone else "confirm"
    await cases.append_steps(connection, [step(seat, arrow, target, allowed.reason)], house.ids)
    confirmed = entry(house, seat, "decision.confirmed", decision=decision.number, alone=allowed.alone)
    await audit.record(connection, [confirmed])
    return Answered(DECISION.apply(decision.state, "confirm"), not_before, allowed.alone)


async def _refuse(
    house: House, connection: Connection, seat: Seat, decision: Decided, waiting: Second, reason: str
) -> Answered:
    """Give the case back to whoever proposed it; what runs already stays until a new decision replaces it."""
    now = seat.now
    await decisions.answer_second(connection, waiting.key, "refused", seat.viewer.account, now, reason)
    refused = DECISION.apply(decision.state, "refuse")
    await decisions.move(connection, [decision.key], decision.state, refused, now, reason)
    gone = [
        one.key
        for one in await decisions.measures_of(connection, [decision.key])
        if one.state in {MeasureState.AWAITING_SECOND, MeasureState.WAITING}
    ]
    await decisions.move_measures(connection, gone, MeasureState.REFUSED)
    await decisions.append_measure_steps(
        connection, gone, "refuse", MeasureState.REFUSED, seat.actor, now, house.ids, reason
    )
    await delivery.cancel(connection, [decision.key], now)
    target = case_rules.apply(seat.case.state, "refuse")
    await moves.unjudge(connection, seat.case.key, decision.decided_by, now + desk.CLAIM_LASTS)
    await cases.append_steps(connection, [step(seat, "refuse", target, reason)], house.ids)
    await audit.record(connection, [entry(house, seat, "decision.refused", decision=decision.number)])
    return Answered(refused, decision.not_before, alone=False)
