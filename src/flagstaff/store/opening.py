"""Open the store of an installation: its own PostgreSQL or the one named by URL, migrated to this version."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import structlog

from flagstaff.kernel.clock import Clock
from flagstaff.kernel.settings import Settings
from flagstaff.store.binaries import find_binaries
from flagstaff.store.database import AWAY, Address, unreachable
from flagstaff.store.embedded import start_embedded
from flagstaff.store.migrate import migrate, refuse_other_version
from flagstaff.store.passwords import keep_passwords, read_passwords

_PATIENCE: Final = 15.0
_PAUSE: Final = 0.2

_log = structlog.get_logger()


@contextlib.asynccontextmanager
async def open_store(settings: Settings, wall: Clock) -> AsyncIterator[Address]:
    """Give the address of a migrated database; stop its server afterwards where this process started it.

    A process that may not migrate needs no owner's login and no other passwords than those of its own roles.
    """
    if settings.database_url is not None and not settings.migrate:
        address = Address(settings.database_url, read_passwords(settings.keys_folder))
        await _when_it_is_there(lambda: refuse_other_version(address))
        yield address
        return
    passwords = keep_passwords(settings.keys_folder)
    if settings.database_url is not None:
        address = Address(settings.database_url, passwords)
        await _when_it_is_there(lambda: migrate(address, wall))
        yield address
        return
    binaries = find_binaries(settings.postgres_bin)
    embedded = await asyncio.to_thread(start_embedded, settings.database_folder, passwords, binaries=binaries)
    try:
        await migrate(embedded.address, wall)
        yield embedded.address
    finally:
        await asyncio.to_thread(embedded.close)


async def _when_it_is_there(deed: Callable[[], Awaitable[object]]) -> None:
    """Do something with a server that may be just coming up: parts start in any order, and after a crash all at once.

    Raises Unavailable when it does not come within a quarter of a minute.
    """
    loop = asyncio.get_running_loop()
    began = said = loop.time()
    while True:
        try:
            await deed()
        except AWAY as error:
            if loop.time() - began > _PATIENCE:
                raise unreachable() from error
            if said == began:
                _log.warning("waiting for the database")
                said = loop.time()
            await asyncio.sleep(_PAUSE)
        else:
            return
