"""Keep the house in order: month partitions ahead of the business clock, answers of old requests forgotten."""

from datetime import date
from typing import Final

from flagstaff.flows.house import House
from flagstaff.store import idempotency
from flagstaff.store.months import prepare_months
from flagstaff.store.roles import Role

AHEAD: Final = 3


async def keep_house(house: House) -> int:
    """Make the month partitions up to three months ahead and forget answers older than seven days.

    Returns 0: there is never more to do at once. Streams keep working without a partition of their own month.
    """
    today = house.now.date()
    async with house.database.transaction(Role.WORKER) as connection:
        await prepare_months(connection, date(today.year, today.month, 1), AHEAD)
        await idempotency.forget(connection, house.clocks.wall.now())
    return 0
