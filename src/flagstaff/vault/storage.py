"""Speak to the functions of schema `vault`; each is granted to one kind of opener (store/privileges.yaml)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

import asyncpg

from flagstaff.kernel.errors import Forbidden
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vault.model import (
    Among,
    Asking,
    Held,
    Purpose,
    Repeats,
    TakenAddress,
    TakenForDive,
    TakenRaw,
    TakenRedacted,
    Unmasking,
    WordsRef,
)


class NotGranted(Forbidden):
    """The database did not grant an opening: not asked and committed before, served already, or too late."""

    slug = "not-granted"
    title = "This opening is not granted"


@contextmanager
def _granted() -> Iterator[None]:
    """Say in the house's words what the functions of the vault refuse."""
    try:
        yield
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotGranted(error.args[0], where="vault", mend="ask anew, for what your task needs") from error


_queries = Queries(__package__)
_refs_of = _queries.rows("refs_of", WordsRef)
_ask = _queries.run("ask")
_take_redacted = _queries.rows("take_redacted", TakenRedacted)
_copies_of = _queries.values("copies_of", UUID)
_take_copies = _queries.rows("take_copies", TakenRedacted)
_comments_among = _queries.rows("comments_among", Among)
_take_for_dive = _queries.rows("take_for_dive", TakenForDive)
_take_for_check = _queries.rows("take_for_check", TakenForDive)
_take_for_coding = _queries.rows("take_for_coding", TakenRedacted)
_put_vectors = _queries.run("put_vectors")
_take_raw = _queries.rows("take_raw", TakenRaw)
_take_address = _queries.rows("take_address", TakenAddress)
_to_redact = _queries.values("to_redact", UUID)
_put_redacted = _queries.run("put_redacted")
_is_party = _queries.value("is_party", bool)
_persons_behind = _queries.value("persons_behind", int)
_release_repeats = _queries.rows("release_repeats", Repeats)
_ask_unmasking = _queries.run("ask_unmasking")
_unmaskings_of = _queries.rows("unmaskings_of", Unmasking)
_confirm_unmasking = _queries.value("confirm_unmasking", UUID)
_erase = _queries.values("erase", UUID)
_erase_words = _queries.value("erase_words", int)
_erase_author_words = _queries.value("erase_author_words", int)
_learn = _queries.run("learn")
_restrict = _queries.run("restrict")
_end_restrictions = _queries.values("end_restrictions", UUID)
_held = _queries.rows("held", Held)


async def refs_of(connection: Connection, case: UUID) -> list[WordsRef]:
    """List which words a case has. Roles console and reader."""
    return await _refs_of(connection, case)


async def ask(connection: Connection, asking: Asking) -> None:
    """Write an asking; commit before taking. Roles reader, redactor, postman and analyst, each for its purposes."""
    refs = list(asking.refs)
    with _granted():
        await _ask(
            connection,
            asking.key,
            asking.purpose.value,
            asking.account,
            asking.case,
            refs,
            asking.reason,
            asking.at,
        )


async def take_redacted(connection: Connection, key: UUID, at: datetime) -> list[TakenRedacted]:
    """Take what an asking for `read` named. Role reader."""
    with _granted():
        return await _take_redacted(connection, key, at)


async def copies_of(connection: Connection, flags: Sequence[UUID]) -> list[UUID]:
    """List the comments of some flags under Other whose redacted copy is made. Role analyst."""
    return await _copies_of(connection, list(flags))


async def take_copies(connection: Connection, key: UUID, at: datetime) -> list[TakenRedacted]:
    """Take what an asking for `estimate` named, as far as it lies under Other. Role analyst."""
    with _granted():
        return await _take_copies(connection, key, at)


async def comments_among(connection: Connection, flags: Sequence[UUID]) -> list[Among]:
    """List which of some flags under Other have a comment to read, and which had one. Role analyst."""
    return await _comments_among(connection, list(flags))


async def take_for_dive(connection: Connection, key: UUID, at: datetime) -> list[TakenForDive]:
    """Take what an asking for `deep_dive` named, as far as it lies under Other. Role analyst."""
    with _granted():
        return await _take_for_dive(connection, key, at)


async def take_for_check(connection: Connection, key: UUID, at: datetime) -> list[TakenForDive]:
    """Take what an asking for `check` named, as far as its run counted it. Role analyst."""
    with _granted():
        return await _take_for_check(connection, key, at)


