"""Read what reporters wrote: redacted for whoever holds the task now, raw with a reason that is logged.

Two transactions each: the first says what is opened, why and for whom, and commits; only then the second serves.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from flagstaff.appeals.tasks import review_of
from flagstaff.audit.model import Entry
from flagstaff.cases.tasks import claim_of
from flagstaff.decisions.tasks import second_asked_by
from flagstaff.flows.case_desk import is_party
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record
from flagstaff.kernel.errors import Forbidden, NotFound
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects.authors import author_hash
from flagstaff.vault import opening
from flagstaff.vault.model import Purpose, Reader, Tasks, Words
from flagstaff.vault.redaction import redact
from flagstaff.vault.rules import check_reason, may_read, may_reveal
from flagstaff.vocabulary.ruling import Ruling


class RevealWords(msgspec.Struct, frozen=True):
    """Which words of a case shall be shown as they were written, and why."""

    case: UUID
    refs: tuple[UUID, ...]
    reason: str


async def read_words(house: House, by: Account, case: UUID) -> Sequence[Words]:
    """Return the redacted words of a case by flag, addendum or appeal voice (`owner`), the oldest first.

    `text` is None while a copy is being made. Raises Forbidden for an account without a task in this case.
    """
    seat = await _seat(house, by, case)
    _refuse_unless(may_read(seat.reader, seat.tasks, house.now))
    async with house.database.reading(Role.CONSOLE) as connection:
        refs = await opening.refs_of(connection, case)
    if not refs:
        return ()
    asking = asked_by(house, by, Purpose.READ, [one.ref for one in refs], "the case page", case)
    words = await open_on_record(house, Role.READER, asking, opening.read)
    return sorted(words, key=lambda one: one.ref)


async def reveal_words(house: House, by: Account, request: RevealWords) -> Sequence[Words]:
    """Return words as they were written; who saw how many, and why, stands in the audit before they are served."""
    reason = check_reason(request.reason)
    case = request.case
    seat = await _seat(house, by, case)
    _refuse_unless(may_reveal(seat.reader, seat.tasks, house.now))
    async with house.database.reading(Role.CONSOLE) as connection:
        known = {one.ref for one in await opening.refs_of(connection, case)}
    if not request.refs or not known.issuperset(request.refs):
        raise NotFound("these words do not belong to this case", where="refs")
    asking = asked_by(house, by, Purpose.REVEAL, request.refs, reason, case)
    facts: dict[str, str | int | bool | None] = {"words": len(request.refs), "reason": redact(reason)}
    entry = Entry(house.ids.key(), house.now, "words.revealed", by.actor, f"case:{case}", facts=facts)
    return await open_on_record(house, Role.READER, asking, opening.reveal, entry)


class _Seat(msgspec.Struct, frozen=True):
    """An account before a case: who it is to it, and who has something to do with it."""

    reader: Reader
    tasks: Tasks


async def _seat(house: House, by: Account, case: UUID) -> _Seat:
    async with house.database.reading(Role.CONSOLE) as connection:
        claim = await claim_of(connection, case)
        if claim is None:
            raise NotFound("there is no such case")
        review = await review_of(connection, case)
        author = await author_hash(connection, claim.subject)
        tasks = Tasks(
            claimed_by=claim.claimed_by,
            claimed_until=claim.claimed_until,
            second_asked_by=await second_asked_by(connection, case),
            reviewer=review.reviewer if review else None,
            reviewer_until=review.claimed_until if review else None,
        )
    party = await is_party(house, by, claim.platform, case, author)
    return _Seat(Reader(by.key, by.permissions, party), tasks)


def _refuse_unless(ruling: Ruling) -> None:
    if not ruling:
        raise Forbidden(ruling.reason, mend="claim the case, or ask whoever holds it")
