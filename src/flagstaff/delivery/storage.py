"""Keep what leaves the house: events that wait, positions, deliveries, and notices."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.delivery.model import (
    FEED_OF,
    Address,
    Due,
    Endpoint,
    EventKind,
    Feed,
    NewNotice,
    Notice,
    Outgoing,
    Published,
    Sent,
)
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__)
_put_outgoing = _queries.run("put_outgoing")
_cancel_outgoing = _queries.run("cancel_outgoing")
_recall_notices = _queries.values("recall_notices", UUID)
_recall_outgoing = _queries.run("recall_outgoing")
_wake = _queries.run("wake")
_publish = _queries.value("publish", int)
_only_publisher = _queries.value("only_publisher", bool)
_next_outgoing = _queries.value("next_outgoing", datetime)
_feed_page = _queries.rows("feed_page", Published)
_left_for = _queries.rows("left_for", Published)
_claim_due = _queries.rows("claim_due", Due)
_note_sent = _queries.run("note_sent")
_note_retry = _queries.run("note_retry")
_note_dead = _queries.run("note_dead")
_put_attempt = _queries.run("put_attempt")
_next_delivery = _queries.value("next_delivery", datetime)
_replay = _queries.run("replay")
_address = _queries.row("address", Address)
_put_notices = _queries.run("put_notices")
_put_receipts = _queries.run("put_receipts")
_release_notices = _queries.run("release_notices")
_drop_notices = _queries.run("drop_notices")
_waiting_notices = _queries.rows("waiting_notices", Notice)
_told_of = _queries.rows("told_of", Notice)
_notice = _queries.row("notice", Notice)
_notice_by_number = _queries.row("notice_by_number", Notice)
_notices_of_author = _queries.rows("notices_of_author", Notice)
_notices_of_flags = _queries.rows("notices_of_flags", Notice)
_mark_read = _queries.run("mark_read")
_person_of = _queries.value("person_of", str)
_put_todo = _queries.run("put_todo")
_finish_todo = _queries.run("finish_todo")

PUBLISH = "outbox"
"""Channel on which a new event that is ready is announced."""
DELIVER = "deliveries"
"""Channel on which the publisher announces that deliveries are due."""
WORK = "work"
"""Channel on which flows announce that jobs of the business clock have something new to look at."""


# ---------------------------------------------------------------- outbox
async def leave(connection: Connection, events: Sequence[Outgoing]) -> None:
    """Let events wait to leave, in the transaction of the deed they tell of."""
    if not events:
        return
    await _put_outgoing(
        connection,
        [one.key for one in events],
        [one.platform for one in events],
        [FEED_OF[one.kind].value for one in events],
        [one.kind.value for one in events],
        [one.stream for one in events],
        [one.reference for one in events],
        [one.decision for one in events],
        [one.made_at for one in events],
        [one.not_before for one in events],
    )
    await wake(connection, PUBLISH)


async def cancel(connection: Connection, decisions: Sequence[UUID], at: datetime) -> int:
    """Cancel every event of some decisions that has not left, and hide their unreleased notices for good."""
    await _drop_notices(connection, decisions)
    return await _cancel_outgoing(connection, decisions, at)


async def recall(connection: Connection, flag: UUID, at: datetime) -> None:
    """Take back what the reporter of a flag would be told from some later moment on."""
    notices = await _recall_notices(connection, flag, at)
    await _recall_outgoing(connection, notices, at)


async def release(
    connection: Connection, decisions: Sequence[UUID], notices: Sequence[UUID], at: datetime
) -> None:
    """Let some notices of decisions be read from now on."""
    await _release_notices(connection, decisions, at, notices)


async def wake(connection: Connection, channel: str) -> None:
    """Tell every process that listens on `channel` to look, once this transaction commits."""
    await _wake(connection, channel)


# ---------------------------------------------------------------- publishing
async def is_only_publisher(connection: Connection) -> bool:
    """Become the single publisher for this transaction; False while another process is."""
    return bool(await _only_publisher(connection))


async def publish(connection: Connection, business: datetime, wall: datetime, most: int) -> int:
    """Give positions to at most `most` due events, and return to how many.

    Only under `is_only_publisher`: positions are dense because one process at a time gives them, after the events'
    own transactions committed, so that a late commit is never skipped by a reader.
    """
    published = await _publish(connection, business, most, wall) or 0
    if published:
        await wake(connection, DELIVER)
    return published


async def next_outgoing(connection: Connection) -> datetime | None:
    """Return the business time at which the next waiting event becomes due."""
    return await _next_outgoing(connection)


async def feed_page(
    connection: Connection, platform: str, feed: Feed, after: int, most: int
) -> list[Published]:
    """Return the events of a feed that follow a position."""
    return await _feed_page(connection, platform, feed.value, after, most)


async def left_for(connection: Connection, decision: UUID | None, flag: UUID) -> list[Published]:
    """Return what left for a decision, and what the reporter of one flag was told; for the tour's page of one flag."""
    return await _left_for(connection, decision, flag)


