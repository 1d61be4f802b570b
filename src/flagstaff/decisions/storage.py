"""Keep decisions, measures, seconds and holds, and freeze what platforms are told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from flagstaff.decisions.model import Deviation, MeasureEvent, PastDecision
from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.references import DecisionKey, LadderKey, MeasureKey, MeasureKind, Place
from flagstaff.vocabulary.states import DecisionState, HoldState, MeasureState, Verdict

Answer = Literal["confirmed", "refused"]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of every decision; the leading clause is the first."""

    key: UUID
    number: str
    platform: str
    case: UUID
    subject: UUID
    snapshot: UUID | None
    as_it_stands: bool
    author: UUID | None
    verdict: Verdict
    clauses: tuple[str, ...]
    ladder: str | None
    severity: int
    guidelines_version: int
    words_at: datetime
    undated: bool
    reason: str
    facts: str
    state: DecisionState
    decided_by: UUID
    decided_at: datetime
    not_before: datetime


class NewDecision(Recorded, frozen=True, kw_only=True):
    """A decision that is to be kept."""

    deviation: Deviation | None


class Decided(Recorded, frozen=True, kw_only=True):
    """A decision as it is kept, locked where it was asked for to be changed."""

    effective_at: datetime | None


class Due(msgspec.Struct, frozen=True):
    """A decision whose moment has come, with what is to be locked before it."""

    key: UUID
    case: UUID
    subject: UUID


class _Named(msgspec.Struct, frozen=True):
    key: UUID
    number: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One consequence of a decision as it is kept. `days` None: no end of its own; `ring` None: everywhere."""

    key: UUID
    number: str
    platform: str
    decision: UUID
    kind: MeasureKind
    scope: Scope
    ring: Place | None
    effect: Effect | None
    subject: UUID | None
    author: UUID | None
    state: MeasureState
    days: int | None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one measure or hold, as the platform is told; `decision` is its number, '' for a hold."""

    key: UUID
    platform: str
    measure: UUID
    number: str
    kind: MeasureKind
    decision: str
    target: UUID
    on_person: bool
    revision: int
    applied: bool
    effect: Effect
    scope: Scope
    ring: Place | None
    until: datetime | None
    at: datetime

    def folded(self) -> MeasureEvent:
        """Return it as the rules fold it."""
        return MeasureEvent(
            MeasureKey(self.measure),
            self.kind,
            self.revision,
            self.applied,
            self.effect,
            self.ring,
            self.until,
        )


class ToldEvent(Event, frozen=True, kw_only=True):
    """An event with its subject or person as the platform names them."""

    subject_kind: str | None
    subject_id: str | None
    person: str | None


