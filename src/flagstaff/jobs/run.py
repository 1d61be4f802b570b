"""Run the jobs of one process until it is told to stop; any number of processes may do it beside each other."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from flagstaff.delivery.sending import Sender
from flagstaff.flows.deliver import webhook_check
from flagstaff.flows.house import House
from flagstaff.flows.run_dive import Diver
from flagstaff.jobs.tasks import By, Job, jobs
from flagstaff.store.clockwork import CHANNEL as CLOCK

_PAUSE_AFTER_ERROR: Final = 1.0
_LEAST_PAUSE: Final = 0.05
_CLOCK_SETTLES: Final = 0.5

_log = structlog.get_logger()


async def work(house: House, stop: asyncio.Event, sender: Sender | None = None) -> None:
    """Run every job until `stop` is set; what is under way then is finished first."""
    own, diver = sender or Sender(webhook_check(house)), Diver()
    try:
        await run_jobs(house, jobs(own, diver), stop)
    finally:
        await diver.close(house)
        if sender is None:
            await own.close()


async def run_jobs(house: House, listed: Sequence[Job], stop: asyncio.Event) -> None:
    """Run some jobs, each in a loop of its own: woken by its channels, by its due time, and now and then anyway."""
    bells = {job.name: asyncio.Event() for job in listed}
    for channel in sorted({channel for job in listed for channel in job.channels}):
        ringing = [bells[job.name] for job in listed if channel in job.channels]
        # The clock's new offset is read by a listener of its own: what looked too early looks once more.
        again = _CLOCK_SETTLES if channel == CLOCK else None
        await house.database.listen(channel, _ring(ringing, again), role=listed[0].role)
    await asyncio.gather(*(_keep_running(house, job, bells[job.name], stop) for job in listed))


def _ring(bells: Sequence[asyncio.Event], again: float | None = None) -> Callable[[], None]:
    def ring() -> None:
        for bell in bells:
            bell.set()

    def ring_twice() -> None:
        ring()
        asyncio.get_running_loop().call_later(again or 0, ring)

    return ring if again is None else ring_twice


async def _keep_running(house: House, job: Job, bell: asyncio.Event, stop: asyncio.Event) -> None:
    while not stop.is_set():
        bell.clear()
        try:
            await _drain(house, job, stop)
            pause = await _until_due(house, job)
        except Exception as error:  # noqa: BLE001 - one bad batch must not end a job for ever
            _log.warning("a job failed and is tried again", job=job.name, exc_info=error)
            pause = _PAUSE_AFTER_ERROR
        await _wait(bell, stop, pause)


async def _drain(house: House, job: Job, stop: asyncio.Event) -> None:
    """Do batch after batch until nothing is left."""
    done = 0
    while not stop.is_set() and (count := await job.run(house)):
        done += count
    if done:
        _log.info("a job did something", job=job.name, count=done)


async def _until_due(house: House, job: Job) -> float:
    """Return the seconds until the next piece falls due, at most those after which the job looks anyway."""
    if job.due is None:
        return job.at_most
    async with house.database.reading(job.role) as connection:
        due = await job.due(connection)
    if due is None:
        return job.at_most
    clock = house.clocks.wall if job.by is By.WALL else house.clocks.business
    return min(max((due - clock.now()) / timedelta(seconds=1), _LEAST_PAUSE), job.at_most)


async def _wait(bell: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(bell.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)
