"""Put staff at a desk for tests: accounts, and cases in their hands."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flagstaff.flows.house import House
from flagstaff.kernel.ids import Ids
from flagstaff.staff.model import Account, LinkedPerson
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, PersonRef
from flagstaff.vocabulary.roles import StaffRole

_LONG_AGO = datetime(2025, 1, 6, tzinfo=UTC)


def account(ids: Ids, *roles: StaffRole, linked: LinkedPerson | None = None) -> Account:
    """Return an active account that works everywhere."""
    key = AccountKey(ids.key())
    return Account(
        key=key,
        login=f"l{key.hex}",
        name="Somebody",
        roles=frozenset(roles),
        linked=linked,
        made_at=_LONG_AGO,
    )


def moderator(ids: Ids, linked: LinkedPerson | None = None) -> Account:
    """Return a moderator."""
    return account(ids, StaffRole.MODERATOR, linked=linked)


def linked(house: House, person: PersonRef) -> LinkedPerson:
    """Say that an account is also this person."""
    return LinkedPerson(person.platform, house.sealer.person_hash(person), house.sealer.staff_hash(person))


async def case_of(house: House, subject: str) -> UUID:
    """Return the newest case about a subject."""
    async with house.database.reading(Role.OWNER) as connection:
        found: UUID = await connection.fetchval(
            "select c.key from cases.case c join subjects.subject s on s.key = c.subject "
            "where s.outside_id = $1 order by c.opened_at desc limit 1",
            subject,
        )
        return found


async def hand_over(house: House, case: UUID, to: Account, lasts: timedelta = timedelta(minutes=30)) -> None:
    """Let an account hold a case."""
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "update cases.case set state = 'claimed', claimed_by = $2, claimed_until = $3 where key = $1",
            case,
            to.key,
            house.now + lasts,
        )


async def rows(house: House, query: str, *arguments: object) -> list[dict[str, object]]:
    """Look at the database as its owner."""
    async with house.database.reading(Role.OWNER) as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
