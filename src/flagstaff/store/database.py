"""Open one pool per database role, and give each story one transaction on one of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec

from flagstaff.kernel.errors import Forbidden, Unavailable
from flagstaff.kernel.settings import Secret
from flagstaff.store.connection import Connection
from flagstaff.store.roles import Role
from flagstaff.store.safety import refuse_forgetful

if TYPE_CHECKING:
    type_of_pool = asyncpg.pool.Pool[asyncpg.Record]

__all__ = ["Address", "Connection", "Database", "connect", "speak_json"]

_LISTENER_PULSE = 30.0
_LONGEST_PAUSE = 5.0
_FIRST_LISTEN = 5.0
_FIRST_ANSWER = 5.0
"""Seconds for a new connection, and below for one to come free: a server that hangs may not make callers hang."""
_LONGEST_WAIT = 10.0
# Intake finds everything by key. A plan made while a house was empty would read whole tables once it is not, and
# planning anew each time is a fifth of what a lone flag costs PostgreSQL.
_BY_KEY: Final = {"enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"}


# The server is not there, goes, comes, or went in the middle of it.
AWAY: Final = (
    ConnectionError,
    TimeoutError,  # it is there and says nothing
    FileNotFoundError,  # the socket
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)

# Nothing is wrong with what was asked: 53 no room (disk, memory, connections), 58 the disk, 57014 it took too long.
_NO_ROOM = ("53", "58")
_TOO_LONG = "57014"


class Address(msgspec.Struct, frozen=True):
    """Say where the database is and with which password each role enters.

    `url` is the owner's own URL; `database` replaces the one in it (tests clone databases).
    """

    url: Secret
    passwords: Mapping[Role, Secret]
    database: str | None = None

    def entrance(self, role: Role) -> dict[str, Any]:
        """Return what asyncpg needs to connect as `role`."""
        entrance: dict[str, Any] = {"dsn": self.url.reveal()}
        if role is not Role.OWNER:
            if role not in self.passwords:
                msg = f"this process holds no password for the database role {role.value!r}"
                raise Forbidden(
                    msg, where="database.json", mend="give it that password, or run it without that work"
                )
            entrance |= {"user": role.login, "password": self.passwords[role].reveal()}
        return entrance | ({"database": self.database} if self.database else {})


class _Plain(asyncpg.Connection):
    """A connection without asyncpg's clean-up statement at every release.

    Nobody here sets anything that outlives a transaction (no SET without LOCAL, no session locks, LISTEN has a
    connection of its own), so the round trip would only cost: one in four on the intake path.
    """

    def get_reset_query(self) -> str:
        return ""


class Database:
    """Hold the pools of one process; a role that was not opened cannot be used by it."""

    def __init__(self, address: Address, pools: Mapping[tuple[Role, bool], "type_of_pool"]) -> None:
        """Use `open`, which makes the pools."""
        self.address = address
        self._pools = pools
        self._listeners: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        address: Address,
        roles: Iterable[Role],
        *,
        size: int = 4,
        statement_timeout: timedelta = timedelta(seconds=5),
    ) -> "Database":
        """Open pools of up to `size` connections per role; connections are made when first needed.

        Every new connection is refused on a server that could forget what it acknowledged (see `safety`).
        """
        pools: dict[tuple[Role, bool], type_of_pool] = {}
        for role in roles:
            for reading in (False, True):
                pools[role, reading] = await _open_pool(
                    address, role, size, statement_timeout, reading=reading
                )
        return cls(address, pools)

    @contextlib.asynccontextmanager
    async def transaction(self, role: Role) -> AsyncIterator[Connection]:
        """Give one transaction: committed when the block ends, rolled back when it raises."""
        async with self._take(role, reading=False) as connection, connection.transaction():
            try:
                yield connection
            except TimeoutError:
                # The server did not even say that it stopped the statement: to roll back would wait as long again.
                connection.terminate()
                raise

    @contextlib.asynccontextmanager
    async def reading(self, role: Role) -> AsyncIterator[Connection]:
        """Give a connection that can only read; each statement sees what is committed by then."""
        async with self._take(role, reading=True) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def _take(self, role: Role, *, reading: bool) -> AsyncIterator[Connection]:
        pool = self._pools.get((role, reading))
        if pool is None:
            msg = f"this process did not open the database role {role.value!r}"
            raise RuntimeError(msg)
        try:
            # Not acquire's own time-out, which costs a task for each transaction.
            async with asyncio.timeout(_LONGEST_WAIT):
                connection = await pool.acquire()
        except AWAY as error:
            raise unreachable() from error
        try:
            yield connection
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # its protocol, where the connection ends between two messages
            OSError,
        ) as error:
            if isinstance(error, TimeoutError):
                connection.terminate()  # given back whole, it would wait for the server to end what was asked
            # Cut in the middle: perhaps committed, perhaps not. Other errors leave the connection whole.
            if _is_cut(connection):
                raise unreachable() from error
            passing = _passing(error)
            if passing is None:
                raise
            raise passing from error
        finally:
            # Where the server was killed the pool may have taken it back by itself: what was committed stays so.
            with contextlib.suppress(asyncpg.InterfaceError, asyncpg.InternalClientError):
                await asyncio.shield(pool.release(connection))

    async def listen(self, channel: str, wake: Callable[[], None], *, role: Role | None = None) -> None:
        """Call `wake` at every NOTIFY on `channel`, and once after each (re)connection.

        Returns when the first connection stands, or after five seconds; it goes on trying until `close`. What
        was notified while it was away is not repeated, hence the extra call: `wake` must look by itself.
        """
        role = role or next(iter(self._pools))[0]
        ready = asyncio.Event()
        task = asyncio.create_task(_keep_listening(self.address, role, channel, wake, ready))
        self._listeners.add(task)
        task.add_done_callback(self._listeners.discard)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), _FIRST_LISTEN)

    async def close(self) -> None:
        """End the listeners and close every connection; transactions under way are ended first."""
        for task in tuple(self._listeners):
            task.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))


def _is_cut(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True  # the pool took it back already, because it broke


def unreachable() -> Unavailable:
    """Return the failure of a database that is not there now; it passes when the server is back."""
    mend = "try again; if it lasts, run `flagstaff doctor`"
    return Unavailable("the database cannot be reached", mend=mend, retry_after=2)


def _passing(error: Exception) -> Unavailable | None:
    """Return the failure as one that passes by itself or by an operator's hand; None for any other."""
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith(_NO_ROOM):
        mend = "make room on the disk of the database; `flagstaff doctor` tells how much is left"
        return Unavailable("the database has no room left", where="PostgreSQL", mend=mend, retry_after=10)
    if state == _TOO_LONG or isinstance(error, TimeoutError):
        mend = "try again; if it lasts, look at the load of the database"
        return Unavailable("the database took too long", mend=mend, retry_after=2)
    return None


