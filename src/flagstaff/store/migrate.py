"""Bring a database to this version: numbered SQL files forward only, then the roles and the one list of rights."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from flagstaff.kernel.clock import Clock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.database import Address, connect
from flagstaff.store.privileges import Grant, apply_privileges, read_privileges
from flagstaff.store.roles import SERVANTS, Role
from flagstaff.store.safety import refuse_forgetful

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

_FILE = re.compile(r"^(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql$")
# Any number will do, as long as every Flagstaff that starts on this database asks for the same one.
_LOCK = 0x464C4147
_OLDEST = 150000
_NOTHING_THERE = (
    asyncpg.UndefinedTableError,
    asyncpg.InvalidSchemaNameError,
    asyncpg.InsufficientPrivilegeError,
)
_VERSION_READERS = (Role.INTAKE, Role.CONSOLE, Role.WORKER)


class CannotMigrate(FlagstaffError):
    """The database is not one that this version can bring forward."""

    slug = "cannot-migrate"
    title = "The database cannot be brought to this version"


class Migration(msgspec.Struct, frozen=True):
    """One numbered step with the checksum of its text."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Traversable | None = None) -> list[Migration]:
    """Return the steps in order; raises CannotMigrate for a gap, a double number or a file that is no step."""
    folder = folder or resources.files("flagstaff.store") / "migrations"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    steps = []
    for expected, file in enumerate(files, start=1):
        match = _FILE.match(file.name)
        if match is None or int(match["number"]) != expected:
            msg = f"{file.name} should be number {expected:04}, named like {expected:04}_room.sql"
            raise CannotMigrate(msg, where="store/migrations", mend="number the files without gap or repeat")
        steps.append(Migration(expected, match["name"], file.read_text(encoding="utf-8")))
    return steps


async def migrate(
    address: Address,
    wall: Clock,
    steps: Sequence[Migration] | None = None,
    grants: Iterable[Grant] | None = None,
) -> list[Migration]:
    """Make the database where it is missing, run what has not run yet and set roles and rights; return what ran.

    Without `steps` and `grants` those of this version are taken. Safe to call from several processes at once:
    one works, the others wait. Raises CannotMigrate where the history of the database differs from the files,
    before anything is changed.
    """
    await _make_database(address)
    connection = await connect(address, Role.OWNER)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await _refuse_old_server(connection)
        await refuse_forgetful(connection)
        wanted = migrations() if steps is None else steps
        due = await _compare(connection, wanted)
        await make_roles(connection, address)
        for step in due:
            await _take_step(connection, step, wall)
        async with connection.transaction():
            await apply_privileges(connection, read_privileges() if grants is None else grants)
        return list(due)
    finally:
        await connection.close()


async def refuse_other_version(address: Address) -> None:
    """Raise CannotMigrate where the database is not at this version; for a process that may not bring it there."""
    role = next((one for one in SERVANTS if one in _VERSION_READERS and one in address.passwords), None)
    if role is None:
        msg = "there is no password of a database role to begin with"
        mend = "give this process what its part needs: flagstaff keys give"
        raise CannotMigrate(msg, where="database.json", mend=mend)
    connection = await connect(address, role)
    try:
        ran = await connection.fetch("select name, checksum from house.migration order by number")
    except _NOTHING_THERE:
        ran = []
    finally:
        await connection.close()
    if [tuple(row) for row in ran] != [(step.name, step.checksum) for step in migrations()]:
        msg = "the database is not at this version, and this process may not bring it there"
        raise CannotMigrate(
            msg, where="migrate", mend="run `flagstaff database` with the owner's login first"
        )


async def _make_database(address: Address) -> None:
    try:
        await (await connect(address, Role.OWNER)).close()
    except asyncpg.InvalidCatalogNameError as error:
        elsewhere = msgspec.structs.replace(address, database="postgres")
        connection = await connect(elsewhere, Role.OWNER)
        name = address.database or _database_in(str(error))
        try:
            await connection.execute(f'create database "{name}"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another process was faster
        finally:
            await connection.close()


def _database_in(message: str) -> str:
    match = re.search(r'"([^"]+)"', message)
    if match is None:
        raise CannotMigrate("the database does not exist", mend="create it and start again")
    return match[1]


async def _refuse_old_server(connection: "Connection") -> None:
    version = int(await connection.fetchval("select current_setting('server_version_num')"))
    if version < _OLDEST:
        raise CannotMigrate(
            f"this PostgreSQL is version {version // 10000}",
            mend="use PostgreSQL 15 or later",
            where="server",
        )


async def _compare(connection: "Connection", steps: Sequence[Migration]) -> Sequence[Migration]:
    """Return the steps that have not run, after checking that those that did are unchanged."""
    await connection.execute(
        "create schema if not exists house;"
        "create table if not exists house.migration ("
        " number integer primary key, name text not null, checksum text not null, ran_at timestamptz not null)"
    )
    ran = await connection.fetch("select number, name, checksum from house.migration order by number")
    if len(ran) > len(steps):
        raise CannotMigrate(
            f"this database is at step {len(ran)}, this version of Flagstaff knows {len(steps)}",
            mend="start the newer version, or restore the backup made before it",
        )
    for row, step in zip(ran, steps, strict=False):
        if (row["number"], row["name"], row["checksum"]) != (step.number, step.name, step.checksum):
            raise CannotMigrate(
                f"step {step.number:04}_{step.name} ran here with another text",
                where=f"store/migrations/{step.number:04}_{step.name}.sql",
                mend="undo the change to that file and write a new step instead",
            )
    return steps[len(ran) :]


async def _take_step(connection: "Connection", step: Migration, wall: Clock) -> None:
    async with connection.transaction():
        try:
            await connection.execute(step.sql)
        except asyncpg.PostgresError as error:
            where = f"store/migrations/{step.number:04}_{step.name}.sql"
            raise CannotMigrate(
                f"this step failed: {error}", where=where, mend="nothing was kept of it"
            ) from error
        await connection.execute(
            "insert into house.migration (number, name, checksum, ran_at) values ($1, $2, $3, $4)",
            step.number,
            step.name,
            step.checksum,
            wall.now(),
        )


async def make_roles(connection: "Connection", address: Address) -> None:
    """Create the logins that are missing and give each the password of this installation.

    The passwords are 192 random bits, so one SCRAM iteration is as safe as 4096 and each connection opens 6 ms
    sooner; PostgreSQL 15 does not let us choose.
    """
    modern = int(await connection.fetchval("select current_setting('server_version_num')")) >= 160000
    present = set(await _column(connection, "select rolname from pg_catalog.pg_roles"))
    for role in SERVANTS:
        if role not in address.passwords:
            continue
        verb = "alter" if role.login in present else "create"
        password = address.passwords[role].reveal().replace("'", "''")
        async with connection.transaction():
            if modern:
                await connection.execute("set local scram_iterations = 1")
            await connection.execute("set local password_encryption = 'scram-sha-256'")
            await connection.execute(f"{verb} role {role.login} login password '{password}'")


async def _column(connection: "Connection", sql: str) -> list[str]:
    return [row[0] for row in await connection.fetch(sql)]
