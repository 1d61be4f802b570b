"""Give a claimed case back to the queue."""

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules, storage as cases
from flagstaff.flows.case_desk import demand, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


async def release_case(house: House, by: Account, number: str) -> None:
    """Give back a case in hand; raises NoSuchCase or NotYours."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, number)
        demand(desk.may_decide(seat.viewer, seat.case.desk(), seat.now))
        target = rules.apply(seat.case.state, "release")
        await moves.move(connection, seat.case, target)
        await cases.append_steps(connection, [step(seat, "release", target)], house.ids)
        await audit.record(connection, [entry(house, seat, "case.released")])
