"""Do a write once per Idempotency-Key: a repeat gets the answer that the first one got."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import msgspec

from flagstaff.flows.house import House
from flagstaff.store import idempotency
from flagstaff.store.database import Connection
from flagstaff.store.idempotency import Answered, InFlight
from flagstaff.store.roles import Role

T = TypeVar("T")
_under_way: set[bytes] = set()
_OK = 200


class Request(msgspec.Struct, frozen=True):
    """One write: the keyed digest of caller, route and key (None where there is no key), and SHA-256 of its body."""

    digest: bytes | None
    body: bytes


async def answer_once(
    house: House, request: Request, kind: type[T], deed: Callable[[Connection], Awaitable[T]]
) -> T:
    """Return the deed's answer, or the one it gave before; raises KeyReused or InFlight.

    Deed and answer are one transaction: a process that dies leaves both or neither. Where the same request comes to
    another process meanwhile, that one waits and then answers alike.
    """
    digest = request.digest
    if digest is None:
        async with house.database.transaction(Role.INTAKE) as connection:
            return await deed(connection)
    with _alone(digest):
        async with house.database.transaction(Role.INTAKE) as connection:
            await idempotency.alone(connection, digest)
            before = (await idempotency.find(connection, [digest])).get(digest)
            if before is not None:
                return _again(before, request, kind)
            answer = await deed(connection)
            kept = Answered(digest, request.body, _OK, msgspec.to_builtins(answer))
            await idempotency.keep(connection, [kept], house.clocks.wall.now())
        return answer


async def answer_each_time(
    house: House, request: Request, kind: type[T], deed: Callable[[], Awaitable[T]]
) -> T:
    """Return the deed's answer, or the one it gave before; raises KeyReused or InFlight.

    For a deed of several transactions: the answer is kept after the last. Should the process die before, a repeat
    does the deed again, so use it only where that reads like once.
    """
    digest = request.digest
    if digest is None:
        return await deed()
    with _alone(digest):
        async with house.database.reading(Role.INTAKE) as connection:
            before = (await idempotency.find(connection, [digest])).get(digest)
        if before is not None:
            return _again(before, request, kind)
        answer = await deed()
        async with house.database.transaction(Role.INTAKE) as connection:
            await idempotency.alone(connection, digest)
            if not await idempotency.find(connection, [digest]):
                kept = Answered(digest, request.body, _OK, msgspec.to_builtins(answer))
                await idempotency.keep(connection, [kept], house.clocks.wall.now())
        return answer


@contextlib.contextmanager
def _alone(digest: bytes) -> Iterator[None]:
    """Refuse what this process is working on already, so that no connection waits for it."""
    if digest in _under_way:
        msg = "the same request is being worked on"
        raise InFlight(msg, where="Idempotency-Key", mend="ask again in a second")
    _under_way.add(digest)
    try:
        yield
    finally:
        _under_way.discard(digest)


def _again(before: Answered, request: Request, kind: type[T]) -> T:
    idempotency.same_request(before, request.body)
    return msgspec.convert(before.answer, kind)
