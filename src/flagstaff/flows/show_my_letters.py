"""Show a person their threads with the team: when they wrote, never what, and what the team answered."""

from collections.abc import Sequence

import msgspec

from flagstaff.contact import storage as contact
from flagstaff.contact.storage import Letter, Thread
from flagstaff.flows.house import House
from flagstaff.flows.write_letter import find_by_code
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef


class OwnThread(msgspec.Struct, frozen=True):
    """One thread with its letters, first to last."""

    thread: Thread
    letters: Sequence[Letter]


async def show_my_letters(house: House, person: PersonRef) -> list[OwnThread]:
    """Return a person's own threads, the latest first."""
    async with house.database.transaction(Role.INTAKE) as connection:
        keys = await admission.flags_of(connection, house.sealer, person)
        threads = await contact.threads(connection, keys)
        letters = await contact.letters(connection, [one.key for one in threads])
    return [OwnThread(thread, [one for one in letters if one.thread == thread.key]) for thread in threads]


async def show_thread_by_code(house: House, number: str, code: str) -> OwnThread:
    """Return the thread that number and code name; raises NoSuchThread."""
    thread = await find_by_code(house, number, code)
    async with house.database.reading(Role.INTAKE) as connection:
        return OwnThread(thread, await contact.letters(connection, [thread.key]))
