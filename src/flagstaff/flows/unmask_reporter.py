"""Name a reporter: one person asks with a reason, another agrees, the first sees it once within 15 minutes.

Never alone, whatever the number of accounts, and every step stands in the audit.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flags import outcomes
from flagstaff.flows.case_desk import NothingWaits, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record, opener_of
from flagstaff.kernel.errors import NotFound
from flagstaff.staff import rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening, reporters
from flagstaff.vault.model import Purpose, Unmasking
from flagstaff.vault.redaction import redact
from flagstaff.vault.rules import check_reason
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.roles import Permission


class AskUnmasking(msgspec.Struct, frozen=True):
    """Whose flag of which case (both by number), and why its reporter must be known."""

    case: str
    flag: str
    reason: str


async def ask_unmasking(house: House, by: Account, request: AskUnmasking) -> UUID:
    """Ask that a reporter be named and return the key of the request; it lapses after a day.

    Raises NoSuchCase, NothingWaits for a flag that is not in the case, or ReasonMissing.
    """
    rules.demand(by, Permission.UNMASK, None, None)
    reason = check_reason(request.reason)
    key = house.ids.key()
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, request.case)
        flag = await outcomes.flag_called(connection, seat.case.key, request.flag)
        if flag is None:
            msg = "no flag of this number is in the case"
            raise NothingWaits(msg, where="flag", mend="choose a flag of this case")
        at = house.clocks.wall.now()
        await reporters.ask_unmasking(connection, key, flag.key, by.key, reason, at)
        facts = {"flag": str(flag.key), "reason": redact(reason)}
        await audit.record(connection, [_entry(house, by, "unmasking.asked", key, facts)])
    return key


async def unmaskings_of(house: House, by: Account) -> Sequence[Unmasking]:
    """List the requests that wait for a second person, and what was confirmed to this account and not seen yet."""
    rules.demand(by, Permission.UNMASK, None, None)
    async with house.database.reading(Role.CONSOLE) as connection:
        return await reporters.unmaskings_of(connection, by.key, house.clocks.wall.now())


async def confirm_unmasking(house: House, by: Account, case: str, key: UUID) -> None:
    """Agree as the second person; raises NoSuchCase, and NothingWaits for who asked and for what waits no longer."""
    rules.demand(by, Permission.UNMASK, None, None)
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, case)
        at = house.clocks.wall.now()
        flag = await reporters.confirm_unmasking(connection, key, by.key, at)
        named = await outcomes.flag_of(connection, flag) if flag else None
        if named is None or named.case != seat.case.key:
            msg = "this does not wait for you: you asked for it yourself, or it was answered or has lapsed"
            raise NothingWaits(msg, mend="let another account confirm, or ask anew")
        facts = {"flag": str(named.key)}
        await audit.record(connection, [_entry(house, by, "unmasking.confirmed", key, facts)])


async def see_reporter(house: House, by: Account, case: str, key: UUID) -> PersonRef:
    """Return the person behind a flag to who asked, once, within 15 minutes of the second person's word.

    Raises NoSuchCase, NothingWaits for what was not confirmed, is over or was seen, and NotFound for who was erased.
    """
    rules.demand(by, Permission.UNMASK, None, None)
    opener_of(house)
    flag = await _confirmed(house, by, case, key)
    asking = asked_by(house, by, Purpose.UNMASK, [flag], f"unmasking {key}")
    take = partial(opening.addresses, purpose=Purpose.UNMASK)
    entry = _entry(house, by, "unmasking.seen", key, {"flag": str(flag)})
    found = await open_on_record(house, Role.READER, asking, take, entry)
    if flag not in found:
        raise NotFound("this reporter was erased")
    return found[flag]


async def _confirmed(house: House, by: Account, case: str, key: UUID) -> UUID:
    """Return the flag of a request that was confirmed to this account; the vault looks at it once more by itself."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, case)
        mine = await reporters.unmaskings_of(connection, by.key, house.clocks.wall.now())
        flag = next((one.flag for one in mine if one.key == key and one.until is not None), None)
        named = await outcomes.flag_of(connection, flag) if flag else None
    if named is None or named.case != seat.case.key:
        msg = "nobody confirmed this to you, or its quarter of an hour is over, or you saw it already"
        raise NothingWaits(msg, mend="ask anew, with the reason why once was not enough")
    return named.key


def _entry(house: House, by: Account, deed: str, key: UUID, facts: dict[str, str]) -> Entry:
    return Entry(house.ids.key(), house.now, deed, by.actor, f"unmasking:{key}", facts=facts)
