"""Name a reporter: one person asks with a reason, another agrees, the first sees it once within 15 minutes.

Never alone, whatever the number of accounts, and every step stands in the audit.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Conflict, NotFound, Unavailable
from flagstaff.staff import rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening, reporters
from flagstaff.vault.model import Asking, Purpose, Unmasking
from flagstaff.vault.redaction import redact
from flagstaff.vault.rules import check_reason
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.roles import Permission


class AskUnmasking(msgspec.Struct, frozen=True):
    """Whose flag, and why its reporter must be known."""

    flag: UUID
    reason: str


async def ask_unmasking(house: House, by: Account, request: AskUnmasking) -> UUID:
    """Ask that a reporter be named and return the key of the request; it lapses after a day."""
    rules.demand(by, Permission.UNMASK, None, None)
    reason = check_reason(request.reason)
    key = house.ids.key()
    async with house.database.transaction(Role.CONSOLE) as connection:
        at = house.clocks.wall.now()
        await reporters.ask_unmasking(connection, key, request.flag, by.key, reason, at)
        facts = {"flag": str(request.flag), "reason": redact(reason)}
        await audit.record(connection, [_entry(house, by, "unmasking.asked", key, facts)])
    return key


async def unmaskings_waiting(house: House, by: Account) -> Sequence[Unmasking]:
    """List the requests that wait for somebody else than this account."""
    rules.demand(by, Permission.UNMASK, None, None)
    async with house.database.reading(Role.CONSOLE) as connection:
        waiting = await reporters.unmaskings_waiting(connection, house.clocks.wall.now())
    return [one for one in waiting if one.asked_by != by.key]


async def confirm_unmasking(house: House, by: Account, key: UUID) -> None:
    """Agree as the second person; raises Conflict for who asked, and for what no longer waits."""
    rules.demand(by, Permission.UNMASK, None, None)
    async with house.database.transaction(Role.CONSOLE) as connection:
        flag = await reporters.confirm_unmasking(connection, key, by.key, house.clocks.wall.now())
        if flag is None:
            msg = "this does not wait for you: you asked for it yourself, or it was answered or has lapsed"
            raise Conflict(msg, mend="let another account confirm, or ask anew")
        await audit.record(connection, [_entry(house, by, "unmasking.confirmed", key, {"flag": str(flag)})])


async def see_reporter(house: House, by: Account, key: UUID, flag: UUID) -> PersonRef:
    """Return the person behind a flag to who asked, once, within 15 minutes of the second person's word."""
    rules.demand(by, Permission.UNMASK, None, None)
    if house.opener is None:
        raise Unavailable("this process holds no private half of the house key", where="keys")
    now = house.clocks.wall.now()
    asking = Asking(house.ids.key(), Purpose.UNMASK, (flag,), f"unmasking {key}", now, account=by.key)
    async with house.database.transaction(Role.READER) as connection:
        await opening.ask(connection, asking)
        await audit.record(connection, [_entry(house, by, "unmasking.seen", key, {"flag": str(flag)})])
    async with house.database.transaction(Role.READER) as connection:
        found = await opening.addresses(connection, house.opener, asking.key, Purpose.UNMASK, now)
    if flag not in found:
        raise NotFound("this reporter was erased")
    return found[flag]


def _entry(house: House, by: Account, deed: str, key: UUID, facts: dict[str, str]) -> Entry:
    return Entry(house.ids.key(), house.now, deed, by.actor, f"unmasking:{key}", facts=facts)
