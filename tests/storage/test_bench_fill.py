"""A benchmark's copies of real flags are rows like others, in every table that a flag writes to."""

import pytest
import pytest_asyncio

from bench.intake_parts import fill
from bench.intake_parts.doors import one_flag
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database, connect
from flagstaff.store.roles import Role
from tests.houses import build_house

pytestmark = pytest.mark.once


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


async def test_copies_multiply_every_table_of_a_flag_and_take_further_flags(house: House) -> None:
    """Every constraint is in force while they are made; a flag about a copied subject joins its case."""
    since, rows = await fill.make_pattern(house)
    assert rows["flags.flag"] == 1.0
    pattern = await fill.counts(house)
    connection = await connect(house.database.address, Role.OWNER)
    await fill.multiply(connection, since, 1, 3)
    await connection.close()
    filled = await fill.counts(house)
    for table in rows:
        written = round(rows[table] * fill.PATTERN)
        assert filled[table] - pattern[table] >= 3 * written > 0, table
    (answer,) = await receive_flags(house, [one_flag(house, "job-7~2", "somebody-new")])
    assert isinstance(answer, Receipt)
    after = await fill.counts(house)
    assert after["cases.case"] == filled["cases.case"]
    assert after["flags.flag"] == filled["flags.flag"] + 1
