"""Make the key of a machine; its secret is returned once and kept as a digest."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.kernel.unguessable import public_id, secret_text
from flagstaff.platforms import storage as platforms
from flagstaff.staff import rules, storage
from flagstaff.staff.api_keys import spell
from flagstaff.staff.model import Account, ApiKey
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.scopes import ApiScope


class MakeApiKey(msgspec.Struct, frozen=True):
    """For which platform and what the key is; a key never gains a scope later."""

    platform: Platform
    label: str
    scopes: frozenset[ApiScope] = frozenset(ApiScope)


class MadeApiKey(msgspec.Struct, frozen=True):
    """A key with what its holder sends, `fs_<id>_<secret>`, to be shown once."""

    key: ApiKey
    bearer: str

    def __repr__(self) -> str:
        """Name the key without showing it."""
        return f"MadeApiKey({self.key.id})"


async def make_api_key(house: House, by: Account | None, wanted: MakeApiKey) -> MadeApiKey:
    """Make a key for a platform; raises NotFound, or BadLogin where it would open nothing."""
    rules.demand(by, Permission.MANAGE_PLATFORMS, None, wanted.platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        if await platforms.find_host(connection, wanted.platform) is None:
            msg = f"there is no platform {wanted.platform!r}"
            raise NotFound(msg, where="platform", mend="run `flagstaff platform add`")
        return await store_api_key(house, connection, by, wanted)


async def store_api_key(
    house: House, connection: Connection, by: Account | None, wanted: MakeApiKey
) -> MadeApiKey:
    """Make and store a key within the transaction of its caller."""
    rules.check_key(wanted.label, wanted.scopes)
    secret = secret_text()
    key = ApiKey(
        id=public_id(12),
        platform=wanted.platform,
        digest=storage.digest(secret),
        scopes=wanted.scopes,
        label=wanted.label.strip(),
        made_at=house.clocks.wall.now(),
    )
    await storage.add_api_key(connection, key)
    entry = Entry(
        house.ids.key(),
        house.now,
        "api_key.made",
        rules.actor_of(by),
        f"api_key:{key.id}",
        platform=key.platform,
        facts={"scopes": " ".join(sorted(key.scopes))},
    )
    await audit.record(connection, [entry])
    return MadeApiKey(key, spell(key.id, secret))
