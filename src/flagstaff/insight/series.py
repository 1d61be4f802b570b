"""Put the days round a publication into points: whole weeks where enough of them are there, else days.

The day of publication is in neither side. A side ends at the next version that changed the same menus, so that no other
change lies within it; where decisions are measured the last week is left out, for it is not decided yet.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

from flagstaff.insight.segments import LEAST_POINTS, Point

Measure = Literal["something_else_share", "hint_conversion", "misroute_rate", "time_to_decision_p50"]
"""What is told of each version; times as the mean of their logarithms."""
OF_DECISIONS: Final = frozenset({"misroute_rate", "time_to_decision_p50"})
MOST_WEEKS: Final = 26
"""On each side: longer and the seasons stand in for the version."""
SETTLES: Final = 7
"""Days after which most of what came in is decided."""
_WEEK: Final = 7


class DayOfUse(msgspec.Struct, frozen=True, kw_only=True):
    """What came in on one day under one version, of the menus that are asked about.

    `other`: under Other. `converted`: began there and went where a hint led. `as_chosen`, `elsewhere`: named options by
    the rules decided. `open`: not decided yet.
    """

    day: date
    version: int
    used: int
    other: int
    converted: int
    as_chosen: int
    elsewhere: int
    open: int


class DayOfWaits(msgspec.Struct, frozen=True):
    """How long the decided flags of one day waited: their number, the sum of their log2 seconds, and of its squares."""

    day: date
    flags: int
    logs: float
    squares: float


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The days on both sides of a publication; `weeks`: told by the week.

    `cut_by`: versions at which a side ends. `same_day`: versions that came on that very day, not to be told apart.
    """

    published: date
    before: tuple[date, date] | None
    since: tuple[date, date] | None
    weeks: bool
    cut_by: tuple[int, ...] = ()
    same_day: tuple[int, ...] = ()

    @property
    def unit(self) -> int:
        """Return the days of one point."""
        return _WEEK if self.weeks else 1


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """One point as a table tells it: its days, and a part of a whole; of times the whole alone."""

    first: date
    last: date
    part: int
    point: Point


PARTS: Final[Mapping[str, Callable[[DayOfUse], tuple[int, int]]]] = {
    "something_else_share": lambda day: (day.other, day.used),
    "hint_conversion": lambda day: (day.converted, day.converted + day.other),
    "misroute_rate": lambda day: (day.elsewhere, day.elsewhere + day.as_chosen),
}
"""Of each share its part and its whole."""


def window(published: date, first: date, last: date, others: Mapping[int, date]) -> Window:
    """Return the days that may be compared: `first` and `last` were counted, `others` are versions by their day."""
    edge = timedelta(days=_WEEK * MOST_WEEKS)
    start, end = max(first, published - edge), min(last, published + edge)
    earlier = {day: number for number, day in others.items() if start <= day < published}
    later = {day: number for number, day in others.items() if published < day <= end}
    start = max(earlier) + timedelta(days=1) if earlier else start
    end = min(later) - timedelta(days=1) if later else end
    days = (published - start).days, (end - published).days
    weeks = min(days) >= _WEEK * LEAST_POINTS
    # Whole weeks, also of days: so that each side has as many Sundays as Mondays.
    kept = [count // _WEEK * _WEEK if weeks or count >= 2 * _WEEK else count for count in days]
    cut = [
        found[at]
        for found, at in ((earlier, max(earlier, default=None)), (later, min(later, default=None)))
        if at
    ]
    return Window(
        published=published, weeks=weeks, cut_by=tuple(cut),
        same_day=tuple(number for number, day in sorted(others.items()) if day == published),
        before=(published - timedelta(days=kept[0]), published - timedelta(days=1)) if kept[0] > 0 else None,
        since=(published + timedelta(days=1), published + timedelta(days=kept[1])) if kept[1] > 0 else None,
    )  # fmt: skip


def stretches_of_shares(days: Iterable[DayOfUse], measure: str, within: Window) -> list[Stretch]:
    """Return the points of a share, the oldest first; those of no flag are left out."""
    sums: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for one in days:
        at = _place(one.day, within)
        if at is not None:
            part, of = PARTS[measure](one)
            sums[at][0] += part
            sums[at][1] += of
    return [
        _stretch(at, within, part, Point(at=at, of=of, value=part / of, spread=_scatter(part, of)))
        for at, (part, of) in sorted(sums.items())
        if of
    ]


def stretches_of_times(days: Iterable[DayOfWaits], within: Window) -> list[Stretch]:
    """Return the points of the times to decision, the oldest first."""
    sums: dict[float, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for one in days:
        at = _place(one.day, within)
        if at is not None:
            for place, more in enumerate((one.flags, one.logs, one.squares)):
                sums[at][place] += more
    return [
        _stretch(
            at, within, 0, Point(at=at, of=int(of), value=logs / of, spread=squares / of - (logs / of) ** 2)
        )
        for at, (of, logs, squares) in sorted(sums.items())
        if of
    ]


def undecided(days: Iterable[DayOfUse], within: Window) -> tuple[float, float]:
    """Return which part of the flags of each side is not decided."""
    sums: dict[bool, list[int]] = {False: [0, 0], True: [0, 0]}
    for one in days:
        at = _place(one.day, within)
        if at is not None:
            sums[at > 0][0] += one.open
            sums[at > 0][1] += one.used
    before, since = (part / of if of else 0.0 for part, of in sums.values())
    return before, since


def points_of(stretches: Sequence[Stretch]) -> list[Point]:
    """Return what is judged."""
    return [one.point for one in stretches]


def _scatter(part: int, of: int) -> float:
    # One flag in and one out are added: a day of none, or of nothing else, is not known to the last flag.
    share = (part + 1) / (of + 2)
    return share * (1 - share)


def _place(day: date, within: Window) -> float | None:
    """Return the middle of the point that a day belongs to, in units from publication; None outside."""
    for side in (within.before, within.since):
        if side is not None and side[0] <= day <= side[1]:
            away = abs((day - within.published).days) - 1
            middle = away // within.unit + 0.5
            return middle if day > within.published else -middle
    return None


def _stretch(at: float, within: Window, part: int, point: Point) -> Stretch:
    steps = int(abs(at) - 0.5) * within.unit
    near = within.published + timedelta(days=steps + 1) * (1 if at > 0 else -1)
    far = near + timedelta(days=within.unit - 1) * (1 if at > 0 else -1)
    return Stretch(first=min(near, far), last=max(near, far), part=part, point=point)
