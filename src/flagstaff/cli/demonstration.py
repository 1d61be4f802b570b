"""Run the demo: a house with six months behind it, an invented marketplace beside it, and one address to begin at."""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
import time
import webbrowser
from collections.abc import AsyncIterator, Generator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

import msgspec
import uvicorn

import flagstaff
from flagstaff.app import CannotListen, Part, listen, open_house, serve
from flagstaff.cli.clones_page import prove_by_clones
from flagstaff.cli.demo_home import Connected, DemoHome, NotThere, Running, Stages
from flagstaff.console.tour import open_tour
from flagstaff.console.tour_parts import Proof, Script, Tale
from flagstaff.flows.add_platform import Connection
from flagstaff.flows.connection_page import connection_page
from flagstaff.flows.house import House
from flagstaff.kernel.clock import WallClock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.log import start_log
from flagstaff.kernel.settings import Settings
from flagstaff.store.binaries import find_binaries
from flagstaff.store.database import Address
from flagstaff.store.embedded import start_embedded
from flagstaff.store.keeper import is_server_of, read_pid_file
from flagstaff.store.migrate import CannotMigrate, migrate
from flagstaff.store.passwords import keep_passwords
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

HOST: Final = "127.0.0.1"
_FIRST_PORT: Final = 8000
_TRIES: Final = 200
_STOPPING: Final = 30.0


class NotSeededHere(FlagstaffError):
    """The demo's folder holds a database that the demo did not make."""

    slug = "not-a-demo-home"
    title = "This is not the demo's database"


class OtherVersion(FlagstaffError):
    """The demo's database cannot be brought to this version; nobody loses anything when it begins again."""

    slug = "demo-of-another-version"
    title = "This demo was made by another version"


def run_demo(settings: Settings, *, open_page: bool, fresh: bool, port: int | None) -> None:
    """Run the demo until Ctrl-C; says where it runs already and returns where it does.

    It has a home of its own below the installation's, and its own database there: an address of an operator's database
    in the settings is not used. Raises NotThere without a checkout, CannotListen where `port` is taken.
    """
    root = _checkout()
    home = DemoHome(settings.home / "demo")
    with home.alone() as ours:
        if not ours:
            _say_where(home, open_page=open_page)
            return
        _be_quiet(settings)
        stages = Stages()
        stages.say("[bold]Flagstaff[/bold]: the demo, in " + str(home.folder))
        if fresh or home.is_half_made:
            _begin_again(home, stages)
        with _ports(port, home.connected) as bound:
            demo = Demo(settings, home, root, stages, bound, open_page=open_page)
            # Before the doors are open a signal ends Python at once, and the database's keeper sees to the rest.
            signal.signal(signal.SIGTERM, _interrupt)
            asyncio.run(demo.run())


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _be_quiet(settings: Settings) -> None:
    """Leave the terminal to the stages and the address, unless somebody asked for more."""
    if settings.log_level == Settings().log_level:
        start_log("warning")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def _checkout() -> Path:
    """Return the folder that holds `examples`; an installed wheel has none."""
    root = Path(flagstaff.__file__).resolve().parents[2]
    if not (root / "examples" / "marketplace").is_dir() or not (root / "examples" / "demo").is_dir():
        msg = "the demo's marketplace and its history are not part of the installed package"
        mend = "clone the repository and run `python3 dev.py run` there; `flagstaff serve` starts a house of your own"
        raise NotThere(msg, where="examples", mend=mend)
    return root


def _say_where(home: DemoHome, *, open_page: bool) -> None:
    running = home.who_runs()
    if running is None:
        sys.stdout.write(f"The demo is being started by another process, in {home.folder}\n")
        return
    sys.stdout.write(f"The demo runs already (process {running.pid}): {running.tour}\n")
    if open_page:
        webbrowser.open(running.tour)


def _begin_again(home: DemoHome, stages: Stages) -> None:
    """Throw everything away, once no server of a killed predecessor writes there any more."""
    with stages.stage("throwing away"):
        data = (home.folder / "database").resolve() / "data"
        deadline = time.monotonic() + _STOPPING
        while time.monotonic() < deadline:
            found = read_pid_file(data)
            if found is None or not is_server_of(found.pid, data):
                break
            time.sleep(0.1)
        home.throw_away()


