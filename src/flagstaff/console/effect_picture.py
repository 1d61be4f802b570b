"""Place what came of a version on a picture: points with their intervals, both lines, and the day of publication."""

from collections.abc import Callable, Sequence
from math import ceil, sqrt
from typing import Final

import msgspec

from flagstaff.console.wording import brief, seconds
from flagstaff.insight.segments import Fit
from flagstaff.insight.series import Stretch
from flagstaff.insight.shares import score_interval

WIDTH: Final = 960
HEIGHT: Final = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 948, 16, 256
_Z: Final = 1.959964
_TICKS: Final = 4
_MOST_DAYS_NAMED: Final = 7


class Dot(msgspec.Struct, frozen=True):
    """One point: its middle, and the ends of its interval."""

    x: float
    y: float
    low: float
    high: float


class Stroke(msgspec.Struct, frozen=True):
    """One line from an end to the other; `as_if`: what the line of before would have gone on to."""

    x1: float
    y1: float
    x2: float
    y2: float
    as_if: bool = False


class Mark(msgspec.Struct, frozen=True):
    """A place on an axis, with its words."""

    at: float
    says: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """All that a template draws."""

    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]
    down: tuple[Mark, ...]
    along: tuple[Mark, ...]
    publication: float
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    bottom: int = _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def picture(stretches: Sequence[Stretch], fit: Fit | None, *, shares: bool) -> Picture | None:
    """Return the picture of a series; None of no point. `fit`: both lines, where they may be told."""
    if not stretches:
        return None
    ends = [_interval(one, shares=shares) for one in stretches]
    strokes = _lines(stretches, fit)
    told = [*(end for both in ends for end in both), *(y for one in strokes for y in (one.y1, one.y2))]
    low, high, marks = _shares(max(told)) if shares else _times(min(told), max(told))
    across = _scale(
        (min(one.point.at for one in stretches) - 0.5, max(one.point.at for one in stretches) + 0.5),
        (_LEFT, _RIGHT),
    )
    down = _scale((low, high), (_BOTTOM, _TOP))
    return Picture(
        dots=tuple(
            Dot(across(one.point.at), down(one.point.value), down(max(low, least)), down(min(high, most)))
            for one, (least, most) in zip(stretches, ends, strict=True)
        ),
        strokes=tuple(
            Stroke(across(one.x1), down(one.y1), across(one.x2), down(one.y2), one.as_if) for one in strokes
        ),
        down=tuple(Mark(down(at), says) for at, says in marks),
        along=tuple(_days(stretches, across)),
        publication=across(0.0),
    )  # fmt: skip


def _interval(one: Stretch, *, shares: bool) -> tuple[float, float]:
    if shares:
        return score_interval(one.point.value, one.point.of)
    reach = _Z * sqrt(one.point.spread / one.point.of)
    return one.point.value - reach, one.point.value + reach


def _lines(stretches: Sequence[Stretch], fit: Fit | None) -> list[Stroke]:
    if fit is None:
        return []
    first, last = stretches[0].point.at, stretches[-1].point.at
    (a, b), (c, d) = fit.lines
    return [
        Stroke(first, a + b * first, 0.0, a),
        Stroke(0.0, a, last, a + b * last, as_if=True),
        Stroke(0.0, c, last, c + d * last),
    ]


def _scale(of: tuple[float, float], to: tuple[int, int]) -> Callable[[float], float]:
    length = of[1] - of[0] or 1.0

    def place(value: float) -> float:
        return round(to[0] + (to[1] - to[0]) * (value - of[0]) / length, 1)

    return place


def _shares(high: float) -> tuple[float, float, list[tuple[float, str]]]:
    """Return an axis that begins at nothing: a part of a whole is read against it."""
    step = next((one for one in (0.01, 0.02, 0.05, 0.1, 0.2) if one * _TICKS >= high), 0.25)
    top = min(1.0, step * max(1, ceil(high / step)))
    many = round(top / step)
    return 0.0, top, [(place * step, f"{100 * place * step:.0f} %") for place in range(many + 1)]


def _times(low: float, high: float) -> tuple[float, float, list[tuple[float, str]]]:
    """Return an axis of doublings."""
    bottom, top = int(low), max(int(low) + 1, ceil(high))
    step = max(1, ceil((top - bottom) / _TICKS))
    return bottom, top, [(float(at), seconds(float(2**at))) for at in range(bottom, top + 1, step)]


def _days(stretches: Sequence[Stretch], across: Callable[[float], float]) -> list[Mark]:
    every = max(1, ceil(len(stretches) / _MOST_DAYS_NAMED))
    return [Mark(across(one.point.at), brief(one.first)) for one in stretches[::every]]
