"""Keep the business clock in the database, so that every process of a house reads the same time."""

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import asyncpg

from flagstaff.kernel.clock import BusinessClock
from flagstaff.kernel.errors import Conflict, Unavailable
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

CHANNEL: Final = "clock"
_PAUSES: Final = (0.2, 1.0, 5.0)

_queries = Queries(__package__, "clockwork.sql")
_read_ahead = _queries.value("read_ahead", timedelta)
_set_ahead = _queries.run("set_ahead")
_move_ahead = _queries.value("move_ahead", timedelta)
_tell = _queries.run("tell")


async def read_ahead(connection: "Connection") -> timedelta:
    """Return how far business time is ahead of wall time; negative where it lies behind."""
    return await _read_ahead(connection) or timedelta(0)


async def set_clock(connection: "Connection", ahead: timedelta) -> None:
    """Set the clock to any time, also backwards: for seeding an empty house with history, and nothing else."""
    await _set_ahead(connection, ahead)
    await _tell(connection)


async def move_clock(connection: "Connection", by: timedelta) -> timedelta:
    """Move business time on and return how far ahead it then is; every process hears of it after commit.

    Raises Conflict for a step back: what has happened would lie in the future.
    """
    if by < timedelta(0):
        raise Conflict("business time cannot go back", where="by", mend="begin again with --fresh")
    ahead = await _move_ahead(connection, by)
    await _tell(connection)
    return ahead or timedelta(0)


async def follow_clock(database: Database, clock: BusinessClock, role: Role) -> None:
    """Set the clock's offset now and whenever somebody moves it, until the database is closed.

    Raises Unavailable where it cannot be read at first: a process that starts with the wrong time would decide by it.
    """
    reading: set[asyncio.Task[None]] = set()

    async def read() -> None:
        async with database.reading(role) as connection:
            clock.offset = await read_ahead(connection)

    async def read_again() -> None:
        for pause in _PAUSES:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable):
                await read()
                return
            await asyncio.sleep(pause)
        # Where the database stays away, the next connection of the listener wakes us again.

    def wake() -> None:
        task = asyncio.get_running_loop().create_task(read_again())
        reading.add(task)
        task.add_done_callback(reading.discard)

    await database.listen(CHANNEL, wake, role=role)
    await read()
