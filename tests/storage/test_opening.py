"""An installation opens its own PostgreSQL, or the one it was pointed to, ready to use."""

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest

from flagstaff.kernel.clock import WallClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.settings import Secret, Settings
from flagstaff.store.database import Address, Database
from flagstaff.store.embedded import start_embedded
from flagstaff.store.migrate import CannotMigrate, migrate, migrations
from flagstaff.store.opening import open_store
from flagstaff.store.passwords import give_passwords, keep_passwords
from flagstaff.store.privileges import granted, read_privileges
from flagstaff.store.roles import Role
from tests.clusters import binaries_under_test, owner


async def enter_as_everyone(address: Address) -> None:
    database = await Database.open(address, Role)
    try:
        for role in set(Role) - {Role.OWNER}:
            async with database.reading(role) as connection:
                assert await connection.fetchval("select current_user") == role.login
    finally:
        await database.close()


@pytest.mark.once
async def test_its_own_postgresql_is_started_migrated_and_stopped(run_folder: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="own-", dir=run_folder))
    settings = Settings(home=home, postgres_bin=binaries_under_test().bin)
    async with open_store(settings, WallClock()) as address:
        await enter_as_everyone(address)
        async with open_store(settings, WallClock()) as attached:
            assert attached == address
        await enter_as_everyone(address)
    assert not (home / "database" / "data" / "postmaster.pid").exists()


async def test_a_postgresql_by_url_needs_only_an_owner_who_may_make_roles(run_folder: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="external-", dir=run_folder))
    outside = keep_passwords(home / "not-ours")
    with start_embedded(home / "database", outside, binaries=binaries_under_test(), throwaway=True) as server:
        async with owner(msgspec.structs.replace(server.address, database="postgres")) as connection:
            await connection.execute(
                "create role keeper_of_trust login createrole createdb password 'p@ss/word'"
            )
        sockets = server.address.url.reveal().partition("?host=")[2]
        url = Secret(f"postgresql://keeper_of_trust:p%40ss%2Fword@/trust?host={sockets}")
        async with open_store(Settings(home=home, database_url=url), WallClock()) as address:
            await enter_as_everyone(address)
            async with owner(address) as connection:
                assert await connection.fetchval("select current_database()") == "trust"
                assert await granted(connection) == read_privileges()
        async with open_store(Settings(home=home, database_url=url), WallClock()) as address:
            await enter_as_everyone(address)


@pytest.mark.once
async def test_a_part_that_starts_before_its_database_waits_for_it(run_folder: Path) -> None:
    """After a crash of everything, parts come up in any order."""
    home = Path(tempfile.mkdtemp(prefix="early-", dir=run_folder))
    outside = keep_passwords(home / "keys")
    with start_embedded(home / "database", outside, binaries=binaries_under_test(), throwaway=True) as server:
        url = server.address.url
        await migrate(server.address, WallClock())
    apart = Settings(home=home, database_url=url, migrate=False)

    async def enter() -> None:
        async with open_store(apart, WallClock()) as address:
            await enter_as_everyone(address)

    entering = asyncio.create_task(enter())
    await asyncio.sleep(0.3)
    assert not entering.done()
    with start_embedded(home / "database", outside, binaries=binaries_under_test(), throwaway=True):
        await asyncio.wait_for(entering, 10)


async def test_a_process_without_a_roles_password_is_told_so(address: Address) -> None:
    passwords = {role: secret for role, secret in address.passwords.items() if role is not Role.ERASER}
    with pytest.raises(Forbidden, match="no password for the database role 'eraser'"):
        await Database.open(msgspec.structs.replace(address, passwords=passwords), [Role.VIEWS, Role.ERASER])


async def test_a_part_apart_needs_no_owner_and_no_other_passwords(run_folder: Path) -> None:
    """It enters a migrated database as its own roles, changes nobody's password, and refuses another version."""
    home = Path(tempfile.mkdtemp(prefix="apart-", dir=run_folder))
    outside = keep_passwords(home / "not-ours")
    with start_embedded(home / "database", outside, binaries=binaries_under_test(), throwaway=True) as server:
        passwords = keep_passwords(home / "keys")
        url = server.address.url.reveal()
        nobody = Secret(f"postgresql:///later?host={url.partition('?host=')[2]}")
        (home / "apart").mkdir(mode=0o700)
        give_passwords(home / "keys", home / "apart", [Role.INTAKE, Role.ERASER])
        apart = Settings(home=home, keys=home / "apart", database_url=nobody, migrate=False)
        owners = msgspec.structs.replace(server.address, passwords=passwords, database="later")
        await migrate(owners, WallClock(), steps=migrations()[:1], grants=[])
        with pytest.raises(CannotMigrate, match="not at this version"):
            async with open_store(apart, WallClock()):
                pass
        await migrate(owners, WallClock())
        async with open_store(apart, WallClock()) as address:
            assert set(address.passwords) == {Role.INTAKE, Role.ERASER}
            database = await Database.open(address, [Role.INTAKE])
            async with database.reading(Role.INTAKE) as connection:
                assert await connection.fetchval("select current_user") == "flagstaff_intake"
            await database.close()
        await enter_as_everyone(owners)
