"""Suggestions that say the same are joined by hashes of their words; what is told of one depends on its own day."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from flagstaff.menus.suggestions import (
    BadSuggestion,
    Joined,
    SuggestionOutcome,
    Waiting,
    check_reason,
    check_suggestion,
    common,
    nearest,
    stems_said,
    told,
    told_from,
)
from flagstaff.vocabulary.states import SuggestionState
from tests.houses import default_policy

LIVE = default_policy().menu_versions[-1]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GROUP = UUID(int=1)


def sketch(label: str, language: str = "en") -> frozenset[bytes]:
    return frozenset(stem.encode() for stem in stems_said(label, language, LIVE, "job_post"))


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("Asks for my password", "asking for my PASSWORDS!", Joined.SAME),
        ("Client wants free work", "The client asks for free work", Joined.NEAR),
        ("Pide mi contraseña", "pide mi contrasena", Joined.SAME),
        ("Asks for my password", "Asks for my phone", Joined.FIRST),
        ("The job does not exist", "Payment arrives late", Joined.FIRST),
        ("Was paid", "Was not paid", Joined.FIRST),
    ],
)
def test_what_says_the_same_is_joined_and_what_does_not_is_not(one: str, other: str, joined: Joined) -> None:
    language = "es" if "contrase" in one else "en"
    known = [Waiting(GROUP, list(sketch(one, language)))]
    found = nearest(sketch(other, language), known)
    assert (found.joined, found.group) == (joined, None if joined is Joined.FIRST else GROUP)


def test_a_slip_in_a_word_of_the_menu_is_mended() -> None:
    assert stems_said("off-platform paymment", "en", LIVE, "job_post") == stems_said(
        "off-platform payment", "en", LIVE, "job_post"
    )


@given(st.frozensets(st.binary(max_size=2)), st.frozensets(st.binary(max_size=2)))
def test_likeness_is_the_same_both_ways_and_whole_only_for_the_same_words(
    one: frozenset[bytes], other: frozenset[bytes]
) -> None:
    share = common(one, other)
    assert share == common(other, one)
    assert 0 <= share <= 1
    assert (share == 1) == (one == other and bool(one))


def test_what_has_no_words_is_joined_with_nothing() -> None:
    assert nearest(frozenset(), [Waiting(GROUP, [])]).group is None


@pytest.mark.parametrize(
    ("label", "details", "where"),
    [
        ("", "", "label"),
        ("  a ", "", "label"),
        ("x" * 81, "", "label"),
        ("Fine label", "y" * 1001, "details"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused_by_field(label: str, details: str, where: str) -> None:
    with pytest.raises(BadSuggestion) as refused:
        check_suggestion(label, details)
    assert refused.value.where == where


@pytest.mark.parametrize("reason", ["", "no", " " * 20, "x" * 1001])
def test_an_answer_has_a_reason_that_can_be_read(reason: str) -> None:
    with pytest.raises(BadSuggestion):
        check_reason(reason)


def test_an_answer_given_within_the_hour_is_heard_a_day_after_the_suggestion() -> None:
    """Else whoever suggests second would learn from the haste that somebody was first."""
    why = SuggestionOutcome("declined", "It is covered by the rules.")
    ended = NOON + timedelta(minutes=1)

    def read(after: timedelta) -> SuggestionOutcome:
        return told(SuggestionState.DECLINED, NOON, ended, NOON + after, why=why)

    assert told_from(NOON, ended) == NOON + timedelta(days=1)
    assert read(timedelta(minutes=5)) == SuggestionOutcome("received")
    assert read(timedelta(hours=23, minutes=59)) == SuggestionOutcome("received")
    assert read(timedelta(days=1)) == why
    assert told(SuggestionState.OPEN, NOON, None, NOON + timedelta(days=9), why=why) == SuggestionOutcome(
        "received"
    )
