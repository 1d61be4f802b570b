"""Say where a platform's events go: check the address, make a secret of its own, store both."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.platform_secrets import make_secret
from flagstaff.kernel.errors import NotFound
from flagstaff.platforms import rules, storage
from flagstaff.platforms.addresses import Resolve, resolve
from flagstaff.platforms.model import Endpoint, Feed
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class ConnectedWebhook(msgspec.Struct, frozen=True):
    """Where a stream goes, and the secret that signs it, to be shown once."""

    feed: Feed
    url: str
    kid: str
    secret: str

    def __repr__(self) -> str:
        """Name the stream without its secret."""
        return f"ConnectedWebhook({self.feed}, {self.kid})"


async def connect_webhook(
    house: House, by: Account | None, platform: Platform, feed: Feed, url: str, find: Resolve = resolve
) -> ConnectedWebhook:
    """Send a stream to an address from now on; raises BadWebhook or NotFound."""
    staff_rules.demand(by, Permission.MANAGE_PLATFORMS, None, platform)
    target = await check_webhook(house, url, find)
    async with house.database.transaction(Role.CONSOLE) as connection:
        if not await storage.lock_host(connection, platform):
            msg = f"there is no platform {platform!r}"
            raise NotFound(msg)
        hook = await store_webhook(house, connection, platform, feed, target)
        entry = Entry(
            house.ids.key(),
            house.now,
            "platform.webhook_connected",
            staff_rules.actor_of(by),
            f"platform:{platform}",
            platform=platform,
            facts={"feed": feed.value, "host": target.host},
        )
        await audit.record(connection, [entry])
    return hook


async def check_webhook(house: House, url: str, find: Resolve) -> rules.Target:
    """Return an address that events may be sent to; raises BadWebhook. The network is asked only for open names."""
    target = rules.read_webhook(url, house.settings.webhook_allow)
    if not target.listed:
        rules.check_addresses(target, await find(target.host, target.port))
    return target


async def store_webhook(
    house: House, connection: Connection, platform: Platform, feed: Feed, target: rules.Target
) -> ConnectedWebhook:
    """Store a checked address with a new secret, within the transaction of its caller; two secrets stay live."""
    secret = make_secret(house, platform, feed.purpose)
    now = house.clocks.wall.now()
    for old in rules.to_retire(await storage.live_secrets(connection, feed.purpose, platform)):
        await storage.retire_secret(connection, platform, old.kid, now)
    await storage.add_secret(connection, secret.sealed)
    endpoint = Endpoint(platform, feed, target.url, secret.sealed.kid, active=True, made_at=now)
    await storage.put_endpoint(connection, endpoint)
    return ConnectedWebhook(feed, target.url, secret.sealed.kid, secret.text)
