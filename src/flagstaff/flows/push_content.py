"""Keep what a platform shows of a subject before anybody flags it: a later flag then finds the words as they were."""

from collections.abc import Sequence

from flagstaff.flows.house import House
from flagstaff.flows.sent_flag import UnknownKind
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import PersonRef


async def push_content(house: House, pushed: Sequence[Seen]) -> int:
    """Copy what is new, as `take_content` does, in a transaction of its own."""
    async with house.database.transaction(Role.INTAKE) as connection:
        return await take_content(house, connection, pushed)


async def take_content(house: House, connection: Connection, pushed: Sequence[Seen]) -> int:
    """Copy what is new; returns how many were. Pushing the same content twice copies it once."""
    for one in pushed:
        check_kind(house, one)
    kept = await subjects.keep(connection, pushed, staff_hashes(house, pushed), house.ids, house.now)
    return sum(one.changed for one in kept)


def staff_hashes(house: House, pushed: Sequence[Seen]) -> list[bytes]:
    """Return the keyed hashes of the authors, in the order of their subjects."""
    return [house.sealer.staff_hash(PersonRef(one.ref.platform, one.author or "")) for one in pushed]


def check_kind(house: House, one: Seen) -> None:
    """Raise UnknownKind for a subject that nobody could ever flag."""
    if not house.policy.has_kind(one.ref.platform, one.ref.kind):
        known = ", ".join(sorted(house.policy.menus(one.ref.platform).menu_by_kind))
        what = f"this platform has no menu for {one.ref.kind!r}"
        raise UnknownKind(what, where="subject.kind", mend=f"use one of: {known}")
