"""Open the store of an installation: its own PostgreSQL or the one named by URL, migrated to this version."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from flagstaff.kernel.clock import Clock
from flagstaff.kernel.settings import Settings
from flagstaff.store.binaries import find_binaries
from flagstaff.store.database import Address
from flagstaff.store.embedded import start_embedded
from flagstaff.store.migrate import migrate, refuse_other_version
from flagstaff.store.passwords import keep_passwords, read_passwords


@contextlib.asynccontextmanager
async def open_store(settings: Settings, wall: Clock) -> AsyncIterator[Address]:
    """Give the address of a migrated database; stop its server afterwards where this process started it.

    A process that may not migrate needs no owner's login and no other passwords than those of its own roles.
    """
    if settings.database_url is not None and not settings.migrate:
        address = Address(settings.database_url, read_passwords(settings.keys_folder))
        await refuse_other_version(address)
        yield address
        return
    passwords = keep_passwords(settings.keys_folder)
    if settings.database_url is not None:
        address = Address(settings.database_url, passwords)
        await migrate(address, wall)
        yield address
        return
    binaries = find_binaries(settings.postgres_bin)
    embedded = await asyncio.to_thread(start_embedded, settings.database_folder, passwords, binaries=binaries)
    try:
        await migrate(embedded.address, wall)
        yield embedded.address
    finally:
        await asyncio.to_thread(embedded.close)
