"""Tell the comments of a theme by menu, language or month, and of one to four of them nothing: no page nor file does.

Hiding a small cell is not enough where its sum is told: the cell that is missing is the sum less the others. So cells
of fewer than five comments are told together with at least one more, and which cells those are is not told either.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from flagstaff.insight.dive import ThemeRow

FEWEST: Final = 5
REST: Final = "rest"
"""Cells of fewer comments than that are told together, at least two of them."""


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """What may be told of a theme: cells of five comments and more, and under REST those that are told together."""

    kinds: dict[str, int]
    languages: dict[str, int]
    months: dict[str, int]


def folded(cells: Mapping[str, int]) -> dict[str, int]:
    """Return cells of five comments and more; those of fewer are told as one, which is made of at least two.

    All are told together where what is told would leave a small cell one value alone: who knows this rule knows that
    what stands beside a small cell is no larger than what is told, and that small cells have four comments at most.
    """
    few = sorted(count for count in cells.values() if 0 < count < FEWEST)
    large = sorted((one for one in cells if cells[one] >= FEWEST), key=lambda one: (cells[one], one))
    small = len(few)
    while few and large and (len(few) < 2 or sum(few) < FEWEST):
        few.append(cells[large.pop(0)])
    together = sum(few)
    one_value = small == 1 or together == small * (FEWEST - 1)
    if few and large and one_value and together >= cells[large[0]] + FEWEST - 2:
        together, large = sum(cells.values()), []
    return {one: cells[one] for one in sorted(large)} | ({REST: together} if together >= FEWEST else {})


def told_of(row: ThemeRow) -> Cells:
    """Return the cells of one row of a table; none where fewer than five persons wrote it."""
    if row.persons is None:
        return Cells(kinds={}, languages={}, months={})
    return Cells(kinds=folded(row.kinds), languages=folded(row.languages), months=folded(row.months))


def alone(cells: Mapping[str, int]) -> list[str]:
    """Return the cells that are told by themselves, those of most comments first."""
    return sorted((one for one in cells if one != REST), key=lambda one: (-cells[one], one))
