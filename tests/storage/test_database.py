"""A story is one transaction as one role; listeners and clocks survive what happens to connections."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from flagstaff.kernel.clock import BusinessClock, StoppedClock
from flagstaff.kernel.errors import Conflict, Unavailable
from flagstaff.kernel.settings import Secret
from flagstaff.store.clockwork import follow_clock, move_clock, read_ahead, set_clock
from flagstaff.store.database import Address, Database
from flagstaff.store.roles import Role
from tests.clusters import owner

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


async def wait_for(condition: "asyncio.Event") -> None:
    await asyncio.wait_for(condition.wait(), 5)


async def test_a_story_that_raises_leaves_nothing(database: Database) -> None:
    async def story() -> None:
        async with database.transaction(Role.CONSOLE) as connection:
            await move_clock(connection, timedelta(days=1))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await story()
    async with database.reading(Role.CONSOLE) as connection:
        assert await read_ahead(connection) == timedelta(0)


async def test_a_reading_connection_cannot_write(database: Database) -> None:
    async with database.reading(Role.CONSOLE) as connection:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await move_clock(connection, timedelta(days=1))


async def test_a_role_that_was_not_opened_cannot_be_used(address: Address) -> None:
    database = await Database.open(address, [Role.VIEWS])
    with pytest.raises(RuntimeError, match="did not open the database role 'intake'"):
        async with database.transaction(Role.INTAKE):
            pass
    await database.close()


async def test_no_role_can_become_another_or_see_a_table_it_was_not_granted(database: Database) -> None:
    async with database.transaction(Role.INTAKE) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("set role flagstaff_eraser")
    for role in set(Role) - {Role.OWNER}:
        async with database.reading(role) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval("select count(*) from vault.link")


async def test_a_query_that_takes_too_long_is_stopped_and_may_be_asked_again(address: Address) -> None:
    database = await Database.open(address, [Role.VIEWS], statement_timeout=timedelta(milliseconds=50))
    with pytest.raises(Unavailable, match="too long"):
        async with database.reading(Role.VIEWS) as connection:
            await connection.execute("select pg_sleep(5)")
    await database.close()


@pytest.mark.once
async def test_who_meets_a_server_that_hangs_waits_once_and_not_again_to_take_back_what_was_asked(
    address: Address,
) -> None:
    database = await Database.open(address, [Role.CONSOLE], statement_timeout=timedelta(milliseconds=500))
    began, stopped = 0.0, 0

    async def hang() -> None:
        nonlocal began, stopped
        async with database.transaction(Role.CONSOLE) as connection:
            stopped = await connection.fetchval("select pg_backend_pid()")
            began = time.monotonic()
            os.kill(stopped, signal.SIGSTOP)
            await connection.execute("select 1")

    try:
        with pytest.raises(Unavailable):
            await hang()
        assert time.monotonic() - began < 4.5  # 2.5 to give up; a second wait would be 5
    finally:
        os.kill(stopped, signal.SIGCONT)
        await database.close()


@pytest.mark.parametrize("state", ["53100", "53200", "58030"])
async def test_a_full_disk_is_no_fault_of_whoever_asks_and_says_what_to_do(
    database: Database, state: str
) -> None:
    with pytest.raises(Unavailable, match="no room") as refused:
        async with database.transaction(Role.CONSOLE) as connection:
            await connection.execute(f"do $$ begin raise exception using errcode = '{state}'; end $$")
    assert "make room" in refused.value.mend


async def test_nobody_waits_for_ever_for_a_connection(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flagstaff.store.database._LONGEST_WAIT", 0.2)
    database = await Database.open(address, [Role.VIEWS], size=1)
    async with database.reading(Role.VIEWS):
        with pytest.raises(Unavailable, match="cannot be reached"):
            async with database.reading(Role.VIEWS):
                pass
    async with database.reading(Role.VIEWS) as connection:
        assert await connection.fetchval("select 1") == 1
    await database.close()


@pytest.mark.once
async def test_a_process_does_not_start_with_a_time_that_it_could_not_read(address: Address) -> None:
    nowhere = msgspec.structs.replace(address, url=Secret("postgresql:///gone?host=/nowhere"))
    database = await Database.open(nowhere, [Role.CONSOLE])
    with pytest.raises(Unavailable):
        await follow_clock(database, BusinessClock(StoppedClock(AT)), Role.CONSOLE)
    await database.close()


async def test_each_connection_says_which_role_it_serves(database: Database) -> None:
    async with database.reading(Role.POSTMAN) as connection:
        assert await connection.fetchval("show application_name") == "flagstaff_postman"


async def test_a_listener_hears_after_commit_and_again_after_its_line_was_cut(own_database: Database) -> None:
    woken = asyncio.Event()
    await own_database.listen("told", woken.set, role=Role.WORKER)
    await wait_for(woken)
    for _ in range(2):
        woken.clear()
        async with own_database.transaction(Role.WORKER) as connection:
            await connection.execute("select pg_catalog.pg_notify('told', '')")
            await asyncio.sleep(0.02)
            assert not woken.is_set()
        await wait_for(woken)
        woken.clear()
        async with own_database.transaction(Role.OWNER) as connection:
            await connection.execute(
                "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity"
                " where datname = current_database() and query like 'LISTEN%'"
            )
        await wait_for(woken)


async def test_every_process_hears_that_business_time_moved(
    own_database: Database, wall: StoppedClock
) -> None:
    here, there = BusinessClock(wall), BusinessClock(wall)
    other = await Database.open(own_database.address, [Role.WORKER])
    async with own_database.transaction(Role.CONSOLE) as connection:
        await set_clock(connection, timedelta(days=-180))
    await follow_clock(own_database, here, Role.CONSOLE)
    await follow_clock(other, there, Role.WORKER)
    assert here.now() == there.now() == wall.now() - timedelta(days=180)
    async with own_database.transaction(Role.CONSOLE) as connection:
        assert await move_clock(connection, timedelta(days=182, hours=1)) == timedelta(days=2, hours=1)
    for _ in range(250):
        if here.offset == there.offset == timedelta(days=2, hours=1):
            break
        await asyncio.sleep(0.02)
    assert here.now() == there.now() == wall.now() + timedelta(days=2, hours=1)
    await other.close()


async def test_business_time_cannot_go_back(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.transaction(Role.CONSOLE) as connection:
            await move_clock(connection, timedelta(seconds=-1))


async def test_a_clone_is_nobodys_but_the_tests(address: Address) -> None:
    async with owner(address) as connection:
        assert str(await connection.fetchval("select current_database()")).startswith("clone_")
