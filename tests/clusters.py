"""Start the PostgreSQL of the tests and clone its migrated template."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import msgspec

from flagstaff.kernel.clock import WallClock
from flagstaff.store.binaries import Binaries, find_binaries
from flagstaff.store.database import Address, connect
from flagstaff.store.embedded import start_embedded
from flagstaff.store.keeper import keep_alone
from flagstaff.store.migrate import migrate
from flagstaff.store.passwords import keep_passwords
from flagstaff.store.roles import Role

TEMPLATE = "template_flagstaff"
_PREFIX = "flagstaff-tests-"
_ENOUGH = 1_000_000_000


def binaries_under_test() -> Binaries:
    """Return the programs under test: the wheel's, or Debian's with FLAGSTAFF_TEST_POSTGRES=15."""
    version = os.environ.get("FLAGSTAFF_TEST_POSTGRES")
    return find_binaries(Path(f"/usr/lib/postgresql/{version}/bin") if version else None)


def make_folder() -> Path:
    """Make the folder of this run, in memory where there is room, after removing those of dead runs."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ENOUGH
    base = shared if roomy else Path(tempfile.gettempdir())
    for old in base.glob(f"{_PREFIX}*"):
        if not Path(f"/proc/{old.name.removeprefix(_PREFIX)}").exists():
            remove_folder(old, patience=0)
    folder = base / f"{_PREFIX}{os.getpid()}"
    folder.mkdir()
    return folder


def remove_folder(folder: Path, patience: float = 30) -> None:
    """Remove the folder of a run once its server is gone; leave it to a later run where it does not go.

    A server whose data vanishes under it dies without tidying up its shared memory.
    """
    kept = folder / "database" / "kept"
    deadline = time.monotonic() + patience
    while kept.exists():
        lock = keep_alone(kept)
        if lock is not None:
            os.close(lock)
            break
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def shared_cluster(folder: Path) -> Iterator[Address]:
    """Give the one cluster of this run, with its template migrated, to every worker that asks.

    The first worker starts it and, being its owner, leaves last: it waits until no other holds the lock.
    """
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        passwords = keep_passwords(folder / "keys")
        with start_embedded(
            folder / "database", passwords, binaries=binaries_under_test(), throwaway=True
        ) as embedded:
            template = msgspec.structs.replace(embedded.address, database=TEMPLATE)
            with (folder / "template").open("a+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if lock.seek(0, os.SEEK_END) == 0:
                    asyncio.run(_make_template(template))
                    lock.write("done")
            yield embedded.address
            fcntl.flock(users, fcntl.LOCK_UN)
            if embedded.started:
                fcntl.flock(users, fcntl.LOCK_EX)


async def _make_template(template: Address) -> None:
    await migrate(template, WallClock())
    async with owner(msgspec.structs.replace(template, database="postgres")) as connection:
        await connection.execute(f"alter database {TEMPLATE} with is_template true allow_connections false")


@contextlib.asynccontextmanager
async def owner(address: Address) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection of the owner."""
    connection = await connect(address, Role.OWNER)
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def clone(cluster: Address, *, of: str = TEMPLATE) -> AsyncIterator[Address]:
    """Give a copy of the template, or of a database without connections, and drop it at the end."""
    name = f"clone_{uuid4().hex}"
    service = msgspec.structs.replace(cluster, database="postgres")
    async with owner(service) as connection:
        await connection.execute(f"create database {name} template {of} strategy file_copy")
    try:
        yield msgspec.structs.replace(cluster, database=name)
    finally:
        async with owner(service) as connection:
            await connection.execute(f"drop database if exists {name} with (force)")