class Second(msgspec.Struct, frozen=True):
    """What a decision waits for: who proposed, when, and which snapshot was judged."""

    key: UUID
    decision: UUID
    asked_by: UUID
    asked_at: datetime
    snapshot: UUID | None


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold as it is kept."""

    key: UUID
    number: str
    platform: str
    subject: UUID
    case: UUID
    author: UUID | None
    origin: HoldOrigin
    basis: str
    clause: str | None
    state: HoldState = HoldState.RUNNING
    starts_at: datetime
    ends_at: datetime


class _Past(msgspec.Struct, frozen=True):
    decision: UUID
    ladder: str
    effective_at: datetime
    words_at: datetime
    told_at: datetime | None


_queries = Queries(__package__)
_put_decision = _queries.run("put_decision")
_hold_decision = _queries.row("hold_decision", Decided)
_look_at_decision = _queries.row("look_at_decision", Decided)
_find_decision = _queries.row("find_decision", Decided)
_standing_of_case = _queries.row("standing_of_case", Decided)
_due_decisions = _queries.rows("due_decisions", Due)
_next_decision = _queries.value("next_decision", datetime)
_move_decisions = _queries.run("move_decisions")
_take_effect = _queries.run("take_effect")
_confirm = _queries.run("confirm")
_put_measures = _queries.run("put_measures")
_measures_of = _queries.rows("measures_of", Measure)
_running_of_case = _queries.rows("running_of_case", Measure)
_measure_of_case = _queries.row("measure_of_case", Measure)
_ending_measures = _queries.rows("ending_measures", Measure)
_measures_by_key = _queries.rows("measures_by_key", Measure)
_numbers_of = _queries.rows("numbers_of", _Named)
_next_end = _queries.value("next_end", datetime)
_move_measures = _queries.run("move_measures")
_start_measure = _queries.run("start_measure")
_put_measure_steps = _queries.run("put_measure_steps")
_draw_revision = _queries.value("draw_revision", int)
_put_event = _queries.run("put_event")
_events_of = _queries.rows("events_of", Event)
_events_by_key = _queries.rows("events_by_key", ToldEvent)
_past_of_author = _queries.rows("past_of_author", _Past)
_put_second = _queries.run("put_second")
_waiting_second = _queries.row("waiting_second", Second)
_answer_second = _queries.run("answer_second")
_void_seconds = _queries.run("void_seconds")
_took_part = _queries.values("took_part", UUID)
_put_hold = _queries.run("put_hold")
_running_hold = _queries.row("running_hold", Hold)
_held_before = _queries.value("held_before", bool)
_expired_holds = _queries.values("expired_holds", UUID)
_next_hold_end = _queries.value("next_hold_end", datetime)
_end_hold = _queries.run("end_hold")


def _document(ring: Place | None) -> dict[str, Any] | None:
    return None if ring is None else msgspec.to_builtins(ring)


# ---------------------------------------------------------------- decisions
async def put_decision(connection: Connection, new: NewDecision) -> None:
    """Keep a decision; a second one in force on the same case raises a unique violation."""
    await _put_decision(
        connection,
        *(
            new.key,
            new.number,
            new.platform,
            new.case,
            new.subject,
            new.snapshot,
            new.as_it_stands,
            new.author,
        ),
        *(
            new.verdict.value,
            list(new.clauses),
            new.ladder,
            new.severity,
            new.guidelines_version,
            new.words_at,
        ),
        *(new.undated, new.reason, new.facts),
        *((new.deviation.code, new.deviation.reason) if new.deviation else (None, None)),
        *(new.state.value, new.decided_by, new.decided_at, new.not_before),
    )


async def hold_decision(connection: Connection, key: UUID) -> Decided | None:
    """Lock one decision."""
    return await _hold_decision(connection, key)


async def look(connection: Connection, key: UUID) -> Decided | None:
    """Return one decision without holding it."""
    return await _look_at_decision(connection, key)


async def find_decision(connection: Connection, number: str) -> Decided | None:
    """Return a decision by its outside number."""
    return await _find_decision(connection, number)


async def standing_of_case(connection: Connection, case: UUID) -> Decided | None:
    """Lock the decision of a case that is proposed, decided or in effect."""
    return await _standing_of_case(connection, case)


async def due(connection: Connection, at: datetime, most: int) -> list[Due]:
    """Name decisions whose moment has come; whoever lets one take effect locks subject, case and decision first."""
    return await _due_decisions(connection, at, most)


async def next_decision(connection: Connection) -> datetime | None:
    """Return when the next decision takes effect."""
    return await _next_decision(connection)


async def move(
    connection: Connection,
    decisions: Sequence[UUID],
    source: DecisionState,
    target: DecisionState,
    at: datetime | None = None,
    reason: str | None = None,
) -> int:
    """Move decisions along their life; one that is elsewhere stays there."""
    return await _move_decisions(connection, decisions, source.value, target.value, at, reason)


async def take_effect(connection: Connection, decision: UUID, at: datetime) -> None:
    """Let a decided decision be in effect."""
    await _take_effect(connection, decision, at)


async def confirm(
    connection: Connection, decision: UUID, not_before: datetime, snapshot: UUID | None
) -> None:
    """Let a proposed decision be decided, on the snapshot that the second person saw."""
    await _confirm(connection, decision, not_before, snapshot)


async def void_seconds(connection: Connection, decisions: Sequence[UUID]) -> None:
    """Ask nobody any more to confirm some decisions."""
    await _void_seconds(connection, decisions)


# ---------------------------------------------------------------- measures
async def put_measures(connection: Connection, measures: Sequence[Measure]) -> None:
    """Keep the measures of a decision."""
    if measures:
        await _put_measures(
            connection,
            [one.key for one in measures],
            [one.number for one in measures],
            [one.platform for one in measures],
            [one.decision for one in measures],
            [one.kind for one in measures],
            [one.scope.value for one in measures],
            [_document(one.ring) for one in measures],
            [one.effect.value if one.effect else None for one in measures],
            [one.subject for one in measures],
            [one.author for one in measures],
            [one.state.value for one in measures],
            [one.days for one in measures],
        )


async def measures_of(connection: Connection, decisions: Sequence[UUID]) -> list[Measure]:
    """Lock the measures of some decisions, in the order in which they were made."""
    return await _measures_of(connection, decisions)


async def running_of_case(connection: Connection, case: UUID, but: UUID) -> list[Measure]:
    """Lock the measures that run because of other decisions on a case."""
    return await _running_of_case(connection, case, but)


async def measure_of_case(connection: Connection, case: UUID, number: str) -> Measure | None:
    """Lock a measure of any decision on a case by its number."""
    return await _measure_of_case(connection, case, number)


async def ending_measures(connection: Connection, at: datetime, most: int) -> list[Measure]:
    """Lock measures whose own end has come; those that another worker holds are left out."""
    return await _ending_measures(connection, at, most)


async def measures(connection: Connection, keys: Sequence[UUID]) -> list[Measure]:
    """Return some measures."""
    return await _measures_by_key(connection, keys)


async def numbers_of(connection: Connection, decisions: Sequence[UUID]) -> dict[UUID, str]:
    """Return the outside numbers of some decisions."""
    return {row.key: row.number for row in await _numbers_of(connection, decisions)}


async def next_end(connection: Connection) -> datetime | None:
    """Return when the next measure or hold ends by itself."""
    ends = [await _next_end(connection), await _next_hold_end(connection)]
    return min((end for end in ends if end is not None), default=None)


async def move_measures(connection: Connection, measures: Sequence[UUID], target: MeasureState) -> None:
    """Move measures to another state."""
    if measures:
        await _move_measures(connection, measures, target.value)


async def start_measure(
    connection: Connection, measure: UUID, at: datetime, ends_at: datetime | None
) -> None:
    """Let a measure run."""
    await _start_measure(connection, measure, at, ends_at)


async def append_measure_steps(
    connection: Connection, measures: Sequence[UUID], arrow: str, target: MeasureState, actor: str, at: datetime,
    ids: Ids, reason: str = "",
) -> None:  # fmt: skip
    """Append one arrow to the history of some measures."""
    many = len(measures)
    if many:
        await _put_measure_steps(
            connection, [ids.key() for _ in measures], measures, [at] * many, [arrow] * many,
            [target.value] * many, [actor] * many, [reason] * many,
        )  # fmt: skip


# ---------------------------------------------------------------- what platforms are told
async def draw_revision(connection: Connection, target: UUID) -> int:
    """Draw the next revision of a subject or person, alone until the transaction ends."""
    return await _draw_revision(connection, target) or 1


async def put_event(connection: Connection, event: Event) -> None:
    """Freeze one change as the platform is told."""
    await _put_event(
        connection,
        *(event.key, event.platform, event.measure, event.number, event.kind, event.decision, event.target),
        *(event.on_person, event.revision, event.applied, event.effect.value, event.scope.value),
        *(_document(event.ring), event.until, event.at),
    )


async def events_of(connection: Connection, target: UUID) -> list[Event]:
    """Return every change that a subject or person went through, in order."""
    return await _events_of(connection, target)


async def told(connection: Connection, keys: Sequence[UUID]) -> dict[UUID, ToldEvent]:
    """Return some changes with the names that their platform uses."""
    return {one.key: one for one in await _events_by_key(connection, keys)}


async def past_of(connection: Connection, author: UUID) -> tuple[PastDecision, ...]:
    """Return an author's violations in effect, as ladders count them."""
    rows = await _past_of_author(connection, author)
    return tuple(
        PastDecision(
            DecisionKey(row.decision), LadderKey(row.ladder), row.effective_at, row.words_at, row.told_at
        )
        for row in rows
    )


