"""A write under an Idempotency-Key is done once, and its answer is kept by the very commit that did it."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from flagstaff.flows import answer_once as story
from flagstaff.flows.answer_once import Request, answer_each_time, answer_once
from flagstaff.flows.house import House
from flagstaff.flows.push_content import take_content
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Connection, Database
from flagstaff.store.idempotency import InFlight, KeyReused
from flagstaff.store.roles import Role
from tests.desks import rows
from tests.houses import build_house, seen

BODY = b"b" * 32


class Said(msgspec.Struct):
    """What the deed answers."""

    accepted: int


@pytest.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


def pushing(
    house: House, subject: str, then: Callable[[], Awaitable[None]] | None = None
) -> Callable[[Connection], Awaitable[Said]]:
    """Return a deed that copies one subject."""

    async def deed(connection: Connection) -> Said:
        kept = await take_content(house, connection, [seen(id_=subject)])
        if then is not None:
            await then()
        return Said(kept)

    return deed


async def test_deed_and_answer_are_one_transaction(house: House) -> None:
    request = Request(b"one".ljust(32), BODY)
    assert await answer_once(house, request, Said, pushing(house, "once-1")) == Said(1)
    (deed,) = await rows(house, "select xmin::text from subjects.subject where outside_id = 'once-1'")
    (answer,) = await rows(
        house, "select xmin::text from house.idempotency where digest = $1", request.digest
    )
    assert deed == answer
    assert await answer_once(house, request, Said, pushing(house, "once-1")) == Said(1), (
        "a second deed copies nothing: 0"
    )


async def test_a_deed_that_dies_leaves_neither(house: House) -> None:
    async def die() -> None:
        raise ConnectionError

    request = Request(b"dies".ljust(32), BODY)
    with pytest.raises(ConnectionError):
        await answer_once(house, request, Said, pushing(house, "once-2", die))
    assert await rows(house, "select 1 from subjects.subject where outside_id = 'once-2'") == []
    assert await answer_once(house, request, Said, pushing(house, "once-2")) == Said(1)


async def test_another_body_under_the_same_key_is_refused(house: House) -> None:
    request = Request(b"same".ljust(32), BODY)
    await answer_once(house, request, Said, pushing(house, "once-3"))
    with pytest.raises(KeyReused):
        await answer_once(house, Request(request.digest, b"c" * 32), Said, pushing(house, "once-4"))


async def test_the_same_request_at_once_is_in_flight_here_and_waits_in_another_process(house: House) -> None:
    request, began, go_on = Request(b"both".ljust(32), BODY), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        began.set()
        await go_on.wait()

    first = asyncio.create_task(answer_once(house, request, Said, pushing(house, "once-5", wait)))
    await began.wait()
    with pytest.raises(InFlight):
        await answer_once(house, request, Said, pushing(house, "once-5"))
    story._under_way.clear()  # another process has a list of its own
    second = asyncio.create_task(answer_once(house, request, Said, pushing(house, "once-5")))
    await asyncio.sleep(0.05)
    assert not second.done()
    go_on.set()
    assert (await first, await second) == (Said(1), Said(1))


async def test_a_deed_of_several_transactions_is_answered_alike_afterwards(house: House) -> None:
    done = []

    async def deed() -> Said:
        done.append(1)
        async with house.database.transaction(Role.INTAKE):
            return Said(len(done))

    request = Request(b"each".ljust(32), BODY)
    assert await answer_each_time(house, request, Said, deed) == Said(1)
    assert await answer_each_time(house, request, Said, deed) == Said(1)
    assert await answer_each_time(house, Request(None, BODY), Said, deed) == Said(2)
