"""Let a later decision stand, after somebody looked what remains of it without the reversed one that it counted."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.decisions import let_stand as decisions
from flagstaff.flows.case_desk import NothingWaits, demand, entry, take_seat
from flagstaff.flows.house import House
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class Standing(msgspec.Struct, frozen=True):
    """Which decision of which case stands, and which reversed one it had counted, by their numbers."""

    case: str
    decision: str
    reversed: str


async def let_stand(house: House, by: Account, wanted: Standing) -> None:
    """Note that a decision stands; raises NoSuchCase, NotYours, or NothingWaits where none is in effect."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, wanted.case)
        demand(
            staff_rules.may(by, Permission.REVIEW_APPEAL, seat.subject.place, Platform(seat.case.platform))
        )
        if not await decisions.let_stand(
            connection, seat.case.key, wanted.decision, wanted.reversed, by.key, seat.now
        ):
            msg = "this decision is not in effect, or stands already"
            raise NothingWaits(msg)
        facts = {"decision": wanted.decision, "reversed": wanted.reversed}
        await audit.record(connection, [entry(house, seat, "decision.let_stand", **facts)])
