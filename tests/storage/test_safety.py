"""A server that could forget what it acknowledged is refused; only the test cluster may."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.kernel.clock import WallClock
from flagstaff.store.database import Address, Database
from flagstaff.store.embedded import start_embedded
from flagstaff.store.migrate import migrate
from flagstaff.store.passwords import keep_passwords
from flagstaff.store.roles import Role
from flagstaff.store.safety import MARK, ForgetfulServer, talkative_settings
from tests.clusters import binaries_under_test, owner


@pytest_asyncio.fixture(scope="module")
async def durable(run_folder: Path) -> AsyncIterator[Address]:
    """Give a cluster started as an operator would, without the mark of the tests."""
    home = Path(tempfile.mkdtemp(prefix="durable-", dir=run_folder))
    passwords = keep_passwords(home / "keys")
    with start_embedded(home / "database", passwords, binaries=binaries_under_test()) as embedded:
        await migrate(embedded.address, WallClock())
        yield embedded.address


async def enter(address: Address, role: Role) -> None:
    database = await Database.open(address, [role])
    try:
        async with database.reading(role) as connection:
            await connection.fetchval("select 1")
    finally:
        await database.close()


async def test_the_launcher_starts_a_durable_and_silent_server(durable: Address) -> None:
    await enter(durable, Role.INTAKE)
    async with owner(durable) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await connection.fetchval("select current_setting($1)", name) == "on"
        assert await talkative_settings(connection) == []


@pytest.mark.parametrize(
    ("switch_off", "switch_on", "named"),
    [
        ("alter system set fsync = off", "alter system reset fsync", "fsync"),
        (
            "alter system set full_page_writes = off",
            "alter system reset full_page_writes",
            "full_page_writes",
        ),
        (
            "alter role flagstaff_intake set synchronous_commit = off",
            "alter role flagstaff_intake reset synchronous_commit",
            "synchronous_commit",
        ),
        (
            "alter database flagstaff set synchronous_commit = off",
            "alter database flagstaff reset synchronous_commit",
            "synchronous_commit",
        ),
    ],
)
async def test_durability_switched_off_anywhere_is_refused(
    durable: Address, switch_off: str, switch_on: str, named: str
) -> None:
    async with owner(durable) as connection:
        await connection.execute(switch_off)
        await connection.execute("select pg_reload_conf()")
        try:
            with pytest.raises(ForgetfulServer, match=named):
                await enter(durable, Role.INTAKE)
        finally:
            await connection.execute(switch_on)
            await connection.execute("select pg_reload_conf()")
    await enter(durable, Role.INTAKE)


async def test_a_forgetful_server_is_not_migrated_either(durable: Address) -> None:
    async with owner(durable) as connection:
        await connection.execute("alter system set fsync = off")
        await connection.execute("select pg_reload_conf()")
        try:
            with pytest.raises(ForgetfulServer):
                await migrate(durable, WallClock())
        finally:
            await connection.execute("alter system reset fsync")
            await connection.execute("select pg_reload_conf()")


async def test_no_session_can_give_itself_the_mark(durable: Address) -> None:
    async with owner(durable) as connection:
        with pytest.raises(Exception, match="cannot be changed"):
            await connection.execute(f"set cluster_name = '{MARK}'")


async def test_the_test_cluster_carries_the_mark(database: Database) -> None:
    async with database.reading(Role.VIEWS) as connection:
        assert await connection.fetchval("show cluster_name") == MARK
        assert await connection.fetchval("show fsync") == "off"
