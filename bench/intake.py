"""Measure what one durable flag costs: CPU of the application and of PostgreSQL, beside a route that does nothing.

    python3 dev.py bench intake --quick

It starts a house of its own in a temporary folder, with a PostgreSQL that syncs to disk, and sends flags by Way 1 over
real connections. Ratios within one run mean something; seconds on a busy machine do not, hence CPU time.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httptools
import uvicorn
import uvloop

from flagstaff.api.build import build
from flagstaff.flows.add_platform import AddPlatform
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.clock import Clocks, WallClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.store.opening import open_store
from flagstaff.store.roles import Role
from flagstaff.vault.keys import Keys
from flagstaff.vocabulary.references import Platform

TICKS = os.sysconf("SC_CLK_TCK")
PEOPLE, SUBJECTS = 5_000, 20_000
DETAILS = (
    "They want three finished logos before any contract, and say that everybody else does it for nothing."
)


# ---------------------------------------------------------------- the house under test, in a process of its own
async def serve(folder: Path) -> None:
    """Serve a new house and a route that does nothing; say on one line where it is and how to enter."""
    settings, wall = Settings(home=folder, port=0), WallClock()
    async with open_store(settings, wall) as address:
        database = await Database.open(address, [Role.INTAKE, Role.CONSOLE], size=settings.pool_size)
        keys, book = Keys.load_or_make(settings.keys_folder), PolicyBook(database, Role.INTAKE)
        clocks = Clocks(wall, wall)
        house = House(database, RandomIds(wall), clocks, keys.sealer(), book, settings, None, keys.service())
        made = await welcome_platform(house, None, AddPlatform(key=Platform("harborlane"), name="Harborlane"))
        door = build(house)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"] == "/noop":
                await _nothing(receive, send)
            else:
                await door(scope, receive, send)

        bound = socket.create_server(("127.0.0.1", 0))
        said = {
            "port": bound.getsockname()[1],
            "key": made.api_key,
            "version": house.policy.menus("harborlane").number,
        }
        print(json.dumps(said), flush=True)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[bound])
        await door.close()
        await database.close()


async def _nothing(receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


# ---------------------------------------------------------------- CPU of processes
def cpu(pid: int, *, ended_children: bool = False) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    last = 15 if ended_children else 13
    return sum(map(int, fields[11:last])) / TICKS


def children(pid: int) -> list[int]:
    """Return the processes below one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


class Meter(NamedTuple):
    """Read the CPU of the application and of PostgreSQL with all its backends."""

    app: int
    postmaster: int

    def read(self) -> tuple[float, float]:
        """Return both in seconds so far."""
        database = cpu(self.postmaster, ended_children=True)
        for child in children(self.postmaster):
            try:
                database += cpu(child)
            except OSError:
                continue
        return cpu(self.app), database


