"""Other troubles than kills: the database away or hung, clocks that jump, clients that crawl or leave, orderly ends."""

import asyncio
import contextlib
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.chaos.house import REQUEST_SECONDS
from bench.chaos.killing import BACK_WITHIN, accepted
from bench.chaos.ledger import SentFlag
from bench.chaos.people import Crowd
from bench.chaos.world import World

SLOW_CLIENTS = 256
_LONGEST_ANSWER = 12.0
_LISTENS = (
    "select count(*) as n from pg_stat_activity "
    "where query ilike 'listen %' and application_name like 'flagstaff_%'"
)


@dataclass
class Trouble:
    """What one trouble showed: figures in words, and what went wrong."""

    says: str = ""
    found: list[str] = field(default_factory=list)


@contextlib.asynccontextmanager
async def a_crowd(world: World, reporters: int = 6) -> AsyncIterator[Crowd]:
    """Let people use the house meanwhile, and finish what they began."""
    crowd = Crowd(world, reporters=reporters)
    world.accepting.watch()
    crowd.come()
    try:
        if await accepted(world, BACK_WITHIN) is None:
            raise TimeoutError("no flag was accepted before the trouble began")
        yield crowd
    finally:
        await asyncio.wait_for(crowd.leave(), BACK_WITHIN * 2)


async def database_away(world: World, seconds: float) -> Trouble:
    """Take PostgreSQL away, then bring it back: 503 at once meanwhile, and nobody has to restart anything."""
    ledger, trouble = world.ledger, Trouble()
    listening = (await world.rows(_LISTENS))[0]["n"]
    async with a_crowd(world):
        before = {name: world.parts.parts[name].starts for name in ("app", "worker")}
        owner = world.parts.parts["database"]
        await owner.stop()
        ledger.slowest, refused = 0.0, ledger.statuses[503]
        await asyncio.sleep(seconds)
        slowest, refused = ledger.slowest, ledger.statuses[503] - refused
        page = await world.ask(world.staff[0], "GET", "/console/queue")
        world.accepting.watch()
        await owner.start()
        back = await accepted(world, BACK_WITHIN)
    after = {name: world.parts.parts[name].starts for name in ("app", "worker")}
    if refused == 0 or page.status_code != httpx.codes.SERVICE_UNAVAILABLE:
        trouble.found.append(
            f"while PostgreSQL was away: {refused} flags refused, the queue {page.status_code}"
        )
    if slowest > _LONGEST_ANSWER:
        trouble.found.append(f"while PostgreSQL was away an answer took {slowest:.1f} s")
    if back is None or before != after:
        trouble.found.append(f"when PostgreSQL was back: {back}, starts {before} → {after}")
    if not await _listens_again(world, listening):
        trouble.found.append("not every listener came back after PostgreSQL was away")
    trouble.says = (
        f"{refused} flags answered 503, each within {slowest:.2f} s; first 202 {back or -1:.1f} s after its start, "
        "nothing restarted"
    )
    return trouble


async def _listens_again(world: World, wanted: int) -> bool:
    for _ in range(150):
        if (await world.rows(_LISTENS))[0]["n"] >= wanted:
            return True
        await asyncio.sleep(0.1)
    return False


async def database_hangs(world: World, seconds: float) -> Trouble:
    """Stop every process of PostgreSQL without ending it: callers must not hang with it."""
    trouble = Trouble()
    async with a_crowd(world, reporters=4):
        postmaster = world.parts.postmaster()
        assert postmaster is not None
        stopped = [postmaster, *world.parts.backends()]
        world.ledger.slowest = 0.0
        for pid in stopped:
            _signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            world.accepting.watch()
            for pid in stopped:
                _signal(pid, signal.SIGCONT)
        back = await accepted(world, BACK_WITHIN)
    if back is None or world.ledger.slowest > _LONGEST_ANSWER * 2:
        trouble.found.append(f"PostgreSQL hung: back {back}, slowest answer {world.ledger.slowest:.1f} s")
    trouble.says = (
        f"hung for {seconds:g} s: slowest answer {world.ledger.slowest:.1f} s, back in {back or -1:.2f} s"
    )
    return trouble


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


async def clock_jumps(world: World, _: float) -> Trouble:
    """Let the wall clock jump by hours in both directions; what was sent then must still be right at the end."""
    sent, world.clock_went_back = world.accepting.count, True
    async with a_crowd(world):
        for hours in (3, -5, 1.9, -1.9, 2):
            world.parts.clock.jump(hours * 3600)
            world.accepting.watch()
            if await accepted(world, BACK_WITHIN) is None:
                return Trouble(found=[f"after a jump of {hours} h no flag was accepted"])
            await asyncio.sleep(0.3)
    return Trouble(f"+3, −5, +1.9, −1.9 and +2 hours: {world.accepting.count - sent} flags meanwhile")


