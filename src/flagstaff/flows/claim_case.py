"""Take a case in hand: from the queue, parked, or while an answer is waited for."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules, storage as cases
from flagstaff.flows.case_desk import Seat, demand, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import CaseState

_ARROW = {CaseState.OPEN: "claim", CaseState.PARKED: "unpark", CaseState.ASKED: "stop_asking"}


class Claimed(msgspec.Struct, frozen=True):
    """A case in hand until then, unless its holder acts on it."""

    case: str
    until: datetime


async def claim_case(house: House, by: Account, number: str) -> Claimed:
    """Claim a case; raises NoSuchCase or NotYours. Claiming what one holds already renews it."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, number)
        return await claim(house, connection, seat)


async def claim(house: House, connection: Connection, seat: Seat) -> Claimed:
    """Claim the case before which somebody stands."""
    case, until = seat.case, seat.now + desk.CLAIM_LASTS
    if case.state is CaseState.CLAIMED and case.claimed_by == seat.viewer.account:
        await moves.move(connection, case, case.state, claimed_by=seat.viewer.account, claimed_until=until)
        return Claimed(case.number, until)
    demand(desk.may_claim(seat.viewer, case.desk(), seat.now))
    if case.state is CaseState.CLAIMED:  # its holder's claim ran out, and the job has not come by yet
        await cases.append_steps(connection, [step(seat, "lapse", CaseState.OPEN)], house.ids)
    source = CaseState.OPEN if case.state is CaseState.CLAIMED else case.state
    arrow = _ARROW.get(source, "claim")
    target = rules.apply(source, arrow)
    await moves.move(connection, case, target, claimed_by=seat.viewer.account, claimed_until=until)
    taken = msgspec.structs.replace(step(seat, arrow, target), source=source)
    await cases.append_steps(connection, [taken], house.ids)
    await audit.record(connection, [entry(house, seat, "case.claimed")])
    return Claimed(case.number, until)
