"""No page asks the database more often because there are more rows: whole requests are counted, on every connection."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from flagstaff.console.tour import Tour
from flagstaff.console.tour_parts import Player, Proof, Script, Tale
from flagstaff.flows.house import House
from flagstaff.kernel.settings import Settings
from flagstaff.store.marks import make_mark
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.case_work import decide, job
from tests.doors.platform import Harborlane
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import ADDRESS, browser, hire

MANY = 12
Ask = Callable[[], Awaitable[httpx.Response]]


class Counter:
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def of(self, ask: Ask) -> int:
        """Return how often one request asks, once what a process learns once is known."""
        assert (await ask()).status_code == 200
        self.asked.clear()
        assert (await ask()).status_code == 200
        return len(self.asked)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Count every statement of this process, beginnings and ends of transactions left out."""
    counter = Counter()
    for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
        real = getattr(asyncpg.Connection, name)

        async def counted(connection: Any, sql: str, *rest: Any, _real: Any = real, **named: Any) -> Any:
            if not sql.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK")):
                counter.asked.append(sql)
            return await _real(connection, sql, *rest, **named)

        monkeypatch.setattr(asyncpg.Connection, name, counted)
    return counter


@pytest.fixture
def house(harborlane: Harborlane) -> House:
    return dataclasses.replace(harborlane.house, settings=Settings(public_url=ADDRESS))


@pytest_asyncio.fixture
async def tour(house: House) -> Callable[[int], Any]:
    """Give the tour with so many cases written by hand."""
    players = (Player(key="rita", part="reporter", name="Rita", person="tour-rita", says="Flags."),)

    async def prove(*_: str) -> Proof:
        raise AssertionError("no page of the tour proves anything by being opened")

    def open_with(tales: int) -> Tour:
        told = tuple(Tale("job_post", f"tale-{place}", f"tale {place}", "Look.") for place in range(tales))
        script = Script(platform=HARBORLANE, marketplace="http://127.0.0.1:8001", players=players, tales=told,
                        lines="", prove=prove)  # fmt: skip
        return Tour(house, script)

    async with house.database.transaction(Role.CONSOLE) as connection:
        await make_mark(connection, "demo", "test", house.now)
    return open_with


def by(app: Any, path: str) -> Ask:
    """Return a request of a browser on this machine."""

    async def ask() -> httpx.Response:
        address = "http://127.0.0.1:8000"
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url=address) as client:
            return await client.get(path)

    return ask


@pytest.mark.parametrize("query", ["", "?surface=marketplace&severity=1", "?show=claimed"])
async def test_the_queue(house: House, statements: Counter, query: str) -> None:
    moderator = await hire(house, StaffRole.MODERATOR)
    await job(house, f"queue-first-{query}")
    async with browser(house, moderator) as page:
        once = await statements.of(lambda: page.get(f"/console/queue{query}"))
        for place in range(MANY):
            await job(house, f"queue-{query}-{place}", "rita", "sam")
        assert await statements.of(lambda: page.get(f"/console/queue{query}")) == once <= 7


async def test_a_case_with_more_flags_copies_and_earlier_decisions(house: House, statements: Counter) -> None:
    moderator = await hire(house, StaffRole.MODERATOR)
    number = await job(house, "case-1")
    async with browser(house, moderator) as page:
        once = await statements.of(lambda: page.get(f"/console/cases/{number}"))
        for place in range(MANY):
            shown = seen(id_="case-1", author="ann", words=f"Logo wanted, version {place}.")
            await flag(
                house, sent(f"case-reporter-{place}", shown, details=f"They ask for free work, {place}.")
            )
        for place in range(4):
            earlier = await job(house, f"case-before-{place}")
            await decide(house, moderator, earlier, "", verdict=Verdict.NO_VIOLATION)
        assert await statements.of(lambda: page.get(f"/console/cases/{number}")) == once <= 16


async def test_my_reports(harborlane: Harborlane, statements: Counter) -> None:
    path = "/v1/my/flags?person=my-rita"

    async def ask() -> httpx.Response:
        return await harborlane.client.get(path, headers=harborlane.as_server())

    await harborlane.flag("my-0", "my-rita")
    once = await statements.of(ask)
    for place in range(1, MANY):
        await harborlane.flag(f"my-{place}", "my-rita")
    assert await statements.of(ask) == once <= 3
    assert len((await ask()).json()["items"]) == MANY


async def test_the_public_pages_ask_nothing(harborlane: Harborlane, statements: Counter) -> None:
    """Menu, help article and guidelines are made from published versions that the process holds."""
    for path in ("/v1/menus/job_post", "/help/flags", "/guidelines"):
        for place in range(2):
            assert await statements.of(lambda: harborlane.client.get(path)) == 0  # noqa: B023 - awaited here
            await harborlane.flag(f"public-{path}-{place}")


async def test_the_tours_first_page(house: House, statements: Counter, tour: Callable[[int], Any]) -> None:
    for place in range(MANY):
        await job(house, f"tale-{place}")
    once = await statements.of(by(tour(1), "/tour"))
    assert await statements.of(by(tour(MANY), "/tour")) == once <= 2


async def test_one_flag_from_five_sides(
    house: House, statements: Counter, tour: Callable[[int], Any]
) -> None:
    ask = by(tour(1), "/tour/flag?person=tour-rita")
    await job(house, "sides-0", "tour-rita")
    once = await statements.of(ask)
    for place in range(1, MANY):
        await job(house, f"sides-{place}", "tour-rita", "sam", "tom")
    assert await statements.of(ask) == once