async def _open_pool(
    address: Address, role: Role, size: int, statement_timeout: timedelta, *, reading: bool
) -> "type_of_pool":
    milliseconds = int(statement_timeout / timedelta(milliseconds=1))
    return await asyncpg.create_pool(
        **address.entrance(role),
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=300,
        timeout=_FIRST_ANSWER,
        command_timeout=statement_timeout.total_seconds() + 2,  # beyond it the server hangs
        connection_class=_Plain,
        init=_prepare_connection,
        server_settings={
            "application_name": role.login,
            "statement_timeout": str(milliseconds),
            "idle_in_transaction_session_timeout": "60000",
            "timezone": "UTC",
            "search_path": "pg_catalog",
            "default_transaction_read_only": "on" if reading else "off",
            "jit": "off",
            **(_BY_KEY if role is Role.INTAKE else {}),
        },
    )


async def _prepare_connection(connection: Connection) -> None:
    await speak_json(connection)
    await refuse_forgetful(connection)


async def speak_json(connection: Connection) -> None:
    """Let jsonb columns and parameters be Python objects on this connection."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        # The binary form is one version byte (1) before the text.
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )


async def connect(address: Address, role: Role) -> "asyncpg.Connection[asyncpg.Record]":
    """Open a single connection outside the pools, for listening and migrating."""
    return await asyncpg.connect(
        **address.entrance(role), server_settings={"application_name": role.login, "timezone": "UTC"}
    )


async def _keep_listening(
    address: Address, role: Role, channel: str, wake: Callable[[], None], ready: asyncio.Event
) -> None:
    pause = 0.1
    while True:
        try:
            line = await connect(address, role)
            try:
                await _listen_until_lost(line, channel, wake, ready)
            finally:
                line.terminate()
            pause = 0.1
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def _listen_until_lost(
    line: "asyncpg.Connection[asyncpg.Record]", channel: str, wake: Callable[[], None], ready: asyncio.Event
) -> None:
    lost = asyncio.Event()
    line.add_termination_listener(lambda _: lost.set())
    await line.add_listener(channel, lambda *_: wake())
    wake()
    ready.set()
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), _LISTENER_PULSE)
        except TimeoutError:
            await line.execute("select 1")  # a silently cut line shows itself here
