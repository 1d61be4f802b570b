"""Kill a real house under load: nothing acknowledged is lost, nothing is done twice, nobody has to repair anything."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.chaos.__main__ import QUICK, quick
from bench.chaos.disk import full_disk
from bench.chaos.report import Progress, told
from bench.chaos.troubles import TROUBLES
from flagstaff.kernel.clock import WallClock

pytestmark = [pytest.mark.once]


@pytest.fixture(scope="module")
def clock_as_it_was() -> Iterator[None]:
    """Give the clock of this process back: a run moves it, and other files are tested by the same worker."""
    before = WallClock.now
    yield
    WallClock.now = before  # type: ignore[method-assign]


@pytest_asyncio.fixture(scope="module")
async def progress(clock_as_it_was: None) -> Progress:
    """Run the quick version once for all of these tests."""
    with tempfile.TemporaryDirectory(prefix="flagstaff-chaos-") as folder:
        return await quick(seed=20, folder=Path(folder), disk=False)


async def test_nothing_acknowledged_is_lost_or_doubled_by_kills_and_troubles(
    progress: Progress, record_property: Callable[[str, object], None]
) -> None:
    record_property("shown", told(progress))
    assert progress.kills >= QUICK
    assert progress.found == []


async def test_every_trouble_was_gone_through(progress: Progress) -> None:
    assert set(progress.troubles) == set(TROUBLES)


async def test_every_planted_fault_is_found(progress: Progress) -> None:
    assert progress.planted
    assert [name for name, found in progress.planted.items() if not found] == []


async def test_a_full_disk_loses_nothing_and_heals_when_there_is_room(clock_as_it_was: None) -> None:
    shown = await full_disk(seed=21)
    if shown is None:
        pytest.skip("this machine lets nobody mount a small disk (needs root)")
    assert shown.found == [], shown.says
