"""Say whether a series changed its level or its slope when a version was published, or why that cannot be said.

Segmented regression of an interrupted time series: Wagner, Soumerai, Zhang and Ross-Degnan (2002), *Segmented
regression analysis of interrupted time series studies in medication use research*, Journal of Clinical Pharmacy and
Therapeutics 27:299-309. Least squares over days or weeks, each weighted by the flags it rests on; every assumption is
a `Check`, and where one fails only the plain difference of both sides is told.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import pairwise
from math import erfc, exp, pi, sqrt
from typing import Final, NamedTuple

import msgspec

from flagstaff.insight.shares import score_interval

LEAST_POINTS: Final = 8
"""On each side: Penfold and Zhang (2013), Academic Pediatrics 13:S38-S44."""
LEAST_FLAGS: Final = 50
"""On each side, whatever the measure."""
LEAST_PART: Final = 10
"""Flags in a share, and flags out of it, on each side: below that the normal distribution is no guide."""
MOST_DISPERSION: Final = 5.0
"""Up to here the scatter of the days widens the intervals; beyond it the straight lines miss something large."""
MOST_OPEN: Final = 0.05
"""How much the share of undecided flags may differ between both sides: the quick decisions come first."""
_SURE: Final = 0.05
_Z: Final = 1.959964
_LEAST_SPREAD: Final = 0.01
_STICKIEST: Final = 0.9
_NOTHING: Final = 1e-9
"""Less than this is rounding, in which neighbours always hang together."""
_COEFFICIENTS: Final = 4


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One day or week. `at`: its middle, in such units from publication, negative before it. `of`: flags behind it.

    `value`: a share from 0 to 1, or the mean of log2 seconds. `spread`: the variance of one flag's value within it.
    """

    at: float
    of: int
    value: float
    spread: float


class Reach(msgspec.Struct, frozen=True):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def moved(self) -> bool:
        """Tell whether zero lies outside."""
        return self.low > 0 or self.high < 0


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Both lines. `level`: the jump at publication; `slope`: what the slope changed by, per unit; `before`: it was."""

    level: Reach
    slope: Reach
    before: Reach
    lines: tuple[tuple[float, float], tuple[float, float]]
    """Intercept and slope before, and since."""
    dispersion: float
    durbin_watson: float
    ljung_box: float
    lags: int
    independent: float
    """How likely so much autocorrelation is by chance (Ljung and Box 1978, Biometrika 65:297-303)."""


class Asks(StrEnum):
    """Name what the method takes for granted."""

    POINTS = "points"
    FLAGS = "flags"
    ALONE = "alone"
    DECIDED = "decided"
    INDEPENDENT = "independent"
    SCATTER = "scatter"
    BOUNDS = "bounds"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One assumption: does it hold, and the numbers that say so, by name."""

    asks: Asks
    holds: bool
    numbers: dict[str, float] = {}


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """The plain difference between both sides: no trend is allowed for. `design`: by how much flags count for less."""

    before: Reach
    since: Reach
    difference: Reach
    flags_before: int
    flags_since: int
    design: float


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: both lines where every check holds, else the plain difference alone; None: not even that."""

    fit: Fit | None
    plain: Sides | None
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Tell whether the lines may be told."""
        return self.fit is not None and all(one.holds for one in self.checks)


def judge(
    points: Sequence[Point], *, shares: bool, others: int, open_before: float, open_since: float
) -> Judged:
    """Judge a series: both lines, every check, and the plain difference.

    `others`: versions that came in these days and cannot be told apart; `open_…`: undecided flags, 0 to 1, where the
    measure is about decisions. Points may stand in any order; those of no flag say nothing.
    """
    known = sorted((one for one in points if one.of > 0), key=lambda one: one.at)
    sides = [one for one in known if one.at < 0], [one for one in known if one.at > 0]
    fit = _fitted(known, sides) if min(map(len, sides)) >= 3 else None
    checks = [
        Check(asks=Asks.POINTS, holds=min(map(len, sides)) >= LEAST_POINTS, numbers=_both(sides, len)),
        Check(
            asks=Asks.FLAGS,
            holds=min(map(_flags, sides)) >= LEAST_FLAGS and (not shares or min(map(_part, sides)) >= LEAST_PART),
            numbers=_both(sides, _flags),
        ),
        Check(asks=Asks.ALONE, holds=others == 0, numbers={"others": others}),
        Check(
            asks=Asks.DECIDED, holds=abs(open_before - open_since) <= MOST_OPEN,
            numbers={"before": open_before, "since": open_since},
        ),
    ]  # fmt: skip
    if fit is not None:
        checks += _about(fit, known, shares=shares)
    return Judged(fit=fit, plain=plain(sides[0], sides[1], shares=shares), checks=tuple(checks))


