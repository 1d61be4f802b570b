"""Let the disk of a house's database run full, and give it room again."""

import asyncio
import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.chaos.killing import BACK_WITHIN, accepted, come_to_rest
from bench.chaos.troubles import Trouble, a_crowd
from bench.chaos.verify import verify
from bench.chaos.world import World, open_world
from flagstaff.store.roles import Role

_SIZE = 224
_FULL_FOR = 4.0


@contextlib.contextmanager
def small_disk() -> Iterator[Path | None]:
    """Give a folder that is a small disk of its own; None where this machine lets nobody mount one."""
    folder = Path(tempfile.mkdtemp(prefix="flagstaff-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}m,mode=0755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    try:
        yield folder if done else None
    finally:
        if done:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        with contextlib.suppress(OSError):
            folder.rmdir()


async def full_disk(seed: int) -> Trouble | None:
    """Fill the disk under load until nothing can be kept, wait, make room, and look; None where it cannot be tried."""
    with small_disk() as folder:
        if folder is None:
            return None
        async with open_world(folder, seed) as world:
            return await _fill(world, folder)


async def _fill(world: World, folder: Path) -> Trouble:
    trouble, ballast = Trouble(), folder / "ballast"
    async with a_crowd(world):
        await asyncio.to_thread(_write_until_full, ballast)
        refused = world.ledger.statuses[503]
        deadline = time.monotonic() + BACK_WITHIN
        while world.ledger.statuses[503] == refused and time.monotonic() < deadline:
            await asyncio.to_thread(_write_until_full, ballast)
            await asyncio.sleep(0.05)
        await asyncio.sleep(_FULL_FOR)
        says = await _what_it_says(world)
        refused = world.ledger.statuses[503] - refused
        world.accepting.watch()
        ballast.unlink()
        back = await accepted(world, BACK_WITHIN)
    if not refused:
        trouble.found.append("the disk was full and no flag was refused")
    if not any(word in says for word in ("make room", "doctor")):
        trouble.found.append(f"the refusal says not what to do: {says[:200]}")
    if back is None:
        trouble.found.append(f"no flag was accepted within {BACK_WITHIN:g} s after there was room again")
    trouble.found += await come_to_rest(world)
    async with world.inside.database.reading(Role.OWNER) as connection:
        trouble.found += await verify(world, connection)
    trouble.says = f"{refused} answers of 503 while full; first 202 {back or -1:.1f} s after there was room"
    return trouble


def _write_until_full(ballast: Path) -> None:
    # Not through Python's buffers: they would complain once more when they are closed.
    file = os.open(ballast, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    try:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    os.write(file, bytes(size))
    finally:
        os.close(file)


async def _what_it_says(world: World) -> str:
    body = (
        b'{"reporter": {"id": "full"}, "subject": {"kind": "job_post", "id": "job-full", "author": "a"}, '
        b'"option": "job_post.free_work", "menu_version": 3}'
    )
    with contextlib.suppress(httpx.HTTPError):
        answer = await world.client.post("/v1/flags", content=body, headers=world.as_server())
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return answer.text
    return ""
