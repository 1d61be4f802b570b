"""An error says what went wrong, where, and what to do next, in the same shape everywhere."""

import pytest

from flagstaff.kernel import errors
from flagstaff.kernel.errors import Conflict, FlagstaffError, Refusal, Unavailable

CLASSES = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FlagstaffError)
]


def test_a_problem_document_carries_everything_that_was_said() -> None:
    error = Refusal("there is no option 'rude'", where="option", mend="ask for the menu", live=2)
    assert error.problem() == {
        "type": f"/problems/{Refusal.slug}",
        "title": Refusal.title,
        "status": 400,
        "detail": "there is no option 'rude'",
        "where": "option",
        "mend": "ask for the menu",
        "live": 2,
    }


def test_what_was_not_said_is_left_out() -> None:
    assert set(Conflict("somebody was faster").problem()) == {"type", "title", "status", "detail"}


def test_on_a_terminal_it_is_one_line() -> None:
    assert str(Refusal("too short", where="details", mend="write more")) == "details: too short → write more"
    assert str(Refusal("too short")) == "too short"


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_has_a_slug_and_a_title_of_its_own(kind: type[FlagstaffError]) -> None:
    assert kind.__doc__
    others = [other for other in CLASSES if other is not kind]
    assert kind.slug not in {other.slug for other in others}
    assert kind.title not in {other.title for other in others}
    assert 400 <= kind.status < 600


def test_unavailable_says_when_to_come_back() -> None:
    error = Unavailable("full", retry_after=7)
    assert (error.status, error.retry_after) == (503, 7)