def _about(fit: Fit, points: Sequence[Point], *, shares: bool) -> list[Check]:
    ends = (points[0].at, points[-1].at)
    told = [line[0] + line[1] * at for line, end in zip(fit.lines, ends, strict=True) for at in (0.0, end)]
    found = [
        Check(
            asks=Asks.INDEPENDENT, holds=fit.independent >= _SURE,
            numbers={
                "durbin_watson": fit.durbin_watson, "ljung_box": fit.ljung_box, "lags": fit.lags,
                "p": fit.independent,
            },
        ),
        Check(
            asks=Asks.SCATTER, holds=fit.dispersion <= MOST_DISPERSION, numbers={"dispersion": fit.dispersion}
        ),
    ]  # fmt: skip
    if shares:
        within = min(told) >= 0 and max(told) <= 1
        found.append(Check(asks=Asks.BOUNDS, holds=within, numbers={"low": min(told), "high": max(told)}))
    return found


def _both(sides: Sequence[list[Point]], how: Callable[[list[Point]], int]) -> dict[str, float]:
    return {"before": how(sides[0]), "since": how(sides[1])}


def _flags(side: Sequence[Point]) -> int:
    return sum(one.of for one in side)


def _part(side: Sequence[Point]) -> float:
    inside = sum(one.of * one.value for one in side)
    return min(inside, _flags(side) - inside)


# ---------------------------------------------------------------- both lines
def _fitted(points: Sequence[Point], sides: tuple[list[Point], list[Point]]) -> Fit | None:
    """Fit 1, t, after and t·after; None where the points do not lie apart."""
    spreads = [_spread(side) for side in sides]
    weights = [one.of / spreads[one.at > 0] for one in points]
    rows = [(1.0, one.at, float(one.at > 0), one.at * (one.at > 0)) for one in points]
    solved = _least_squares(rows, [one.value for one in points], weights)
    if solved is None or len(points) <= _COEFFICIENTS:
        return None
    inverse, b = solved
    rest = [
        sqrt(weight) * (one.value - sum(x * y for x, y in zip(row, b, strict=True)))
        for one, row, weight in zip(points, rows, weights, strict=True)
    ]
    if sum(one * one for one in rest) < _NOTHING:
        rest = [0.0] * len(rest)
    freedom = len(points) - _COEFFICIENTS
    dispersion = sum(one * one for one in rest) / freedom
    # Flags alone scatter as much as one; days that scatter less did so by luck.
    errors = [sqrt(max(1.0, dispersion) * inverse[place][place]) for place in range(_COEFFICIENTS)]
    before, level, slope = (_reach(b[place], student(freedom) * errors[place]) for place in (1, 2, 3))
    box, lags = ljung_box(rest)
    return Fit(
        level=level, slope=slope, before=before, lines=((b[0], b[1]), (b[0] + b[2], b[1] + b[3])),
        dispersion=dispersion, durbin_watson=durbin_watson(rest), ljung_box=box, lags=lags,
        independent=chance(box, lags),
    )  # fmt: skip


def _spread(side: Sequence[Point]) -> float:
    """Return the variance of one flag's value on one side, the same for all its points."""
    return max(_LEAST_SPREAD, sum(one.of * one.spread for one in side) / _flags(side))


class _Solved(NamedTuple):
    inverse: list[list[float]]
    coefficients: list[float]


def _least_squares(
    rows: Sequence[Sequence[float]], values: Sequence[float], weights: Sequence[float]
) -> _Solved | None:
    size = len(rows[0])
    left = [[sum(w * row[i] * row[j] for w, row in zip(weights, rows, strict=True)) for j in range(size)] for i in range(size)]  # fmt: skip  # noqa: E501
    right = [
        sum(w * row[i] * y for w, row, y in zip(weights, rows, values, strict=True)) for i in range(size)
    ]
    inverse = _inverted(left)
    if inverse is None:
        return None
    return _Solved(inverse, [sum(x * y for x, y in zip(line, right, strict=True)) for line in inverse])


