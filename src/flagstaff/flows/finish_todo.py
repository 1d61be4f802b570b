"""Note that somebody did by hand what a platform cannot do by itself."""

from uuid import UUID

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.delivery import storage as delivery
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


async def finish_todo(house: House, by: Account, key: UUID) -> None:
    """Mark a to-do as done; one that is done already stays as it was. The page shows only what the account may see."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        await delivery.finish_todo(connection, key, by.key, house.now)
        entry = Entry(house.ids.key(), house.now, "todo.done", by.actor, f"todo:{key}")
        await audit.record(connection, [entry])