# ---------------------------------------------------------------- deliveries
async def claim_due(connection: Connection, wall: datetime, until: datetime, most: int) -> list[Due]:
    """Take deliveries to try now; until the lease ends no other worker takes them."""
    return await _claim_due(connection, wall, until, most)


async def note(
    connection: Connection, key: UUID, due: Due, sent: Sent, wall: datetime, again_at: datetime | None
) -> None:
    """Write down what came of a try: arrived, to be tried again, or given up when `again_at` is None."""
    await _put_attempt(connection, key, due.outbox, wall, sent.status, sent.problem)
    if sent.taken:
        await _note_sent(connection, due.outbox, wall)
    elif again_at is None:
        await _note_dead(connection, due.outbox)
    else:
        await _note_retry(connection, due.outbox, again_at)


async def next_delivery(connection: Connection) -> datetime | None:
    """Return the wall time of the next delivery that waits."""
    return await _next_delivery(connection)


async def replay(connection: Connection, platform: str, wall: datetime) -> int:
    """Let a platform's dead letters be tried again, and return how many."""
    found = await _replay(connection, platform, wall)
    await wake(connection, DELIVER)
    return found


async def address(connection: Connection, platform: str, endpoint: Endpoint) -> Address | None:
    """Return where to send, with sealed secrets; None where the platform takes no events there."""
    return await _address(connection, platform, endpoint.value)


# ---------------------------------------------------------------- notices
async def put_notices(connection: Connection, notices: Sequence[NewNotice]) -> None:
    """Write notices beside the decision they tell of."""
    if notices:
        await _put_notices(connection, *_columns(notices))


async def put_receipts(
    connection: Connection, receipts: Sequence[NewNotice], events: Sequence[UUID], at: datetime
) -> None:
    """Write receipts for reporters of flags, to be read from `at` on, with the keys of the events that tell of them."""
    if not receipts:
        return
    rows = [
        (
            one.key, one.number, one.platform, one.flag, one.text_key, one.guidelines_version, dict(one.values), event,
        )
        for one, event in zip(receipts, events, strict=True)
    ]  # fmt: skip
    feed = FEED_OF[EventKind.NOTICE_REPORTER]
    await _put_receipts(connection, rows, at, feed.value, EventKind.NOTICE_REPORTER.value)
    await wake(connection, PUBLISH)


def _columns(notices: Sequence[NewNotice]) -> list[list[object]]:
    names = (field.name for field in msgspec.structs.fields(NewNotice))
    plain: list[list[object]] = []
    for name in names:
        column = [getattr(one, name) for one in notices]
        plain.append([dict(value) for value in column] if name == "values" else column)
    return plain


async def waiting_notices(connection: Connection, decisions: Sequence[UUID]) -> list[Notice]:
    """Return the notices of some decisions that nobody may read yet."""
    return await _waiting_notices(connection, decisions)


async def told_of(connection: Connection, decision: UUID) -> list[Notice]:
    """Return every notice about a decision that was released: all who were told."""
    return await _told_of(connection, decision)


async def notice(connection: Connection, key: UUID) -> Notice | None:
    """Return one notice."""
    return await _notice(connection, key)


async def notice_by_number(connection: Connection, number: str, at: datetime) -> Notice | None:
    """Return a notice by its outside number, once it was released."""
    return await _notice_by_number(connection, number, at)


async def notices_of_author(connection: Connection, platform: str, person: str, at: datetime) -> list[Notice]:
    """Return what an author may read by now, newest first."""
    return await _notices_of_author(connection, platform, person, at)


async def notices_of_flags(connection: Connection, flags: Sequence[UUID], at: datetime) -> list[Notice]:
    """Return what a reporter may read by now about flags of theirs (from `vault.flags_of`), newest first."""
    return await _notices_of_flags(connection, flags, at)


async def person_of(connection: Connection, author: UUID | None) -> str | None:
    """Return an author as the platform names them; None where unknown or erased."""
    return None if author is None else await _person_of(connection, author)


async def mark_read(connection: Connection, key: UUID, at: datetime) -> None:
    """Note that a notice was read."""
    await _mark_read(connection, key, at)


# ---------------------------------------------------------------- what a platform cannot carry out
async def put_todo(
    connection: Connection, key: UUID, platform: str, measure: UUID, what: str, at: datetime
) -> None:
    """Ask staff to carry out by hand what the platform did not declare that it can."""
    await _put_todo(connection, key, platform, measure, what, at)


async def finish_todo(connection: Connection, key: UUID, account: UUID, at: datetime) -> int:
    """Note that a to-do is done; 0 when it was already."""
    return await _finish_todo(connection, key, account, at)
