"""Open what was sealed: ask in one transaction, commit, take in a second one.

Every function that takes serves one asking once. The caller's database role says which purposes it has.
"""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.vault import rules, storage
from flagstaff.vault.model import Purpose, TakenRaw, TakenRedacted, Words
from flagstaff.vault.sealing import CannotOpen, Opener, Sealer
from flagstaff.vault.storage import NotGranted, ask, copies_of, refs_of, to_redact
from flagstaff.vocabulary.references import PersonRef, Platform

PERSONS = "vault.person"
WORDS = "vault.words"


async def read(connection: Connection, opener: Opener, asking: UUID, at: datetime) -> list[Words]:
    """Open redacted copies that a committed asking named; `text` is None where none is made yet. Role reader."""
    return [_read_copy(one, opener) for one in await storage.take_redacted(connection, asking, at)]


async def comments(connection: Connection, opener: Opener, asking: UUID, at: datetime) -> list[str]:
    """Open redacted comments under Other that a committed asking named, without saying of which flag. Role analyst."""
    return list((await comments_of_flags(connection, opener, asking, at)).values())


async def comments_of_flags(
    connection: Connection, opener: Opener, asking: UUID, at: datetime
) -> dict[UUID, str]:
    """Open redacted comments under Other that a committed asking named, each by its flag. Role analyst.

    One that does not open is left out: a damaged row must not hold up the others.
    """
    found: dict[UUID, str] = {}
    for one in await storage.take_copies(connection, asking, at):
        with contextlib.suppress(CannotOpen, UnicodeDecodeError):
            found[one.owner] = _read_copy(one, opener).text or ""
    return found


async def reveal(connection: Connection, opener: Opener, asking: UUID, at: datetime) -> list[Words]:
    """Open raw words that a committed asking named. Role reader."""
    return [_opened(one, opener) for one in await storage.take_raw(connection, asking, Purpose.REVEAL, at)]


async def make_redacted(
    connection: Connection, opener: Opener, sealer: Sealer, asking: UUID, at: datetime
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
    connection: Connection, opener: Opener, asking: UUID, purpose: Purpose, at: datetime
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


def _read_copy(one: TakenRedacted, opener: Opener) -> Words:
    if one.redacted is None:
        return Words(one.ref, one.platform, one.field, one.owner, None)
    field = redacted_field(one.field)
    plain = opener.open(one.redacted, platform=one.platform, table=WORDS, row=str(one.ref), field=field)
    return Words(one.ref, one.platform, one.field, one.owner, plain.decode())


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
    "WORDS",
    "NotGranted",
    "addresses",
    "ask",
    "comments",
    "comments_of_flags",
    "copies_of",
    "make_redacted",
    "read",
    "redacted_field",
    "refs_of",
    "reveal",
    "to_redact",
]
