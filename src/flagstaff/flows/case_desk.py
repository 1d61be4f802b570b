"""Bring a staff account before a case: locked, with its subject, and with the one boolean that the vault answers."""

from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.audit.model import Entry
from flagstaff.cases import desk, moves
from flagstaff.cases.model import Viewer
from flagstaff.cases.moves import Held
from flagstaff.cases.storage import Step
from flagstaff.flags import misuse
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Conflict, Forbidden, NotFound
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vault import reporters
from flagstaff.vocabulary.references import AccountKey, Place, Platform, Surface
from flagstaff.vocabulary.roles import SCOPED_ROLES
from flagstaff.vocabulary.ruling import Ruling


class NoSuchCase(NotFound):
    """There is no such case, or none that this account may know of: both read the same."""

    slug = "no-such-case"
    title = "There is no such case"


class NotYours(Forbidden):
    """The account may see the case and may not do this with it now."""

    slug = "not-yours"
    title = "This case is not in your hands"


class Seat(msgspec.Struct, frozen=True):
    """An account before a case that stays locked until the transaction ends."""

    case: Held
    subject: Judged
    viewer: Viewer
    now: datetime

    @property
    def actor(self) -> str:
        """Return how history and audit name who acts."""
        return str(self.viewer.account)


async def take_seat(house: House, connection: Connection, by: Account, number: str) -> Seat:
    """Lock a case for an account; raises NoSuchCase, also where the account may not know of it.

    The subject is locked first, as intake does: a flag that arrives meanwhile waits and sees what was done.
    """
    found = await moves.find(connection, number)
    if found is None:
        raise _nothing()
    await judging.lock(connection, found.subject)
    case = await moves.hold(connection, found.key)
    subject = await judging.judged(connection, found.subject)
    if case is None or subject is None:
        raise _nothing()
    viewer = await viewer_before(house, by, case, subject)
    if not reaches(by, case.platform) or not desk.may_see(viewer, case.desk()):
        raise _nothing()
    return Seat(case, subject, viewer, house.now)


async def viewer_before(house: House, by: Account, case: Held, subject: Judged) -> Viewer:
    """Return an account as the rules of a desk see it before one case."""
    party = await is_party(house, by, case.platform, case.key, subject.staff_hash)
    return Viewer(AccountKey(by.key), by.permissions, places_of(by), party)


async def is_party(house: House, by: Account, platform: str, case: UUID, author: bytes | None) -> bool:
    """Tell whether the person linked to an account wrote the subject or flagged it; nothing else leaves the vault."""
    if by.linked is None or by.linked.platform != platform:
        return False
    if author is not None and author == by.linked.author_hash:
        return True
    async with house.database.reading(Role.CONSOLE) as connection:
        about = await misuse.flagged_in(connection, case) or case
    async with house.database.reading(Role.CONFLICT) as connection:
        return await reporters.is_party(connection, platform, by.linked.hash, about)


def places_of(by: Account) -> tuple[Place, ...] | None:
    """Return the places of an account that is bound to some; None: everywhere."""
    if by.roles - SCOPED_ROLES:
        return None
    return tuple(Place(Surface.COMMUNITY, **{reach.level: reach.key}) for reach in by.places)


def reaches(by: Account, platform: str) -> bool:
    """Tell whether an account works for a platform; none written means all."""
    return not by.platforms or Platform(platform) in by.platforms


def demand(ruling: Ruling) -> None:
    """Raise NotYours with the reason unless a rule allows."""
    if not ruling:
        raise NotYours(ruling.reason, mend="open the case again; what is possible stands there")


def expect_revision(case: Held, revision: int | None) -> None:
    """Raise CaseChanged where somebody decides on a page that is no longer true; None asks for no check."""
    if revision is not None and revision != case.revision:
        msg = "the case changed since this page was opened"
        raise moves.CaseChanged(msg, mend="load it again and look at what is new", revision=case.revision)


def step(seat: Seat, arrow: str, target: str, reason: str = "") -> Step:
    """Return one step of a case's history, taken by the account before it."""
    return Step(seat.case.key, seat.now, arrow, seat.case.state, target, seat.actor, reason)


def entry(house: House, seat: Seat, deed: str, **facts: str | int | bool | None) -> Entry:
    """Return what the audit keeps of a deed on a case: numbers and keys, no words of anybody."""
    case = seat.case
    return Entry(house.ids.key(), seat.now, deed, seat.actor, f"case:{case.key}", case.platform, facts)


def _nothing() -> NoSuchCase:
    msg = "no case of this number is open to you"
    return NoSuchCase(msg, mend="look in the queue; it may be outside your places, or about yourself")


class NothingWaits(Conflict):
    """What is to be done was done already, or cannot be done any more."""

    slug = "nothing-waits"
    title = "There is nothing to do here any more"
