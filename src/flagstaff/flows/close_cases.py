"""Close cases in effect once everything that left for them has arrived or been given up."""

from flagstaff.cases import moves, rules, storage as cases
from flagstaff.cases.storage import Step
from flagstaff.flows.house import House
from flagstaff.store.roles import Role

_BATCH = 500


async def close_cases(house: House) -> int:
    """Close what is done, and return how many; any number of workers may do it."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        done = await moves.effective(connection, _BATCH)
        for case in done:
            await moves.close(connection, case.key)
        steps = [
            Step(one.key, now, "close", one.state, rules.apply(one.state, "close"), "house") for one in done
        ]
        await cases.append_steps(connection, steps, house.ids)
        return len(done)