# ---------------------------------------------------------------- load
class Line(asyncio.Protocol):
    """Hold one connection and send one request after the other over it."""

    def __init__(self) -> None:
        self.done: asyncio.Future[int] | None = None
        self.parser: Any = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done and not self.done.done():
            self.done.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self.done and not self.done.done():
            self.done.set_result(self.parser.get_status_code())

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer."""
        self.parser = httptools.HttpResponseParser(self)
        self.done = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.done


def request_maker(said: dict[str, Any], path: str, chance: random.Random) -> Callable[[], bytes]:
    """Return a function that writes the next request."""

    def make() -> bytes:
        subject = {
            "kind": "job_post",
            "id": f"job-{chance.randrange(SUBJECTS)}",
            "author": "ann",
            "audience": "20+",
        }
        subject |= {"title": "Logo for a bakery", "text": "Three samples first, the best one is paid."}
        body = {
            "reporter": {"id": f"p-{chance.randrange(PEOPLE)}"},
            "subject": subject,
            "option": chance.choice(
                ["job_post.free_work", "job_post.unclear_incomplete", "job_post.looks_like_scam"]
            ),
            "menu_version": said["version"],
            "details": DETAILS,
        }
        payload = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {said['key']}\r\n"
            "Content-Type: application/json\r\n"
            f"Idempotency-Key: {chance.getrandbits(96):x}\r\nContent-Length: {len(payload)}\r\n\r\n"
        )
        return head.encode() + payload

    return make


class Round(NamedTuple):
    """What one round of one kind of request cost."""

    done: int
    app: float
    database: float
    seconds: float
    waits: list[float]


async def run_round(
    said: dict[str, Any], path: str, connections: int, seconds: float, meter: Meter, chance: random.Random
) -> Round:
    """Send as many requests as fit, and read the CPU before and after."""
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(Line, "127.0.0.1", said["port"]))[1] for _ in range(connections)]
    make = request_maker(said, path, chance)
    ready = [[make() for _ in range(max(20, 8000 // connections))] for _ in lines]
    waits: list[float] = []
    stop_at = time.perf_counter() + seconds

    async def drive(line: Line, requests: list[bytes]) -> None:
        for request in requests:
            began = time.perf_counter()
            if began >= stop_at:
                return
            status = await line.ask(request)
            waits.append(time.perf_counter() - began)
            if status != 202:
                raise SystemExit(f"{path} answered {status}")

    app, database = meter.read()
    began = time.perf_counter()
    await asyncio.gather(*(drive(line, requests) for line, requests in zip(lines, ready, strict=True)))
    took = time.perf_counter() - began
    app_after, database_after = meter.read()
    for line in lines:
        line.transport.close()
    return Round(len(waits), app_after - app, database_after - database, took, waits)


def told(rounds: list[Round]) -> str:
    """Say the medians of some rounds on one line."""
    app = statistics.median(one.app / one.done for one in rounds) * 1e6
    database = statistics.median(one.database / one.done for one in rounds) * 1e6
    rate = statistics.median(one.done / one.seconds for one in rounds)
    waits = sorted(wait for one in rounds for wait in one.waits)
    half, late = waits[len(waits) // 2] * 1e3, waits[int(len(waits) * 0.99)] * 1e3
    return f"{app:7.0f} {database:9.0f} {app + database:8.0f} {rate:9.0f} {half:8.1f} {late:8.1f}"


async def measure(said: dict[str, Any], meter: Meter, *, rounds: int, seconds: float) -> None:
    """Interleave rounds, so that a busy moment of the machine meets both routes alike."""
    chance = random.Random(7)
    print("CPU µs per request: app, PostgreSQL, both; then requests per second and milliseconds\n")
    print(f"{'':24}{'app':>7} {'PG':>9} {'both':>8} {'per s':>9} {'p50':>8} {'p99':>8}")
    for connections in (1, 64):
        kinds: dict[str, list[Round]] = {"/noop": [], "/v1/flags": []}
        await run_round(said, "/v1/flags", connections, 1.0, meter, chance)
        for _ in range(rounds):
            for path, kept in kinds.items():
                kept.append(await run_round(said, path, connections, seconds, meter, chance))
        for path, kept in kinds.items():
            print(f"{path:12} {connections:3} at once  {told(kept)}")


async def main(folder: Path, arguments: argparse.Namespace) -> None:
    command = [sys.executable, __file__, "--serve", str(folder)]
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None
        line = await server.stdout.readline()
        if not line:
            raise SystemExit("the house did not start; its message stands above")
        meter = Meter(server.pid, postmaster_of(folder))
        rounds, seconds = (3, 2.0) if arguments.quick else (9, 5.0)
        await measure(json.loads(line), meter, rounds=rounds, seconds=seconds)
    finally:
        if server.returncode is None:
            server.send_signal(signal.SIGTERM)
        await server.wait()


def postmaster_of(folder: Path) -> int:
    """Return the process that PostgreSQL's own file names."""
    return int(next(folder.rglob("postmaster.pid")).read_text().split()[0])


def run(arguments: argparse.Namespace) -> None:
    """Serve, or measure in a folder that is removed afterwards."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if arguments.serve:
            runner.run(serve(arguments.serve))
            return
        folder = Path(tempfile.mkdtemp(prefix="flagstaff-bench-"))
        folder.chmod(0o755)  # as root PostgreSQL runs as nobody, who must be able to enter
        try:
            runner.run(main(folder, arguments))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="three short rounds instead of nine long ones")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    run(parser.parse_args())
