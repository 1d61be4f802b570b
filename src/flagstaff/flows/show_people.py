"""List who works here, for the page of accounts."""

from flagstaff.flows.house import House
from flagstaff.staff import storage
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey


async def list_people(house: House) -> list[Account]:
    """Return all accounts by name, also those that left."""
    async with house.database.reading(Role.CONSOLE) as connection:
        return await storage.list_accounts(connection)


async def find_person(house: House, key: AccountKey) -> Account | None:
    """Return one account."""
    async with house.database.reading(Role.CONSOLE) as connection:
        return await storage.find_account(connection, key)
