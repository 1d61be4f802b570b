"""Keep subjects, their authors and immutable copies of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs

from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.subjects import rules
from flagstaff.subjects.model import Copy, KeptSubject, Seen, Standing, SubjectState
from flagstaff.vocabulary.references import SubjectRef

_queries = Queries(__package__)
_put_authors = _queries.run("put_authors")
_put_subjects = _queries.run("put_subjects")
_hold_subjects = _queries.rows("hold_subjects", Standing)
_put_snapshots = _queries.run("put_snapshots")
_blank_snapshots = _queries.run("blank_snapshots")
_change_state = _queries.run("change_state")
_close_author = _queries.run("close_author")


async def keep(
    connection: Connection, seen: Sequence[Seen], staff_hashes: Sequence[bytes], ids: Ids, at: datetime
) -> list[KeptSubject]:
    """Admit subjects with their authors, lock them, and copy what is new of them.

    `staff_hashes` are the keyed hashes of the authors, in the order of `seen`. The answer keeps that order; a subject
    seen twice in one batch is copied once for each content.
    """
    await _admit(connection, seen, staff_hashes, ids, at)
    standing = await hold(connection, [one.ref for one in seen])
    copies: list[Copy] = []
    kept: list[KeptSubject] = []
    for one in seen:
        now = standing[one.ref]
        changed = rules.needs_copy(one, now)
        if changed:
            shown = structs.replace(one, reference_only=one.reference_only or now.reference_only)
            copy = Copy(ids.key(), now.key, (now.snapshot_number or 0) + 1, rules.content_hash(one), shown)
            copies.append(copy)
            now = standing[one.ref] = _renewed(now, copy)
        kept.append(_kept(now, changed=changed))
    await _write(connection, copies, at)
    return kept


async def hold(connection: Connection, refs: Sequence[SubjectRef]) -> dict[SubjectRef, Standing]:
    """Lock the subjects that exist among `refs` until the transaction ends, and return how they stand."""
    found = await _hold_subjects(
        connection, [ref.platform for ref in refs], [ref.kind for ref in refs], [ref.id for ref in refs]
    )
    by_name = {(row.platform, row.kind, row.outside_id): row for row in found}
    return {ref: by_name[name] for ref in refs if (name := (ref.platform, ref.kind, ref.id)) in by_name}


async def blank(connection: Connection, subjects: Sequence[UUID], at: datetime) -> None:
    """Blank all copies of `subjects`: gravest material is named, never kept."""
    if subjects:
        await _blank_snapshots(connection, subjects, at)


async def mark(
    connection: Connection, subject: UUID, state: SubjectState, cause: str | None, at: datetime
) -> None:
    """Note how a subject stands on its platform; `cause` is `by_author`, `by_policy` or None."""
    await _change_state(connection, subject, state.value, cause, at)


async def leave(connection: Connection, platform: str, person: str, state: str, at: datetime) -> None:
    """Note that an author's account is `closed` or `erased`."""
    await _close_author(connection, platform, person, state, at)


async def _admit(
    connection: Connection, seen: Sequence[Seen], staff_hashes: Sequence[bytes], ids: Ids, at: datetime
) -> None:
    authors = {
        (one.ref.platform, one.author, digest)
        for one, digest in zip(seen, staff_hashes, strict=True)
        if one.author is not None
    }
    if authors:
        await _put_authors(connection, [(ids.key(), *author) for author in sorted(authors)], at)
    await _put_subjects(
        connection,
        [
            (
                ids.key(), one.ref.platform, one.ref.kind, one.ref.id, one.author,
                one.place.surface.value, one.place.part, one.place.board, one.place.group, one.place.thread,
            )
            for one in seen
        ],
        at,
    )  # fmt: skip


def _renewed(now: Standing, copy: Copy) -> Standing:
    return Standing(
        now.key, now.platform, now.kind, now.outside_id, now.author, now.author_state, now.state,
        copy.key, copy.number, copy.content_hash, copy.seen.reference_only,
    )  # fmt: skip


def _kept(now: Standing, *, changed: bool) -> KeptSubject:
    if now.snapshot is None or now.content_hash is None:
        message = "a subject is copied before it is called kept"
        raise AssertionError(message)
    return KeptSubject(
        now.key, now.snapshot, now.author, now.author_state, now.state, now.content_hash, changed
    )


async def _write(connection: Connection, copies: Sequence[Copy], at: datetime) -> None:
    if copies:
        await _put_snapshots(connection, [_row(copy) for copy in copies], at)


def _row(copy: Copy) -> tuple[object, ...]:
    seen = copy.seen
    title, words, link = (None, None, None) if seen.reference_only else (seen.title, seen.words, seen.link)
    return (
        copy.key, copy.subject, copy.number, copy.content_hash, title, words, link, seen.language,
        seen.posted_at, seen.edited_at, seen.audience.value if seen.audience else None, seen.reference_only,
        seen.copied_after,
    )  # fmt: skip
