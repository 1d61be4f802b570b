"""Assemble the house: the only place that knows all parts.

A process runs one or more parts. What it may do follows from the parts alone: the database roles it opens and the keys
it reads. All in one process is the default and holds everything; `flagstaff doctor` says so.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import FrameType
from typing import Any, Final

import structlog
import uvicorn

from flagstaff.api.build import Door, build as build_api
from flagstaff.api.patience import patient
from flagstaff.console.router import Console
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.recognise_keys import recognise_keys
from flagstaff.jobs.run import work
from flagstaff.kernel.clock import BusinessClock, Clocks, WallClock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.clockwork import follow_clock
from flagstaff.store.connection import key_of
from flagstaff.store.database import Database
from flagstaff.store.opening import open_store
from flagstaff.store.roles import Role
from flagstaff.vault.keys import Keys

_log = structlog.get_logger()


class Part(StrEnum):
    """Name what a process can do."""

    API = "api"
    CONSOLE = "console"
    WORKER = "worker"


ROLES: Final[Mapping[Part, frozenset[Role]]] = {
    Part.API: frozenset({Role.INTAKE, Role.ERASER}),
    Part.CONSOLE: frozenset(
        {Role.CONSOLE, Role.VIEWS, Role.READER, Role.ANALYST, Role.CONFLICT, Role.ERASER}
    ),
    Part.WORKER: frozenset(
        {Role.WORKER, Role.PUBLISHER, Role.REDACTOR, Role.POSTMAN, Role.ANALYST, Role.ERASER}
    ),
}
"""The database roles of each part; docs/explanation/who-holds-what.md says what each could do if taken over."""

OPENS: Final = frozenset({Part.CONSOLE, Part.WORKER})
"""Parts that hold the private halves of the house's keys; intake never does."""

_LEADING: Final[Mapping[Part, Role]] = {
    Part.API: Role.INTAKE,
    Part.CONSOLE: Role.CONSOLE,
    Part.WORKER: Role.WORKER,
}

Asgi = Callable[[Any, Any, Any], Any]


class CannotListen(FlagstaffError):
    """The address is taken, or is not one of this machine."""

    slug = "cannot-listen"
    title = "Flagstaff cannot listen there"


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings, parts: Sequence[Part] = tuple(Part), more: frozenset[Role] = frozenset()
) -> AsyncIterator[House]:
    """Open store, keys, clocks and policy for some parts of the house, and close them again.

    `more` are further database roles (the tour's). The business clock follows the database from here on.
    """
    wall = WallClock()
    async with open_store(settings, wall) as address:
        roles = frozenset[Role]().union(*(ROLES[part] for part in parts)) | more
        database = await Database.open(
            address,
            sorted(roles),
            size=settings.pool_size,
            statement_timeout=timedelta(milliseconds=settings.statement_timeout_ms),
        )
        leading = _LEADING[parts[0]]
        clock = BusinessClock(wall)
        book = PolicyBook(database, leading)
        try:
            await follow_clock(database, clock, leading)
            await book.refresh()
            await book.keep_fresh()
            house = _house(settings, parts, database, Clocks(wall, clock), book)
            if Role.CONSOLE in roles:
                await recognise_keys(house)
            yield house
        finally:
            await book.close()
            await database.close()


def _house(
    settings: Settings, parts: Sequence[Part], database: Database, clocks: Clocks, book: PolicyBook
) -> House:
    opens = bool(OPENS.intersection(parts))
    if opens:
        Keys.load_or_make(settings.keys_folder)
    keys = Keys.load(settings.keys_folder, private=opens)
    return House(
        database=database,
        ids=RandomIds(clocks.wall, key_of),
        clocks=clocks,
        sealer=keys.sealer(),
        policy=book,
        settings=settings,
        opener=keys.opener() if opens else None,
        service=keys.service(),
    )


class Doors:
    """Send each address to the door that it belongs to."""

    def __init__(self, api: Door | None, others: Mapping[str, Asgi], fallback: Asgi) -> None:
        """Serve the API's own addresses, then those that begin with a name of `others`, then `fallback`."""
        self._api = api
        self._others = others
        self._fallback = fallback

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection. The doors need no lifespan: the house is open before and after."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        await self._door(scope.get("path", "/"))(scope, receive, send)

    def _door(self, path: str) -> Asgi:
        if self._api is not None and self._api.owns(path):
            return self._api
        for start, door in self._others.items():
            if path == start or path.startswith(f"{start}/"):
                return door
        return self._fallback


async def _live(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def build_doors(house: House, parts: Sequence[Part], more: Mapping[str, Asgi]) -> tuple[Asgi, Door | None]:
    """Return the application of some parts, and the API's door, which has to be closed."""
    api = build_api(house) if Part.API in parts else None
    others = dict(more)
    console: Asgi = _nothing_here
    if Part.CONSOLE in parts:
        others["/console"] = console = Console(house)
    return Doors(api, others, console), api


async def _nothing_here(scope: Any, receive: Any, send: Any) -> None:
    """Answer where this process has no door."""
    del receive
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"There is nothing at this address.\n"})


class _Server(uvicorn.Server):
    """Tell streams and jobs to end when the first signal comes, instead of waiting for them (probed: for ever)."""

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._stop = stop
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not the library's own: it raises the signal once more when the doors are closed, and SIGTERM would then end
        # the process before what was taken is committed and the database is stopped.
        del frame
        self._loop.call_soon_threadsafe(self._stop.set)
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def listen(settings: Settings) -> socket.socket:
    """Return a bound socket; raises CannotListen with what to do, so that nothing else is started in vain."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError as error:
        found.close()
        what = f"{settings.host}:{settings.port} is not free ({error.strerror})"
        raise CannotListen(what, where="port", mend="choose another with --port or FLAGSTAFF_PORT") from error
    return found


async def serve(
    house: House,
    parts: Sequence[Part],
    bound: socket.socket,
    *,
    more: Mapping[str, Asgi] | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve some parts until a signal comes; jobs run beside the doors where WORKER is among the parts.

    `more` are further doors by the start of their addresses. Everything taken is committed before it returns.
    """
    stop = asyncio.Event()
    app, api = build_doors(house, parts, more or {})
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        http=patient(house.settings.request_seconds),
        lifespan="off",
    )
    server = _Server(config, stop)
    jobs = [asyncio.create_task(work(house, stop))] if Part.WORKER in parts else []
    asyncio.get_running_loop().call_later(0.1, ready)
    settle_memory()
    try:
        await server.serve(sockets=[bound])
    finally:
        stop.set()
        if api is not None:
            await api.close()
        await asyncio.gather(*jobs, return_exceptions=True)
        _log.info("stopped", part=" ".join(parts))


def settle_memory() -> None:
    """Keep what was loaded at the start out of every later round of the garbage collector: it stays anyway."""
    gc.collect()
    gc.freeze()


async def work_only(house: House) -> None:
    """Run the jobs until a signal comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await work(house, stop)
