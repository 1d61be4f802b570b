"""What an author changed is marked, and nothing is lost on the way."""

import pytest
from hypothesis import given, strategies as st

from flagstaff.views.difference import Fate, compare


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("same words", "same words", "same words"),
        ("", "all new", "+all new+"),
        ("all gone", "", "-all gone-"),
        (
            "send three sample logos now",
            "send one rough sketch now",
            "send -three sample logos-+one rough sketch+ now",
        ),
        ("pay here", "pay here, please", "pay here+, please+"),
        ("", "", ""),
    ],
)
def test_changed_phrases_are_marked_whole(before: str, after: str, marked: str) -> None:
    signs = {Fate.KEPT: "", Fate.ADDED: "+", Fate.REMOVED: "-"}
    assert (
        "".join(f"{signs[one.fate]}{one.text}{signs[one.fate]}" for one in compare(before, after)) == marked
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert "".join(one.text for one in pieces if one.fate is not Fate.REMOVED) == after
    assert "".join(one.text for one in pieces if one.fate is not Fate.ADDED) == before


def test_texts_too_long_to_compare_stand_whole() -> None:
    long = "word " * 3000
    assert [one.fate for one in compare(long, long + "x")] == [Fate.REMOVED, Fate.ADDED]
