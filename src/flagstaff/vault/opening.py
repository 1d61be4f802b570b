"""Open what was sealed: ask in one transaction, commit, take in a second one.

Every function that takes serves one asking once. The caller's database role says which purposes it has.
"""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.vault import rules, storage
from flagstaff.vault.model import Comment, Purpose, TakenForDive, TakenRaw, TakenRedacted, Words
from flagstaff.vault.sealing import CannotOpen, Opener, Sealer
from flagstaff.vault.storage import NotGranted, ask, comments_among, copies_of, refs_of, to_redact
from flagstaff.vocabulary.references import PersonRef, Platform

PERSONS = "vault.person"
WORDS = "vault.words"
VECTORS = "vault.vector"


async def read(connection: Connection, opener: Opener, asking: UUID, at: datetime) -> list[Words]:
    """Open redacted copies that a committed asking named; `text` is None where none is made yet. Role reader."""
    return [_read_copy(one, opener) for one in await storage.take_redacted(connection, asking, at)]


async def comments_to_count(
    connection: Connection, opener: Opener, asking: UUID, at: datetime
) -> dict[UUID, str]:
    """Open redacted comments under Other that a committed asking named, by flag, to count them. Role analyst."""
    return _comments(await storage.take_copies(connection, asking, at), opener)


async def comments_for_dive(
    connection: Connection, opener: Opener, asking: UUID, at: datetime, *, model: str
) -> list[Comment]:
    """Open the redacted comments of a run that a committed asking named, with vectors of one model. Role analyst.

    One that does not open is left out; a vector that does not is made anew.
    """
    return _for_dive(await storage.take_for_dive(connection, asking, at), opener, model)


async def comments_for_check(
    connection: Connection, opener: Opener, asking: UUID, at: datetime, model: str
) -> list[Comment]:
    """Open the same again once the run is ready, to see whether it would find the same. Role analyst."""
    return _for_dive(await storage.take_for_check(connection, asking, at), opener, model)


def _for_dive(taken: Iterable[TakenForDive], opener: Opener, model: str) -> list[Comment]:
    found = []
    for one in taken:
        if one.redacted is None:
            continue
        copy = TakenRedacted(one.ref, one.platform, one.field, one.owner, one.redacted)
        with contextlib.suppress(CannotOpen, UnicodeDecodeError):
            text = _read_copy(copy, opener).text or ""
            found.append(Comment(one.owner, one.ref, one.person, text, _vector(one, opener, model)))
    return found


async def comments_for_coding(
    connection: Connection, opener: Opener, asking: UUID, at: datetime
) -> dict[UUID, str]:
    """Open redacted comments of a run for a reviewer, by flag. Role analyst."""
    return _comments(await storage.take_for_coding(connection, asking, at), opener)


async def keep_vectors(
    connection: Connection, sealer: Sealer, platform: str, model: str, vectors: Mapping[UUID, bytes]
) -> None:
    """Seal what comments mean as numbers and keep it, by comment. Role analyst."""
    batch = sealer.batch()
    sealed = {
        ref: batch.seal(vector, platform=platform, table=VECTORS, row=str(ref), field=model)
        for ref, vector in vectors.items()
    }
    await storage.put_vectors(connection, model, sealed)


async def reveal(connection: Connection, opener: Opener, asking: UUID, at: datetime) -> list[Words]:
    """Open raw words that a committed asking named. Role reader."""
    return [_opened(one, opener) for one in await storage.take_raw(connection, asking, Purpose.REVEAL, at)]


async def make_redacted(
    connection: Connection, opener: Opener, asking: UUID, at: datetime, *, sealer: Sealer
) -> int:
    """Make the redacted copies of words that a committed asking named, seal and keep them. Role redactor.

    Words that do not open get a copy that says so: one damaged row must not hold up those behind it.
    """
    batch = sealer.batch()
    copies: dict[UUID, bytes] = {}
    for one in await storage.take_raw(connection, asking, Purpose.REDACT, at):
        copy = rules.redacted_copy(_opened_or_none(one, opener))
        copies[one.ref] = batch.seal(
            copy.encode(),
            platform=one.platform,
            table=WORDS,
            row=str(one.ref),
            field=redacted_field(one.field),
        )
    if copies:
        await storage.put_redacted(connection, copies)
    return len(copies)


async def addresses(
    connection: Connection, opener: Opener, asking: UUID, at: datetime, *, purpose: Purpose
) -> Mapping[UUID, PersonRef]:
    """Open the persons behind flags by flag; one who was erased is left out.

    Role postman for `send`, role reader for a confirmed `unmask`.
    """
    found = await storage.take_address(connection, asking, purpose, at)
    return {
        one.flag: PersonRef(
            Platform(one.platform),
            opener.open(
                one.sealed, platform=one.platform, table=PERSONS, row=one.hash.hex(), field="id"
            ).decode(),
        )
        for one in found
    }


def redacted_field(field: str) -> str:
    """Return what the redacted copy is bound to, so that nobody can put raw words in its place."""
    return f"{field}:redacted"


def _comments(taken: Iterable[TakenRedacted], opener: Opener) -> dict[UUID, str]:
    """Open comments by flag; one that does not open is left out: a damaged row must not hold up the others."""
    found: dict[UUID, str] = {}
    for one in taken:
        with contextlib.suppress(CannotOpen, UnicodeDecodeError):
            found[one.owner] = _read_copy(one, opener).text or ""
    return found


def _read_copy(one: TakenRedacted, opener: Opener) -> Words:
    if one.redacted is None:
        return Words(one.ref, one.platform, one.field, one.owner, None)
    field = redacted_field(one.field)
    plain = opener.open(one.redacted, platform=one.platform, table=WORDS, row=str(one.ref), field=field)
    return Words(one.ref, one.platform, one.field, one.owner, plain.decode())


def _vector(one: TakenForDive, opener: Opener, model: str) -> bytes | None:
    if one.vector is None or one.model != model:
        return None
    try:
        return opener.open(one.vector, platform=one.platform, table=VECTORS, row=str(one.ref), field=model)
    except CannotOpen:
        return None


def _opened(one: TakenRaw, opener: Opener) -> Words:
    plain = opener.open(
        one.sealed, platform=one.platform, table=WORDS, row=str(one.ref), field=one.field.value
    )
    return Words(one.ref, one.platform, one.field, one.owner, plain.decode())


def _opened_or_none(one: TakenRaw, opener: Opener) -> Words:
    try:
        return _opened(one, opener)
    except (CannotOpen, UnicodeDecodeError):
        return Words(one.ref, one.platform, one.field, one.owner, None)


__all__ = [
    "PERSONS",
    "VECTORS",
    "WORDS",
    "NotGranted",
    "addresses",
    "ask",
    "comments_among",
    "comments_for_check",
    "comments_for_coding",
    "comments_for_dive",
    "comments_to_count",
    "copies_of",
    "keep_vectors",
    "make_redacted",
    "read",
    "redacted_field",
    "refs_of",
    "reveal",
    "to_redact",
]
