"""Hide something while people look at it: with an end, a notice and a way back, and nothing held against anybody."""

from datetime import datetime

import msgspec

from flagstaff.appeals import holds as appealed, rules as appeal_rules, storage as appeals
from flagstaff.audit import storage as audit
from flagstaff.decisions import contested, holds, rules, storage as decisions
from flagstaff.decisions.model import HoldRequest
from flagstaff.decisions.rules import HOLD
from flagstaff.decisions.storage import Hold
from flagstaff.delivery import storage as delivery
from flagstaff.flows.case_desk import NothingWaits, demand, entry, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms, terms_for, zone_of
from flagstaff.flows.tell_people import (
    author_notice,
    send_notices,
    subject_words,
    told_in,
    tongue_for,
)
from flagstaff.flows.tell_platform import of_hold, tell_platform
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import NumberKind
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import AppealState, CaseState, HoldState


class Holding(msgspec.Struct, frozen=True):
    """Which case's subject is held, why, and under which clause it may fall."""

    case: str
    reason: str
    clause: str


class NoHold(Forbidden):
    """The rules let no hold be placed now."""

    slug = "no-hold"
    title = "No hold can be placed here"


async def place_hold(house: House, by: Account, holding: Holding) -> str:
    """Place a hold by hand and return its number; raises NoSuchCase, NotYours or NoHold."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, holding.case)
        demand(staff_rules.may(by, Permission.PLACE_HOLD, seat.subject.place, Platform(seat.case.platform)))
        if seat.case.state in {CaseState.EFFECTIVE, CaseState.CLOSED}:
            msg = "nothing is being decided here that a hold could wait for"
            raise NoHold(msg, where="case", mend="open a new case about it first")
        terms = terms_for(house, seat.subject)
        clause = terms.clause(holding.clause)
        if clause is None or not clause.decidable:
            msg = f"{holding.clause!r} is no clause that a decision may name"
            raise NoHold(msg, where="clause", mend="name the rule that it may break")
        running = await decisions.running_hold(connection, seat.subject.key) is not None
        request = HoldRequest(
            HoldOrigin.STAFF, Severity(clause.severity or 1), reason=holding.reason, running=running
        )
        if not (ruling := holds.may_hold(request, terms.hold_rule)):
            raise NoHold(ruling.reason, where="reason")
        hold = Hold(
            key=house.ids.key(),
            number=house.ids.number(NumberKind.MEASURE),
            platform=seat.case.platform,
            subject=seat.subject.key,
            case=seat.case.key,
            author=seat.subject.author,
            origin=HoldOrigin.STAFF,
            basis=holding.reason,
            clause=holding.clause,
            starts_at=seat.now,
            ends_at=holds.hold_ends(seat.now, terms.hold_rule),
        )
        await begin_hold(house, connection, hold, seat.subject, terms)
        await contested.note_placer(connection, hold.key, by.key)
        await audit.record(
            connection, [entry(house, seat, "hold.placed", hold=hold.number, clause=holding.clause)]
        )
        await delivery.wake(connection, delivery.WORK)
    return hold.number


async def begin_hold(house: House, connection: Connection, hold: Hold, subject: Judged, terms: Terms) -> None:
    """Keep a hold, tell the platform to hide, and tell the author at once (after the seconds of undo)."""
    await decisions.put_hold(connection, hold)
    soon = hold.starts_at + rules.UNDO
    await tell_platform(house, connection, [of_hold(hold, applied=True)], hold.starts_at, soon)
    if hold.author is not None:
        guidelines = told_in(house, hold.platform, subject.language, terms.guidelines)
        clause, tongue = guidelines.clause_by_key.get(hold.clause or ""), tongue_for(guidelines)
        until = tongue.moment(hold.ends_at, zone_of(house, hold.platform).key)
        values = {
            "platform": house.policy.host(hold.platform).name,
            "subject": subject_words(subject, guidelines),
            "clause": clause.title if clause else tongue.gettext("one of our rules"),
            "clause_key": clause.key if clause else "",
            "automation": tongue.gettext("A person placed it; a person decides."),
            "ends": tongue.gettext("on {moment}", moment=until),
            "redress": guidelines.phrases.redress,
        }
        notice = author_notice(
            house, platform=hold.platform, author=hold.author, text_key="hold_author", guidelines=guidelines,
            values=values, at=hold.starts_at, not_before=soon, hold=hold.key, released=True,
        )  # fmt: skip
        await send_notices(house, connection, [notice], hold.starts_at)


async def lift_hold(house: House, by: Account, case: str, reason: str) -> None:
    """Take a hold back by hand; raises NothingWaits where none runs."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, case)
        demand(staff_rules.may(by, Permission.PLACE_HOLD, seat.subject.place, Platform(seat.case.platform)))
        hold = await decisions.running_hold(connection, seat.subject.key)
        if hold is None:
            msg = "no hold runs on this subject"
            raise NothingWaits(msg)
        await finish_hold(house, connection, hold, seat.subject, "lift", seat.now)
        await audit.record(connection, [entry(house, seat, "hold.lifted", hold=hold.number, why=reason)])


async def finish_hold(
    house: House,
    connection: Connection,
    hold: Hold,
    subject: Judged,
    arrow: str,
    at: datetime,
    *,
    tell: bool = True,
) -> None:
    """End a hold along its life, let the platform show again, and tell the author unless a decision does."""
    state: HoldState = HOLD.apply(hold.state, arrow)
    await decisions.end_hold(connection, hold.key, state, at)
    await _end_appeal(connection, hold)
    await tell_platform(house, connection, [of_hold(hold, applied=False)], at, at)
    if tell and hold.author is not None:
        guidelines = told_in(house, hold.platform, subject.language)
        values = {
            "platform": house.policy.host(hold.platform).name,
            "subject": subject_words(subject, guidelines),
        }
        notice = author_notice(
            house, platform=hold.platform, author=hold.author, text_key="hold_lifted",
            guidelines=guidelines, values=values, at=at, not_before=at, hold=hold.key, released=True,
        )  # fmt: skip
        await send_notices(house, connection, [notice], at)


async def _end_appeal(connection: Connection, hold: Hold) -> None:
    """End a second look at a hold that is over: what was asked for has happened, or a decision stands in its place."""
    appeal = await appealed.of_hold(connection, hold.key)
    if appeal is not None and appeal.state in {AppealState.RECEIVED, AppealState.CLAIMED}:
        await appeals.move(connection, appeal.key, appeal_rules.apply(appeal.state, "withdraw"))
