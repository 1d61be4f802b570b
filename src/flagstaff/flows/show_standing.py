"""Show where an author stands: what counts, what runs, what would follow; and what they may do in a place."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.decisions import access, ladder as ladders, storage as decisions
from flagstaff.decisions.model import Access, MeasureEvent
from flagstaff.decisions.storage import Event
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vocabulary.references import PersonRef, Place, SubjectKind, Surface


class Running(msgspec.Struct, frozen=True):
    """One measure that runs on a person: what it says, where, and until when."""

    measure: str
    kind: str
    says: str
    scope: str
    place: str
    until: datetime | None


class OnLadder(msgspec.Struct, frozen=True):
    """Where somebody stands on one ladder: how many decisions count, and what would follow."""

    ladder: str
    counted: int
    next: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True):
    """Everything an author may know about their own standing."""

    running: tuple[Running, ...]
    ladders: tuple[OnLadder, ...]


async def standing_of(house: House, person: PersonRef) -> Standing:
    """Return an author's standing; somebody who is not known has a clean one."""
    async with house.database.reading(Role.INTAKE) as connection:
        author = await judging.author_named(connection, person.platform, person.id)
        if author is None:
            return Standing((), ())
        events = await decisions.events_of(connection, author)
        on_ladders = await _ladders(house, connection, author, person.platform)
    return Standing(_running(house, events, person.platform), on_ladders)


async def access_of(house: House, person: PersonRef, place: Place) -> Access:
    """Return what a person may do in a place now: the union of what runs, folded from its events."""
    async with house.database.reading(Role.INTAKE) as connection:
        author = await judging.author_named(connection, person.platform, person.id)
        events = await decisions.events_of(connection, author) if author else []
    return access.access(_folded(events), place, house.now)


def _folded(events: Sequence[Event]) -> list[MeasureEvent]:
    return [one.folded() for one in events]


def _running(house: House, events: Sequence[Event], platform: str) -> tuple[Running, ...]:
    known = house.policy.guidelines(platform).measure_by_key
    by_key = {one.measure: one for one in events}
    found = [by_key[one.measure] for one in access.running(_folded(events), house.now)]
    return tuple(
        Running(
            one.number,
            one.kind,
            known[one.kind].says if one.kind in known else one.kind,
            one.scope.value,
            (one.ring.group or one.ring.board or one.ring.part or "") if one.ring else "",
            one.until,
        )
        for one in found
    )


async def _ladders(house: House, connection: Connection, author: UUID, platform: str) -> tuple[OnLadder, ...]:
    """Say what would follow words posted now, on each ladder on which something counts."""
    guidelines, now = house.policy.guidelines(platform), house.now
    terms = Terms(guidelines, now, dated=True)
    past = await decisions.past_of(connection, author)
    leading = {clause.ladder: clause.key for clause in guidelines.clauses if clause.ladder}
    found = []
    for key in sorted({one.ladder for one in past}):
        ladder = terms.ladder(leading[key]) if key in leading else None
        if ladder is None:
            continue
        counted = ladders.counted(ladder, past, now, now)
        kind, place = SubjectKind("community_post"), Place(Surface.COMMUNITY)
        rung = ladders.propose(ladder, past, now, now, place, kind) if counted else None
        says = tuple(guidelines.measure_by_key[one.kind].says for one in rung.step) if rung else ()
        found.append(OnLadder(key, len(counted), says))
    return tuple(found)