def _inverted(matrix: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """Invert a small symmetric matrix by Gauss and Jordan; None of a singular one."""
    size = len(matrix)
    work = [[*line, *(float(i == j) for j in range(size))] for i, line in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda line: abs(work[line][column]))
        if abs(work[pivot][column]) < 1e-9:
            return None
        work[column], work[pivot] = work[pivot], work[column]
        divisor = work[column][column]
        work[column] = [one / divisor for one in work[column]]
        for line in range(size):
            if line != column:
                factor = work[line][column]
                work[line] = [one - factor * two for one, two in zip(work[line], work[column], strict=True)]
    return [line[size:] for line in work]


def _reach(value: float, by: float) -> Reach:
    return Reach(value, value - by, value + by)


# ---------------------------------------------------------------- the plain difference
def plain(before: Sequence[Point], since: Sequence[Point], *, shares: bool) -> Sides | None:
    """Compare both sides without any trend; None where one has no flag.

    Flags count for less where days scatter more than flags alone would, and where a day is like the one before it: by
    the dispersion round each side's mean, times (1 + r) / (1 - r) for a first autocorrelation r above 0. Shares have
    Wilson's interval on so many flags, their difference Newcombe's (1998, Statistics in Medicine 17:873-890).
    """
    if not before or not since:
        return None
    design = _design(before, since)
    flags = _flags(before), _flags(since)
    means = [sum(one.of * one.value for one in side) / _flags(side) for side in (before, since)]
    if shares:
        ends = [score_interval(mean, of / design) for mean, of in zip(means, flags, strict=True)]
    else:
        reaches = [
            _Z * sqrt(_spread(side) * design / of) for side, of in zip((before, since), flags, strict=True)
        ]
        ends = [(mean - by, mean + by) for mean, by in zip(means, reaches, strict=True)]
    one, two = (Reach(mean, *end) for mean, end in zip(means, ends, strict=True))
    low = two.value - one.value - sqrt((two.value - two.low) ** 2 + (one.high - one.value) ** 2)
    high = two.value - one.value + sqrt((two.high - two.value) ** 2 + (one.value - one.low) ** 2)
    return Sides(
        before=one, since=two, difference=Reach(two.value - one.value, low, high), flags_before=flags[0],
        flags_since=flags[1], design=design,
    )  # fmt: skip


def _design(*sides: Sequence[Point]) -> float:
    rest: list[float] = []
    for side in sides:
        mean, spread = sum(one.of * one.value for one in side) / _flags(side), _spread(side)
        rest += [sqrt(one.of / spread) * (one.value - mean) for one in side]
    freedom = len(rest) - len(sides)
    whole = sum(one * one for one in rest)
    if freedom < 3 or not whole:
        return 1.0
    stuck = min(_STICKIEST, max(0.0, sum(a * b for a, b in pairwise(rest)) / whole))
    return max(1.0, whole / freedom) * (1 + stuck) / (1 - stuck)


# ---------------------------------------------------------------- what is looked up in tables elsewhere
def durbin_watson(rest: Sequence[float]) -> float:
    """Return Durbin and Watson's d of residuals, 0 to 4: near 2 where neighbours know nothing of each other."""
    whole = sum(one * one for one in rest)
    return sum((b - a) ** 2 for a, b in pairwise(rest)) / whole if whole else 2.0


def ljung_box(rest: Sequence[float]) -> tuple[float, int]:
    """Return Ljung and Box's Q of residuals over a fifth of their number of lags, ten at most, and how many."""
    many = len(rest)
    lags, whole = max(1, min(10, many // 5)), sum(one * one for one in rest)
    if not whole:
        return 0.0, lags
    like = [sum(a * b for a, b in zip(rest, rest[lag:], strict=False)) / whole for lag in range(1, lags + 1)]
    return many * (many + 2) * sum(one * one / (many - lag) for lag, one in enumerate(like, 1)), lags


def chance(square: float, freedom: int) -> float:
    """Return how likely a chi-square of this many degrees of freedom is at least so large."""
    half = square / 2
    odd = freedom % 2
    term = sqrt(half) * exp(-half) * 2 / sqrt(pi) if odd else exp(-half)
    found = erfc(sqrt(half)) if odd else 0.0
    for step in range(freedom // 2):
        found += term
        term *= half / (step + 1.5 if odd else step + 1)
    return min(1.0, found)


def student(freedom: int) -> float:
    """Return Student's t for two-sided 95 % (Abramowitz and Stegun 26.7.5): right to .001 from four degrees on."""
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom**power) for power, term in enumerate(terms, 1))
