"""Take what somebody writes to the team: a new thread, or one more letter in a thread of their own."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.contact import rules, storage as contact
from flagstaff.contact.storage import Letter, Side, Thread
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.kernel.clock import day_of, end_of_day
from flagstaff.kernel.errors import NotFound
from flagstaff.kernel.ids import NumberKind, read_number
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer, Words
from flagstaff.vault.model import Field
from flagstaff.vocabulary.references import PersonRef, Platform


class NoSuchThread(NotFound):
    """There is no thread of this person under this number, or the code is another one's: both read the same."""

    slug = "no-such-thread"
    title = "There is no such thread of yours"


class Posted(msgspec.Struct, frozen=True):
    """Under which number, with which code, a thread is found again."""

    number: str
    code: str


async def begin_thread(
    house: House, connection: Connection, platform: Platform, person: PersonRef | None, text: str
) -> Posted:
    """Begin a thread; `person` None: somebody without an account. Raises BadLetter."""
    said = rules.check_letter(text)
    thread = Thread(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.THREAD),
        platform=platform,
        state=rules.apply(None, "begin"),
        known=person is not None,
        opened_at=house.now,
        due_at=_due(house, platform),
        changed_at=house.now,
    )
    await contact.open_thread(connection, thread)
    if person is not None:
        batch = house.sealer.batch()
        await admission.admit(connection, [Newcomer(person)], house.sealer, batch, house.ids)
        await admission.link(connection, house.sealer, [person], [thread.key], [thread.key])
    await _write(house, connection, thread, said)
    return Posted(thread.number, house.sealer.notice_code(thread.number))


async def write_again(
    house: House, connection: Connection, person: PersonRef, number: str, text: str
) -> Posted:
    """Add a letter to one's own thread, which waits for the team again; raises NoSuchThread, BadLetter, ThreadFull."""
    said = rules.check_letter(text)
    # first the person, then the thread: nobody is erased while they write
    own = await admission.hold_flags_of(connection, house.sealer, person)
    thread = await contact.hold_thread(connection, thread_number(number))
    if thread is None or thread.key not in own:
        raise no_such_thread()
    await _continue(house, connection, thread, said)
    return Posted(thread.number, house.sealer.notice_code(thread.number))


async def write_by_code(house: House, number: str, code: str, text: str) -> Posted:
    """Add a letter to the thread that number and code name; raises as `write_again`."""
    said = rules.check_letter(text)
    thread = await find_by_code(house, number, code)
    async with house.database.transaction(Role.INTAKE) as connection:
        held = await contact.hold_thread(connection, thread.number)
        if held is None:
            raise no_such_thread()
        await _continue(house, connection, held, said)
    return Posted(thread.number, house.sealer.notice_code(thread.number))


async def find_by_code(house: House, number: str, code: str) -> Thread:
    """Return the thread that number and code name; raises NoSuchThread."""
    stored = thread_number(number)
    if not house.sealer.shows_receipt(stored, code):
        raise no_such_thread()
    async with house.database.reading(Role.INTAKE) as connection:
        thread = await contact.find_thread(connection, stored)
    if thread is None:
        raise no_such_thread()
    return thread


def thread_number(text: str) -> str:
    """Return a thread's number as it is stored, however it was typed; raises NoSuchThread for what is none."""
    read = read_number(text)
    if read is None or read[0] is not NumberKind.THREAD:
        raise no_such_thread()
    return read[1]


def no_such_thread() -> NoSuchThread:
    """Return the refusal of a number, or of a number and code, that name nothing of whoever asks."""
    msg = "nothing of yours is found under this number"
    return NoSuchThread(msg, where="number", mend="copy the number, and the code if you have no account")


async def _continue(house: House, connection: Connection, thread: Thread, said: str) -> None:
    letters = await contact.letters(connection, [thread.key])
    rules.check_room(len(letters))
    waits = thread.due_at or _due(house, Platform(thread.platform))
    await _write(house, connection, thread, said)
    await contact.move(connection, thread.key, rules.apply(thread.state, "write_again"), waits, house.now)


async def _write(house: House, connection: Connection, thread: Thread, said: str) -> None:
    """Keep that a letter came, and seal what it says."""
    letter = Letter(house.ids.key(), thread.key, Side.PERSON, house.now)
    await contact.write(connection, letter)
    words = Words(Field.LETTER, letter.key, thread.key, thread.platform, said)
    await admission.leave_words(connection, [words], house.sealer.batch(), house.ids, house.now.date())
    day = day_of(house.now)
    entry = Entry(house.ids.key(), day, "letter.received", "person", f"thread:{thread.key}", thread.platform)
    await audit.record(connection, [entry])


def _due(house: House, platform: Platform) -> datetime:
    return end_of_day(house.now, house.settings.contact_days, zone_of(house, platform))
