"""The known queries: what each asks, how it is answered from what was counted, and when readers may be told.

A figure that readers see is of whole menus and whole months, rests on a hundred flags or more and on no part of fewer
than five, is pinned when it is published, and is told no finer than one flag could move it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from math import log10, sqrt
from typing import Final, Literal

import msgspec

from flagstaff.insight.model import UsageRow
from flagstaff.insight.rules import month_after, month_before, month_of, within
from flagstaff.insight.shares import Share, share_of
from flagstaff.language.marking import marked

QueryName = Literal[
    "something_else_share",
    "hint_conversion",
    "misroute_rate",
    "option_use",
    "time_to_decision_p50",
    "theme_share",
]
TITLES: Final[Mapping[str, str]] = {
    "something_else_share": marked('Share of flags under "It\'s something else"'),
    "hint_conversion": marked(
        'Share of flags begun under "It\'s something else" that a hint led to an option'
    ),
    "misroute_rate": marked("Share of decided flags whose case was decided under another rule"),
    "option_use": marked("Share of flags on these options"),
    "time_to_decision_p50": marked("Half of the decisions come within"),
    "theme_share": marked('Share of what was written under "It\'s something else" that is about one theme'),
}
"""Every known query, and what its value is."""
ASKED_BY_HAND: Final = {name: says for name, says in TITLES.items() if name != "theme_share"}
"""Queries that a draft's page offers; a theme brings its own along."""

PART_AT_LEAST: Final = 5
TOLD_OF: Final = 100
MEASURED_OF: Final = 50
"""Fewer flags on either side measure nothing."""
_Z: Final = 1.959964


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `since`, `until`: both days included, in the platform's zone; `kinds` empty: all menus.

    `options`: of `option_use` only. `dive`, `theme`, `about`: of `theme_share` only, the run's number, the theme's key
    and what readers are told that it is. `lineage`: counted under the options of the live menus, else under those that
    reporters saw. `versions` empty: all.
    """

    name: QueryName
    platform: str
    since: date
    until: date
    kinds: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    lineage: bool = True
    dive: str = ""
    theme: str = ""
    about: str = ""

    @property
    def in_whole_months(self) -> bool:
        """Tell whether it begins with a month's first day and ends with a month's last."""
        return self.since == month_of(self.since) and month_of(self.until) != month_of(
            date.fromordinal(self.until.toordinal() + 1)
        )


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a query found: `part` of `of` flags with a 95 % interval, or within how many hours half were decided."""

    unit: Literal["share", "hours"]
    of: int
    part: int = 0
    value: float | None
    low: float
    high: float


# ---------------------------------------------------------------- answering
def answer_from_use(query: Query, rows: Iterable[UsageRow], last: frozenset[str]) -> Found:
    """Answer a query about shares from the usage table; `last`: the options that are Other."""
    counted = [row for row in rows if row.version == 0]
    if query.name == "something_else_share":
        return _found(
            share_of(_used(row for row in counted if row.option in last), _used(counted, choices=True))
        )
    if query.name == "option_use":
        mine = [row for row in counted if row.option in query.options]
        kinds = {row.kind for row in mine} or {key.partition(".")[0] for key in query.options}
        return _found(
            share_of(
                _used(mine, choices=True),
                _used((row for row in counted if row.kind in kinds), choices=True),
            )
        )
    if query.name == "hint_conversion":
        left = sum(row.left_for_hint for row in counted if row.option in last)
        return _found(share_of(left, left + _used(row for row in counted if row.option in last)))
    # Of Other no rule is expected: whatever it is decided under, nobody chose wrongly.
    named = [row for row in counted if row.option not in last]
    other = sum(row.as_something_else for row in named)
    return _found(share_of(other, other + sum(row.as_chosen for row in named)))


def _used(rows: Iterable[UsageRow], *, choices: bool = False) -> int:
    """Count flags; the row that is never a case is no flag."""
    return sum(row.used - (row.never_a_case if choices else 0) for row in rows)


def _found(share: Share) -> Found:
    return Found(
        unit="share", part=share.part, of=share.of, value=share.value, low=share.low, high=share.high
    )


