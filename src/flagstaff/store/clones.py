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
async def two_clones(
    address: Address, name: UUID, wall: Clock, furnish: Callable[[Address], Awaitable[None]]
) -> AsyncIterator[tuple[Address, Address]]:
    """Give two databases that are copies of one: migrated, then furnished by `furnish`, which closes what it opens.

    `name` keeps them apart from those of others; all three are dropped at the end. PostgreSQL copies only a database
    without connections, so none of them is ever the house's own.
    """
    first, second, template = (f"throwaway_{name.hex}_{part}" for part in ("a", "b", "t"))
    try:
        await migrate(_at(address, template), wall)
        await furnish(_at(address, template))
        async with _owner(address) as owner:
            for copy in (first, second):
                await owner.execute(f"create database {copy} template {template}")
        yield _at(address, first), _at(address, second)
    finally:
        async with _owner(address) as owner:
            for one in (first, second, template):
                await owner.execute(f"drop database if exists {one} with (force)")


def _at(address: Address, database: str) -> Address:
    return msgspec.structs.replace(address, database=database)


@contextlib.asynccontextmanager
async def _owner(address: Address) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await connect(_at(address, _SERVICE), Role.OWNER)
    try:
        yield connection
    finally:
        await connection.close()
