"""Tell which themes rose in the last week, so seldom wrongly that an alert means something.

Each theme's comments of the week are compared with those of the eight weeks before by Fisher's exact test (1935),
one-sided: how often would chance alone put so many of them into the last week, were weeks dealt out at random? All
themes of a run together may raise a false alarm in one run of a hundred (Bonferroni). Who writes several times counts
several times: nobody is known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, lgamma
from typing import Final

import msgspec

from flagstaff.insight.dive import ThemeRow, is_theme

WEEKS_BEFORE: Final = 8
FALSE_ALARMS: Final = 0.01
"""Runs in which nothing changed and something is alerted, at most."""
FEWEST: Final = 5
"""Comments of the week under which a theme is not spoken of."""


class Rising(msgspec.Struct, frozen=True, kw_only=True):
    """A theme that rose: comments of the week and before it, each of how many. `chance`: that of no change."""

    theme: str
    name: str
    comments: int
    of: int
    before: int
    of_before: int
    chance: float

    @property
    def new(self) -> bool:
        """Tell whether nobody wrote about it in the weeks before."""
        return self.before == 0


def rising(
    names: Mapping[str, str], week: Mapping[str, int], before: Mapping[str, int]
) -> tuple[Rising, ...]:
    """Return which of the named themes rose, the surest first.

    `week`, `before`: comments by theme, also of those without a name, which count in the sums alone.
    """
    of, of_before = sum(week.values()), sum(before.values())
    found = []
    for theme, name in names.items():
        now, then = week.get(theme, 0), before.get(theme, 0)
        if now < FEWEST or not of_before:
            continue
        chance = tail(now, of, now + then, of + of_before)
        if chance <= FALSE_ALARMS / len(names):
            found.append(
                Rising(
                    theme=theme,
                    name=name,
                    comments=now,
                    of=of,
                    before=then,
                    of_before=of_before,
                    chance=chance,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.chance, one.theme)))


def risen(rows: Iterable[ThemeRow], months: Sequence[str]) -> frozenset[str]:
    """Return the keys of themes whose part of the last month is surely larger than of the months before it."""
    rows = tuple(rows)
    *before, last = months or [""]
    found = rising(
        {row.key: row.name for row in rows if is_theme(row)},
        {row.key: row.months.get(last, 0) for row in rows},
        {row.key: sum(row.months.get(month, 0) for month in before) for row in rows},
    )
    return frozenset(one.theme for one in found)


def tail(hit: int, drawn: int, marked: int, all_: int) -> float:
    """Return how likely it is to draw `hit` marked ones or more, drawing some of all without putting back."""
    most = min(drawn, marked)
    whole = _choose(all_, drawn)
    return min(
        1.0,
        sum(
            exp(_choose(marked, n) + _choose(all_ - marked, drawn - n) - whole) for n in range(hit, most + 1)
        ),
    )


def _choose(n: int, k: int) -> float:
    """Return the logarithm of the number of ways; of none, minus infinity."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if 0 <= k <= n else float("-inf")
