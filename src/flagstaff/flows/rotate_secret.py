"""Give a platform a new secret; the one before it stays live until the next rotation or its retirement."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.platform_secrets import make_secret
from flagstaff.kernel.errors import Conflict, NotFound
from flagstaff.platforms import rules, storage
from flagstaff.platforms.model import Feed, Purpose
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class RotatedSecret(msgspec.Struct, frozen=True):
    """The new secret, to be shown once, and which former ones no longer hold."""

    purpose: Purpose
    kid: str
    secret: str
    retired: tuple[str, ...]

    def __repr__(self) -> str:
        """Name the secret without showing it."""
        return f"RotatedSecret({self.purpose}, {self.kid})"


class LastSecret(Conflict):
    """Without this secret nothing of its purpose could be signed or checked."""

    slug = "last-secret"
    title = "A platform needs one live secret"


async def rotate_secret(
    house: House, by: Account | None, platform: Platform, purpose: Purpose
) -> RotatedSecret:
    """Make a new secret; of three live ones the oldest is retired, so two hold while the host changes over."""
    staff_rules.demand(by, Permission.MANAGE_PLATFORMS, None, platform)
    fresh = make_secret(house, platform, purpose)
    now = house.clocks.wall.now()
    async with house.database.transaction(Role.CONSOLE) as connection:
        await _lock(connection, platform)
        retired = rules.to_retire(await storage.live_secrets(connection, purpose, platform))
        await storage.add_secret(connection, fresh.sealed)
        if purpose is not Purpose.TOKEN:
            await storage.sign_endpoint_with(connection, platform, Feed(purpose.value), fresh.sealed.kid)
        for old in retired:
            await storage.retire_secret(connection, platform, old.kid, now)
        await audit.record(
            connection, [_entry(house, by, "platform.secret_rotated", platform, fresh.sealed.kid)]
        )
    return RotatedSecret(purpose, fresh.sealed.kid, fresh.text, tuple(old.kid for old in retired))


async def retire_secret(house: House, by: Account | None, platform: Platform, kid: str) -> None:
    """Let a former secret no longer hold, once the host uses the new one; raises LastSecret or NotFound."""
    staff_rules.demand(by, Permission.MANAGE_PLATFORMS, None, platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await _lock(connection, platform)
        live = [
            secret for secret in await storage.secrets_of(connection, platform) if secret.retired_at is None
        ]
        wanted = next((secret for secret in live if secret.kid == kid), None)
        if wanted is None:
            msg = "there is no such live secret"
            raise NotFound(msg)
        newest = next(secret for secret in live if secret.purpose is wanted.purpose)
        if newest.kid == kid:
            msg = "this is the secret in use"
            raise LastSecret(msg, mend="rotate first; then the former one can be retired")
        await storage.retire_secret(connection, platform, kid, house.clocks.wall.now())
        await audit.record(connection, [_entry(house, by, "platform.secret_retired", platform, kid)])


async def _lock(connection: Connection, platform: Platform) -> None:
    if not await storage.lock_host(connection, platform):
        msg = f"there is no platform {platform!r}"
        raise NotFound(msg)


def _entry(house: House, by: Account | None, deed: str, platform: Platform, kid: str) -> Entry:
    at, who = house.now, staff_rules.actor_of(by)
    return Entry(house.ids.key(), at, deed, who, f"platform:{platform}", platform, {"kid": kid})
