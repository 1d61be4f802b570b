"""Read a thread of letters: copies without names, opened for whoever answers, and what the team said."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from flagstaff.contact import storage as contact
from flagstaff.contact.storage import Letter, Side, Thread
from flagstaff.flows.answer_letter import open_thread
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Purpose


class ReadLetter(msgspec.Struct, frozen=True):
    """One letter with its text; None while the copy without names is being made, and once its writer was erased."""

    letter: Letter
    text: str | None


class ReadThread(msgspec.Struct, frozen=True):
    """One thread as the team reads it; `seen` goes back with the answer, which nothing new may overtake."""

    thread: Thread
    letters: Sequence[ReadLetter]
    seen: datetime

    @property
    def last_day(self) -> datetime | None:
        """Return a moment of the last day on which an answer is in time; None while nobody waits for one."""
        due = self.thread.due_at
        return due - timedelta(microseconds=1) if due else None


async def read_letters(house: House, by: Account, number: str) -> ReadThread:
    """Return a thread with its texts; what is opened, why and for whom is committed first.

    Raises NoSuchThread, Forbidden, Unavailable.
    """
    thread = await open_thread(house, by, number)
    async with house.database.reading(Role.CONSOLE) as connection:
        letters = await contact.letters(connection, [thread.key])
        refs = await opening.refs_of(connection, thread.key)
    texts = {}
    if refs:
        why, wanted = f"letters {thread.number}", [one.ref for one in refs]
        asking = asked_by(house, by, Purpose.READ, wanted, why, thread.key)
        texts = {
            one.owner: one.text for one in await open_on_record(house, Role.READER, asking, opening.read)
        }
    read = [
        ReadLetter(one, one.answer if one.written_by is Side.TEAM else texts.get(one.key)) for one in letters
    ]
    return ReadThread(thread, read, max([thread.changed_at, *(one.written_at for one in letters)]))
