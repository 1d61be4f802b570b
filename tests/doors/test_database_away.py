"""A database that is away is said so, on every door, and what depends on it goes on when it is back."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import msgspec
import pytest_asyncio

from flagstaff.flows.policy_book import PolicyBook
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.errors import Unavailable
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Secret
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import build_house
from tests.people import browser, hire


@pytest_asyncio.fixture
async def nowhere(database: Database) -> AsyncIterator[Database]:
    """Give a database whose server is not there."""
    gone = Secret("postgresql:///gone?host=/nowhere")
    away = await Database.open(msgspec.structs.replace(database.address, url=gone), Role)
    yield away
    await away.close()


async def test_the_console_says_so_on_a_page_though_it_recognises_nobody(
    database: Database, nowhere: Database, ids: SeededIds, clocks: Clocks
) -> None:
    house = await build_house(database, ids, clocks)
    account = await hire(house, StaffRole.MODERATOR)
    async with browser(house, account) as signed_in:
        cookies = dict(signed_in.client.cookies)
    async with browser(dataclasses.replace(house, database=nowhere)) as page:
        for name, value in cookies.items():
            page.remember(name, value)
        answer = await page.get("/console/queue")
    assert answer.status_code == 503
    assert "flagstaff doctor" in answer.text


async def test_a_policy_that_could_not_be_read_once_is_read_again(database: Database) -> None:
    """Its database restarts just when somebody publishes: the book may not stay old for ever."""

    class Shaky(PolicyBook):
        reads = 0

        async def refresh(self) -> None:
            Shaky.reads += 1
            if Shaky.reads == 1:
                raise Unavailable("the database cannot be reached")
            await super().refresh()

    book = Shaky(database, Role.CONSOLE)
    await book.keep_fresh()
    for _ in range(60):
        if Shaky.reads > 1:
            break
        await asyncio.sleep(0.1)
    await book.close()
    assert Shaky.reads > 1
