"""Tell whether an account is a party of a case: its linked person wrote the subject or raised one of the flags."""

from uuid import UUID

from flagstaff.cases.tasks import claim_of
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects.authors import author_hash
from flagstaff.vault.reporters import is_party as raised_a_flag


async def is_party(house: House, account: Account, case: UUID) -> bool:
    """Return one boolean and never which of the two; an account linked to nobody is party to nothing."""
    linked = account.linked
    if linked is None:
        return False
    async with house.database.reading(Role.CONSOLE) as connection:
        claim = await claim_of(connection, case)
        if claim is None or claim.platform != linked.platform:
            return False
        if await author_hash(connection, claim.subject) == linked.author_hash:
            return True
    async with house.database.reading(Role.CONFLICT) as connection:
        return await raised_a_flag(connection, linked.platform, linked.hash, case)
