"""What runs: the union of measures, folded from their events, each ending by itself."""

from collections.abc import Iterable
from datetime import datetime

from flagstaff.decisions.model import Access, Forbids, MeasureEvent
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import MeasureKey, Place

_BACK = {Effect.HIDE: Effect.SHOW, Effect.RESTRICT: Effect.ALLOW}


def running(events: Iterable[MeasureEvent], now: datetime) -> tuple[MeasureEvent, ...]:
    """Return the measures that run now, oldest revision first.

    Of each measure the highest revision holds: events may come twice and in any order.
    """
    latest: dict[MeasureKey, MeasureEvent] = {}
    for event in events:
        known = latest.get(event.measure)
        if known is None or event.revision > known.revision:
            latest[event.measure] = event
    alive = (
        event for event in latest.values() if event.applied and (event.until is None or now < event.until)
    )
    return tuple(sorted(alive, key=lambda event: event.revision))


def access(events: Iterable[MeasureEvent], place: Place, now: datetime) -> Access:
    """Return what a person may do in a place: everything that no running restriction there forbids."""
    here = [
        event
        for event in running(events, now)
        if event.effect is Effect.RESTRICT and (event.ring is None or place.lies_in(event.ring))
    ]
    ends = [event.until for event in here]
    return Access(
        forbidden=frozenset(forbids(event) for event in here),
        until=None if None in ends else max((end for end in ends if end is not None), default=None),
        by=tuple(event.measure for event in here),
    )


def forbids(event: MeasureEvent) -> Forbids:
    """Return what a restriction keeps somebody from."""
    by_kind = {"restrict_posting": Forbids.POSTING, "restrict_flagging": Forbids.FLAGGING}
    return by_kind.get(event.kind, Forbids.TAKING_PART)


def is_hidden(events: Iterable[MeasureEvent], now: datetime) -> bool:
    """Tell whether a subject's content is hidden by any running measure or hold."""
    return any(event.effect is Effect.HIDE for event in running(events, now))


def effect_of_lifting(gone: MeasureEvent, events: Iterable[MeasureEvent], now: datetime) -> Effect:
    """Return what the platform does when one measure goes: show or allow, but only where no other still stands.

    Otherwise it is told and changes nothing; a platform that showed content again while another measure hides it would
    undo that one.
    """
    others = [event for event in running(events, now) if event.measure != gone.measure]
    if any(other.effect is gone.effect and _covers(other, gone) for other in others):
        return Effect.TELL
    return _BACK.get(gone.effect, Effect.TELL)


def _covers(other: MeasureEvent, gone: MeasureEvent) -> bool:
    """Tell whether what `gone` closed stays closed through `other`."""
    if gone.effect is Effect.HIDE:
        return True
    if forbids(other) is not forbids(gone):
        return False
    return other.ring is None or (gone.ring is not None and gone.ring.lies_in(other.ring))
