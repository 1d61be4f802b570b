"""A text is taken apart into words that find each other: whatever their accents, endings, numbers, ways to say no."""

import pytest
from hypothesis import given, strategies as st

from flagstaff.language.stems import LONGEST_WORD, NOT, NUMBER, stems_of, words_of


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("He never paid", "not paid", "en"),
        ("they didn’t pay", "no pay", "en"),
        ("dont pay me", "without pay", "en"),
        ("working for FREE", "work free", "en"),
        ("$5", "dollars: 5", "en"),
        ("1,500 dollars", "3.50 dollar", "en"),
        ("the client's test", "a client test", "en"),
        ("reseñas falsas", "resena falsa", "es"),
        ("безкоштовна робота", "БЕЗКОШТОВНА робота", "uk"),
        ("ｆｒｅｅ ｗｏｒｋ", "free work", "en"),
    ],
)
def test_two_wordings_of_one_thing_read_the_same(one: str, other: str, language: str) -> None:
    assert stems_of(words_of(one), language) == stems_of(words_of(other), language)


def test_a_word_is_taken_out_only_where_it_says_nothing() -> None:
    assert words_of("He is not the owner of it, and 30 people know") == [
        NOT,
        "owner",
        NUMBER,
        "people",
        "know",
    ]


@given(st.text(max_size=300), st.sampled_from(["en", "es", "fr", "pt", "uk", "", "xx"]))
def test_any_text_can_be_taken_apart_and_no_word_is_endless(text: str, language: str) -> None:
    words = words_of(text)
    assert all(0 < len(word) <= LONGEST_WORD for word in words)
    assert len(stems_of(words, language)) == len(words)
