"""Tell the two times of the house: wall time for tokens and retries, business time for windows and duties."""

from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

_FIRST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(3000, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Say what time it is, as an aware UTC datetime."""

    def now(self) -> datetime:
        """Return the present moment of this clock."""


class WallClock:
    """Read the time of the machine."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class BusinessClock:
    """Run beside another clock at an offset that the database keeps and the demo moves."""

    def __init__(self, wall: Clock, offset: timedelta = timedelta(0)) -> None:
        """Follow `wall`, `offset` ahead of it; whoever listens to the database sets `offset` anew."""
        self._wall = wall
        self.offset = offset

    def now(self) -> datetime:
        """Return the wall time moved by the offset."""
        return self._wall.now() + self.offset


class StoppedClock:
    """Stand still until somebody moves it: the clock of tests and of history made by the demo."""

    def __init__(self, at: datetime) -> None:
        """Stop at an aware moment; a naive one raises ValueError, for it names no instant."""
        if at.tzinfo is None:
            msg = f"a clock needs an aware datetime, got {at!r}; give it tzinfo=UTC"
            raise ValueError(msg)
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move ahead by a span; also backwards, as a wall clock may."""
        self._at += by


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC, where one without a zone is; raises ValueError outside the years 1900 to 2999.

    Nothing was posted there, and at the ends of the calendar no other zone could show it.
    """
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not _FIRST <= aware < _LAST:
        msg = "it lies outside the years 1900 to 2999"
        raise ValueError(msg)
    return aware.astimezone(UTC)


def day_of(moment: datetime) -> datetime:
    """Return the beginning of a moment's day in its own zone, in which the log keeps what reporters did.

    The minute of an entry, beside what an author saw at that minute, would say who was there.
    """
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def end_of_day(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the end of the day that is so many days after a moment, as days are counted in a zone."""
    last = at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(0), zone).astimezone(at.tzinfo)


class Clocks(NamedTuple):
    """Carry both clocks together, so that a signature shows which one a rule was given."""

    wall: Clock
    business: Clock
