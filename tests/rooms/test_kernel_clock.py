"""There are two clocks; both tell aware UTC times, and only one of them can be moved by the house."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from flagstaff.kernel.clock import BusinessClock, Clocks, StoppedClock, WallClock, end_of_day

MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_the_wall_clock_tells_utc() -> None:
    assert WallClock().now().tzinfo is UTC


def test_a_stopped_clock_moves_only_when_moved() -> None:
    clock = StoppedClock(MOMENT)
    assert clock.now() == clock.now() == MOMENT
    clock.move(timedelta(hours=1))
    assert clock.now() == MOMENT + timedelta(hours=1)


def test_a_stopped_clock_tells_utc_whatever_it_was_given() -> None:
    clock = StoppedClock(MOMENT.astimezone(timezone(timedelta(hours=5))))
    assert clock.now() == MOMENT
    assert clock.now().tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        StoppedClock(MOMENT.replace(tzinfo=None))


def test_business_time_follows_the_wall_at_its_offset() -> None:
    wall = StoppedClock(MOMENT)
    clocks = Clocks(wall, BusinessClock(wall, timedelta(days=-1)))
    assert clocks.business.now() == MOMENT - timedelta(days=1)
    wall.move(timedelta(minutes=1))
    assert clocks.business.now() == MOMENT - timedelta(days=1) + timedelta(minutes=1)
    assert clocks.wall.now() == MOMENT + timedelta(minutes=1)


def test_a_day_ends_where_it_is_counted() -> None:
    """Half past eleven in the evening of UTC is tomorrow in Berlin, where summer time begins in between."""
    late = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)
    assert end_of_day(late, 14, ZoneInfo("Europe/Berlin")) == datetime(2026, 4, 4, 22, 0, tzinfo=UTC)
    assert end_of_day(late, 14, ZoneInfo("UTC")) == datetime(2026, 4, 4, 0, 0, tzinfo=UTC)
