"""One to four comments of a month, a menu or a language are told nowhere, nor by what is told beside them."""

from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.cells import FEWEST, REST, alone, folded


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30)))
def test_no_cell_is_of_fewer_than_five_and_none_can_be_told_by_subtraction(cells: dict[str, int]) -> None:
    found = folded(cells)
    assert all(count >= FEWEST for count in found.values())
    hidden = [one for one in cells if cells[one] and one not in found]
    if REST in found:
        assert len(hidden) >= 2
        assert sum(found.values()) == sum(cells.values())
    elif hidden:
        assert not found, "all are hidden where too few are left to tell together"
    assert REST not in alone(found)


def tables(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to deal comments out to cells."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *others) for others in tables(total - first, cells - 1))


@pytest.mark.parametrize(("cells", "totals"), [(2, range(5, 40)), (3, range(5, 40)), (4, range(5, 22))])
def test_who_knows_the_sum_and_the_rule_cannot_work_a_small_cell_out(cells: int, totals: range) -> None:
    """What is told is gathered from every table that there can be: it never leaves a small cell one value alone."""
    for total in totals:
        behind: dict[tuple[tuple[str, int], ...], list[set[int]]] = {}
        for counts in tables(total, cells):
            told = folded(dict(zip("abcd", counts, strict=False)))
            could_be = behind.setdefault(tuple(told.items()), [set() for _ in counts])
            for place, count in enumerate(counts):
                could_be[place].add(count)
        for shown, values in behind.items():
            worked_out = [one for one in values if len(one) == 1 and 0 < min(one) < FEWEST]
            assert not worked_out, (total, shown)


def test_what_is_told_is_as_much_as_may_be() -> None:
    assert folded({"en": 160, "es": 10, "de": 3, "pl": 1}) == {"en": 160, REST: 14}
    assert folded({"2026-03": 4, "2026-04": 20}) == {REST: 24}
    assert folded({"a": 10, "b": 10, "c": 4}) == {REST: 24}, "10 and 14 would say that the other has four"
    assert folded({"a": 20, "b": 0}) == {"a": 20}
    assert folded({"a": 3}) == {}
    assert alone(folded({"a": 8, "b": 12, "c": 2, "d": 3})) == ["b", "a"]
