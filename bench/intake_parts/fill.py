"""Fill a house with many flags for a benchmark: a thousand real ones, multiplied inside the database.

The pattern is received by the flow that receives every flag: sealed, linked, scored, logged. Then each of its rows is
copied n times, table by table, by `insert … select` with every constraint, foreign key and index in force. Keys,
numbers, hashes, tags and outside ids of copy n are made from the original's and n, so that rows that belonged together
still do. What a copy is not: sealed words stand under another key than they were sealed for, so nobody could open them,
and a tag no longer follows from its person. Intake reads neither. The product has no such door.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from bench.intake_parts.doors import one_flag
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.kernel.clock import Clock
from flagstaff.kernel.ids import RandomIds
from flagstaff.store.database import Address, connect
from flagstaff.store.migrate import migrate
from flagstaff.store.roles import Role

if TYPE_CHECKING:
    import asyncpg

PATTERN: Final = 1_000
SUBJECTS: Final = 400
REPORTERS: Final = 700
_TOGETHER: Final = 100
_DAYS_BACK: Final = 10_000_000_000
"""Milliseconds by which the keys of copies lie before the pattern's, and how far one copy's lie from the next."""
_APART: Final = 3_000
Prepare = Callable[[Address], Awaitable[tuple[UUID, dict[str, float]]]]

TABLES: Final = {
    "subjects.author": "key",
    "subjects.subject": "key",
    "subjects.snapshot": "key",
    'cases."case"': "key",
    "cases.step": "key",
    "vault.person": "key",
    "flags.flag": "key",
    "flags.addendum": "key",
    "vault.link": "flag",
    "vault.words": "ref",
    "delivery.notice": "key",
    "delivery.outbox": "key",
    "audit.entry": "key",
    "audit.unchained": "entry",
    "house.idempotency": "digest",
}
"""What one flag writes, in an order that foreign keys allow, with the column that tells the pattern's rows.