def answer_from_theme(share: float, low: float, high: float, of: int) -> Found:
    """Answer how much of what was written is about a theme, from what a deep dive found of `of` comments."""
    return Found(unit="share", part=round(share * of), of=of, value=share, low=low, high=high)


def answer_from_waits(steps: Mapping[int, int]) -> Found:
    """Answer how long half of the decisions took, from how many flags waited how many steps of time.

    The interval is that of the ranks round the middle (normal approximation), each end as exact as a step.
    """
    of = sum(steps.values())
    reach = _Z / (2 * sqrt(of)) if of else 0.5
    value, low, high = (within(steps, min(1.0, max(0.0, part))) for part in (0.5, 0.5 - reach, 0.5 + reach))
    hours = None if value is None else value / 3600
    return Found(unit="hours", of=of, value=hours, low=(low or 0) / 3600, high=(high or 0) / 3600)


# ---------------------------------------------------------------- what readers may be told
def why_not_told(query: Query, found: Found) -> str:
    """Say why a figure may not be told to readers; blank where it may."""
    if not query.in_whole_months:
        return "readers are told of whole months only"
    if found.of < TOLD_OF:
        return f"it rests on {found.of} flags; readers are told from {TOLD_OF} on"
    if found.unit == "share":
        for part in (found.part, found.of - found.part):
            if 0 < part < PART_AT_LEAST:
                return f"a part of fewer than {PART_AT_LEAST} flags is not told"
    return ""


def told(found: Found) -> str:
    """Say a value no finer than one flag could move it."""
    if found.value is None:
        return "nothing yet"
    if found.unit == "hours":
        return _spoken_hours(found.value)
    return f"{100 * found.value:.{_decimals(found.of)}f} %"


def told_range(found: Found) -> str:
    """Say an interval as exactly as its value."""
    if found.unit == "hours":
        return f"{_spoken_hours(found.low)} – {_spoken_hours(found.high)}"
    places = _decimals(found.of)
    return f"{100 * found.low:.{places}f}–{100 * found.high:.{places}f} %"


def told_of(found: Found) -> int:
    """Return how many flags it rests on, rounded down to two digits."""
    step: int = 10 ** max(0, int(log10(max(1, found.of))) - 1)
    return found.of // step * step


def _decimals(of: int) -> int:
    return max(0, min(2, int(log10(max(1, of))) - 2))


def _spoken_hours(hours: float) -> str:
    if hours < 2:
        return f"{60 * hours:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.1f} days"


def last_months(today: date, count: int) -> tuple[date, date]:
    """Return the first and last day of the last whole months before today."""
    until = date.fromordinal(month_of(today).toordinal() - 1)
    since = month_of(until)
    for _ in range(count - 1):
        since = month_before(since)
    return since, until


def months_around(day: date, count: int) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return so many whole months before the month of a day, and as many after it; that month is in neither."""
    before = last_months(day, count)
    since = month_after(day)
    end = since
    for _ in range(count):
        end = month_after(end)
    return before, (since, date.fromordinal(end.toordinal() - 1))


# ---------------------------------------------------------------- before and since
class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How a value moved: `low` and `high` bound the difference at 95 %, None where only the values can be compared."""

    direction: Literal["down", "up", "unclear", "few"]
    low: float | None = None
    high: float | None = None


def change(before: Found, since: Found, *, at_least: int = MEASURED_OF) -> Change:
    """Say whether a value moved between two windows of equal length.

    Of shares the difference has Newcombe's hybrid score interval (Newcombe 1998, Statistics in Medicine 17:873-890,
    method 10); times moved where their intervals are apart. This sees that something moved, never why.
    """
    if min(before.of, since.of) < at_least or before.value is None or since.value is None:
        return Change(direction="few")
    if before.unit == "hours":
        apart = before.high < since.low or since.high < before.low
        if not apart:
            return Change(direction="unclear")
        return Change(direction="up" if since.value > before.value else "down")
    difference = since.value - before.value
    low = difference - sqrt((since.value - since.low) ** 2 + (before.high - before.value) ** 2)
    high = difference + sqrt((since.high - since.value) ** 2 + (before.value - before.low) ** 2)
    moved: Literal["down", "up", "unclear"] = "up" if low > 0 else "down" if high < 0 else "unclear"
    return Change(direction=moved, low=low, high=high)
