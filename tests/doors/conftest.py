"""Give door tests a house, and Harborlane connected to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from tests.doors.platform import Harborlane, open_harborlane
from tests.doors.shop import Shop, open_shop
from tests.houses import build_house


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
