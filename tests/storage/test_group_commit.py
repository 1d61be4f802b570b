"""Concurrent requests share a transaction; none waits for company, and none pays for its neighbour."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest
from hypothesis import given, strategies as st

from flagstaff.kernel.errors import Refusal, Unavailable
from flagstaff.store.database import Database
from flagstaff.store.group_commit import GroupCommit
from flagstaff.store.roles import Role


class Table:
    """Stands for a flow: keeps what it is given, and can be held back or made to fail."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure: Exception | None = None

    async def flush(self, batch: list[int]) -> Sequence[int | Exception]:
        await self.gate.wait()
        self.batches.append(batch)
        if self.failure is not None and (len(batch) > 1 or batch[0] < 0):
            raise self.failure
        return [item * 10 for item in batch]


async def submit_all(group: GroupCommit[int, int], items: Sequence[int]) -> list[int | BaseException]:
    return await asyncio.gather(*(group.submit(item) for item in items), return_exceptions=True)


async def test_a_lone_item_goes_at_once() -> None:
    table = Table()
    group = GroupCommit(table.flush)
    started = asyncio.get_running_loop().time()
    assert await group.submit(1) == 10
    assert asyncio.get_running_loop().time() - started < 0.02
    assert table.batches == [[1]]


async def test_what_arrives_together_travels_together_and_up_to_the_limit() -> None:
    table = Table()
    group = GroupCommit(table.flush, limit=4, flushers=1)
    assert await submit_all(group, range(10)) == [item * 10 for item in range(10)]
    assert table.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_what_arrives_during_a_commit_forms_the_next_batch() -> None:
    table = Table()
    group = GroupCommit(table.flush, flushers=1)
    table.gate.clear()
    first = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = asyncio.create_task(submit_all(group, [2, 3, 4]))
    await asyncio.sleep(0.01)
    table.gate.set()
    assert await first == 10
    assert await rest == [20, 30, 40]
    assert table.batches == [[1], [2, 3, 4]]


@pytest.mark.parametrize("flushers", [1, 2, 4])
async def test_at_most_so_many_batches_are_under_way(flushers: int) -> None:
    running, most = 0, 0

    async def flush(batch: list[int]) -> list[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return batch

    group = GroupCommit(flush, limit=1, flushers=flushers)
    await submit_all(group, range(12))
    assert most == flushers


async def test_with_patience_what_arrives_during_a_prompt_commit_waits_for_the_next() -> None:
    table = Table()
    group = GroupCommit(table.flush, flushers=4, patience=5)
    table.gate.clear()
    first = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0.01)
    rest = asyncio.create_task(submit_all(group, [2, 3, 4]))
    await asyncio.sleep(0.01)
    table.gate.set()
    await asyncio.gather(first, rest)
    assert table.batches == [[1], [2, 3, 4]]


async def test_a_slow_commit_holds_nobody_longer_than_the_patience() -> None:
    released = asyncio.Event()
    batches: list[list[int]] = []

    async def flush(batch: list[int]) -> list[int]:
        batches.append(batch)
        if 1 in batch:
            await released.wait()
        return batch

    group = GroupCommit(flush, flushers=2, patience=0.01)
    slow = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await submit_all(group, [2, 3]) == [2, 3]  # set out when the patience is over
    assert await group.submit(4) == 4  # and later ones at once
    released.set()
    assert await slow == 1
    assert batches == [[1], [2, 3], [4]]


async def test_after_a_crowd_the_next_batch_waits_a_moment_for_its_like() -> None:
    table = Table()
    group = GroupCommit(table.flush, flushers=1, gather=0.05)
    await submit_all(group, range(8))
    early = asyncio.create_task(group.submit(10))
    await asyncio.sleep(0.005)
    await submit_all(group, [11, 12])
    await early
    assert table.batches == [list(range(8)), [10, 11, 12]]


async def test_after_a_few_nobody_waits() -> None:
    table = Table()
    group = GroupCommit(table.flush, flushers=1, gather=60)
    await submit_all(group, range(7))
    assert await group.submit(10) == 100


async def test_who_closes_does_not_wait_for_more() -> None:
    table = Table()
    group = GroupCommit(table.flush, flushers=1, gather=0.2)
    await submit_all(group, range(8))
    late = asyncio.create_task(group.submit(10))
    await asyncio.sleep(0)
    await group.close()
    assert await late == 100


async def test_a_full_queue_is_refused_with_a_time_to_come_back() -> None:
    table = Table()
    group = GroupCommit(table.flush, queue=2, limit=1, flushers=1)
    table.gate.clear()
    waiting = asyncio.create_task(submit_all(group, [1]))
    await asyncio.sleep(0.01)
    more = asyncio.create_task(submit_all(group, [2, 3, 4]))
    await asyncio.sleep(0.01)
    table.gate.set()
    await waiting
    results = await more
    assert results[:2] == [20, 30]
    assert isinstance(results[2], Unavailable)
    assert results[2].retry_after >= 1
    assert [4] not in table.batches


