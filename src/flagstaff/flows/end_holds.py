"""Lift holds whose time is over: the content returns, and the case goes to the front."""

from uuid import UUID

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import moves, rules as case_rules, storage as cases
from flagstaff.cases.storage import Step
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.storage import Hold
from flagstaff.flows.house import House
from flagstaff.flows.one_by_one import one_by_one
from flagstaff.flows.place_hold import finish_hold
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vocabulary.states import CaseState

_BATCH = 100
_BEFORE_DECIDED = {
    CaseState.OPEN, CaseState.CLAIMED, CaseState.PARKED, CaseState.ASKED, CaseState.AWAITING_SECOND,
}  # fmt: skip


async def end_holds(house: House) -> int:
    """Lift what expired, one hold a transaction, and return how many; any number of workers may do it."""
    async with house.database.reading(Role.WORKER) as connection:
        due = await decisions.expired_holds(connection, house.now, _BATCH)
    return await one_by_one(due, lambda one: _one(house, one))


async def _one(house: House, subject: UUID) -> bool:
    async with house.database.transaction(Role.WORKER) as connection:
        if not await judging.try_lock(connection, subject):
            return False
        hold = await decisions.running_hold(connection, subject)
        judged = await judging.judged(connection, subject)
        if hold is None or judged is None or house.now < hold.ends_at:
            return False
        await finish_hold(house, connection, hold, judged, "expire", house.now)
        await _to_front(house, connection, hold)
        entry = Entry(
            house.ids.key(), house.now, "hold.expired", "house", f"case:{hold.case}", hold.platform,
            {"hold": hold.number},
        )  # fmt: skip
        await audit.record(connection, [entry])
        return True


async def _to_front(house: House, connection: Connection, hold: Hold) -> None:
    """Let the case that its hold did not wait for be the next one taken."""
    case = await moves.hold(connection, hold.case)
    if case is None or case.state not in _BEFORE_DECIDED:
        return
    await moves.to_front(connection, case.key)
    if case.state in {CaseState.PARKED, CaseState.ASKED}:
        target = case_rules.apply(case.state, "hold_expired")
        await moves.wake_now(connection, case.key)
        step = Step(case.key, house.now, "hold_expired", case.state, target, "house")
        await cases.append_steps(connection, [step], house.ids)
