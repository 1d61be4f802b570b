"""Do a write once per Idempotency-Key: a repeat gets the answer that the first one got."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from flagstaff.flows.house import House
from flagstaff.store import idempotency
from flagstaff.store.idempotency import Answered, InFlight
from flagstaff.store.roles import Role

T = TypeVar("T")
_under_way: set[bytes] = set()
_OK = 200


class Request(msgspec.Struct, frozen=True):
    """One write: the keyed digest of caller, route and key (None where there is no key), and SHA-256 of its body."""

    digest: bytes | None
    body: bytes


async def answer_once(house: House, request: Request, kind: type[T], deed: Callable[[], Awaitable[T]]) -> T:
    """Return the deed's answer, or the one it gave before; raises KeyReused or InFlight.

    The answer is kept after the deed's own commit. Should the process die between the two, a repeat does the deed
    again: use it only for deeds that done twice read like done once. Flags keep theirs in the deed's own transaction.
    """
    digest = request.digest
    if digest is None:
        return await deed()
    if digest in _under_way:
        raise InFlight(
            "the same request is being worked on", where="Idempotency-Key", mend="ask again in a second"
        )
    _under_way.add(digest)
    try:
        before = await _before(house, digest)
        if before is not None:
            idempotency.same_request(before, request.body)
            return msgspec.convert(before.answer, kind)
        answer = await deed()
        await _keep(house, Answered(digest, request.body, _OK, msgspec.to_builtins(answer)))
        return answer
    finally:
        _under_way.discard(digest)


async def _before(house: House, digest: bytes) -> Answered | None:
    async with house.database.reading(Role.INTAKE) as connection:
        return (await idempotency.find(connection, [digest])).get(digest)


async def _keep(house: House, answer: Answered) -> None:
    async with house.database.transaction(Role.INTAKE) as connection:
        known: dict[bytes, Any] = dict(await idempotency.find(connection, [answer.digest]))
        if not known:
            await idempotency.keep(connection, [answer], house.clocks.wall.now())
