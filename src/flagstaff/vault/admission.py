"""The side of the vault that intake sees: persons go in and become tags, words go in and stay."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vault.sealing import SealedBatch, Sealer
from flagstaff.vocabulary.references import PersonRef


class Newcomer(msgspec.Struct, frozen=True):
    """A reporter at the door, with the cases that their flag may meet."""

    person: PersonRef
    standing: UUID | None = None
    former: UUID | None = None


class Admitted(msgspec.Struct, frozen=True):
    """What the vault says of a reporter: reliability (0 to 1), a restriction, and tags of no use elsewhere."""

    place: int
    reliability: float
    restricted_until: datetime | None
    tag_standing: bytes | None
    tag_former: bytes | None


class Words(msgspec.Struct, frozen=True):
    """Words to leave: `field` says what they are, `owner` is the flag, addendum or appeal they belong to."""

    field: str
    owner: UUID
    case: UUID
    platform: str
    text: str


class _Tagged(msgspec.Struct, frozen=True):
    place: int
    tag: bytes


_queries = Queries(__package__, "admission.sql")
_admit = _queries.rows("admit", Admitted)
_link_flags = _queries.rows("link_flags", _Tagged)
_put_words = _queries.run("put_words")
_flags_of = _queries.values("flags_of", UUID)
_hold_flags_of = _queries.values("hold_flags_of", UUID)


async def admit(
    connection: Connection, newcomers: Sequence[Newcomer], sealer: Sealer, batch: SealedBatch, ids: Ids
) -> list[Admitted]:
    """Admit the reporters of a batch in its order."""
    hashes = [sealer.person_hash(one.person) for one in newcomers]
    return await _admit(
        connection,
        [ids.key() for _ in newcomers],
        [one.person.platform for one in newcomers],
        hashes,
        [
            batch.seal(
                one.person.id.encode(),
                platform=one.person.platform,
                table="vault.person",
                row=hash_.hex(),
                field="id",
            )
            for one, hash_ in zip(newcomers, hashes, strict=True)
        ],
        [one.standing for one in newcomers],
        [one.former for one in newcomers],
    )


async def link(
    connection: Connection,
    sealer: Sealer,
    persons: Sequence[PersonRef],
    cases: Sequence[UUID],
    flags: Sequence[UUID],
) -> list[bytes]:
    """Tie flags to admitted persons inside the vault and return the tag of each person in each case."""
    rows = await _link_flags(
        connection,
        [person.platform for person in persons],
        [sealer.person_hash(person) for person in persons],
        cases,
        flags,
    )
    return [row.tag for row in rows]


async def leave_words(
    connection: Connection, words: Sequence[Words], batch: SealedBatch, ids: Ids, day: date
) -> None:
    """Seal words and leave them in the vault; the refs are known to the vault alone."""
    if not words:
        return
    rows = []
    for one in words:
        ref = ids.key()
        sealed = batch.seal(
            one.text.encode(), platform=one.platform, table="vault.words", row=str(ref), field=one.field
        )
        rows.append((ref, one.platform, one.field, one.owner, one.case, sealed))
    await _put_words(connection, rows, day)


async def flags_of(connection: Connection, sealer: Sealer, person: PersonRef) -> list[UUID]:
    """List the keys of one person's own flags, for that person alone."""
    return await _flags_of(connection, person.platform, sealer.person_hash(person))


async def hold_flags_of(connection: Connection, sealer: Sealer, person: PersonRef) -> list[UUID]:
    """List the same for a story that keeps something of theirs: nobody erases them before it ends."""
    return await _hold_flags_of(connection, person.platform, sealer.person_hash(person))
