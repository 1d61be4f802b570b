"""Stop an actor before every SQL statement, so that somebody else can say who goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from functools import cache
from typing import Any, cast

from flagstaff.store.database import Connection, Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import ALL


class Mood(StrEnum):
    """Name what an actor does at one moment; `LOCKED` waits for a lock that another actor holds."""

    WORKING = "working"
    PAUSED = "paused"
    LOCKED = "locked"
    DONE = "done"


class Gate:
    """Hold one actor: it pauses here, and goes on when `open` is called."""

    def __init__(self, name: str, changed: Callable[[], None], ended: Callable[["Gate"], None]) -> None:
        """Take what to call when this actor pauses, and when a transaction of it ended."""
        self.name = name
        self.doing = Mood.WORKING
        self.next = ""
        self.pid: int | None = None
        self.released = False
        self._changed = changed
        self._ended = ended
        self._opened: asyncio.Future[None] | None = None

    async def pause(self, what: str) -> None:
        """Wait before doing something."""
        self._opened = asyncio.get_running_loop().create_future()
        self.doing, self.next = Mood.PAUSED, what
        self._changed()
        await self._opened

    def open(self) -> None:
        """Let the actor go on."""
        if self._opened is None:
            msg = f"{self.name} does not pause"
            raise AssertionError(msg)
        self.doing, opened = Mood.WORKING, self._opened
        self._opened = None
        opened.set_result(None)

    def done(self) -> None:
        """Note that this actor has nothing more to do."""
        self.doing = Mood.DONE
        self._changed()

    def end_transaction(self) -> None:
        """Note that the locks of a transaction are free again."""
        self.released = True
        self._ended(self)


class PacedConnection:
    """Run the statements of a real connection, one at a time, each after a pause.

    `careless` plants a fault: statements that only lock lose their lock, as in a flow that forgot them.
    """

    def __init__(self, connection: Connection, gate: Gate, *, careless: bool = False) -> None:
        """Bind a connection to its actor's gate."""
        self._connection = connection
        self._gate = gate
        self._careless = careless

    async def execute(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.execute(await self._pass(sql), *arguments)

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetch(await self._pass(sql), *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetchrow(await self._pass(sql), *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetchval(await self._pass(sql), *arguments)

    async def _pass(self, sql: str) -> str:
        await self._gate.pause(names().get(sql, " ".join(sql.split())[:60]))
        return without_locks(sql) if self._careless else sql


class PacedDatabase(Database):
    """Give one actor the same database through its gate."""

    def __init__(self, inner: Database, gate: Gate, *, careless: bool = False) -> None:
        """Share the pools of `inner`."""
        super().__init__(inner.address, inner._pools)
        self._gate = gate
        self._careless = careless

    @contextlib.asynccontextmanager
    async def transaction(self, role: Role) -> AsyncIterator[Connection]:
        """Pause before every statement and before the commit."""
        try:
            async with super().transaction(role) as connection:
                yield self._paced(connection)
                await self._gate.pause("commit")
        finally:
            self._gate.end_transaction()

    @contextlib.asynccontextmanager
    async def reading(self, role: Role) -> AsyncIterator[Connection]:
        """Pause before every statement."""
        async with super().reading(role) as connection:
            yield self._paced(connection)

    def _paced(self, connection: Connection) -> Connection:
        self._gate.pid = connection.get_server_pid()
        return cast("Connection", PacedConnection(connection, self._gate, careless=self._careless))


@cache
def names() -> dict[str, str]:
    """Return the names of all statements by their text, as a trace shows them."""
    return {
        one.statement.sql: f"{one.statement.where.split('/')[0].removeprefix('flagstaff.')}.{one.statement.name}"
        for one in ALL
    }


@cache
def without_locks(sql: str) -> str:
    """Return a statement that reads what it would have locked."""
    head, found, tail = sql.rpartition("for no key update")
    return head if found and "skip locked" not in tail and head.lstrip().startswith("select") else sql
