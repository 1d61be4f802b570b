"""What a flag's reporter is told, what is learned from it, and what details it needs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.flags.model import Choice, DetailLimits, Details, Flag, Judgement, Learned, Seen
from flagstaff.flags.rules import (
    IN_REVIEW_AFTER,
    DetailsMissing,
    DetailsTooLong,
    check_details,
    may_withdraw,
    outcome,
    shown_status,
    status_text,
)
from flagstaff.language.graphemes import count, count_meant
from flagstaff.vocabulary.kinds import DetailsMode, OptionKind
from flagstaff.vocabulary.references import CaseKey, ClauseId, FlagKey, FlagNumber, MenuVersion, OptionKey
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import FlagState, FlagStatus, Verdict

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SPAM, SCAM = ClauseId("CG-8a"), ClauseId("MT-3")
change = msgspec.structs.replace


def choice(
    kind: OptionKind = OptionKind.VIOLATION, severity: Severity = Severity.LOW, *clauses: ClauseId
) -> Choice:
    return Choice(
        OptionKey("job_post.x"), kind, severity, MenuVersion(2), "en", "Looks like x", frozenset(clauses)
    )


def flag(*choices: Choice) -> Flag:
    return Flag(
        FlagKey(UUID(int=1)), FlagNumber("F-1"), CaseKey(UUID(int=2)), b"tag", FlagState.LIVE, NOW, choices
    )


AS_SPAM = flag(choice(OptionKind.VIOLATION, Severity.LOW, SPAM))
AS_OTHER = flag(choice(OptionKind.OPEN, Severity.LOW, ClauseId("CG-12c")))
AS_CARE = flag(choice(OptionKind.CARE, Severity.CRITICAL))


@pytest.mark.parametrize(
    ("sent", "judgement", "status", "learned"),
    [
        (AS_SPAM, Judgement(Verdict.VIOLATION, frozenset({SPAM})), "acted", "agreed"),
        (AS_SPAM, Judgement(Verdict.VIOLATION, frozenset({SCAM})), "acted", "disagreed"),
        (AS_SPAM, Judgement(Verdict.HOUSEKEEPING), "acted", "agreed"),
        (AS_SPAM, Judgement(Verdict.CARE), "acted", "agreed"),
        (AS_SPAM, Judgement(Verdict.REFERRED), "acted", "agreed"),
        (AS_SPAM, Judgement(Verdict.NO_VIOLATION), "no_violation", "disagreed"),
        (AS_SPAM, Judgement(Verdict.COULD_NOT_VERIFY), "could_not_verify", "nothing"),
        (AS_OTHER, Judgement(Verdict.VIOLATION, frozenset({SCAM})), "acted", "agreed"),
        (AS_OTHER, Judgement(Verdict.NO_VIOLATION), "no_violation", "disagreed"),
        (AS_CARE, Judgement(Verdict.VIOLATION, frozenset({SCAM})), "acted", "agreed"),
        (AS_SPAM, Judgement(Verdict.COULD_NOT_VERIFY, moot=True), "could_not_verify", "nothing"),
    ],
)
def test_a_reporter_is_told_what_was_done_whatever_they_chose(
    sent: Flag, judgement: Judgement, status: str, learned: str
) -> None:
    result = outcome(sent, judgement)
    assert (result.status, result.learned) == (FlagStatus(status), Learned(learned))


def test_a_moot_case_has_a_sentence_of_its_own() -> None:
    assert outcome(AS_SPAM, Judgement(Verdict.COULD_NOT_VERIFY, moot=True)).sentence == "moot"
    assert outcome(AS_SPAM, Judgement(Verdict.COULD_NOT_VERIFY)).sentence == "could_not_verify"


def test_an_addendum_counts_for_the_outcome_and_may_raise_severity() -> None:
    both = flag(*AS_SPAM.choices, choice(OptionKind.VIOLATION, Severity.HIGH, SCAM))
    assert both.severity is Severity.HIGH
    assert both.first.severity is Severity.LOW
    assert outcome(both, Judgement(Verdict.VIOLATION, frozenset({SCAM}))).learned is Learned.AGREED


SENT = Seen(FlagState.LIVE, NOW)
REFUSED = change(SENT, state=FlagState.ANSWERED, outcome=FlagStatus.NO_VIOLATION)


@pytest.mark.parametrize(
    ("seen", "later", "status"),
    [
        (SENT, timedelta(0), "received"),
        (SENT, IN_REVIEW_AFTER - timedelta(seconds=1), "received"),
        (SENT, IN_REVIEW_AFTER, "in_review"),
        (change(SENT, state=FlagState.KEPT), timedelta(0), "received"),
        (change(SENT, state=FlagState.KEPT), IN_REVIEW_AFTER, "in_review"),
        (change(SENT, question_until=NOW + timedelta(days=7)), timedelta(days=1), "question"),
        (change(SENT, question_until=NOW + timedelta(days=7)), timedelta(days=7), "in_review"),
        (change(SENT, state=FlagState.WITHDRAWN), timedelta(days=1), "withdrawn"),
        (REFUSED, timedelta(0), "no_violation"),
        (change(REFUSED, outcome_from=NOW + timedelta(hours=9)), timedelta(0), "received"),
        (change(REFUSED, outcome_from=NOW + timedelta(hours=9)), timedelta(hours=8), "in_review"),
        (change(REFUSED, outcome_from=NOW + timedelta(hours=9)), timedelta(hours=9), "no_violation"),
    ],
)
def test_a_reporter_reads_only_their_own_time_and_a_published_outcome(
    seen: Seen, later: timedelta, status: str
) -> None:
    shown = shown_status(seen, NOW + later)
    assert shown == status
    assert status_text(shown) == f"status.{status}"


@given(st.integers(0, 100))
def test_a_late_flag_reads_like_a_first_one(hours: int) -> None:
    """A flag that joined a verdict, one that is kept and one in an undecided case show the same until the answer."""
    now = NOW + timedelta(hours=hours)
    joined = change(REFUSED, outcome_from=NOW + timedelta(hours=101))
    kept = change(SENT, state=FlagState.KEPT)
    assert shown_status(joined, now) == shown_status(SENT, now) == shown_status(kept, now)
    assert may_withdraw(joined, now) == may_withdraw(SENT, now) == may_withdraw(kept, now)


def test_a_flag_is_taken_back_until_its_answer_can_be_read() -> None:
    assert may_withdraw(SENT, NOW)
    assert not may_withdraw(REFUSED, NOW)
    assert not may_withdraw(change(SENT, state=FlagState.WITHDRAWN), NOW)


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", 0),
        ("it is bad!", 10),
        (" " * 12, 0),
        ("\u200b" * 12, 0),
        ("a" + " " * 20 + "b", 3),
        (f"{FAMILY} {FAMILY}", 3),
        ("e\u0301" * 3, 3),
        ("\U0001f1ea\U0001f1f8", 1),
        ("0 \u0300", 2),  # an accent on a blank
        ("\u00e9  \u200b  b ", 3),
    ],
)
def test_a_least_length_counts_what_somebody_meant(words: str, meant: int) -> None:
    assert count_meant(words) == meant


@given(st.text())
def test_nobody_means_more_than_they_wrote(words: str) -> None:
    assert 0 <= count_meant(words) <= count(words)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_words_are_meant_alike_by_their_shorter_way(words: str) -> None:
    assert count_meant(f"{words}-") + 1 == count_meant(f"{words}-é")


LIMITS = DetailLimits()


def details(words: str, kind: OptionKind, mode: DetailsMode, answered: int = 0) -> Details:
    return Details(words, kind, mode, answered)


@pytest.mark.parametrize(
    "given_details",
    [
        details("x" * 10, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("e\u0301" * 10, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("x" * 4000, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("", OptionKind.VIOLATION, DetailsMode.OPTIONAL),
        details("", OptionKind.VIOLATION, DetailsMode.PROMPTED),
        details("", OptionKind.LEGAL, DetailsMode.REQUIRED, 1),
        details("x", OptionKind.LEGAL, DetailsMode.REQUIRED),
    ],
)
def test_these_details_are_enough(given_details: Details) -> None:
    check_details(given_details, LIMITS)


@pytest.mark.parametrize(
    "given_details",
    [
        details("x" * 9, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("x" + " " * 30, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("e\u0301" * 9, OptionKind.OPEN, DetailsMode.REQUIRED),
        details("", OptionKind.OPEN, DetailsMode.OPTIONAL, 2),
        details(" \u200b", OptionKind.LEGAL, DetailsMode.REQUIRED),
    ],
)
def test_these_details_are_missing_and_the_field_is_named(given_details: Details) -> None:
    with pytest.raises(DetailsMissing) as caught:
        check_details(given_details, LIMITS)
    assert caught.value.problem()["where"] == "details"
    assert caught.value.problem()["status"] == 422


def test_details_beyond_the_limit_are_refused_on_any_option() -> None:
    with pytest.raises(DetailsTooLong, match="4001 characters"):
        check_details(details("x" * 4001, OptionKind.VIOLATION, DetailsMode.OPTIONAL), LIMITS)
