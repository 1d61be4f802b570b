"""Give door tests a house, and Harborlane connected to it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from tests.doors.platform import Harborlane, open_harborlane
from tests.houses import build_house


@pytest_asyncio.fixture
async def harborlane(database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[Harborlane]:
    """Give Harborlane's server, connected to a house whose subjects are new in every test."""
    house: House = await build_house(database, ids, clocks)
    host = await open_harborlane(house)
    async with host.client:
        yield host
    await host.door.close()


@pytest.fixture
def job(request: pytest.FixtureRequest) -> str:
    """Name a job that no other test flags."""
    return f"job-{request.node.name}"[:200]
