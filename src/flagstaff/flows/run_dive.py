"""Make the deep dives that were asked for: open the comments, let a process of its own count them, keep what it found.

Each opening is asked and committed first, then taken, a hundred comments at a time and for the account that asked for
the run. A worker that falls silent loses its run to the next one, which begins it anew with the same codebook, the same
labels and the vectors that were made by then.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256
from os import urandom
from typing import Final
from uuid import UUID

import structlog

from flagstaff.corpus.apart import (
    KEPT_UP_TO,
    Begin,
    Done,
    Far,
    Given,
    Made,
    Read,
    Refused,
    RowsFound,
    apart,
)
from flagstaff.flags import under_other
from flagstaff.flags.under_other import UnderOther
from flagstaff.flows.ask_coder import Questions, Said
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import open_on_record
from flagstaff.flows.policy_terms import zone_of
from flagstaff.insight import dives
from flagstaff.insight.dives import Claimed, DiveRow, DiveState, Failure, Result
from flagstaff.insight.prompting import Outcome
from flagstaff.language.written_in import written_in
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Asking, Comment, Purpose

_log = structlog.get_logger()

LEASE: Final = timedelta(seconds=90)
"""So long a worker may be silent about its run before another one takes it over."""
TRIES: Final = 3
_AGAIN: Final = timedelta(seconds=10)
"""So long a run waits after an error before it is begun anew."""
_PAGE: Final = 5_000
_BATCH: Final = 100
_LISTENS: Final = 0.5
"""Seconds that one step listens at most: a cancelled run, and a process that is to end, wait no longer."""
_FIRST: Final = UUID(int=0)


class Diver:
    """Make one run after the other, a step at each call; one process makes one at a time."""

    def __init__(self) -> None:
        """Have nothing to do yet."""
        self._name: UUID | None = None
        self._run: Claimed | None = None
        self._steps: AsyncGenerator[Far, None] | None = None

    async def step(self, house: House) -> int:
        """Take a run up, or go a step on with it; 0 where none waits."""
        me = self._name = self._name or house.ids.key()
        if self._run is None or self._steps is None:
            self._run = await _claim(house, me)
            self._steps = _make(house, self._run, me) if self._run else None
            return int(self._run is not None)
        try:
            far = await anext(self._steps)
        except StopAsyncIteration:
            self._run = self._steps = None
            return 1
        except Exception:
            run, self._run, self._steps = self._run, None, None
            if await _stumbled(house, run, me):
                raise
            return 1  # nothing is opened for a run that was cancelled, or that somebody else has
        if not await _tell(house, self._run, me, far):
            await self._leave()
        return 1

    async def close(self, house: House) -> None:
        """End what is under way and give it back, so that another worker need not wait for the lease to end."""
        run, me = self._run, self._name
        await self._leave()
        if run is not None and me is not None:
            async with house.database.transaction(Role.WORKER) as connection:
                await dives.let_go(connection, run.key, me)

    async def _leave(self) -> None:
        steps, self._run, self._steps = self._steps, None, None
        if steps is not None:
            await steps.aclose()


async def _claim(house: House, me: UUID) -> Claimed | None:
    now = house.clocks.wall.now()
    async with house.database.transaction(Role.WORKER) as connection:
        while (run := await dives.claim(connection, me, now, now + LEASE)) and run.attempts > TRIES:
            await dives.fail(connection, run.key, me, Failure.GAVE_UP, house.now)
    return run


async def _stumbled(house: House, run: Claimed, me: UUID) -> bool:
    """End a run whose last try broke, and let another wait a little; False where it is no longer ours."""
    async with house.database.transaction(Role.WORKER) as connection:
        if not await dives.is_held(connection, run.key, me):
            return False
        if run.attempts < TRIES:
            until = house.clocks.wall.now() + _AGAIN
            return await dives.keep_on(connection, run.key, me, DiveState.READING, ("read", 0, 0), until)
        await dives.fail(connection, run.key, me, Failure.BROKEN, house.now)
    return True


async def _tell(house: House, run: Claimed, me: UUID, far: Far) -> bool:
    state = DiveState.READING if far.stage == "read" else DiveState.CODING
    async with house.database.transaction(Role.WORKER) as connection:
        until = house.clocks.wall.now() + LEASE
        return await dives.keep_on(connection, run.key, me, state, (far.stage, far.done, far.total), until)


async def _make(house: House, run: Claimed, me: UUID) -> AsyncGenerator[Far, None]:
    """Make one run from its first comment to its table, and say between two steps how far it is."""
    async with apart() as process:
        model = await process.ready(_LISTENS)
        seed = await _seed(house, run)
        flags = await _flags(house, run)
        gone = 0
        refs: dict[UUID, UUID] = {}
        said: dict[UUID, Said] = {}
        for done, batch in _batches(flags):
            yield Far("read", done, len(flags))
            comments, missing = await _open(house, run, batch, model)
            gone += missing
            refs |= {one.flag: one.ref for one in comments}
            await process.give(Read(_given(batch, comments, seed)))
            if len(said) <= KEPT_UP_TO:  # beyond, nobody is asked
                said |= await _to_ask(run, comments)
        answers: dict[UUID, str] = {}
        if run.coder is not None and said:
            questions = Questions(house, run, run.coder, said)
            async with contextlib.aclosing(questions.steps()) as steps:
                async for far in steps:
                    yield far
            await _keep_outcome(house, run, me, questions.outcome)
            answers = questions.answers
        said.clear()
        yield Far("prepare", 0, len(flags))
        counted = 0 if run.selection.language else gone
        begin = Begin(
            lines=run.lines, labels=run.labels, gone=counted, language=run.selection.language,
            coder=run.coder if answers else None, answers=answers,
        )  # fmt: skip
        await process.give(begin)
        far, pages = Far("prepare", 0, len(flags)), list[RowsFound]()
        while True:
            told = await process.told(_LISTENS)
            if isinstance(told, Done | Refused):
                break
            if isinstance(told, Made):
                await _keep_vectors(house, run, model, {refs[row]: one for row, one in told.vectors.items()})
            elif isinstance(told, RowsFound):
                pages.append(told)
            elif isinstance(told, Far):
                far = told
            yield far
    await _end(house, run, me, told, pages)


async def _to_ask(run: Claimed, comments: Sequence[Comment]) -> dict[UUID, Said]:
    """Return which of some comments a model is asked about: those that the run counts, where one was chosen."""
    if run.coder is None or not run.lines:
        return {}
    kept = await asyncio.to_thread(_counted, run.selection.language, comments)
    return {one.flag: Said(one.ref, one.text, one.person) for one in kept}


def _counted(language: str, comments: Sequence[Comment]) -> list[Comment]:
    return [one for one in comments if not language or written_in(one.text) == language]


async def _keep_outcome(house: House, run: Claimed, me: UUID, outcome: Outcome) -> None:
    async with house.database.transaction(Role.WORKER) as connection:
        await dives.put_outcome(connection, run.key, me, outcome)


async def _seed(house: House, run: Claimed) -> bytes:
    async with house.database.transaction(Role.WORKER) as connection:
        return await dives.seed_of(connection, run.platform, urandom(32))


async def _flags(house: House, run: Claimed) -> list[UnderOther]:
    """List the flags that were chosen, with their days in the platform's zone."""
    asked, zone = run.selection, zone_of(house, run.platform)
    moments = (
        datetime.combine(asked.first, time(0), zone),
        datetime.combine(asked.last + timedelta(days=1), time(0), zone),
    )
    found: list[UnderOther] = []
    while True:
        after = found[-1].key if found else _FIRST
        async with house.database.reading(Role.WORKER) as connection:
            page = await under_other.page(
                connection, run.platform, asked.kinds, moments, str(zone), after, _PAGE
            )
        found += page
        if len(page) < _PAGE:
            return found


