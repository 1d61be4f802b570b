"""Follow what happens to a subject on its platform: edited, deleted by its author, restored."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import rules as case_rules, storage as cases
from flagstaff.cases.storage import Step
from flagstaff.decisions import storage as decisions, voiding
from flagstaff.delivery import storage as delivery
from flagstaff.flows.house import House
from flagstaff.flows.place_hold import finish_hold
from flagstaff.flows.push_content import check_kind, staff_hashes
from flagstaff.flows.tell_platform import of_measure, tell_platform
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging, storage as subjects
from flagstaff.subjects.model import Seen, SubjectState

_BY_AUTHOR: Final = "by_author"


class ContentEventKind(StrEnum):
    """Name what happened to a subject."""

    EDITED = "edited"
    DELETED_BY_AUTHOR = "deleted_by_author"
    RESTORED = "restored"


class ContentEvent(msgspec.Struct, frozen=True):
    """What happened to which subject, as its platform shows it now."""

    kind: ContentEventKind
    seen: Seen


class Followed(msgspec.Struct, frozen=True):
    """How many events were followed, and how many named a subject that was never seen here."""

    followed: int
    unknown: int


async def follow_content(house: House, events: Sequence[ContentEvent]) -> Followed:
    """Follow events, as `take_events` does, in a transaction of their own."""
    async with house.database.transaction(Role.INTAKE) as connection:
        return await take_events(house, connection, events)


async def take_events(house: House, connection: Connection, events: Sequence[ContentEvent]) -> Followed:
    """Follow events in their order, all of them or none; the same event twice changes nothing more."""
    for event in events:
        check_kind(house, event.seen)
    known = [await _follow(house, connection, event) for event in events]
    await delivery.wake(connection, delivery.WORK)
    return Followed(sum(known), len(known) - sum(known))


async def _follow(house: House, connection: Connection, event: ContentEvent) -> bool:
    if event.kind is ContentEventKind.EDITED:
        await _edited(house, connection, event.seen)
        return True
    standing = (await subjects.hold(connection, [event.seen.ref])).get(event.seen.ref)
    if standing is None:
        return False
    if event.kind is ContentEventKind.DELETED_BY_AUTHOR:
        if standing.state != SubjectState.DELETED_BY_AUTHOR:
            await subjects.mark(
                connection, standing.key, SubjectState.DELETED_BY_AUTHOR, _BY_AUTHOR, house.now
            )
            facts = await _void(house, connection, standing.key)
            await _log(house, connection, "content.deleted_by_author", event.seen, facts)
            await _note_on_case(house, connection, standing.key, "its author deleted it")
    elif (
        standing.state == SubjectState.DELETED_BY_AUTHOR
    ):  # what was removed here stands again when it is lifted here
        await subjects.mark(connection, standing.key, SubjectState.STANDING, None, house.now)
        facts = await _bring_back(house, connection, standing.key)
        await _log(house, connection, "content.restored", event.seen, facts)
        await _note_on_case(house, connection, standing.key, "it stands again")
    return True


async def _void(house: House, connection: Connection, key: UUID) -> dict[str, int]:
    """Void what touches content that is gone, and tell the platform that none of it runs any more."""
    now = house.now
    measures = await voiding.void_content(connection, [key], now, house.ids)
    changes = [of_measure(one, applied=False) for one in measures if one.starts_at is not None]
    await tell_platform(house, connection, [one for one in changes if one], now, now)
    hold = await decisions.running_hold(connection, key)
    subject = await judging.judged(connection, key)
    if hold is not None and subject is not None:
        await finish_hold(house, connection, hold, subject, "lose_basis", now, tell=False)
    return {"measures_void": len(measures), "holds_lifted": int(hold is not None)}


async def _bring_back(house: House, connection: Connection, key: UUID) -> dict[str, int]:
    """Carry out again what was decided about content that had been deleted since, and tell the platform."""
    now = house.now
    measures = await voiding.bring_back(connection, key, now, house.ids)
    if any(one.kind == "remove_content" for one in measures):
        await subjects.mark(connection, key, SubjectState.REMOVED, "by_policy", now)
    changes = [of_measure(one, applied=True, until=one.ends_at) for one in measures]
    await tell_platform(house, connection, [one for one in changes if one], now, now)
    return {"measures_back": len(measures)}


async def _edited(house: House, connection: Connection, seen: Seen) -> None:
    """Copy the new words; the case goes on and shows the difference, flags stay tied to what they saw."""
    (kept,) = await subjects.keep(connection, [seen], staff_hashes(house, [seen]), house.ids, house.now)
    if kept.changed:
        await _note_on_case(house, connection, kept.subject, "its author edited it")


async def _note_on_case(house: House, connection: Connection, subject: UUID, why: str) -> None:
    case = await cases.standing_of(connection, subject)
    if case is None:
        return
    target = case_rules.apply(case.state, "grow")
    step = Step(case.key, house.now, "grow", case.state, target, "author", why)
    await cases.append_steps(connection, [step], house.ids)


async def _log(house: House, connection: Connection, deed: str, seen: Seen, facts: Mapping[str, int]) -> None:
    platform, kind = str(seen.ref.platform), seen.ref.kind
    what = f"subject:{kind}:{seen.ref.id}"
    entry = Entry(house.ids.key(), house.now, deed, f"platform:{platform}", what, platform, facts)
    await audit.record(connection, [entry])
