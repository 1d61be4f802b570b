"""Say a part of a whole with the interval that its number of cases allows."""

from math import sqrt
from typing import Final

import msgspec

_Z: Final = 1.959964
"""Two-sided 95 %."""


class Share(msgspec.Struct, frozen=True):
    """A part of a whole, with the interval that holds the true share in 95 of 100 such counts; of 0: nothing known."""

    part: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """Return the share, from 0 to 1; None of nothing."""
        return self.part / self.of if self.of else None


def share_of(part: int, of: int) -> Share:
    """Return a share with Wilson's score interval (Wilson 1927, JASA 22:209-212)."""
    return Share(part, of, *score_interval(part / of, of)) if of > 0 else Share(part, of, 0.0, 1.0)


def score_interval(p: float, of: float, z: float = _Z) -> tuple[float, float]:
    """Return Wilson's interval of a share; `of` above 0, also a part of one where what was counted hangs together.

    `z`: how many standard errors it reaches; more than 1.96 where few were counted.
    """
    square = z * z
    middle = (p + square / (2 * of)) / (1 + square / of)
    reach = z * sqrt(p * (1 - p) / of + square / (4 * of * of)) / (1 + square / of)
    # At the ends the formula meets 0 and 1 exactly, which floating point misses by a hair.
    low = 0.0 if p == 0 else max(0.0, middle - reach)
    return low, 1.0 if p == 1 else min(1.0, middle + reach)
