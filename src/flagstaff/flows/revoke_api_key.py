"""Take back the key of a machine; other processes follow within thirty seconds."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.staff import rules, storage
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import Permission


async def revoke_api_key(house: House, by: Account | None, key_id: str) -> None:
    """Revoke a key; a second time changes nothing. Raises NotFound."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        key = await storage.find_api_key(connection, key_id)
        if key is None:
            msg = f"there is no API key {key_id!r}"
            raise NotFound(msg)
        rules.demand(by, Permission.MANAGE_PLATFORMS, None, key.platform)
        if await storage.revoke_api_key(connection, key_id, house.clocks.wall.now()):
            entry = Entry(
                house.ids.key(),
                house.now,
                "api_key.revoked",
                rules.actor_of(by),
                f"api_key:{key_id}",
                platform=key.platform,
            )
            await audit.record(connection, [entry])
