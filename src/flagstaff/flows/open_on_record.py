"""Open what was sealed, on the record: what is opened, why and for whom is committed before anything is served."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Unavailable
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Asking, Purpose
from flagstaff.vault.sealing import Opener

_Found = TypeVar("_Found")
Take = Callable[[Connection, Opener, UUID, datetime], Awaitable[_Found]]
"""Opens what a committed asking named: the functions of `vault.opening` are of this kind."""


def opener_of(house: House) -> Opener:
    """Return what opens; raises Unavailable where this process was given no private key."""
    if house.opener is None:
        msg = "this process holds no private half of the house key"
        raise Unavailable(
            msg, where="keys", mend="do this in a process that holds it, the console's or the worker's"
        )
    return house.opener


def asked_by(
    house: House, by: Account, purpose: Purpose, refs: Sequence[UUID], why: str, case: UUID | None = None
) -> Asking:
    """Return what an account asks to have opened now."""
    return Asking(
        house.ids.key(), purpose, tuple(refs), why, house.clocks.wall.now(), account=by.key, case=case
    )


async def open_on_record(
    house: House, role: Role, asking: Asking, take: Take[_Found], *entries: Entry
) -> _Found:
    """Commit an asking, with what the audit says of it, and only then take what it named; raises Unavailable."""
    opener = opener_of(house)
    async with house.database.transaction(role) as connection:
        await opening.ask(connection, asking)
        await audit.record(connection, entries)
    async with house.database.transaction(role) as connection:
        return await take(connection, opener, asking.key, house.clocks.wall.now())


async def comments_on_record(
    house: House, by: Account, purpose: Purpose, flags: Sequence[UUID], why: str, case: UUID | None = None
) -> dict[UUID, str]:
    """Open the redacted comments of some flags under Other, by flag; one that was erased or does not open is left out.

    Raises Unavailable.
    """
    async with house.database.reading(Role.ANALYST) as connection:
        refs = await opening.copies_of(connection, flags)
    if not refs:
        return {}
    take = opening.comments_for_coding if purpose is Purpose.CODING else opening.comments_to_count
    return await open_on_record(house, Role.ANALYST, asked_by(house, by, purpose, refs, why, case), take)