async def test_a_bad_item_fails_alone() -> None:
    table = Table()
    table.failure = asyncpg.DataError("one of them was bad")
    group = GroupCommit(table.flush)
    results = await submit_all(group, [1, -2, 3])
    assert [results[0], results[2]] == [10, 30]
    assert isinstance(results[1], asyncpg.DataError)


async def test_an_answer_that_is_an_error_reaches_its_own_submitter_only() -> None:
    async def flush(batch: list[int]) -> list[int | Exception]:
        return [Refusal("odd") if item % 2 else item for item in batch]

    results = await submit_all(GroupCommit(flush), [1, 2])
    assert isinstance(results[0], Refusal)
    assert results[1] == 2


@pytest.mark.parametrize(
    "failure",
    [asyncpg.ConnectionDoesNotExistError("gone"), asyncpg.AdminShutdownError("going"), OSError("away")],
    ids=repr,
)
async def test_nothing_is_tried_again_when_the_outcome_is_unknown(failure: Exception) -> None:
    table = Table()
    table.failure = failure
    results = await submit_all(GroupCommit(table.flush), [1, 2])
    assert results == [failure, failure]
    assert len(table.batches) == 1


@pytest.mark.parametrize("met", [asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError])
@pytest.mark.parametrize("items", [[-1], [-1, 2, 3]])
async def test_an_item_that_met_another_transaction_is_tried_again(
    met: type[asyncpg.PostgresError], items: list[int]
) -> None:
    """The same request twice at once: the second is undone, and done again it finds the first one's answer."""
    table = Table()
    left = 3

    async def flush(batch: list[int]) -> Sequence[int | Exception]:
        nonlocal left
        left -= batch[0] < 0
        if left > 0 and batch[0] < 0:
            raise met("another process was at it")
        return await table.flush(batch)

    answers = await submit_all(GroupCommit(flush), items)
    assert answers == [item * 10 for item in items]


async def test_an_item_that_collides_for_ever_is_answered_in_the_end() -> None:
    table = Table()
    table.failure = asyncpg.UniqueViolationError("for ever")
    (answer,) = await submit_all(GroupCommit(table.flush), [-1])
    assert answer is table.failure
    assert table.batches == [[-1]] * 4


async def test_closing_commits_what_was_taken_and_takes_no_more() -> None:
    table = Table()
    group = GroupCommit(table.flush, limit=2, flushers=1)
    table.gate.clear()
    taken = asyncio.create_task(submit_all(group, range(5)))
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(group.close())
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await group.submit(9)
    table.gate.set()
    await closing
    assert await taken == [0, 10, 20, 30, 40]


@given(
    items=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40),
    limit=st.integers(1, 8),
    flushers=st.integers(1, 4),
    patience=st.sampled_from([0.0, 0.0005, 1.0]),
    gather=st.sampled_from([0.0, 0.0005]),
)
def test_however_they_arrive_each_gets_its_own_answer_and_each_good_one_is_stored_once(
    items: list[tuple[int, bool]], limit: int, flushers: int, patience: float, gather: float
) -> None:
    stored: list[int] = []

    async def flush(batch: list[int]) -> list[int]:
        await asyncio.sleep(0)
        if any(not items[number][1] for number in batch):
            raise asyncpg.DataError("a bad one among them")
        stored.extend(batch)
        return [-number for number in batch]

    async def story() -> list[int | BaseException]:
        group: GroupCommit[int, int] = GroupCommit(
            flush, limit=limit, flushers=flushers, patience=patience, gather=gather
        )

        async def arrive(number: int) -> int:
            for _ in range(items[number][0]):
                await asyncio.sleep(0)
            return await group.submit(number)

        answers = await asyncio.gather(*map(arrive, range(len(items))), return_exceptions=True)
        await group.close()
        return answers

    answers = asyncio.run(asyncio.wait_for(story(), 10))
    for number, (answer, (_, good)) in enumerate(zip(answers, items, strict=True)):
        assert answer == -number if good else isinstance(answer, asyncpg.DataError)
    assert sorted(stored) == [number for number, (_, good) in enumerate(items) if good]


async def test_a_client_that_leaves_does_not_cancel_the_commit(own_database: Database) -> None:
    async with own_database.transaction(Role.OWNER) as connection:
        await connection.execute("create table house.seen (number integer primary key)")

    async def flush(batch: list[int]) -> list[int]:
        async with own_database.transaction(Role.OWNER) as connection:
            await connection.execute("select pg_catalog.pg_sleep(0.05)")
            await connection.execute("insert into house.seen select * from unnest($1::integer[])", batch)
        return batch

    group = GroupCommit(flush)
    leaving, staying = (asyncio.create_task(group.submit(number)) for number in (1, 2))
    await asyncio.sleep(0.02)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await staying == 2
    await group.close()
    async with own_database.reading(Role.OWNER) as connection:
        assert await connection.fetchval("select array_agg(number order by number) from house.seen") == [1, 2]
