"""Erase a person: who they are and what they wrote goes; hashes of content and decisions stay."""

from uuid import UUID

import msgspec

from flagstaff.appeals.tasks import voices_of
from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases.tasks import cases_about
from flagstaff.contact import storage as contact
from flagstaff.flags.addenda import addenda_of
from flagstaff.flows.house import House
from flagstaff.menus import suggested
from flagstaff.staff import rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import authors
from flagstaff.vault import erasing
from flagstaff.vault.model import Erased
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.roles import Permission


class ErasureDone(msgspec.Struct, frozen=True):
    """What went, in numbers that name nobody."""

    flags: int = 0
    words: int = 0
    copies: int = 0


async def erase_person(house: House, by: Account | None, person: PersonRef, actor: str = "") -> ErasureDone:
    """Erase one person of one platform, for good.

    `by` is the account that does it; None is the operator or, with `actor`, the platform that said the person is
    gone. Erasing somebody unknown, or twice, does nothing and is noted like any other.
    """
    if not actor:
        rules.demand(by, Permission.ERASE_PERSON, None, person.platform)
    erased = Erased(
        at=house.now,
        platform=person.platform,
        person_hash=house.sealer.person_hash(person),
        staff_hash=house.sealer.staff_hash(person),
    )
    erasing.append_erasure(house.settings.keys_folder, erased)
    async with house.database.transaction(Role.ERASER) as connection:
        return await carry_out(house, connection, erased, actor or rules.actor_of(by))


async def carry_out(house: House, connection: Connection, erased: Erased, actor: str) -> ErasureDone:
    """Do what one line of the erasure list says, room by room; doing it again changes nothing.

    What the vault tied to a person are flags, suggestions and threads of letters.
    """
    flags = await erasing.erase(connection, erased.platform, erased.person_hash)
    threads = await contact.among(connection, flags)
    others = len(threads) + await suggested.blank(connection, flags)
    await contact.blank_answers(connection, threads)
    author = await authors.hold_by_hash(connection, erased.platform, erased.staff_hash)
    owners = [
        *await addenda_of(connection, flags),
        *await voices_of(connection, flags, author),
        *await contact.letters_of(connection, threads),
    ]
    words = await erasing.erase_words(connection, owners)
    copies = 0
    if author is not None:
        words += await _erase_said(connection, author)
        copies = await authors.erase(connection, author, house.now)
    facts = {"flags": len(flags) - others, "words": words, "copies": copies}
    entry = Entry(
        house.ids.key(), house.now, "person.erased", actor, "vault:person", erased.platform, facts=facts
    )
    await audit.record(connection, [entry])
    return ErasureDone(len(flags) - others, words, copies)


async def _erase_said(connection: Connection, author: UUID) -> int:
    """Erase what the author said in the flags of others: messages round a flagged one, answers to staff."""
    about = await cases_about(connection, await authors.subjects_of(connection, author))
    return await erasing.erase_author_words(connection, about)