class Bound(msgspec.Struct, frozen=True):
    """Two sockets that nobody else can take any more: Flagstaff's and the marketplace's."""

    flagstaff: socket.socket
    marketplace: socket.socket


@contextlib.contextmanager
def _ports(wanted: int | None, before: Connected | None) -> Generator[Bound, None, None]:
    """Bind both ports: the one asked for or the first free one, and the next free one after it.

    Without a wish the marketplace stays where it was before, so that open pages and kept links go on working.
    """
    first = _bind_first(wanted or _FIRST_PORT, tries=1 if wanted else _TRIES)
    with first:
        port = int(first.getsockname()[1])
        kept = int(before.marketplace.rpartition(":")[2]) if before else 0
        try:
            second = _bind_first(kept if kept > 0 and kept != port else port + 1, tries=1 if kept else _TRIES)
        except CannotListen:
            second = _bind_first(port + 1, tries=_TRIES)
        with second:
            yield Bound(first, second)


def _bind_first(port: int, tries: int) -> socket.socket:
    for number in range(port, min(port + tries, 65_536) - 1):
        with contextlib.suppress(CannotListen):
            return _bind(number)
    return _bind(min(port + tries - 1, 65_535))


def _bind(port: int) -> socket.socket:
    """Bind one port, and find out whether somebody listens there: another socket may be bound beside ours."""
    found = listen(Settings(host=HOST, port=port))
    try:
        found.listen(128)
    except OSError as error:
        found.close()
        what = f"{HOST}:{port} is not free ({error.strerror})"
        raise CannotListen(what, where="port", mend="choose another with --port") from error
    return found


