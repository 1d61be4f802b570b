"""Say how far people who coded the same comments agree, beyond what chance alone would give."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Final

import msgspec

RELIABLE: Final = 0.8
TENTATIVE: Final = 0.667
"""Krippendorff 2004, chapter 11.4.4: from .800 on data are reliable, from .667 on they allow tentative conclusions."""
ENOUGH: Final = 50
"""Comments that both read, under which the figure says little."""


class Apart(msgspec.Struct, frozen=True):
    """Two answers that were given to the same comments, and to how many."""

    one: str
    other: str
    comments: int


class Agreement(msgspec.Struct, frozen=True):
    """Krippendorff's alpha: 1 full agreement, 0 as by chance, below 0 worse; None where nothing varies.

    `comments`: those that at least two people answered. `same`: those with one answer only. `apart`: which answers
    stood against each other, the most frequent first.
    """

    alpha: float | None
    comments: int
    same: int
    apart: tuple[Apart, ...]


def agreement(answers: Iterable[Sequence[str]]) -> Agreement:
    """Return alpha for nominal data with any number of coders and with gaps; each item: all answers to one comment.

    Krippendorff 2004, Content Analysis, 2nd edition, chapter 11; computed by coincidences as in Hayes and Krippendorff
    2007, Communication Methods and Measures 1(1):77-89.
    """
    units = [tuple(one) for one in answers if len(one) > 1]
    pairs: dict[tuple[str, str], float] = {}
    apart: Counter[tuple[str, str]] = Counter()
    for unit in units:
        for one, other in permutations(unit, 2):
            pairs[one, other] = pairs.get((one, other), 0.0) + 1 / (len(unit) - 1)
        kinds = sorted(set(unit))
        apart.update((one, other) for place, one in enumerate(kinds) for other in kinds[place + 1 :])
    return Agreement(
        _alpha(pairs, Counter(one for unit in units for one in unit)),
        len(units),
        sum(len(set(unit)) == 1 for unit in units),
        tuple(Apart(*both, n) for both, n in sorted(apart.items(), key=lambda one: (-one[1], one[0]))),
    )


def _alpha(pairs: dict[tuple[str, str], float], values: Counter[str]) -> float | None:
    total = values.total()
    expected = total * total - sum(one * one for one in values.values())
    if not expected:
        return None
    observed = sum(weight for (one, other), weight in sorted(pairs.items()) if one != other)
    return 1.0 - (total - 1) * observed / expected