They are told by time, and answers by their digest, which the pattern makes."""

_OWN_BYTES: Final = frozenset({"hash", "tag", "digest", "link_key", "staff_hash"})
_OWN_TEXTS: Final = frozenset({"number", "outside_id", "person", "object"})


class Filled(NamedTuple):
    """Databases by how many flags they hold, the seconds it took, and the rows one flag is."""

    databases: dict[int, str]
    seconds: float
    tables: dict[str, float]


class UnknownTable(Exception):
    """A flag writes to a table that the fill does not copy: the list in fill.py is behind."""


async def make_pattern(house: House) -> tuple[UUID, dict[str, float]]:
    """Receive a thousand flags; returns the key from which on their rows lie, and the rows one flag is, by table."""
    since = RandomIds(house.clocks.wall).key()
    before = await counts(house)
    for start in range(0, PATTERN, _TOGETHER):
        batch = [
            one_flag(house, f"job-{place % SUBJECTS}", f"old-{place % REPORTERS}", f"{place:032d}".encode())
            for place in range(start, start + _TOGETHER)
        ]
        answers = await receive_flags(house, batch)
        refused = [answer for answer in answers if not isinstance(answer, Receipt)]
        if refused:
            raise refused[0]
    after = await counts(house)
    grown = {table: rows - before[table] for table, rows in after.items() if rows > before[table]}
    unknown = set(grown) - {table.replace('"', "") for table in TABLES}
    if unknown:
        raise UnknownTable(sorted(unknown))
    return since, {table: rows / PATTERN for table, rows in grown.items()}


async def multiply(
    connection: "asyncpg.Connection[asyncpg.Record]", since: UUID, first: int, last: int
) -> None:
    """Copy the pattern as copies `first` to `last`."""
    for table, column in TABLES.items():
        ours = (
            f"{column} >= '{since}'"
            if column != "digest"
            else "substr(digest, 1, 20) = '00000000000000000000'"
        )
        name = table.split(".")[1].replace('"', "")
        await connection.execute(
            f"create temp table if not exists pattern_{name} as select * from {table} where {ours}"
        )
    for start in range(first, last + 1, _TOGETHER):
        async with connection.transaction():
            for table in TABLES:
                await _copy(connection, table, start, min(last, start + _TOGETHER - 1))


async def multiply_quickly(address: Address, since: UUID, first: int, last: int) -> None:
    """Copy over two connections, with room for the log to grow; tidy up and forget that room afterwards."""
    owner = await connect(address, Role.OWNER)
    await owner.execute("alter system set max_wal_size = '16GB'")
    await owner.execute("select pg_reload_conf()")
    middle = (first + last) // 2

    async def part(low: int, high: int) -> None:
        connection = await connect(address, Role.OWNER)
        await connection.execute("set synchronous_commit = off")
        await multiply(connection, since, low, high)
        await connection.close()

    await asyncio.gather(part(first, middle), part(middle + 1, last))
    await owner.execute("alter system reset max_wal_size")
    await owner.execute("select pg_reload_conf()")
    await owner.execute("vacuum analyze", timeout=600)
    await owner.execute("checkpoint", timeout=600)
    await owner.close()


async def _copy(connection: "asyncpg.Connection[asyncpg.Record]", table: str, first: int, last: int) -> None:
    found = await connection.fetch(
        "select attname, format_type(atttypid, null) as kind from pg_attribute "
        "where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum",
        table,
    )
    names = ", ".join(f'"{row["attname"]}"' for row in found)
    values = ", ".join(_copied(row["attname"], row["kind"]) for row in found)
    pattern = "pattern_" + table.split(".")[1].replace('"', "")
    # In the order of the copies, whose keys carry a time of their own: indexes grow as they do in life.
    await connection.execute(
        f"insert into {table} ({names}) "
        f"select {values} from generate_series({first}, {last}) n, {pattern} p order by n",
        timeout=600,
    )


def _copied(name: str, kind: str) -> str:
    """Return the value of a column in copy n, a function of the original value and n alone."""
    column = f'p."{name}"'
    if kind == "uuid":
        plain = f"replace({column}::text, '-', '')"
        time = f"('x' || substr({plain}, 1, 12))::bit(48)::bigint - {_DAYS_BACK} + n * {_APART}"
        mixed = f"md5({plain} || '~' || n)"
        return f"(lpad(to_hex({time}), 12, '0') || '7' || substr({mixed}, 1, 3) || '8' || substr({mixed}, 4, 15))::uuid"
    if kind == "bytea" and name in _OWN_BYTES:
        return f"sha256({column} || convert_to(n::text, 'UTF8'))"
    if kind == "text" and name in _OWN_TEXTS:
        return f"{column} || '~' || n"
    return column


async def grow(address: Address, wall: Clock, prepare: Prepare, sizes: Sequence[int]) -> Filled:
    """Return databases that hold so many flags, each a copy of one that grew; `prepare` makes the pattern in it."""
    began = time.perf_counter()
    growing = Address(address.url, address.passwords, "growing")
    await migrate(growing, wall)
    since, rows = await prepare(growing)
    databases: dict[int, str] = {}
    done = 1
    for size in sizes:
        await multiply_quickly(growing, since, done, size // PATTERN - 1)
        done = size // PATTERN
        print(f"filled: {size} flags after {time.perf_counter() - began:.0f} s", flush=True)
        if size == sizes[-1]:
            databases[size] = "growing"
            break
        databases[size] = f"flags_{size}"
        owner = await connect(address, Role.OWNER)
        await owner.execute(f"create database flags_{size} template growing", timeout=600)
        await owner.close()
    return Filled(databases, time.perf_counter() - began, rows)


async def counts(house: House) -> dict[str, int]:
    """Return the rows of every table of the house."""
    async with house.database.reading(Role.OWNER) as connection:
        tables = await connection.fetch(
            "select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_|information_schema'"
        )
        return {
            row["name"].replace('"', ""): await connection.fetchval(f"select count(*) from {row['name']}")
            for row in tables
        }


async def stored(house: House) -> int:
    """Return how many flags are stored: first ones and what their reporters added to them."""
    async with house.database.reading(Role.OWNER) as connection:
        total: int = await connection.fetchval(
            "select (select count(*) from flags.flag) + (select count(*) from flags.addendum)"
        )
    return total


async def megabytes(house: House) -> int:
    """Return the size of the house's database on disk."""
    async with house.database.reading(Role.OWNER) as connection:
        size: int = await connection.fetchval("select pg_database_size(current_database()) / 1048576")
    return size