# ---------------------------------------------------------------- the second person
async def put_second(
    connection: Connection, key: UUID, decision: UUID, asked_by: UUID, at: datetime, snapshot: UUID | None
) -> None:
    """Ask for a second person."""
    await _put_second(connection, key, decision, asked_by, at, snapshot)


async def waiting_second(connection: Connection, decision: UUID) -> Second | None:
    """Lock what a decision waits for."""
    return await _waiting_second(connection, decision)


async def answer_second(
    connection: Connection,
    key: UUID,
    answer: Answer,
    by: UUID,
    at: datetime,
    reason: str,
    *,
    alone: bool = False,
) -> None:
    """Note how the second person answered."""
    await _answer_second(connection, key, answer, by, at, reason, alone)


async def took_part(connection: Connection, decision: UUID) -> frozenset[UUID]:
    """Return who decided, and who confirmed: the second look is for somebody else."""
    return frozenset(await _took_part(connection, decision))


# ---------------------------------------------------------------- holds
async def put_hold(connection: Connection, hold: Hold) -> None:
    """Place a hold; a second one on the same subject raises a unique violation."""
    await _put_hold(
        connection, hold.key, hold.number, hold.platform, hold.subject, hold.case, hold.author, hold.origin.value,
        hold.basis, hold.clause, hold.starts_at, hold.ends_at,
    )  # fmt: skip


async def running_hold(connection: Connection, subject: UUID) -> Hold | None:
    """Lock the hold that runs on a subject."""
    return await _running_hold(connection, subject)


async def held_before(connection: Connection, case: UUID) -> bool:
    """Tell whether a machine held the subject in this case before."""
    return bool(await _held_before(connection, case))


async def expired_holds(connection: Connection, at: datetime, most: int) -> list[UUID]:
    """Return the subjects whose hold is over; whoever lifts one locks its subject first."""
    return await _expired_holds(connection, at, most)


async def end_hold(connection: Connection, hold: UUID, state: HoldState, at: datetime) -> None:
    """End a hold."""
    await _end_hold(connection, hold, state.value, at)
