"""Give door tests a house, Harborlane connected to it, and a language in which nothing is left untold."""

import gettext
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.language import tongues
from flagstaff.language.tongues import Tongue, tongue_of
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.doors.platform import Harborlane, open_harborlane
from tests.doors.shop import Shop, open_shop
from tests.houses import build_house
from tests.people import Browser, browser, hire


@pytest_asyncio.fixture
async def harborlane(database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[Harborlane]:
    """Give Harborlane's server, connected to a house whose subjects are new in every test."""
    host = await open_harborlane(await build_house(database, ids, clocks))
    async with host.client:
        yield host
    await host.door.close()


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> House:
    """Give a house of one's own, for a test that looks at all that is in it or moves its clock far."""
    return await build_house(own_database, ids, clocks)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    """Give a policy manager of the house that a test file works with."""
    return await hire(house, StaffRole.POLICY_MANAGER)


@pytest_asyncio.fixture
async def hers(house: House, pia: Account) -> AsyncIterator[Browser]:
    """Give her browser."""
    async with browser(house, pia) as page:
        yield page


@pytest_asyncio.fixture
async def platform(house: House) -> AsyncIterator[Harborlane]:
    """Give Harborlane's server, connected to that house."""
    host = await open_harborlane(house)
    async with host.client:
        yield host
    await host.door.close()


@pytest_asyncio.fixture
async def shop(harborlane: Harborlane, tmp_path: Path) -> AsyncIterator[Shop]:
    """Open the example host with the keys of this house."""
    async with open_shop(harborlane, tmp_path) as opened:
        yield opened


@pytest.fixture
def job(request: pytest.FixtureRequest) -> str:
    """Name a job that no other test flags."""
    return f"job-{request.node.name}"[:200]


class Brackets(gettext.NullTranslations):
    """A language that says every message in brackets, so that what is said without the catalogs shows."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, n: int) -> str:
        return f"⟦{one if n == 1 else many}⟧"

    def pgettext(self, _: str, message: str) -> str:
        return f"⟦{message}⟧"


@pytest.fixture
def _brackets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let whoever reads Spanish read brackets."""
    spoken, bracketed = tongues._tongue, Tongue("es", Brackets())
    monkeypatch.setattr(tongues, "_tongue", lambda tag: bracketed if tag == "es" else spoken(tag))
    tongue_of.cache_clear()
    yield
    tongue_of.cache_clear()
