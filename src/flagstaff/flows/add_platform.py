"""Add a platform: its row, a token secret, an API key, and webhooks where an address is given."""

from collections.abc import Mapping

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.connect_webhook import ConnectedWebhook, check_webhook, store_webhook
from flagstaff.flows.house import House
from flagstaff.flows.make_api_key import MakeApiKey, store_api_key
from flagstaff.flows.platform_secrets import make_secret
from flagstaff.kernel.errors import Conflict
from flagstaff.platforms import rules, storage
from flagstaff.platforms.addresses import Resolve, resolve
from flagstaff.platforms.model import Feed, Host, LinkName, Purpose
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class AddPlatform(msgspec.Struct, frozen=True, kw_only=True):
    """What a host declares of itself; `webhook` gets measures, `reporter_webhook` the notices to reporters."""

    key: Platform
    name: str
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    origins: tuple[str, ...] = ()
    links: Mapping[LinkName, str] = {}
    effects: frozenset[Effect] = frozenset()
    offers: tuple[str, ...] = ()
    webhook: str | None = None
    reporter_webhook: str | None = None


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a host needs to begin; the secrets in it are shown once and can only be replaced later."""

    host: Host
    address: str
    kid: str
    token_secret: str
    api_key: str
    webhooks: tuple[ConnectedWebhook, ...] = ()
    menu_version: int | None = None

    def at_version(self, number: int) -> "Connection":
        """Return the same with the menu version that is live."""
        return msgspec.structs.replace(self, menu_version=number)

    def __repr__(self) -> str:
        """Name the platform without its secrets."""
        return f"Connection({self.host.key})"


class PlatformExists(Conflict):
    """A platform of this key was added before."""

    slug = "platform-exists"
    title = "This platform is here already"


async def add_platform(
    house: House, by: Account | None, wanted: AddPlatform, find: Resolve = resolve
) -> Connection:
    """Add a platform and return its connection; raises BadPlatform, BadWebhook or PlatformExists."""
    staff_rules.demand(by, Permission.MANAGE_PLATFORMS, None, None)
    host = _host(house, wanted)
    rules.check_host(host)
    asked = ((Feed.MEASURES, wanted.webhook), (Feed.REPORTER_NOTICES, wanted.reporter_webhook))
    targets = [(feed, await check_webhook(house, url, find)) for feed, url in asked if url]
    token = make_secret(house, host.key, Purpose.TOKEN)
    async with house.database.transaction(Role.CONSOLE) as connection:
        if not await storage.add_host(connection, host):
            msg = f"there is a platform {host.key!r} already"
            raise PlatformExists(msg, where="key", mend="choose another key, or rotate its secrets")
        await storage.add_secret(connection, token.sealed)
        made = await store_api_key(house, connection, by, MakeApiKey(host.key, f"{host.name}: first key"))
        hooks = [await store_webhook(house, connection, host.key, feed, target) for feed, target in targets]
        entry = Entry(
            house.ids.key(),
            house.now,
            "platform.added",
            staff_rules.actor_of(by),
            f"platform:{host.key}",
            platform=host.key,
        )
        await audit.record(connection, [entry])
    return Connection(
        host=host,
        address=house.settings.address,
        kid=token.sealed.kid,
        token_secret=token.text,
        api_key=made.bearer,
        webhooks=tuple(hooks),
    )


def _host(house: House, wanted: AddPlatform) -> Host:
    return Host(
        key=wanted.key,
        name=wanted.name.strip(),
        zone=wanted.zone,
        languages=wanted.languages,
        origins=wanted.origins,
        links=wanted.links,
        effects=wanted.effects or (frozenset(Effect) if wanted.webhook else frozenset()),
        offers=wanted.offers,
        made_at=house.now,
    )
