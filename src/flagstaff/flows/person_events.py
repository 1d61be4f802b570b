"""Follow what happens to an account on its platform: closed, or erased with everything they wrote."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import rules as case_rules, storage as cases
from flagstaff.cases.model import Remains
from flagstaff.cases.storage import Rest, Step
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.rules import DECISION, MEASURE
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import NewNotice
from flagstaff.flags import outcomes, storage as flags
from flagstaff.flags.outcomes import Heard
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.place_hold import finish_hold
from flagstaff.flows.tell_people import reporter_notice, send_notices, told_in
from flagstaff.flows.tell_platform import of_measure, tell_platform
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import authors, judging, storage as subjects
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, DecisionState, FlagState, FlagStatus, MeasureState

NO_DECISION: Final = UUID(int=0)
_EVENT: Final = "author_gone"
_WAITING: Final = frozenset({MeasureState.AWAITING_SECOND, MeasureState.WAITING})
_BEFORE_EFFECT: Final = [
    CaseState.OPEN,
    CaseState.CLAIMED,
    CaseState.PARKED,
    CaseState.ASKED,
    CaseState.AWAITING_SECOND,
    CaseState.DECIDED,
]


class PersonEventKind(StrEnum):
    """Name what happened to an account."""

    CLOSED = "closed"
    ERASED = "erased"


class PersonEvent(msgspec.Struct, frozen=True):
    """What happened to whose account."""

    kind: PersonEventKind
    person: PersonRef


async def follow_persons(house: House, events: Sequence[PersonEvent], actor: str) -> int:
    """Follow events in their order and return how many; each is a transaction of its own, and harmless twice.

    `actor` is who said so, as the log names it. Cases below severity 3 end as moot; graver ones are kept and judged.
    """
    for event in events:
        await _close(house, event.person)
        if event.kind is PersonEventKind.ERASED:
            await erase_person(house, None, event.person, actor)
    return len(events)


async def _close(house: House, person: PersonRef) -> None:
    async with house.database.transaction(Role.INTAKE) as connection:
        author = await authors.find_by_hash(connection, person.platform, house.sealer.staff_hash(person))
        if author is None:
            return
        await subjects.leave(connection, person.platform, person.id, "closed", house.now)
        for case in await cases.open_of_author(connection, author):
            remains = Remains(state=case.state, severity=Severity(case.severity), counted=0, author_gone=True)
            ruling = case_rules.may_be_moot(remains)
            if ruling:
                await _end_as_moot(house, connection, case, ruling.reason)
        await delivery.wake(connection, delivery.WORK)


async def _end_as_moot(house: House, connection: Connection, case: Rest, why: str) -> None:
    """End a case without a verdict and tell its reporters so; a decision that had not left yet is undone."""
    await _undo_what_waits(house, connection, case, why)
    await _lift_what_runs(house, connection, case, why)
    await cases.close_now(connection, case.key, house.now, [state.value for state in _BEFORE_EFFECT])
    target = case_rules.apply(case.state, "close_moot")
    step = Step(case.key, house.now, "close_moot", case.state, target, "house", why)
    await cases.append_steps(connection, [step], house.ids)
    heard = await outcomes.of_case(connection, case.key)
    waiting = [one for one in heard if one.state in {FlagState.LIVE, FlagState.KEPT} and not one.legacy]
    await flags.answer_moot(connection, [case.key], house.now)
    notices = [_notice(house, case.platform, one) for one in waiting]
    await send_notices(house, connection, notices, house.now)
    entry = Entry(house.ids.key(), house.now, "case.closed_moot", "house", f"case:{case.key}", case.platform)
    await audit.record(connection, [entry])


async def _undo_what_waits(house: House, connection: Connection, case: Rest, why: str) -> None:
    decision = await decisions.standing_of_case(connection, case.key)
    if decision is None or decision.state is DecisionState.EFFECTIVE:
        return
    undone = DECISION.apply(decision.state, "undo")
    await decisions.move(connection, [decision.key], decision.state, undone, house.now, why)
    await decisions.void_seconds(connection, [decision.key])
    waiting = [
        one.key for one in await decisions.measures_of(connection, [decision.key]) if one.state in _WAITING
    ]
    target = MEASURE.apply(MeasureState.WAITING, "undo")
    await decisions.move_measures(connection, waiting, target)
    await decisions.append_measure_steps(
        connection, waiting, "undo", target, "house", house.now, house.ids, why
    )
    await delivery.cancel(connection, [decision.key], house.now)


async def _lift_what_runs(house: House, connection: Connection, case: Rest, why: str) -> None:
    """Lift what a decision began that never took effect as a whole, and the hold that waited for one."""
    now = house.now
    running = await decisions.running_of_case(connection, case.key, NO_DECISION)
    target = MEASURE.apply(MeasureState.RUNNING, "lift")
    keys = [one.key for one in running]
    await decisions.move_measures(connection, keys, target)
    await decisions.append_measure_steps(connection, keys, "lift", target, "house", now, house.ids, why)
    changes = [of_measure(one, applied=False) for one in running]
    await tell_platform(house, connection, [one for one in changes if one], now, now)
    hold = await decisions.running_hold(connection, case.subject)
    subject = await judging.judged(connection, case.subject)
    if hold is not None and subject is not None:
        await finish_hold(house, connection, hold, subject, "lose_basis", now, tell=False)


def _notice(house: House, platform: str, flag: Heard) -> NewNotice:
    guidelines = told_in(house, platform, flag.language)
    values = {"platform": house.policy.host(platform).name, "number": flag.number, "option": flag.label}
    return reporter_notice(
        house,
        platform=platform,
        flag=flag.key,
        text_key=guidelines.notice_for[_EVENT],
        guidelines=guidelines,
        values=values | {"status": FlagStatus.COULD_NOT_VERIFY.value},
        at=house.now,
        not_before=house.now,
    )
