"""Let concurrent requests share one transaction, without making a lone one wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import asyncpg

from flagstaff.kernel.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

Flush = Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]]

# After these nobody knows whether the commit happened, so nothing may be tried again on the caller's behalf:
# 08 connection lost, 57P the server goes down. The caller repeats with its idempotency key.
_UNKNOWN_OUTCOME = ("08", "57P")
# Two transactions met and one was undone; done again it sees what the other left behind: the same request sent twice at
# once (unique violation), serialisation failure, deadlock.
_MET_ANOTHER = frozenset({"23505", "40001", "40P01"})
_TRIES_ALONE = 4
_COMPANY = 8
"""So many that travelled together are a crowd: their like come again as soon as they are answered."""


class GroupCommit(Generic[Item, Result]):
    """Collect items while a flush is under way and flush them together next.

    An item that finds a free flusher goes at once, unless a crowd went before it. What `flush` returns for an item
    that is an exception is raised to its submitter only. Bound to one event loop.
    """

    def __init__(
        self,
        flush: Flush[Item, Result],
        *,
        limit: int = 512,
        queue: int = 4096,
        flushers: int = 4,
        patience: float = 0.0,
        gather: float = 0.0,
    ) -> None:
        """Flush at most `limit` items at once and `flushers` batches side by side, and hold `queue` items waiting.

        `flush` takes a batch and returns one result per item in the same order, after its commit. With `patience`
        (seconds) a batch sets out beside another only where that one has been under way for longer. After a crowd the
        next batch waits `gather` seconds, unless as many are there already: PostgreSQL's commit_delay and
        commit_siblings, for all that a transaction costs.
        """
        self._flush = flush
        self._patience = patience
        self._gather = gather
        self._crowd = 0
        self._limit = limit
        self._room = queue
        self._flushers = flushers
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        # Counted apart from the tasks: one that found nothing left is still a task until the loop's next turn, and
        # an item arriving in between would wait for it in vain.
        self._busy = 0
        self._late = 0
        self._closed = False

    async def submit(self, item: Item) -> Result:
        """Return the item's result after its batch is committed.

        Raises Unavailable when the queue is full or the house is closing. A caller that is cancelled leaves; its
        item is committed all the same.
        """
        if self._closed or len(self._waiting) >= self._room:
            what = "the house is closing" if self._closed else "more arrives than can be stored"
            raise Unavailable(what, mend="send the same request again", retry_after=1)
        promise: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        promise.add_done_callback(_look_at)
        self._waiting.append((item, promise))
        self._set_out()
        return await asyncio.shield(promise)

    async def close(self) -> None:
        """Take nothing more and return when everything taken is committed or refused."""
        self._closed = True
        while self._running:
            await asyncio.wait(tuple(self._running))

    def _set_out(self) -> None:
        if self._busy < self._flushers and not (self._patience and self._busy > self._late):
            self._busy += 1
            # The task starts in the next turn of the loop: items that arrive in this turn travel with it.
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _relieve(self, late: list[bool]) -> None:
        """Let another set out beside a batch that takes its time: it may wait for a lock that concerns nobody else."""
        late.append(True)
        self._late += 1
        if self._waiting:
            self._set_out()

    async def _work(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < self._crowd and not self._closed:
                    self._crowd = 0
                    await asyncio.sleep(self._gather)
                    continue
                size = min(self._limit, len(self._waiting))
                self._crowd = size if self._gather and size >= _COMPANY else 0
                await self._carry([self._waiting.popleft() for _ in range(size)])
                if self._patience and self._busy - self._late > 1:
                    return  # it was relieved; who did so takes what waits
        finally:
            self._busy -= 1

    async def _carry(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        late: list[bool] = []
        watch = None
        if self._patience:
            watch = asyncio.get_running_loop().call_later(self._patience, self._relieve, late)
        try:
            await self._settle(batch)
        except BaseException:
            # The loop is being torn down: nobody may wait for ever for an answer that will not come.
            for _, promise in batch:
                promise.cancel()
            raise
        finally:
            if watch is not None:
                watch.cancel()
            self._late -= len(late)

    async def _settle(self, batch: list[tuple[Item, asyncio.Future[Result]]], tries: int = 1) -> None:
        try:
            results = await self._flush([item for item, _ in batch])
            for (_, promise), result in zip(batch, results, strict=True):
                _answer(promise, result)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the submitters
            await self._settle_failure(batch, error, tries)

    async def _settle_failure(
        self, batch: list[tuple[Item, asyncio.Future[Result]]], error: Exception, tries: int
    ) -> None:
        """Try each item alone after a failure that rolled everything back, so that only the bad one fails.

        One that was undone because it met another transaction is tried again.
        """
        if len(batch) > 1 and _rolled_back(error):
            for single in batch:
                await self._settle([single])
            return
        if _met_another(error) and tries < _TRIES_ALONE:
            await self._settle(batch, tries + 1)
            return
        for _, promise in batch:
            _answer(promise, error)


def _rolled_back(error: Exception) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        return not (error.sqlstate or "").startswith(_UNKNOWN_OUTCOME)
    return not isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError | Unavailable)


def _met_another(error: Exception) -> bool:
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in _MET_ANOTHER


def _answer(promise: "asyncio.Future[Result]", result: Result | Exception) -> None:
    if promise.done():
        return
    if isinstance(result, Exception):
        promise.set_exception(result)
    else:
        promise.set_result(result)


def _look_at(promise: "asyncio.Future[Result]") -> None:
    """Read the exception of a promise whose caller left, or asyncio reports it as never retrieved."""
    if not promise.cancelled():
        promise.exception()