class _Beside(uvicorn.Server):
    """Serve the marketplace in the same process; signals are the house's to hear."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Demo:
    """One run of the demo."""

    def __init__(
        self, settings: Settings, home: DemoHome, root: Path, stages: Stages, bound: Bound, *, open_page: bool
    ) -> None:
        """Set the demo's own settings: its home, loopback, and the one address that webhooks may go to."""
        self.home = home
        self.stages = stages
        self.bound = bound
        self.open_page = open_page
        self.marketplace = f"http://{HOST}:{bound.marketplace.getsockname()[1]}"
        self.settings = msgspec.structs.replace(
            settings,
            home=home.folder,
            keys=None,
            database_url=None,
            host=HOST,
            port=int(bound.flagstaff.getsockname()[1]),
            public_url=None,
            webhook_allow=(self.marketplace.removeprefix("http://"),),
            worker=True,
        )
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))

    @property
    def tour(self) -> str:
        """Return the one address to begin at."""
        return f"{self.settings.address}/tour"

    async def run(self) -> None:
        """Start everything, serve until a signal comes, and stop everything."""
        more = frozenset({Role.TOUR, Role.IMPORTER})
        async with self._database(), open_house(self.settings, tuple(Part), more) as house:
            connected = await self._connected(house)
            tour = await open_tour(house, self._script(house, connected))
            market = self._market(connected)
            beside = _Beside(uvicorn.Config(market, log_config=None, access_log=False, server_header=False))
            started: list[asyncio.Task[None]] = []

            def ready() -> None:
                started.append(asyncio.create_task(self._open_marketplace(beside)))

            try:
                await serve(house, tuple(Part), self.bound.flagstaff, more={"/tour": tour}, ready=ready)
            finally:
                beside.should_exit = True
                await asyncio.gather(*started, return_exceptions=True)

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[None]:
        """Start the demo's own PostgreSQL and bring it up to date; what opens the house then attaches to it."""
        passwords = keep_passwords(self.settings.keys_folder)
        with self.stages.stage("PostgreSQL"):
            binaries = find_binaries(self.settings.postgres_bin)
            embedded = await asyncio.to_thread(
                start_embedded, self.settings.database_folder, passwords, binaries=binaries
            )
        try:
            with self.stages.stage("migrations"):
                await self._migrate(embedded.address)
            yield
        finally:
            await asyncio.to_thread(embedded.close)

    async def _migrate(self, address: Address) -> None:
        try:
            await migrate(address, WallClock())
        except CannotMigrate as error:
            msg = "this demo was made by another version of Flagstaff"
            raise OtherVersion(msg, where=str(self.home.folder), mend="run again with --fresh") from error

    async def _connected(self, house: House) -> Connected:
        """Seed an empty house; in one that stands, let the marketplace's new address be known."""
        demo: Any = importlib.import_module("examples.demo.seeding")
        connected = self.home.connected
        if not house.policy.hosts():
            with self.home.making():
                connected = await demo.seed(house, self.marketplace, self.stages)
                self.home.keep(connected)
        elif not await demo.is_demo(house) or connected is None:
            msg = f"the database in {self.home.folder} was not made by the demo, or not to its end"
            raise NotSeededHere(msg, mend="run again with --fresh: it throws away what is there")
        elif connected.marketplace != self.marketplace:
            connected = await demo.connect_again(house, connected, self.marketplace)
            self.home.keep(connected)
        found: Connected = connected
        return found

    def _script(self, house: House, connected: Connected) -> Script:
        """Hand the tour what it needs of the demo: who can be played, which cases, the lines, and the comparison."""
        cast: Any = importlib.import_module("examples.demo.cast")
        texts: Any = importlib.import_module("examples.demo.texts")
        tales = [Tale(one.kind, one.id, one.name, one.about) for one in texts.read_present() if one.name]

        async def prove(kind: str, option: str, person: str) -> Proof:
            return await prove_by_clones(house, kind, option, person)

        return Script(
            platform=Platform("harborlane"),
            marketplace=self.marketplace,
            players=cast.PLAYERS,
            tales=(*tales, *cast.LATER_TALES),
            lines=_lines(house, connected),
            prove=prove,
        )

    def _market(self, connected: Connected) -> Any:
        """Return the marketplace, which knows of Flagstaff only what stands in its settings file."""
        settings: Any = importlib.import_module("examples.marketplace.settings")
        app: Any = importlib.import_module("examples.marketplace.app")
        file = self.home.write_settings(_toml(self._shared(connected)))
        return app.build_app(settings.load(file, {}))

    def _shared(self, connected: Connected) -> Mapping[str, str | int]:
        return {
            "flagstaff": self.settings.address,
            "platform": "harborlane",
            "api_key": connected.api_key,
            "token_kid": connected.kid,
            "token_secret": connected.token_secret,
            "measures_secret": connected.measures_secret,
            "reporters_secret": connected.reporters_secret,
            "host": HOST,
            "port": int(self.bound.marketplace.getsockname()[1]),
            "folder": str(self.home.folder / "marketplace"),
            "guide": f"{self.settings.address}/tour",
        }

    async def _open_marketplace(self, beside: _Beside) -> None:
        """Start the marketplace once Flagstaff answers, and say where to begin once both do."""
        with self.stages.stage("marketplace"):
            serving = asyncio.create_task(beside.serve(sockets=[self.bound.marketplace]))
            opening = asyncio.create_task(beside.opened.wait())
            await asyncio.wait((serving, opening), return_when=asyncio.FIRST_COMPLETED)
            opening.cancel()
        self.home.say_running(Running(os.getpid(), self.tour, self.marketplace))
        self.stages.say(f"\nBegin here: [bold]{self.tour}[/bold]\nCtrl-C stops everything.")
        if self.open_page:
            webbrowser.open(self.tour)
        await serving


def _lines(house: House, connected: Connected) -> str:
    """Return the page that `flagstaff platform add` prints, for this installation."""
    key = Platform("harborlane")
    made = Connection(
        host=house.policy.host(key),
        address=house.settings.address,
        kid=connected.kid,
        token_secret=connected.token_secret,
        api_key=connected.api_key,
        menu_version=house.policy.menus(key).number,
    )
    return connection_page(made)


def _toml(values: Mapping[str, str | int]) -> str:
    """Write plain values as TOML; a JSON string is one of TOML's."""
    return "".join(f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in values.items())
