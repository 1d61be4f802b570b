"""Order the measures of a decision: which run when its moment comes, which wait for a second person."""

from flagstaff.decisions import contested, holds, rules, storage as decisions
from flagstaff.decisions.model import Chosen, Step
from flagstaff.decisions.storage import Hold, Measure, NewDecision
from flagstaff.flows.case_desk import Seat
from flagstaff.flows.house import House
from flagstaff.flows.place_hold import begin_hold
from flagstaff.flows.policy_terms import Terms
from flagstaff.kernel.ids import NumberKind
from flagstaff.store.database import Connection
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.references import Level, Place
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import MeasureState


async def order_measures(
    house: House,
    connection: Connection,
    seat: Seat,
    terms: Terms,
    decision: NewDecision,
    now: Step,
    later: Step,
) -> list[Measure]:
    """Keep the measures of a decision, each in the state in which it waits."""
    ordered = [_measure(house, seat, terms, decision, one, MeasureState.WAITING) for one in now]
    ordered += [_measure(house, seat, terms, decision, one, MeasureState.AWAITING_SECOND) for one in later]
    await decisions.put_measures(connection, ordered)
    for arrow, state in (("order", MeasureState.WAITING), ("order_second", MeasureState.AWAITING_SECOND)):
        keys = [one.key for one in ordered if one.state is state]
        await decisions.append_measure_steps(connection, keys, arrow, state, seat.actor, seat.now, house.ids)
    return ordered


def _measure(
    house: House, seat: Seat, terms: Terms, decision: NewDecision, chosen: Chosen, state: MeasureState
) -> Measure:
    scope = terms.measures[chosen.kind].scope
    on_content = scope is Scope.CONTENT
    return Measure(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.MEASURE),
        platform=decision.platform,
        decision=decision.key,
        kind=chosen.kind,
        scope=scope,
        ring=_ring(scope, seat.subject.place),
        effect=rules.effect_of(chosen.kind, scope),
        subject=decision.subject if on_content else None,
        author=None if on_content else decision.author,
        state=state,
        days=chosen.days,
    )


def _ring(scope: Scope, place: Place) -> Place | None:
    """Return the place that a scoped measure closes: removed from one board says nothing about another."""
    if scope in {Scope.GROUP, Scope.BOARD, Scope.PART, Scope.COMMUNITY}:
        return place.ring(Level(scope.value))
    return None


async def ask_second(
    house: House,
    connection: Connection,
    seat: Seat,
    terms: Terms,
    decision: NewDecision,
    ordered: list[Measure],
) -> None:
    """Ask for a second person; where it is grave and nothing hides it meanwhile, a hold stands until then."""
    await decisions.put_second(
        connection, house.ids.key(), decision.key, seat.viewer.account, seat.now, decision.snapshot
    )
    hidden = any(one.state is MeasureState.WAITING and one.effect is Effect.HIDE for one in ordered)
    held = await decisions.running_hold(connection, seat.subject.key) is not None
    if Severity(decision.severity).grave and not hidden and not held:
        hold = Hold(
            key=house.ids.key(),
            number=house.ids.number(NumberKind.MEASURE),
            platform=decision.platform,
            subject=seat.subject.key,
            case=seat.case.key,
            author=decision.author,
            origin=HoldOrigin.SECOND_PERSON,
            basis=decision.reason,
            clause=decision.clauses[0] if decision.clauses else None,
            starts_at=seat.now,
            ends_at=holds.hold_ends(seat.now, terms.hold_rule),
        )
        await begin_hold(house, connection, hold, seat.subject, terms)
        await contested.note_placer(connection, hold.key, seat.viewer.account)
