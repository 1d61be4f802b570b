"""Make a new pair of the house key; what was sealed to former ones still opens."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from flagstaff.vault.keys import renew


async def renew_keys(house: House, actor: str = "operator") -> str:
    """Renew the pair in the folder of keys and return its id.

    Receiving processes seal to the new pair after their next start; those that open find its private half by
    themselves. The hash key and the service key stay.
    """
    fresh = renew(house.settings.keys_folder)
    async with house.database.transaction(Role.CONSOLE) as connection:
        entry = Entry(house.ids.key(), house.now, "keys.renewed", actor, f"key:{fresh}")
        await audit.record(connection, [entry])
    return fresh
