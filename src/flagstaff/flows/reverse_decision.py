"""Take a decision back that was in effect: everything that followed is undone, and all who were told are told."""

from datetime import datetime

import msgspec

from flagstaff.appeals import rules as appeal_rules, storage as appeals
from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import moves, rules as case_rules, storage as cases
from flagstaff.cases.storage import NewCase, Step
from flagstaff.decisions import rules, storage as decisions
from flagstaff.decisions.rules import DECISION, MEASURE
from flagstaff.decisions.storage import Decided, Measure
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import NewNotice
from flagstaff.flows.answer_flags import ACTS, correct_flags
from flagstaff.flows.case_desk import NothingWaits, demand, take_seat
from flagstaff.flows.flag_use import free_flags
from flagstaff.flows.house import House
from flagstaff.flows.score_cases import score_cases
from flagstaff.flows.tell_people import author_notice, send_notices, subject_words, told_in
from flagstaff.flows.tell_platform import of_measure, tell_platform
from flagstaff.kernel.errors import Refusal
from flagstaff.kernel.ids import NumberKind
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.judging import Judged
from flagstaff.subjects.model import SubjectState
from flagstaff.vocabulary.origins import CaseOrigin, Party
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import AppealState, CaseState, DecisionState, MeasureState, Verdict

_OPEN = {AppealState.RECEIVED, AppealState.CLAIMED}


class Reversal(msgspec.Struct, frozen=True):
    """Which case's decision is taken back, and why."""

    case: str
    reason: str


async def reverse_decision(house: House, by: Account, reversal: Reversal) -> datetime:
    """Reverse the decision in effect on a case, and return when that leaves the house.

    Raises NoSuchCase, NotYours, NothingWaits where none is in effect, or Refusal without a reason.
    """
    if not reversal.reason.strip():
        msg = "a decision is not taken back without a reason"
        raise Refusal(msg, where="reason", mend="write a sentence")
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, reversal.case)
        demand(staff_rules.may(by, Permission.REVERSE, seat.subject.place, Platform(seat.case.platform)))
        decision = await decisions.standing_of_case(connection, seat.case.key)
        if decision is None or decision.state is not DecisionState.EFFECTIVE:
            msg = "no decision is in effect on this case"
            raise NothingWaits(msg, mend="one that has not taken effect is undone instead")
        return await reverse(house, connection, decision, seat.subject, seat.actor, reversal.reason)


async def reverse(
    house: House, connection: Connection, decision: Decided, subject: Judged, actor: str, reason: str
) -> datetime:
    """Take back a decision in effect, also for an appeal that was upheld; the caller has locked its subject."""
    now, not_before = house.now, rules.reversal_not_before(house.now)
    target = DECISION.apply(decision.state, "reverse")
    await decisions.move(connection, [decision.key], decision.state, target, now, reason)
    await _lift(house, connection, decision, subject, actor, now, not_before)
    await _correct_author(house, connection, decision, subject, now, not_before)
    if decision.verdict in ACTS:
        await correct_flags(
            house, connection, decision, Verdict.NO_VIOLATION, (), decision.key, now, not_before
        )
    else:
        await _look_anew(house, connection, decision, subject)
    await _end_appeal(connection, decision)
    entry = Entry(
        house.ids.key(), now, "decision.reversed", actor, f"case:{decision.case}", decision.platform,
        {"decision": decision.number},
    )  # fmt: skip
    await audit.record(connection, [entry])
    return not_before


async def _look_anew(house: House, connection: Connection, decision: Decided, subject: Judged) -> None:
    """Open a case for somebody else: what was left up is decided again, and its flags follow that decision."""
    former = await moves.look(connection, decision.case)
    standing = await cases.standing_of(connection, subject.key)
    if former is None or standing is not None:
        return
    case = NewCase(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.CASE),
        platform=decision.platform,
        subject=subject.key,
        state=case_rules.apply(None, "open"),
        origin=CaseOrigin.STAFF,
        severity=Severity(former.severity),
        place=subject.place,
        opened_at=house.now,
        staff_only=former.staff_only,
        restricted=former.restricted,
        not_for=frozenset(map(AccountKey, await decisions.took_part(connection, decision.key))),
        audience=subject.audience,
        names_case=decision.case,
    )
    await cases.open_cases(connection, [case])
    await score_cases(house, connection, [case.key], house.now)
    step = Step(case.key, house.now, "open", "", CaseState.OPEN, "house", "what was left up is decided anew")
    await cases.append_steps(connection, [step], house.ids)


async def _end_appeal(connection: Connection, decision: Decided) -> None:
    """End a second look that is under way: there is nothing left to look at, and all are told of the reversal."""
    appeal = await appeals.of_decision(connection, decision.key)
    if appeal is not None and appeal.state in _OPEN:
        await appeals.move(connection, appeal.key, appeal_rules.apply(appeal.state, "withdraw"))


async def _lift(
    house: House,
    connection: Connection,
    decision: Decided,
    subject: Judged,
    actor: str,
    now: datetime,
    not_before: datetime,
) -> None:
    """Lift what runs; what was to start never does. The subject stands again where it was removed."""
    measures = await decisions.measures_of(connection, [decision.key])
    running = [one for one in measures if one.state is MeasureState.RUNNING]
    await _move(house, connection, running, "lift", actor, now)
    await free_flags(connection, subject, running, now)
    waiting = [one for one in measures if one.state in {MeasureState.WAITING, MeasureState.AWAITING_SECOND}]
    await _move(house, connection, waiting, "undo", actor, now)
    changes = [of_measure(one, applied=False) for one in running]
    await tell_platform(house, connection, [one for one in changes if one], now, not_before)
    if subject.state is SubjectState.REMOVED and any(one.kind == "remove_content" for one in running):
        await subjects.mark(connection, subject.key, SubjectState.STANDING, None, now)


async def _move(
    house: House, connection: Connection, measures: list[Measure], arrow: str, actor: str, now: datetime
) -> None:
    if measures:
        target = MEASURE.apply(measures[0].state, arrow)
        keys = [one.key for one in measures]
        await decisions.move_measures(connection, keys, target)
        await decisions.append_measure_steps(connection, keys, arrow, target, actor, now, house.ids)


async def _correct_author(
    house: House,
    connection: Connection,
    decision: Decided,
    subject: Judged,
    now: datetime,
    not_before: datetime,
) -> None:
    """Tell the author where the author was told."""
    told = await delivery.told_of(connection, decision.key)
    if decision.author is None or not any(one.audience is Party.AUTHOR for one in told):
        return
    guidelines = told_in(house, decision.platform, subject.language)
    values = {
        "platform": house.policy.host(decision.platform).name,
        "subject": subject_words(subject, guidelines),
    }
    correction: NewNotice = author_notice(
        house, platform=decision.platform, author=decision.author, text_key="correction",
        guidelines=guidelines, values=values, at=now, not_before=not_before, decision=decision.key, released=True,
    )  # fmt: skip
    await send_notices(house, connection, [correction], now)
