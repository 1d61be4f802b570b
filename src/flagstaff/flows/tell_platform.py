"""Tell a platform what changes: freeze each change with the next revision of its target, and let it leave."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.decisions import access, storage as decisions
from flagstaff.decisions.storage import Event, Hold, Measure
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import EventKind, Outgoing
from flagstaff.flows.house import House
from flagstaff.store.database import Connection
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.references import MeasureKind, Place

HOLD = MeasureKind("hold")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One measure or hold that begins (`applied`) or goes; `decision` is None for a hold."""

    platform: str
    measure: UUID
    number: str
    kind: MeasureKind
    scope: Scope
    ring: Place | None
    effect: Effect
    target: UUID
    applied: bool
    until: datetime | None = None
    decision: UUID | None = None


def of_measure(measure: Measure, *, applied: bool, until: datetime | None = None) -> Change | None:
    """Return the change of a measure; None for what the platform has no part in (an authority, an unknown author)."""
    target = measure.subject if measure.scope is Scope.CONTENT else measure.author
    if measure.effect is None or target is None:
        return None
    return Change(
        platform=measure.platform,
        measure=measure.key,
        number=measure.number,
        kind=measure.kind,
        scope=measure.scope,
        ring=measure.ring,
        effect=measure.effect,
        target=target,
        applied=applied,
        until=until,
        decision=measure.decision,
    )


def of_hold(hold: Hold, *, applied: bool) -> Change:
    """Return the change of a hold."""
    return Change(
        platform=hold.platform,
        measure=hold.key,
        number=hold.number,
        kind=HOLD,
        scope=Scope.CONTENT,
        ring=None,
        effect=Effect.HIDE,
        target=hold.subject,
        applied=applied,
        until=hold.ends_at if applied else None,
    )


async def tell_platform(
    house: House, connection: Connection, changes: Sequence[Change], at: datetime, not_before: datetime
) -> None:
    """Freeze changes in the order given, each with its target's next revision, and let them leave from `not_before`.

    What goes shows or allows again only where nothing else still hides or restricts. What the platform did not declare
    that it can carry out becomes a to-do of staff as well.
    """
    numbers = await decisions.numbers_of(connection, [one.decision for one in changes if one.decision])
    leaving = []
    for change in sorted(changes, key=lambda one: one.target):
        event = await _frozen(house, connection, change, numbers.get(change.decision or UUID(int=0), ""), at)
        await decisions.put_event(connection, event)
        leaving.append(_outgoing(house, event, change, not_before))
        if event.effect not in house.policy.host(change.platform).effects:
            what = f"{event.effect}: {change.kind}"
            await delivery.put_todo(
                connection, house.ids.key(), change.platform, change.measure, what, not_before
            )
    await delivery.leave(connection, leaving)


async def _frozen(house: House, connection: Connection, change: Change, decision: str, at: datetime) -> Event:
    revision = await decisions.draw_revision(connection, change.target)
    event = Event(
        key=house.ids.key(),
        platform=change.platform,
        measure=change.measure,
        number=change.number,
        kind=change.kind,
        decision=decision,
        target=change.target,
        on_person=change.scope is not Scope.CONTENT,
        revision=revision,
        applied=change.applied,
        effect=change.effect,
        scope=change.scope,
        ring=change.ring,
        until=change.until,
        at=at,
    )
    if change.applied:
        return event
    past = [one.folded() for one in await decisions.events_of(connection, change.target)]
    effect = access.effect_of_lifting(event.folded(), past, at)
    return msgspec.structs.replace(event, effect=effect)


def _outgoing(house: House, event: Event, change: Change, not_before: datetime) -> Outgoing:
    return Outgoing(
        key=house.ids.key(),
        platform=event.platform,
        kind=EventKind.MEASURE_APPLIED if event.applied else EventKind.MEASURE_LIFTED,
        stream=event.target,
        reference=event.key,
        decision=change.decision,
        made_at=event.at,
        not_before=not_before,
    )
