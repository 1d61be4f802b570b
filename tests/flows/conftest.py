"""Give stories a house of their own, with people at its desks."""

from collections.abc import AsyncIterator

import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account
from tests.houses import build_house
from tests.people import hire


@pytest_asyncio.fixture
async def own_house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    """Give one test a house with an empty queue and the default policy."""
    yield await build_house(own_database, ids, clocks)


@pytest_asyncio.fixture
async def house(own_house: House) -> House:
    """Give a test the house of its own, where its file has no other one."""
    return own_house


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    """Give a policy manager."""
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def mia(own_house: House) -> Account:
    """Give a moderator."""
    return await account(own_house, "mia")


@pytest_asyncio.fixture
async def noor(own_house: House) -> Account:
    """Give another moderator."""
    return await account(own_house, "noor")
