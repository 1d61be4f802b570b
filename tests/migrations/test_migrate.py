"""The schema only goes forward, one unchanged step after the other, and always arrives at the same place."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio

from flagstaff.kernel.clock import WallClock
from flagstaff.store.database import Address
from flagstaff.store.migrate import CannotMigrate, Migration, migrate, migrations
from flagstaff.store.privileges import BadPrivileges, read_privileges
from flagstaff.store.roles import Role
from tests.clusters import binaries_under_test, owner

STEPS = migrations()


@pytest_asyncio.fixture
async def nothing(cluster: Address) -> AsyncIterator[Address]:
    """Give the address of a database that does not exist yet."""
    address = msgspec.structs.replace(cluster, database=f"fresh_{uuid4().hex}")
    yield address
    async with owner(msgspec.structs.replace(cluster, database="postgres")) as connection:
        await connection.execute(f"drop database if exists {address.database} with (force)")


def schema_of(address: Address) -> list[str]:
    """Return the schema as pg_dump writes it, without what changes from run to run."""
    url = address.entrance(Role.OWNER)
    words = [
        binaries_under_test().bin / "pg_dump",
        "--schema-only",
        "--dbname",
        url["dsn"].replace("/flagstaff?", f"/{address.database}?"),
    ]
    dump = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [line for line in dump.splitlines() if not line.startswith(("\\", "--"))]


async def test_a_fresh_schema_equals_one_that_grew_step_by_step(nothing: Address, address: Address) -> None:
    for known in range(1, len(STEPS) + 1):
        ran = await _schema_only(nothing, STEPS[:known])
        assert [step.number for step in ran] == [known]
    await migrate(nothing, WallClock())
    grown, fresh = await asyncio.gather(
        asyncio.to_thread(schema_of, nothing), asyncio.to_thread(schema_of, address)
    )
    assert grown == fresh
    assert any("CREATE TABLE house.clock" in line for line in fresh)


async def _schema_only(address: Address, steps: list[Migration]) -> list[Migration]:
    """Run some steps; the list of rights names tables of later ones, which are not there yet."""
    return await migrate(address, WallClock(), steps, grants=())


async def test_a_second_run_does_nothing(address: Address) -> None:
    assert await migrate(address, WallClock()) == []


async def test_a_changed_step_is_refused_and_nothing_is_touched(address: Address) -> None:
    changed = [*STEPS]
    changed[1] = msgspec.structs.replace(changed[1], sql=changed[1].sql + "\n-- a thought later")
    before = await asyncio.to_thread(schema_of, address)
    with pytest.raises(CannotMigrate, match="ran here with another text") as refused:
        await migrate(
            address, WallClock(), [*changed, Migration(len(STEPS) + 1, "more", "create schema more;")]
        )
    assert STEPS[1].name in refused.value.where
    assert await asyncio.to_thread(schema_of, address) == before


async def test_a_database_of_a_newer_version_is_refused(address: Address) -> None:
    with pytest.raises(
        CannotMigrate, match=f"at step {len(STEPS)}, this version of Flagstaff knows {len(STEPS) - 1}"
    ):
        await migrate(address, WallClock(), STEPS[:-1])


async def test_a_step_that_fails_leaves_nothing_of_itself_and_is_named(nothing: Address) -> None:
    steps = [
        Migration(1, "good", "create schema good;"),
        Migration(2, "bad", "create table good.half (a integer); select 1 / 0;"),
    ]
    with pytest.raises(CannotMigrate, match="division by zero") as refused:
        await _schema_only(nothing, steps)
    assert "0002_bad" in refused.value.where
    async with owner(nothing) as connection:
        assert await connection.fetchval("select count(*) from house.migration") == 1
        assert await connection.fetchval("select to_regclass('good.half')") is None
    assert (
        len(await _schema_only(nothing, [steps[0], Migration(2, "bad", "create table good.whole ();")])) == 1
    )


async def test_two_processes_at_once_run_each_step_once(nothing: Address) -> None:
    ran = await asyncio.gather(*(migrate(nothing, WallClock()) for _ in range(3)))
    assert sorted(len(steps) for steps in ran) == [0, 0, len(STEPS)]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["0001_a.sql", "0003_c.sql"], "should be number 0002"),
        (["0001_a.sql", "0001_b.sql"], "should be number 0002"),
        (["one.sql"], "should be number 0001"),
    ],
)
def test_a_gap_a_double_number_or_a_stray_file_is_refused(
    tmp_path: Path, names: list[str], said: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("select 1;")
    with pytest.raises(CannotMigrate, match=said):
        migrations(tmp_path)


def test_a_step_says_what_it_is_for() -> None:
    assert [step.name for step in STEPS if not step.sql.startswith("-- ")] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schemas: {a: [intake]}\ntables: {}\nfunctions: {}\nmore: {}", "unknown field"),
        ("schemas: {a: [nurse]}\ntables: {}", "no role 'nurse'"),
        ("schemas: {}\ntables: {a.b: {intake: [truncate]}}", "'truncate' is no right"),
        ("schemas: {}\ntables: {a.b: {intake: [select]}, a.b: {views: [select]}}", "duplicate"),
    ],
)
def test_a_list_of_rights_out_of_order_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadPrivileges, match=said):
        read_privileges(text)


def test_a_right_on_columns_is_one_right_per_column() -> None:
    grants = read_privileges('schemas: {}\ntables: {a.b: {intake: ["update(x, y)"]}}')
    assert sorted(str(grant) for grant in grants) == [
        "flagstaff_intake: update on table a.b.x",
        "flagstaff_intake: update on table a.b.y",
    ]