async def slow_clients(world: World, _: float) -> Trouble:
    """Let 256 clients crawl, half in their head, half in their body; normal flags go through meanwhile."""
    trouble, app = Trouble(), world.parts.parts["app"].pid
    assert app is not None
    before = _memory(app)
    crawling = [asyncio.create_task(_crawl(world, in_body=at % 2 == 1)) for at in range(SLOW_CLIENTS)]
    await asyncio.sleep(0.3)
    waits, sent = [], 0
    crowd = Crowd(world)
    while not all(task.done() for task in crawling):
        began = time.monotonic()
        await crowd.send(crowd.flag(f"job-slow-{sent}", f"slow-{sent}"))
        waits.append(time.monotonic() - began)
        sent += 1
    took = await asyncio.gather(*crawling)
    grown = _memory(app) - before
    p99 = statistics.quantiles(waits, n=100)[98] if len(waits) > 1 else waits[0]
    if max(took) > REQUEST_SECONDS + 5 or grown > 100:
        trouble.found.append(f"slow clients lasted up to {max(took):.1f} s, memory grew by {grown:.0f} MB")
    trouble.says = (
        f"{sent} flags meanwhile, p99 {p99 * 1000:.0f} ms; memory +{grown:.0f} MB; the slow ones ended after "
        f"{max(took):.1f} s (limit {REQUEST_SECONDS} s)"
    )
    return trouble


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


async def _crawl(world: World, *, in_body: bool) -> float:
    """Send a byte now and then until the house ends it; return after how many seconds it did."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", world.parts.port)
    head = f"POST /v1/flags HTTP/1.1\r\nhost: t\r\nauthorization: Bearer {world.platform.api_key}\r\n"
    head += "content-type: application/json\r\ncontent-length: 5000\r\n"
    with contextlib.suppress(OSError):
        writer.write((head + ("\r\n{" if in_body else "x-slow: ")).encode())
        while time.monotonic() - began < REQUEST_SECONDS * 10:
            with contextlib.suppress(TimeoutError):
                if not await asyncio.wait_for(reader.read(1000), 0.5):
                    break
            writer.write(b" " if in_body else b"x")
    writer.close()
    return time.monotonic() - began


async def client_leaves(world: World, _: float) -> Trouble:
    """Send flags and leave before the answer: each is kept, and its retry gets its receipt."""
    crowd, trouble = Crowd(world), Trouble()
    left = [crowd.flag(f"job-left-{at}", f"leaver-{at}") for at in range(20)]
    await asyncio.gather(*(_send_and_leave(world, flag) for flag in left))
    kept = [{"n": 0}]
    for _ in range(100):
        kept = await world.rows(
            'select count(*) as n from flags.flag f join cases.case c on c.key = f."case" '
            "join subjects.subject s on s.key = c.subject where s.outside_id like 'job-left-%'"
        )
        if kept[0]["n"] == len(left):
            break
        await asyncio.sleep(0.05)
    else:
        trouble.found.append(f"{kept[0]['n']} of {len(left)} flags were kept whose client left")
    await asyncio.gather(*(crowd.send(flag) for flag in left))
    await asyncio.gather(*(crowd.send(flag) for flag in left))
    trouble.says = f"{len(left)} of {len(left)} kept; every retry got the same receipt"
    return trouble


async def _send_and_leave(world: World, flag: SentFlag) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", world.parts.port)
    headers = world.as_server(
        **{"idempotency-key": flag.key, "content-length": str(len(flag.body)), "host": "t"}
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /v1/flags HTTP/1.1\r\n{head}\r\n".encode() + flag.body)
    await writer.drain()
    writer.close()


async def orderly_end(world: World, _: float) -> Trouble:
    """Send SIGTERM to app and worker under load: each ends soon, and what was acknowledged is kept."""
    trouble, took = Trouble(), {}
    async with a_crowd(world):
        for name in ("app", "worker"):
            part = world.parts.parts[name]
            took[name] = await part.stop()
            await part.start()
            world.accepting.watch()
            if await accepted(world, BACK_WITHIN) is None:
                trouble.found.append(f"no flag was accepted after SIGTERM of the {name}")
    trouble.found += [
        f"the {name} took {seconds:.1f} s to end" for name, seconds in took.items() if seconds > 20
    ]
    trouble.says = "gone after " + ", ".join(f"{seconds:.1f} s ({name})" for name, seconds in took.items())
    return trouble


TROUBLES: dict[str, tuple[Callable[[World, float], Awaitable[Trouble]], float, float]] = {
    "PostgreSQL away": (database_away, 4, 60),
    "PostgreSQL hangs": (database_hangs, 2, 30),
    "256 slow clients": (slow_clients, 0, 0),
    "clients that leave": (client_leaves, 0, 0),
    "SIGTERM under load": (orderly_end, 0, 0),
    "the clock jumps": (clock_jumps, 0, 0),
}
"""Each trouble with how many seconds it lasts, quick and in full; the clock last: order is lost with it."""
