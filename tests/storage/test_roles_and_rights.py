"""Every database role may do what the one list says, and nothing else."""

import pytest

from flagstaff.store.database import Address, Database
from flagstaff.store.privileges import granted, read_privileges
from flagstaff.store.roles import Role
from tests.clusters import owner


async def test_the_catalogue_grants_exactly_the_list(address: Address) -> None:
    async with owner(address) as connection:
        found = await granted(connection)
    wanted = read_privileges()
    assert sorted(map(str, found - wanted)) == [], "granted, but not in privileges.yaml"
    assert sorted(map(str, wanted - found)) == [], "in privileges.yaml, but not granted"


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_enters_as_itself(database: Database, role: Role) -> None:
    async with database.reading(role) as connection:
        assert await connection.fetchval("select current_user") == role.login