def _batches(flags: Sequence[UnderOther]) -> Iterator[tuple[int, Sequence[UnderOther]]]:
    for start in range(0, len(flags), _BATCH):
        yield start, flags[start : start + _BATCH]


async def _open(
    house: House, run: Claimed, batch: Sequence[UnderOther], model: str
) -> tuple[list[Comment], int]:
    """Open the redacted comments of some flags, and count those that were erased or do not open."""
    async with house.database.reading(Role.ANALYST) as connection:
        among = await opening.comments_among(connection, [one.key for one in batch])
    refs = tuple(one.ref for one in among if one.ref is not None)
    if not refs:
        return [], len(among)
    asking = Asking(
        house.ids.key(), Purpose.DEEP_DIVE, refs, f"deep dive {run.number}", house.clocks.wall.now(),
        account=run.asked_by, case=run.key,
    )  # fmt: skip
    take = partial(opening.comments_for_dive, model=model)
    comments = await open_on_record(house, Role.ANALYST, asking, take)
    return comments, len(among) - len(comments)


def _given(batch: Sequence[UnderOther], comments: Sequence[Comment], seed: bytes) -> tuple[Given, ...]:
    by_flag = {one.key: one for one in batch}
    return tuple(
        Given(
            one.flag, by_flag[one.flag].kind, by_flag[one.flag].day, one.person,
            sha256(seed + one.flag.bytes).digest(), one.text, one.vector or b"",
        )
        for one in comments
    )  # fmt: skip


async def _keep_vectors(house: House, run: Claimed, model: str, vectors: dict[UUID, bytes]) -> None:
    async with house.database.transaction(Role.ANALYST) as connection:
        await opening.keep_vectors(connection, house.sealer, run.platform, model, vectors)


async def _end(house: House, run: Claimed, me: UUID, told: Done | Refused, pages: list[RowsFound]) -> None:
    async with house.database.transaction(Role.WORKER) as connection:
        if isinstance(told, Refused):
            if told.error:
                _log.warning("a deep dive broke", error=told.error, file=told.file, line=told.line)
            await dives.fail(connection, run.key, me, Failure(told.why), house.now)
            return
        rows = tuple(
            DiveRow(
                flag=one.row, kind=one.kind, language=one.language, month=one.month, place=one.place,
                theme=one.theme, probability=one.probability, second=one.second,
            )
            for page in pages
            for one in page.rows
        )  # fmt: skip
        result = Result(table=told.table, proposed=told.proposed, unsure=told.unsure, rows=rows)
        await dives.finish(connection, run.key, me, result, house.now)
