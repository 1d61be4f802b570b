"""Remember what a caller was answered, so that a repeated write is answered again instead of done again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from flagstaff.kernel.errors import Conflict, Refusal
from flagstaff.store.connection import Connection
from flagstaff.store.statements import Queries

KEPT_FOR = timedelta(days=7)


class KeyReused(Refusal):
    """The same Idempotency-Key came with another body."""

    slug = "key-reused"
    status = 422
    title = "This Idempotency-Key was used for something else"


class InFlight(Conflict):
    """The first request under this Idempotency-Key is still being worked on."""

    slug = "in-flight"
    title = "The same request is already under way"


class Answered(msgspec.Struct, frozen=True):
    """Hold one answer: `digest` stands for caller, route and key; `body` is a keyed digest of what was sent."""

    digest: bytes
    body: bytes
    status: int
    answer: Any


_queries = Queries("flagstaff.store", "idempotency.sql")
_find_answers = _queries.rows("find_answers", Answered)
_hold_digest = _queries.run("hold_digest")
_put_answers = _queries.run("put_answers")
_forget_answers = _queries.run("forget_answers")


async def find(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, Answered]:
    """Return what was answered under these digests before."""
    return {row.digest: row for row in await _find_answers(connection, digests)} if digests else {}


async def alone(connection: Connection, digest: bytes) -> None:
    """Wait until no other transaction works on the same request, and be the one that does until the commit."""
    await _hold_digest(connection, digest)


async def keep(connection: Connection, answers: Sequence[Answered], wall: datetime) -> None:
    """Keep answers; a digest that another process kept meanwhile raises a unique violation, and the deed is undone."""
    if answers:
        await _put_answers(connection, [structs.astuple(answer) for answer in answers], wall)


async def forget(connection: Connection, wall: datetime) -> int:
    """Forget what is older than seven days; returns how many."""
    return await _forget_answers(connection, wall - KEPT_FOR)


def same_request(before: Answered, body: bytes) -> None:
    """Raise KeyReused when another body came under the same key (Idempotency-Key draft 07, section 2.6)."""
    if before.body != body:
        message = "another body was sent under this Idempotency-Key before"
        raise KeyReused(message, where="Idempotency-Key", mend="make a new key for each new request")
