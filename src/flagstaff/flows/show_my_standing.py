"""Show authors where they stand: which decisions count, what runs, and what would follow words written now."""

from datetime import datetime

import msgspec

from flagstaff.decisions import access, ladder as ladders, storage as decisions
from flagstaff.decisions.model import Ladder, PastDecision
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vocabulary.references import MeasureKind, PersonRef, Place, SubjectKind, Surface


class Running(msgspec.Struct, frozen=True):
    """A measure that runs, as the policy words it; `until` None: it has no end of its own."""

    kind: MeasureKind
    says: str
    until: datetime | None


class OwnStanding(msgspec.Struct, frozen=True):
    """`counted`: decisions that count as steps. `next`: by ladder with such steps, what would follow."""

    counted: int
    running: tuple[Running, ...]
    next: dict[str, tuple[str, ...]]
    decay_days: int


async def show_my_standing(house: House, person: PersonRef, language: str = "") -> OwnStanding:
    """Return a person's standing as an author; somebody unknown stands like somebody without a decision."""
    past: tuple[PastDecision, ...] = ()
    running: tuple[Running, ...] = ()
    guidelines = guidelines_in(house.policy.guidelines(person.platform), language)
    terms = Terms(guidelines, house.now, dated=True)
    async with house.database.reading(Role.INTAKE) as connection:
        author = await judging.author_named(connection, person.platform, person.id)
        if author is not None:
            past = await decisions.past_of(connection, author)
            events = [event.folded() for event in await decisions.events_of(connection, author)]
            running = tuple(
                Running(one.kind, _says(terms, one.kind), one.until)
                for one in access.running(events, house.now)
            )
    counted = {one.key: ladders.counted(one, past, house.now, house.now) for one in _ladders(terms)}
    return OwnStanding(
        counted=sum(map(len, counted.values())),
        running=running,
        next={
            str(one.key): _next(terms, one, past, house.now) for one in _ladders(terms) if counted[one.key]
        },
        decay_days=terms.guidelines.ladder_rules.decay_days,
    )


def _ladders(terms: Terms) -> list[Ladder]:
    found = (terms.ladder(clause.key) for clause in terms.guidelines.clauses if clause.decidable)
    return list({one.key: one for one in found if one is not None}.values())


def _next(terms: Terms, one: Ladder, past: tuple[PastDecision, ...], now: datetime) -> tuple[str, ...]:
    """Say the step that would follow anywhere on the platform; a place may have a narrower one."""
    rung = ladders.propose(one, past, now, now, Place(Surface.MARKETPLACE), SubjectKind("profile"))
    return tuple(_says(terms, measure.kind) for measure in rung.step) if rung else ()


def _says(terms: Terms, kind: MeasureKind) -> str:
    known = terms.guidelines.measure_by_key.get(kind)
    return known.says if known else kind
