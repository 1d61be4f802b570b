"""Kill a real house again and again while people use it, and count what was lost: nothing may be.

    python3 dev.py chaos --quick                      twenty kills, every trouble once, in about two minutes
    python3 dev.py chaos --kills 300                  by hand; rounds of fifty, each verified by itself
    python3 dev.py chaos --kills 300 --minutes 4      stops after four minutes; the same call again goes on

Ends with 0 when nothing was found, 1 when something was, and 3 when there is more to do.
"""

import argparse
import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.chaos.disk import full_disk
from bench.chaos.killing import come_to_rest, kill_under_load
from bench.chaos.planting import prove
from bench.chaos.report import Progress, keep_results, told
from bench.chaos.troubles import TROUBLES, clock_jumps
from bench.chaos.verify import verify
from bench.chaos.world import World, open_world
from flagstaff.kernel.log import start_log
from flagstaff.store.roles import Role

QUICK = 20
_ROUND = 50
_UNFINISHED = 3


def say(words: str) -> None:
    print(f"  {words}", flush=True)


async def quick(seed: int, folder: Path, *, disk: bool = True) -> Progress:
    """Do everything once on one house, small."""
    progress = Progress(seed=seed, wanted=QUICK)
    async with open_world(folder, seed) as world:
        await _kill(world, progress, QUICK, float("inf"))
        for name, (_, seconds, _) in TROUBLES.items():
            if TROUBLES[name][0] is clock_jumps:
                await _look(world, progress, "after the troubles")
            await _trouble(world, progress, name, seconds=seconds)
        await _look(world, progress, "after the clock jumped")
        progress.planted = await prove(world)
    if disk:
        await _full(progress)
    return progress


async def full(progress: Progress, stop_at: float, file: Path) -> None:
    """Go on with the full run until it is done or the time is up; every finished round is kept."""
    while progress.kills < progress.wanted and time.monotonic() < stop_at:
        async with _folder() as folder, open_world(folder, progress.seed + progress.kills) as world:
            print(f"round from kill {progress.kills + 1} of {progress.wanted}", flush=True)
            await _kill(world, progress, min(_ROUND, progress.wanted - progress.kills), stop_at)
            if not progress.planted:
                progress.planted = await prove(world)
        progress.write(file)
    for name, (_, _, seconds) in TROUBLES.items():
        if name not in progress.troubles and time.monotonic() < stop_at:
            async with _folder() as folder, open_world(folder, progress.seed) as world:
                await _trouble(world, progress, name, seconds=seconds)
                await _look(world, progress, name)
            progress.write(file)
    if "disk full" not in progress.troubles and time.monotonic() < stop_at:
        await _full(progress)
        progress.write(file)


async def _kill(world: World, progress: Progress, kills: int, stop_at: float) -> None:
    done = await kill_under_load(world, kills, say, stop_at)
    for kind, seconds in done.seconds.items():
        progress.seconds.setdefault(kind, []).extend(seconds)
    progress.found += done.found
    await _look(world, progress, "after the kills")
    progress.count(world)


async def _trouble(world: World, progress: Progress, name: str, *, seconds: float) -> None:
    world.receiver.fails = True
    trouble, _, _ = TROUBLES[name]
    shown = await trouble(world, seconds)
    progress.troubles[name] = shown.says
    progress.found += [f"{name}: {one}" for one in shown.found]
    say(f"{name}: {shown.says}")


async def _full(progress: Progress) -> None:
    shown = await full_disk(progress.seed)
    if shown is None:
        progress.troubles["disk full"] = "not tried: this machine lets nobody mount a small disk"
    else:
        progress.troubles["disk full"] = shown.says
        progress.found += [f"disk full: {one}" for one in shown.found]
    say(f"disk full: {progress.troubles['disk full']}")


async def _look(world: World, progress: Progress, when: str) -> None:
    """Let the house come to rest without any repair, and look for what is wrong."""
    found = await come_to_rest(world)
    async with world.inside.database.reading(Role.OWNER) as connection:
        found += await verify(world, connection)
    progress.found += [f"{when}: {one}" for one in found]
    world.ledger.surprises.clear()
    for one in found[:20]:
        say(f"FOUND {one[:500]}")
    say(f"{when}: {len(found)} findings, {world.accepting.count} flags accepted so far")


@contextlib.asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="flagstaff-chaos-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def main(arguments: argparse.Namespace) -> int:
    """Run, print, and return the exit status."""
    started = time.monotonic()
    if arguments.quick:
        async with _folder() as folder:
            progress = await quick(arguments.seed, folder)
    else:
        file = Path(tempfile.gettempdir()) / f"flagstaff-chaos-{arguments.seed}-{arguments.kills}.json"
        progress = Progress(seed=arguments.seed, wanted=arguments.kills)
        if not arguments.fresh:
            progress = progress.gone_on(file)
        await full(progress, started + arguments.minutes * 60, file)
        if not progress.done:
            print(
                f"{progress.kills} of {progress.wanted} kills done; the same call again goes on", flush=True
            )
            return 1 if progress.found else _UNFINISHED
        progress.forget(file)
        keep_results(progress)
    print(told(progress), flush=True)
    print(f"{time.monotonic() - started:.0f} s", flush=True)
    return 0 if progress.well else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="dev.py chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="the small run that the tests make")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long; call again to go on")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier call began")
    start_log("critical")
    raise SystemExit(asyncio.run(main(parser.parse_args())))
