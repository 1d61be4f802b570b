"""Let decisions take effect when their moment comes: measures run, all are told, the case is done."""

from datetime import datetime

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import moves, rules as case_rules, storage as cases
from flagstaff.cases.moves import Held
from flagstaff.cases.storage import Step
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.model import Chosen
from flagstaff.decisions.rules import DECISION, ends_at
from flagstaff.decisions.storage import Decided, Due, Measure
from flagstaff.delivery import storage as delivery
from flagstaff.flows.answer_flags import answer_flags, correct_named_case
from flagstaff.flows.flag_use import RESTRICT, free_flags, keep_flags
from flagstaff.flows.house import House
from flagstaff.flows.one_by_one import one_by_one
from flagstaff.flows.place_hold import finish_hold
from flagstaff.flows.tell_people import leaving
from flagstaff.flows.tell_platform import Change, of_measure, tell_platform
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging, storage as subjects
from flagstaff.subjects.judging import Judged
from flagstaff.subjects.model import SubjectState
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.states import DecisionState, MeasureState

_HOUSE = "house"
_BATCH = 200


async def take_effect(house: House) -> int:
    """Let what is due take effect, one decision a transaction, and return how many did; any number may work at it."""
    async with house.database.reading(Role.WORKER) as connection:
        due = await decisions.due(connection, house.now, _BATCH)
    return await one_by_one(due, lambda one: _one(house, one))


async def _one(house: House, due: Due) -> bool:
    async with house.database.transaction(Role.WORKER) as connection:
        if not await judging.try_lock(connection, due.subject):
            return False  # intake, a moderator or another worker has it; it comes round again
        case = await moves.hold(connection, due.case)
        decision = await decisions.hold_decision(connection, due.key)
        subject = await judging.judged(connection, due.subject)
        if case is None or subject is None or decision is None or house.now < decision.not_before:
            return False
        if decision.state is DecisionState.PROPOSED:
            await _begin(house, connection, decision, subject)
            return True
        if decision.state is not DecisionState.DECIDED:
            return False
        await _complete(house, connection, decision, case, subject)
        return True


async def _complete(
    house: House, connection: Connection, decision: Decided, case: Held, subject: Judged
) -> None:
    """Bring one decision into effect, in the order in which it would be told."""
    now = house.now
    DECISION.apply(decision.state, "take_effect")
    await decisions.take_effect(connection, decision.key, now)
    await _begin(house, connection, decision, subject)
    await _replace(house, connection, decision, case, subject)
    await _end_hold(house, connection, decision, subject)
    await answer_flags(house, connection, decision, case)
    await correct_named_case(house, connection, decision, case)
    target = case_rules.apply(case.state, "take_effect")
    await moves.take_effect(connection, case.key, now)
    step = Step(case.key, now, "take_effect", case.state, target, _HOUSE, decision.verdict)
    await cases.append_steps(connection, [step], house.ids)
    entry = Entry(
        house.ids.key(), now, "decision.in_effect", _HOUSE, f"case:{case.key}", case.platform,
        {"decision": decision.number, "verdict": decision.verdict.value},
    )  # fmt: skip
    await audit.record(connection, [entry])


async def _begin(house: House, connection: Connection, decision: Decided, subject: Judged) -> None:
    """Let the measures that wait for nobody run, and let the author read why."""
    now = house.now
    waiting = [
        one
        for one in await decisions.measures_of(connection, [decision.key])
        if one.state is MeasureState.WAITING
    ]
    gone = subject.state is SubjectState.DELETED_BY_AUTHOR
    void = [one for one in waiting if gone and one.scope is Scope.CONTENT]
    await _void(house, connection, void, now)
    started = [one for one in waiting if one not in void]
    changes = [await _start(house, connection, one, now) for one in started]
    await keep_flags(connection, subject, started, now)
    await tell_platform(house, connection, [one for one in changes if one], now, now)
    if any(one.kind == "remove_content" for one in started):
        await subjects.mark(connection, subject.key, SubjectState.REMOVED, "by_policy", now)
    if decision.state is DecisionState.PROPOSED and not started:
        return  # nothing began: the author reads of it when the whole is confirmed, or never
    notices = await delivery.waiting_notices(connection, [decision.key])
    await delivery.release(connection, [decision.key], [one.key for one in notices], now)
    await delivery.leave(connection, [leaving(house, one, now) for one in notices])


async def _start(house: House, connection: Connection, measure: Measure, now: datetime) -> Change | None:
    until = ends_at(Chosen(measure.kind, measure.days), now)
    await decisions.start_measure(connection, measure.key, now, until)
    await decisions.append_measure_steps(
        connection, [measure.key], "start", MeasureState.RUNNING, _HOUSE, now, house.ids
    )
    if measure.effect is None:
        what = "pass on to the body that the law names"
        await delivery.put_todo(connection, house.ids.key(), measure.platform, measure.key, what, now)
    return of_measure(measure, applied=True, until=until)


async def _void(house: House, connection: Connection, void: list[Measure], now: datetime) -> None:
    """Leave out what is about content that its author deleted: nothing is left to hide or mend."""
    keys = [one.key for one in void]
    await decisions.move_measures(connection, keys, MeasureState.VOID)
    await decisions.append_measure_steps(
        connection, keys, "void", MeasureState.VOID, "author", now, house.ids, "deleted by its author"
    )


async def _replace(
    house: House, connection: Connection, decision: Decided, case: Held, subject: Judged
) -> None:
    """End what still runs from an earlier decision on this case; what the new one hides stays hidden."""
    now = house.now
    former = await decisions.running_of_case(connection, case.key, decision.key)
    keys = [one.key for one in former]
    own = await decisions.measures_of(connection, [decision.key])
    if not any(one.kind == RESTRICT and one.state is MeasureState.RUNNING for one in own):
        await free_flags(connection, subject, former, now)
    await decisions.move_measures(connection, keys, MeasureState.ENDED)
    await decisions.append_measure_steps(
        connection, keys, "replace", MeasureState.ENDED, _HOUSE, now, house.ids, decision.number
    )
    changes = [of_measure(one, applied=False) for one in former]
    await tell_platform(house, connection, [one for one in changes if one], now, now)


async def _end_hold(house: House, connection: Connection, decision: Decided, subject: Judged) -> None:
    """End the hold that stood meanwhile; where the decision hides nothing its author hears that it is visible again."""
    hold = await decisions.running_hold(connection, subject.key)
    if hold is None:
        return
    measures = await decisions.measures_of(connection, [decision.key])
    hidden = any(one.state is MeasureState.RUNNING and one.effect is Effect.HIDE for one in measures)
    await finish_hold(house, connection, hold, subject, "replace", house.now, tell=not hidden)
