"""Outside the vault no column links two flags of one person.

One person flags several things, others flag one thing each, in turns and in the same way. From every flag we follow
the rows that belong to it by their keys, through every table. A value that two flags of that person share, and that no
flag of anybody else has, would be a name for that person.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vault import admission, reporters
from flagstaff.vault.admission import Newcomer
from tests.desks import rows
from tests.houses import build_house, flag, person, seen, sent

pytestmark = pytest.mark.once

FLAGS = 6
RITA = "rita"


_KEY_INSIDE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_NUMBER = re.compile(r"[A-Z](?:-[0-9A-Z]{4}){3}")


class Row(msgspec.Struct, frozen=True):
    """One row of one table, as its single values, each with the column it stands in."""

    number: int
    table: str
    values: tuple[tuple[str, object], ...]

    @property
    def keys(self) -> set[object]:
        return {value for _, value in self.values if _is_key(value)}


def _is_key(value: object) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str) and _NUMBER.fullmatch(value) is not None)


async def _raise_flags(house: House, wall: StoppedClock, business: StoppedClock) -> dict[UUID, str]:
    """Let Rita and others flag in turns; returns who raised which flag."""
    await _teach(house, RITA, right=24, wrong=8)
    await _teach(house, "known-0", right=30, wrong=11)
    await _teach(house, "known-1", right=20, wrong=7)
    raised: dict[UUID, str] = {}
    for turn in range(FLAGS):
        for who in (RITA, f"known-{turn}" if turn < 2 else f"other-{turn}", f"third-{turn}"):
            raised[await _raise_one(house, who, f"{who}-{turn}", adds=turn % 2 == 0)] = who
            for clock in (wall, business):
                clock.move(timedelta(minutes=7, seconds=turn))
    return raised


async def _teach(house: House, who: str, *, right: int, wrong: int) -> None:
    """Give a person a past that no other person has."""
    upheld = {house.ids.key(): place < right for place in range(right + wrong)}
    async with house.database.transaction(Role.INTAKE) as connection:
        batch = house.sealer.batch()
        await admission.admit(connection, [Newcomer(person(who))], house.sealer, batch, house.ids)
        for one in upheld:
            await admission.link(connection, house.sealer, [person(who)], [house.ids.key()], [one])
    async with house.database.transaction(Role.WORKER) as connection:
        await reporters.learn(connection, upheld)


async def _raise_one(house: House, who: str, job: str, *, adds: bool) -> UUID:
    request = house.sealer.idempotency_digest(who, "/v1/flags", job)
    one = sent(
        who,
        seen(id_=job, author=f"author-of-{job}", words=f"Words of {job}"),
        details="the same words, whoever writes",
        request=request,
        body=job.encode(),
    )
    (receipt,) = await flag(house, one)
    if adds:
        await flag(house, msgspec.structs.replace(one, request=None, option="job_post.off_platform_payment"))
    (row,) = await rows(house, "select key from flags.flag where number = $1", receipt.number)
    assert isinstance(row["key"], UUID)
    return row["key"]


async def _all_rows(house: House) -> list[Row]:
    tables = await rows(
        house,
        "select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c "
        "join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and n.nspname not in ('vault', 'pg_catalog', 'information_schema') order by 1",
    )
    assert len(tables) > 20
    found: list[Row] = []
    for table in tables:
        for row in await rows(house, f"select * from {table['name']}"):
            values = tuple(atom for column, value in row.items() for atom in _atoms(column, value))
            found.append(Row(len(found), str(table["name"]), values))
    return found


def _atoms(column: str, value: object) -> Iterator[tuple[str, object]]:
    """Take arrays and documents apart, and a key out of a text such as `flag:<key>`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _atoms(f"{column}.{name}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _atoms(column, inner)
    elif isinstance(value, str) and (inside := _KEY_INSIDE.search(value)):
        yield column, UUID(inside[0])
    elif isinstance(value, UUID):
        yield column, UUID(int=value.int)  # the driver's own class compares, but prints otherwise
    elif value is not None and not isinstance(value, bool):
        yield column, value


def _rows_of(flag_key: UUID, everything: list[Row]) -> set[int]:
    """Follow keys from a flag through all tables."""
    keys, found = set[object]({flag_key}), set[int]()
    while True:
        new = [row for row in everything if row.number not in found and row.keys & keys]
        if not new:
            return found
        found |= {row.number for row in new}
        keys |= set().union(*(row.keys for row in new))


async def _links(house: House, raised: dict[UUID, str]) -> list[str]:
    """Name every value that flags of one person share and nobody else's has."""
    everything = await _all_rows(house)
    belongs: dict[int, set[UUID]] = defaultdict(set)
    for key in raised:
        for number in _rows_of(key, everything):
            belongs[number].add(key)
    shared: dict[tuple[str, object], set[UUID]] = defaultdict(set)
    found = []
    for row in everything:
        owners = belongs[row.number]
        people = {raised[key] for key in owners}
        if len(owners) > 1:
            assert len(people) == 1, f"a row of {row.table} hangs on everybody's flags: leave its key out"
            found.append(f"{row.table}: one row belongs to {len(owners)} flags")
        for column, value in row.values:
            shared[f"{row.table}.{column}", value] |= owners
            if isinstance(value, UUID | bytes) or (isinstance(value, str) and len(value) > 8):
                shared["anywhere", value] |= owners
    for (column, value), owners in shared.items():
        if len(owners) > 1 and len({raised[key] for key in owners}) == 1:
            found.append(f"{column}: {value!r} is shared by {len(owners)} flags")
    return found


@pytest.fixture
def both(wall: StoppedClock, business: StoppedClock) -> tuple[StoppedClock, StoppedClock]:
    return wall, business


async def test_no_column_outside_the_vault_links_two_flags_of_one_person(
    own_database: Database, ids: SeededIds, clocks: Clocks, both: tuple[StoppedClock, StoppedClock]
) -> None:
    house = await build_house(own_database, ids, clocks)
    raised = await _raise_flags(house, *both)
    assert list(raised.values()).count(RITA) == FLAGS
    assert await _links(house, raised) == []


_OF = "from vault.link l join vault.person p on p.key = l.person where l.flag = f.key"
_OF_CASE = (
    """from vault.link l join vault.person p on p.key = l.person where e.object = 'case:' || l."case\""""
)
LEAKS = {
    "flags.flag.leak": f"alter table flags.flag add leak bytea; update flags.flag f set leak = p.hash {_OF}",
    "flags.flag: one row": f"alter table flags.flag add leak uuid; update flags.flag f set leak = p.key {_OF}",
    "flags.flag.reliability": f"update flags.flag f set reliability = (p.upheld + 1.0) / (p.decided + 2) {_OF}",
    "flags.flag.tag": f"update flags.flag f set tag = p.link_key {_OF}",
    "audit.entry": f"update audit.entry e set facts = jsonb_build_object('right', p.upheld) {_OF_CASE}",
}


@pytest.mark.parametrize("column", list(LEAKS))
async def test_a_column_that_would_link_them_is_found(
    own_database: Database,
    ids: SeededIds,
    clocks: Clocks,
    both: tuple[StoppedClock, StoppedClock],
    column: str,
) -> None:
    house = await build_house(own_database, ids, clocks)
    raised = await _raise_flags(house, *both)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(LEAKS[column])
    assert [line for line in await _links(house, raised) if line.startswith(column)]


async def test_whoever_may_restrict_by_one_flag_does_not_learn_a_persons_other_flags(
    database: Database, ids: SeededIds, clocks: Clocks
) -> None:
    house = await build_house(database, ids, clocks)
    raised = [await _raise_one(house, RITA, f"linked-{turn}", adds=False) for turn in range(3)]
    async with database.transaction(Role.WORKER) as connection:
        await connection.execute("select vault.restrict($1, $2)", raised[0], house.now - timedelta(days=1))
        found = await reporters.end_restrictions(connection, house.now)
    assert not set(found) & set(raised)
