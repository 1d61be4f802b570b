"""Kill parts of a house at random moments while people use it, and let it come to rest afterwards."""

import asyncio
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bench.chaos.people import CALM, Crowd
from bench.chaos.world import World

KINDS: Final[Mapping[str, int]] = {
    "app": 5,
    "worker": 4,
    "PostgreSQL": 4,
    "one backend": 4,
    "PostgreSQL's owner": 2,
    "app and worker": 2,
    "everything": 1,
}
"""What is killed, and how often of twenty-two."""
BACK_WITHIN: Final = 30.0
_RESTS_WITHIN: Final = 60.0


@dataclass
class Kills:
    """How long the house took to accept a flag again, by what was killed; and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    found: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.seconds.values()))


def kinds_for(world: World, kills: int) -> list[str]:
    """Return what to kill: every kind at least once, the rest by chance; of few kills only the plain ones."""
    if kills < 2 * sum(KINDS.values()):
        few = ["PostgreSQL", "worker", "one backend", "app", "worker", "PostgreSQL", "one backend"]
        drawn = [*KINDS, *(few[at % len(few)] for at in range(max(0, kills - len(KINDS))))]
        world.chance.shuffle(drawn)
        return drawn[:kills]
    drawn = [*KINDS, *world.chance.choices([*KINDS], [*KINDS.values()], k=max(0, kills - len(KINDS)))]
    world.chance.shuffle(drawn)
    return drawn[:kills]


def kill(world: World, kind: str) -> bool:
    """Send SIGKILL; False where nothing of that kind runs just now."""
    parts = world.parts.parts
    if kind == "PostgreSQL":
        return _kill(world.parts.postmaster())
    if kind == "one backend":
        backends = world.parts.backends()
        return bool(backends) and _kill(world.chance.choice(backends))
    named = {
        "app": ["app"],
        "worker": ["worker"],
        "PostgreSQL's owner": ["database"],
        "app and worker": ["app", "worker"],
        "everything": ["database", "app", "worker"],
    }[kind]
    postmaster = world.parts.postmaster() if kind == "everything" else None
    done = [parts[name].send(signal.SIGKILL) for name in named]
    return any([*done, _kill(postmaster)])


def _kill(pid: int | None) -> bool:
    try:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return pid is not None


async def kill_under_load(
    world: World, kills: int, say: Callable[[str], None], stop_at: float = float("inf")
) -> Kills:
    """Kill so often while a crowd is at work; stop early at a moment of the monotonic clock."""
    done, crowd = Kills(), Crowd(world)
    crowd.come()
    await accepted(world, BACK_WITHIN)
    for number, kind in enumerate(kinds_for(world, kills), 1):
        if time.monotonic() > stop_at:
            break
        await _at_a_bad_moment(world)
        world.accepting.watch()
        while not kill(world, kind):
            await asyncio.sleep(0.05)
            world.accepting.watch()
        back = await accepted(world, BACK_WITHIN)
        if back is None:
            done.found.append(f"after the kill of {kind} no flag was accepted for {BACK_WITHIN:g} s")
        else:
            done.seconds[kind].append(back)
        await _let_time_pass(world, number)
        if number % 10 == 0 or number == kills:
            say(
                f"{number} of {kills} kills, {world.accepting.count} flags accepted, back in {back or -1:.2f} s"
            )
    await asyncio.wait_for(crowd.leave(), BACK_WITHIN * 2)
    return done


async def _at_a_bad_moment(world: World) -> None:
    """Wait for a random moment; every third time for one in the middle of a delivery."""
    if world.chance.random() < 0.33:
        arrived = asyncio.Event()
        world.receiver.on_arrival = arrived.set
        try:
            await asyncio.wait_for(arrived.wait(), 1.0)
        except TimeoutError:
            pass
        finally:
            world.receiver.on_arrival = lambda: None
    else:
        await asyncio.sleep(world.chance.uniform(0.02, 0.6))


async def accepted(world: World, patience: float) -> float | None:
    """Wait until a flag is accepted whose request began after the last `watch`; returns the seconds."""
    if world.accepting.count == 0:
        world.accepting.watch()
    deadline = time.monotonic() + patience
    while world.accepting.after is None and time.monotonic() < deadline:  # noqa: ASYNC110 - a process tells nobody
        await asyncio.sleep(0.005)
    return world.accepting.after


async def _let_time_pass(world: World, number: int) -> None:
    """Let leases and retries run out by the wall clock, and windows by the business clock."""
    world.parts.clock.jump(world.chance.uniform(1, 25))
    if number % 3 == 0:
        await world.let_pass(timedelta(minutes=world.chance.uniform(10, 80)))


async def come_to_rest(world: World) -> list[str]:
    """Let everything that waits happen: nothing fails any more, and as much time passes as it takes."""
    world.receiver.fails = False
    deadline = time.monotonic() + _RESTS_WITHIN
    rounds, waiting = 0, list[dict[str, object]]()
    while time.monotonic() < deadline:
        rounds += 1
        waiting = await world.rows(_WAITING, world.inside.now)
        if not waiting and rounds > 3:
            return []
        if rounds < 4:
            await world.let_pass(timedelta(hours=25))
        world.parts.clock.jump(400)
        await world.wake()
        await asyncio.sleep(0.4)
    return [f"the house does not come to rest: {waiting[:5]}"]


_WAITING: Final = f"""
select 'delivery' as what, count(*) from delivery.delivery where state <> 'sent' having count(*) > 0
union all select 'outbox', count(*) from delivery.outbox
    where position is null and cancelled_at is null and not_before <= $1 having count(*) > 0
union all select 'log', count(*) from audit.unchained having count(*) > 0
union all select 'decision', count(*) from decisions.decision where state = 'decided' having count(*) > 0
union all select 'claim', count(*) from cases.case where state = 'claimed' having count(*) > 0
union all select 'measure', count(*) from decisions.measure
    where state = 'running' and ends_at <= $1 having count(*) > 0
union all select 'words', count(*) from vault.words where redacted is null having count(*) > 0
union all select 'appeal', count(*) from appeals.appeal
    where state in ('upheld', 'rejected') and left_at is null having count(*) > 0
union all select 'effective', count(*) from cases.case c join subjects.subject s on s.key = c.subject
    where c.state = 'effective' and s.outside_id not like '{CALM}-%' having count(*) > 0"""
