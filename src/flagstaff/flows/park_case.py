"""Put a case aside until a day, with the reason for whoever takes it up again."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules, storage as cases
from flagstaff.delivery import storage as delivery
from flagstaff.flows.case_desk import demand, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Refusal
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


class Parking(msgspec.Struct, frozen=True):
    """Which case waits until when, and why."""

    case: str
    until: datetime
    why: str


async def park_case(house: House, by: Account, parking: Parking) -> None:
    """Park a case in hand; raises NoSuchCase, NotYours, or Refusal for a day past or more than 14 days ahead."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, parking.case)
        demand(desk.may_decide(seat.viewer, seat.case.desk(), seat.now))
        if not seat.now < parking.until <= seat.now + desk.PARK_AT_MOST:
            msg = f"a case can wait for at most {desk.PARK_AT_MOST.days} days"
            raise Refusal(msg, where="until", mend="choose an earlier day; it can be parked again then")
        if not parking.why.strip():
            msg = "whoever takes it up again needs to know why it waits"
            raise Refusal(msg, where="why", mend="write a sentence")
        target = rules.apply(seat.case.state, "park")
        await moves.move(connection, seat.case, target, wakes_at=parking.until, note=parking.why)
        await cases.append_steps(connection, [step(seat, "park", target, parking.why)], house.ids)
        await audit.record(connection, [entry(house, seat, "case.parked", until=parking.until.isoformat())])
        await delivery.wake(connection, delivery.WORK)
