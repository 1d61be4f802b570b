"""Who flagged and what they wrote stands in no table, no log and no file of the database, also when things fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.read_words import read_words
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer
from tests.clusters import owner
from tests.desks import case_of, hand_over, moderator, rows
from tests.houses import build_house, flag, person, seen, sent

WHO = "canary-reporter-7f31"
WORDS = "canary-words-7f31 are what I wrote"
CONTENT = "content-that-may-stand-7f31"


@pytest_asyncio.fixture(scope="module")
async def house(database: Database) -> AsyncIterator[House]:
    """Give a house in which the canaries have flagged, added, been read, and failed in many ways."""
    from tests.conftest import _MOMENT

    wall = StoppedClock(_MOMENT)
    ids = SeededIds("canaries", wall)
    house = await build_house(database, ids, Clocks(wall, wall))
    await _live(house)
    await _fail(house)
    yield house


async def _live(house: House) -> None:
    shown = seen(id_="job-canary", words=CONTENT)
    one = sent(WHO, shown, details=WORDS, request=b"r" * 32, body=b"b" * 32)
    (receipt,) = await flag(house, one)
    await flag(house, one)
    await flag(house, sent(WHO, shown, "job_post.off_platform_payment", details=WORDS))
    await redact_words(house)
    mia = moderator(house.ids)
    case = await case_of(house, "job-canary")
    await hand_over(house, case, mia)
    assert [words.text for words in await read_words(house, mia, case)] == [WORDS, WORDS]
    await withdraw_flag(house, Withdrawal(person(WHO), str(receipt.number)))


async def _fail(house: House) -> None:
    """Let the database refuse statements whose values, or whose very text, hold the canaries."""
    failures: list[Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[object]]] = [
        lambda line: line.execute("select $1::text::integer", WHO),
        lambda line: line.execute(f"select '{WHO}'::integer"),
        lambda line: line.execute(f"selekt '{WORDS}'"),
        lambda line: line.execute("insert into vault.words (field) values ($1)", WORDS),
        lambda line: line.execute("insert into platforms.platform (key, name, made_at) values ($1, $1, $2)",
                                  WHO.upper(), house.now),
        lambda line: line.execute(f"do $$ begin raise exception '{WORDS}'; end $$"),
        lambda line: line.execute(f"do $$ begin raise warning '{WHO}'; end $$"),
        lambda line: line.execute("select pg_sleep(3), $1::text", WORDS),
    ]  # fmt: skip
    for role in (Role.INTAKE, Role.OWNER):
        for fail in failures:
            await _attempt(house, role, fail)
    await _attempt(house, Role.INTAKE, lambda line: _admit_and_fail(house, line))


async def _admit_and_fail(house: House, line: "asyncpg.Connection[asyncpg.Record]") -> None:
    twice = [Newcomer(person(WHO))] * 2
    await admission.admit(line, twice, house.sealer, house.sealer.batch(), house.ids)
    await line.execute("select 1 / 0")


async def _attempt(
    house: House, role: Role, fail: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[object]]
) -> None:
    try:
        async with asyncio.timeout(0.2), house.database.transaction(role) as connection:
            await fail(connection)  # type: ignore[arg-type]
    except (asyncpg.PostgresError, FlagstaffError, TimeoutError):
        pass


def _shapes(canary: str) -> list[bytes]:
    """Return how a text may lie in a file: as it is, and as hexadecimal digits of a log or a dump."""
    return [canary.encode(), canary.encode().hex().encode(), canary.upper().encode()]


@pytest.mark.parametrize("canary", [WHO, WORDS, WORDS[:19]])
async def test_no_table_shows_it(house: House, canary: str) -> None:
    tables = await rows(
        house,
        "select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n"
        " on n.oid = c.relnamespace where c.relkind in ('r', 'v')"
        " and n.nspname not in ('pg_catalog', 'information_schema')",
    )
    seen_content = False
    for table in tables:
        for row in await rows(house, f"select t::text as row from {table['name']} t"):
            text = str(row["row"]).encode()
            assert not any(shape in text for shape in _shapes(canary)), table["name"]
            seen_content = seen_content or CONTENT.encode() in text
    assert seen_content, "the search finds what is there"


@pytest.mark.parametrize("canary", [WHO, WORDS[:19]])
async def test_no_file_of_the_server_shows_it_its_log_included(house: House, canary: str) -> None:
    async with owner(house.database.address) as connection:
        await connection.execute("checkpoint")
        data = Path(await connection.fetchval("select current_setting('data_directory')"))
    files = [path for path in data.parent.rglob("*") if path.is_file()]
    assert any(path.name == "log" for path in files), "the server's log is among them"
    found = {"canary": set[str](), "content": set[str]()}
    for path in files:
        try:
            held = path.read_bytes()
        except FileNotFoundError:  # another test's database went meanwhile
            continue
        if any(shape in held for shape in _shapes(canary)):
            found["canary"].add(str(path.relative_to(data.parent)))
        if CONTENT.encode() in held:
            found["content"].add(path.name)
    assert found["content"], "the search finds what is there"
    assert found["canary"] == set()
