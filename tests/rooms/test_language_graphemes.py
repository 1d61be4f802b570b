"""Text is counted and cut the way people see it."""

import pytest
from hypothesis import given, strategies as st

from flagstaff.language.graphemes import count, count_seen, cut, split

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "graphemes", "seen"),
    [
        ("", 0, 0),
        ("ten  signs", 10, 8),
        (FAMILY, 1, 1),
        ("🇪🇸🇩🇪", 2, 2),
        ("e\u0301", 1, 1),
        ("नमस्ते", 3, 3),
        (" \u200b\u200d\ufeff ", 5, 0),
        ("..........", 10, 10),
    ],
)
def test_what_people_see_is_what_counts(text: str, graphemes: int, seen: int) -> None:
    assert (count(text), count_seen(text)) == (graphemes, seen)


def test_a_family_is_never_cut_in_half() -> None:
    assert cut(f"a{FAMILY}b", 2) == f"a{FAMILY}"


@given(st.text(), st.integers(0, 20))
def test_a_cut_text_is_a_beginning_of_at_most_so_many(text: str, most: int) -> None:
    short = cut(text, most)
    assert text.startswith(short)
    assert count(short) == min(most, count(text))
    assert "".join(split(text)) == text


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_counts_the_same_by_its_shorter_way(text: str) -> None:
    """One letter beyond ASCII sends the same text the long way round."""
    assert (count(text) + 1, count_seen(text) + 1) == (count(f"{text}é"), count_seen(f"{text}é"))
