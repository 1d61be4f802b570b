"""Give back what somebody took in hand and left lying: cases and appeals."""

from flagstaff.appeals import storage as appeals
from flagstaff.cases import moves, rules, storage as cases
from flagstaff.cases.storage import Step
from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from flagstaff.subjects import judging

_BATCH = 500


async def lapse_claims(house: House) -> int:
    """Let claims lapse that ran out, and return how many; any number of workers may do it."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        # With its subject held: a flag under way would else write into the history what is no longer so.
        found = await moves.lapsed(connection, now, _BATCH)
        over = [one for one in found if await judging.try_lock(connection, one.subject)]
        for case in over:
            await moves.move(connection, case, rules.apply(case.state, "lapse"))
        steps = [
            Step(one.key, now, "lapse", one.state, rules.apply(one.state, "lapse"), "house") for one in over
        ]
        await cases.append_steps(connection, steps, house.ids)
        return len(over) + await appeals.lapse(connection, now)
