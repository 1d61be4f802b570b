"""List the platforms and what is connected to each, for their pages; no secret is opened here."""

import msgspec

from flagstaff.flows.house import House
from flagstaff.platforms import storage
from flagstaff.platforms.model import Endpoint, Host, SealedSecret
from flagstaff.staff import storage as staff
from flagstaff.staff.model import ApiKey
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform


class PlatformPage(msgspec.Struct, frozen=True):
    """A host with its keys, secrets (which exist, never what they are) and endpoints."""

    host: Host
    keys: tuple[ApiKey, ...]
    secrets: tuple[SealedSecret, ...]
    endpoints: tuple[Endpoint, ...]


async def list_platforms(house: House) -> list[Host]:
    """Return all hosts by name."""
    async with house.database.reading(Role.CONSOLE) as connection:
        return await storage.list_hosts(connection)


async def show_platform(house: House, platform: Platform) -> PlatformPage | None:
    """Return one host with what is connected to it."""
    async with house.database.reading(Role.CONSOLE) as connection:
        host = await storage.find_host(connection, platform)
        if host is None:
            return None
        return PlatformPage(
            host,
            tuple(await staff.list_api_keys(connection, platform)),
            tuple(await storage.secrets_of(connection, platform)),
            tuple(await storage.endpoints_of(connection, platform)),
        )
