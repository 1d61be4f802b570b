"""Take a decision back before anything of it has left: as if it had not been made, except in the audit."""

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules as case_rules, storage as cases
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.rules import DECISION, MEASURE
from flagstaff.delivery import storage as delivery
from flagstaff.flows.case_desk import NothingWaits, NotYours, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import DecisionState, MeasureState

_WAITING = {MeasureState.AWAITING_SECOND, MeasureState.WAITING}


async def undo_decision(house: House, by: Account, case: str) -> None:
    """Undo the decision on a case within its window; whoever made it holds the case again.

    Raises NoSuchCase, NotYours for somebody else's decision, NothingWaits once something of it has left.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, case)
        decision = await decisions.standing_of_case(connection, seat.case.key)
        if decision is None or decision.state is DecisionState.EFFECTIVE or seat.now >= decision.not_before:
            msg = "the window of this decision is over"
            raise NothingWaits(msg, mend="reverse it instead: what left is put right and all are told")
        measures = await decisions.measures_of(connection, [decision.key])
        begun = any(one.starts_at is not None for one in measures)
        if begun or await delivery.told_of(connection, decision.key):
            msg = "a part of this decision is in effect already"
            raise NothingWaits(msg, mend="reverse it once the rest is in effect too")
        if decision.decided_by != by.key:
            msg = "somebody else made this decision"
            raise NotYours(msg, mend="ask them, or reverse it once it is in effect")
        undone = DECISION.apply(decision.state, "undo")
        await decisions.move(
            connection, [decision.key], decision.state, undone, seat.now, "undone by whoever made it"
        )
        await decisions.void_seconds(connection, [decision.key])
        keys = [one.key for one in measures if one.state in _WAITING]
        await decisions.move_measures(connection, keys, MEASURE.apply(MeasureState.WAITING, "undo"))
        await decisions.append_measure_steps(
            connection, keys, "undo", MeasureState.UNDONE, seat.actor, seat.now, house.ids
        )
        await delivery.cancel(connection, [decision.key], seat.now)
        target = case_rules.apply(seat.case.state, "undo")
        await moves.unjudge(connection, seat.case.key, by.key, seat.now + desk.CLAIM_LASTS)
        await cases.append_steps(connection, [step(seat, "undo", target)], house.ids)
        await audit.record(connection, [entry(house, seat, "decision.undone", decision=decision.number)])