async def take_for_coding(connection: Connection, key: UUID, at: datetime) -> list[TakenRedacted]:
    """Take what an asking for `coding` named, as far as its run counted it. Role analyst."""
    with _granted():
        return await _take_for_coding(connection, key, at)


async def put_vectors(connection: Connection, model: str, sealed: Mapping[UUID, bytes]) -> None:
    """Keep what comments mean as numbers, by comment. Role analyst."""
    await _put_vectors(connection, list(sealed), model, list(sealed.values()))


async def take_raw(connection: Connection, key: UUID, purpose: Purpose, at: datetime) -> list[TakenRaw]:
    """Take what an asking for `reveal` (role reader) or `redact` (role redactor) named."""
    with _granted():
        return await _take_raw(connection, key, purpose.value, at)


async def take_address(
    connection: Connection, key: UUID, purpose: Purpose, at: datetime
) -> list[TakenAddress]:
    """Take what an asking for `send` (role postman) or for a confirmed `unmask` (role reader) named."""
    with _granted():
        return await _take_address(connection, key, purpose.value, at)


async def to_redact(connection: Connection, most: int) -> list[UUID]:
    """List up to `most` words without a redacted copy. Role redactor."""
    return await _to_redact(connection, most)


async def put_redacted(connection: Connection, copies: Mapping[UUID, bytes]) -> None:
    """Keep redacted copies, sealed again. Role redactor."""
    await _put_redacted(connection, list(copies), list(copies.values()))


async def is_party(connection: Connection, platform: str, person_hash: bytes, case: UUID) -> bool:
    """Tell whether that person raised a flag in the case. Role conflict."""
    return bool(await _is_party(connection, platform, person_hash, case))


async def persons_behind(connection: Connection, things: Sequence[UUID]) -> int | None:
    """Return how many persons are behind some suggestions; None below five. Role console."""
    return await _persons_behind(connection, list(things))


async def release_repeats(connection: Connection, platform: str, month: date, zone: str) -> list[Repeats]:
    """Return who was wronged again in a month, as counts above the floor; nothing where it left before. Role worker."""
    return await _release_repeats(connection, platform, month, zone)


async def ask_unmasking(
    connection: Connection, key: UUID, flag: UUID, account: UUID, reason: str, at: datetime
) -> None:
    """Ask that the reporter of `flag` be named. Role console."""
    await _ask_unmasking(connection, key, flag, account, reason, at)


async def unmaskings_of(connection: Connection, account: UUID, at: datetime) -> list[Unmasking]:
    """List requests of the last day that wait for a second person, and one account's confirmed ones. Role console."""
    return await _unmaskings_of(connection, account, at)


async def confirm_unmasking(connection: Connection, key: UUID, account: UUID, at: datetime) -> UUID | None:
    """Agree as another account and return the flag; None where nothing waits for this account. Role console."""
    return await _confirm_unmasking(connection, key, account, at)


async def erase(connection: Connection, platform: str, person_hash: bytes) -> list[UUID]:
    """Erase a person with the words of their flags, and return those flags. Role eraser."""
    return await _erase(connection, platform, person_hash)


async def erase_words(connection: Connection, owners: Sequence[UUID]) -> int:
    """Erase the words of addenda and appeals; returns how many. Role eraser."""
    return await _erase_words(connection, list(owners)) or 0


async def erase_author_words(connection: Connection, cases: Sequence[UUID]) -> int:
    """Erase an author's answers and the messages round a flagged one; returns how many. Role eraser."""
    return await _erase_author_words(connection, list(cases)) or 0


async def learn(connection: Connection, upheld: Mapping[UUID, bool], *, undo: bool = False) -> None:
    """Let the reporters of flags become more or less reliable; `undo` takes it back. Roles worker and console."""
    if upheld:
        await _learn(connection, list(upheld), list(upheld.values()), undo)


async def restrict(connection: Connection, flag: UUID, until: datetime | None) -> None:
    """Restrict the person who raised `flag`, without learning who it is. Roles console and worker."""
    await _restrict(connection, flag, until)


async def end_restrictions(connection: Connection, at: datetime) -> list[UUID]:
    """End the restrictions that are over, and return all flags of those persons. Role worker."""
    return await _end_restrictions(connection, at)


async def held(connection: Connection, flag: UUID) -> list[Held]:
    """Show a flag's person and words as ciphertext, in the demo only. Role tour."""
    return await _held(connection, flag)
