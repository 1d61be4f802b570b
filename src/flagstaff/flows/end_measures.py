"""Let measures end by themselves when their time is over: nobody has to remember."""

from flagstaff.decisions import storage as decisions
from flagstaff.decisions.rules import MEASURE
from flagstaff.flows.house import House
from flagstaff.flows.tell_platform import of_measure, tell_platform
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import MeasureState

_BATCH = 200


async def end_measures(house: House) -> int:
    """End what is over, tell the platforms, and return how many; any number of workers may do it."""
    async with house.database.transaction(Role.WORKER) as connection:
        now = house.now
        over = await decisions.ending_measures(connection, now, _BATCH)
        keys = [one.key for one in over]
        await decisions.move_measures(connection, keys, MEASURE.apply(MeasureState.RUNNING, "end"))
        await decisions.append_measure_steps(
            connection, keys, "end", MeasureState.ENDED, "house", now, house.ids
        )
        changes = [of_measure(one, applied=False) for one in over]
        await tell_platform(house, connection, [one for one in changes if one], now, now)
        return len(over)
