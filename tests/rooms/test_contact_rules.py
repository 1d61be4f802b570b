"""A letter says something and can be read at once; a thread holds so many, and who wrote last says where it stands."""

import pytest

from flagstaff.contact.rules import (
    LETTERS_MOST,
    MOST,
    BadLetter,
    ThreadFull,
    apply,
    check_letter,
    check_room,
)
from flagstaff.vocabulary.states import ThreadState


@pytest.mark.parametrize("text", ["", "short", " " * 50, "\u200d" * 50, "x" * (MOST + 1)])
def test_what_says_nothing_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(BadLetter) as refused:
        check_letter(text)
    assert refused.value.where == "text"


def test_a_letter_is_kept_without_its_outer_blanks() -> None:
    assert check_letter("  Why was the option taken away? \n") == "Why was the option taken away?"
    assert len(check_letter("é" * MOST)) == MOST


def test_a_full_thread_takes_no_more() -> None:
    check_room(LETTERS_MOST - 1)
    with pytest.raises(ThreadFull):
        check_room(LETTERS_MOST)


def test_who_wrote_last_says_where_a_thread_stands() -> None:
    assert apply(None, "begin") is ThreadState.OPEN
    for state in ThreadState:
        assert apply(state, "write_again") is ThreadState.OPEN
        assert apply(state, "answer") is ThreadState.ANSWERED
        assert apply(state, "answer_last") is ThreadState.CLOSED
