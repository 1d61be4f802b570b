"""Answer a thread of letters as the team, or close it; its writer is told where the answer stands, not the answer."""

from datetime import datetime

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.contact import rules, storage as contact
from flagstaff.contact.rules import ThreadMoved
from flagstaff.contact.storage import Letter, Side, Thread
from flagstaff.flows.case_desk import is_party
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import send_notices
from flagstaff.flows.tell_person import contact_page, person_notice
from flagstaff.flows.write_letter import no_such_thread
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import ThreadState


async def answer_letter(
    house: House, by: Account, number: str, text: str, seen: datetime, *, closing: bool = False
) -> None:
    """Answer a thread; `seen`: how it stood when it was read. Raises BadLetter, ThreadMoved, ThreadFull, Forbidden."""
    said = rules.check_letter(text)
    thread = await open_thread(house, by, number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        held = await _hold(connection, thread, seen)
        rules.check_room(len(await contact.letters(connection, [held.key])))
        letter = Letter(house.ids.key(), held.key, Side.TEAM, house.now, by.key, said)
        await contact.write(connection, letter)
        await _move(house, connection, by, held, "answer_last" if closing else "answer")


async def close_thread(house: House, by: Account, number: str, seen: datetime) -> None:
    """Close a thread in which nothing is left to say; writing opens it again. Raises as `answer_letter`."""
    thread = await open_thread(house, by, number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        held = await _hold(connection, thread, seen)
        if held.state is not ThreadState.CLOSED:
            await _move(house, connection, by, held, "close")


async def open_thread(house: House, by: Account, number: str) -> Thread:
    """Return a thread for somebody who may answer it and did not write it; raises NoSuchThread, Forbidden."""
    async with house.database.reading(Role.CONSOLE) as connection:
        thread = await contact.find_thread(connection, number)
    if thread is None:
        raise no_such_thread()
    staff_rules.demand(by, Permission.ANSWER_CONTACT, None, Platform(thread.platform))
    if await is_party(house, by, thread.platform, thread.key, None):
        raise no_such_thread()
    return thread


async def _hold(connection: Connection, thread: Thread, seen: datetime) -> Thread:
    held = await contact.hold_thread(connection, thread.number)
    if held is None:
        raise no_such_thread()
    letters = await contact.letters(connection, [held.key])
    latest = max((one.written_at for one in letters), default=held.changed_at)
    if max(latest, held.changed_at) != seen:
        what = "somebody wrote, or answered, since you opened it"
        raise ThreadMoved(what, where="number", mend="read what is new, then answer")
    return held


async def _move(house: House, connection: Connection, by: Account, thread: Thread, arrow: str) -> None:
    state = rules.apply(thread.state, arrow)
    await contact.move(connection, thread.key, state, None, house.now)
    if thread.known:
        text_key = "letter_closed" if arrow == "close" else "letter_answered"
        values = {
            "platform": house.policy.host(thread.platform).name,
            "status": state.value,
            "page": contact_page(house, thread.platform),
        }
        notice = person_notice(
            house, thread.key, platform=thread.platform, text_key=text_key, about="letter", number=thread.number,
            values=values, not_before=house.now,
        )  # fmt: skip
        await send_notices(house, connection, [notice], house.now)
    deed = "letter.closed" if arrow == "close" else "letter.answered"
    entry = Entry(house.ids.key(), house.now, deed, by.actor, f"thread:{thread.key}", thread.platform)
    await audit.record(connection, [entry])
