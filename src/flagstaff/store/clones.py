"""Make throw-away databases beside the house's own, and copies of them that begin exactly alike."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from flagstaff.kernel.clock import Clock
from flagstaff.store.database import Address, connect
from flagstaff.store.migrate import migrate
from flagstaff.store.roles import Role

if TYPE_CHECKING:
    import asyncpg

_SERVICE: Final = "postgres"


@contextlib.asynccontextmanager
async def throwaway(
    address: Address, name: UUID, wall: Clock, furnish: Callable[[Address], Awaitable[None]]
) -> AsyncIterator[Address]:
    """Give a database to copy: migrated, then furnished by `furnish`, which closes what it opens; dropped at the end.

    `name` keeps it apart from those of others. Needs the owner's address.
    """
    at = msgspec.structs.replace(address, database=f"throwaway_{name.hex}")
    try:
        await migrate(at, wall)
        await furnish(at)
        yield at
    finally:
        await _drop(address, f"throwaway_{name.hex}")


@contextlib.asynccontextmanager
async def two_copies(template: Address, name: UUID) -> AsyncIterator[tuple[Address, Address]]:
    """Give two copies of a throw-away database, dropped at the end.

    PostgreSQL copies only a database without connections, so it is never the house's own that is copied.
    """
    names = [f"throwaway_{name.hex}_{part}" for part in ("a", "b")]
    try:
        async with _owner(template) as owner:
            for copy in names:
                await owner.execute(f"create database {copy} template {template.database}")
        first, second = (msgspec.structs.replace(template, database=copy) for copy in names)
        yield first, second
    finally:
        await _drop(template, *names)


async def _drop(address: Address, *names: str) -> None:
    async with _owner(address) as owner:
        for one in names:
            await owner.execute(f"drop database if exists {one} with (force)")


@contextlib.asynccontextmanager
async def _owner(address: Address) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await connect(msgspec.structs.replace(address, database=_SERVICE), Role.OWNER)
    try:
        yield connection
    finally:
        await connection.close()
