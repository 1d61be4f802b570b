"""Lock what a second look is about, a decision or a hold before one, its subject first."""

from uuid import UUID

import msgspec

from flagstaff.appeals import holds, storage as appeals
from flagstaff.appeals.model import Questioned
from flagstaff.appeals.storage import Appeal
from flagstaff.decisions import contested, storage as decisions
from flagstaff.decisions.storage import Decided, Hold
from flagstaff.flows.hold_case import hold_case
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import AppealKey
from flagstaff.vocabulary.states import DecisionState, HoldState, MeasureState


class Contested(msgspec.Struct, frozen=True):
    """Either a decision or a hold, locked."""

    decision: Decided | None
    hold: Hold | None

    @property
    def either(self) -> Decided | Hold:
        """Return whichever it is."""
        found = self.decision or self.hold
        if found is None:
            msg = "a second look is about a decision or a hold"
            raise AssertionError(msg)
        return found

    @property
    def clause(self) -> str | None:
        """Return the clause that its author was told, the leading one of a decision."""
        if self.decision is not None:
            return next(iter(self.decision.clauses), None)
        return self.hold.clause if self.hold else None

    @property
    def stands(self) -> bool:
        """Tell whether there is still something to take back."""
        if self.decision is not None:
            return self.decision.state is DecisionState.EFFECTIVE
        return self.hold is not None and self.hold.state is HoldState.RUNNING


async def lock_contested(
    connection: Connection, case: UUID, decision: UUID | None, hold: UUID | None
) -> Contested | None:
    """Lock a decision or a hold of a case; None where there is none."""
    if await hold_case(connection, case) is None:
        return None
    made = await decisions.hold_decision(connection, decision) if decision else None
    held = await contested.hold_by_key(connection, hold) if hold else None
    return Contested(made, held) if made or held else None


async def appeal_of(connection: Connection, about: Contested) -> Appeal | None:
    """Lock the one second look that there is."""
    if about.decision is not None:
        return await appeals.of_decision(connection, about.decision.key)
    return await holds.of_hold(connection, about.either.key)


async def questioned(connection: Connection, about: Contested, standing: Appeal | None) -> Questioned:
    """Return it as the rules of appeals see it."""
    restricts, decision = about.stands, about.decision
    if decision is not None:
        measures = await decisions.measures_of(connection, [decision.key])
        restricts = any(one.state in {MeasureState.RUNNING, MeasureState.ENDED} for one in measures)
    return Questioned(
        verdict=decision.verdict if decision else None,
        restricts=restricts,
        reversed=decision is not None and decision.state is DecisionState.REVERSED,
        appeal=AppealKey(standing.key) if standing else None,
        appeal_state=standing.state if standing else None,
    )


async def who_took_part(connection: Connection, about: Contested) -> set[UUID]:
    """Return who decided or confirmed, or who placed the hold: they do not look again."""
    if about.decision is not None:
        return set(await decisions.took_part(connection, about.decision.key))
    placer = await contested.placer_of(connection, about.either.key)
    return {placer} if placer else set()
