"""Change what a platform declares of itself: name, zone, languages, origins, links, effects, offers."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.menus import storage as menus_storage
from flagstaff.platforms import rules, storage
from flagstaff.platforms.model import Host
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def change_platform(
    house: House, by: Account | None, key: Platform, declared: dict[str, object]
) -> Host:
    """Replace the declarations named in `declared` and return the platform; every process hears of it.

    Raises NotFound for a platform that is not here, BadPlatform for a declaration that does not fit.
    """
    staff_rules.demand(by, Permission.MANAGE_PLATFORMS, None, key)
    async with house.database.transaction(Role.CONSOLE) as connection:
        found = await storage.find_host(connection, key)
        if found is None:
            what = f"there is no platform {key!r}"
            raise NotFound(what, mend="see `flagstaff platform list`")
        host = msgspec.convert({**msgspec.to_builtins(found), **declared}, Host)
        rules.check_host(host)
        await storage.change_host(connection, host)
        entry = Entry(
            house.ids.key(), house.now, "platform.changed", staff_rules.actor_of(by), f"platforms:{key}", key,
            {"changed": " ".join(sorted(declared))},
        )  # fmt: skip
        await audit.record(connection, [entry])
        await menus_storage.tell(connection, key)
    await house.policy.refresh()
    return host
