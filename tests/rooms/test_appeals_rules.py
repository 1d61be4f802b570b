"""One second look per decision, in time, by another person."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.appeals.model import Questioned, Reviewer, Voice
from flagstaff.appeals.rules import admit, appeal_until, last_day, may_ask_again, may_review
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import AccountKey, AppealKey
from flagstaff.vocabulary.roles import PERMISSIONS, StaffRole
from flagstaff.vocabulary.states import AppealState, FlagStatus, Verdict

BERLIN = ZoneInfo("Europe/Berlin")
TOLD = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANNA, BEN = AccountKey(UUID(int=11)), AccountKey(UUID(int=12))
LOOK = AppealKey(UUID(int=1))
change = msgspec.structs.replace

AUTHOR = Voice(Party.AUTHOR, TOLD + timedelta(days=3), TOLD)
REPORTER = Voice(Party.REPORTER, TOLD + timedelta(days=3), TOLD)
REMOVED = Questioned(Verdict.VIOLATION, restricts=True)
LEFT_UP = Questioned(Verdict.NO_VIOLATION, restricts=False)


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ("2026-03-02T10:00", date(2026, 9, 3)),
        ("2026-03-02T23:30", date(2026, 9, 4)),  # Berlin has 3 March already
        ("2026-08-31T10:00", date(2027, 3, 1)),  # the 31st becomes 28 February, and a day more
        ("2027-08-31T10:00", date(2028, 3, 1)),
        ("2026-12-31T10:00", date(2027, 7, 1)),
    ],
)
def test_an_appeal_is_taken_for_six_months_and_a_day(told: str, last: date) -> None:
    moment = datetime.fromisoformat(told).replace(tzinfo=UTC)
    assert last_day(moment, BERLIN) == last
    ends = appeal_until(moment, BERLIN).astimezone(BERLIN)
    assert (ends.hour, ends.minute, ends.date()) == (0, 0, last + timedelta(days=1))


@given(
    st.integers(0, 200_000_000).map(
        lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    )
)
def test_nobody_gets_less_than_six_months(told: datetime) -> None:
    """181 days is the shortest half year; the deadline runs to the end of its day."""
    assert timedelta(days=181) < appeal_until(told, BERLIN) - told < timedelta(days=187)


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (FlagStatus.NO_VIOLATION, LEFT_UP),
        (FlagStatus.COULD_NOT_VERIFY, change(LEFT_UP, verdict=Verdict.COULD_NOT_VERIFY)),
        (FlagStatus.ACTED, REMOVED),
    ],
)
def test_a_second_look_is_offered_to_reporters_only_where_it_would_be_taken(
    status: FlagStatus, decision: Questioned
) -> None:
    assert may_ask_again(status) is (admit(REPORTER, decision, BERLIN).admission == "lodge")


@pytest.mark.parametrize(
    ("voice", "decision", "admission", "word"),
    [
        (AUTHOR, REMOVED, "lodge", "no part"),
        (AUTHOR, LEFT_UP, "refuse", "Nothing was done"),
        (REPORTER, LEFT_UP, "lodge", "no part"),
        (REPORTER, change(LEFT_UP, verdict=Verdict.COULD_NOT_VERIFY), "lodge", "no part"),
        (REPORTER, REMOVED, "refuse", "We acted"),
        (AUTHOR, change(REMOVED, reversed=True), "refuse", "taken back"),
        (AUTHOR, Questioned(None, restricts=True), "lodge", "no part"),
        (AUTHOR, change(REMOVED, appeal=LOOK, appeal_state=AppealState.RECEIVED), "join", "joins"),
        (AUTHOR, change(REMOVED, appeal=LOOK, appeal_state=AppealState.CLAIMED), "join", "joins"),
        (
            change(AUTHOR, spoken=True),
            change(REMOVED, appeal=LOOK, appeal_state=AppealState.CLAIMED),
            "join",
            "added",
        ),
        (AUTHOR, change(REMOVED, appeal=LOOK, appeal_state=AppealState.UPHELD), "refuse", "one second look"),
        (
            AUTHOR,
            change(REMOVED, appeal=LOOK, appeal_state=AppealState.REJECTED),
            "refuse",
            "one second look",
        ),
        (AUTHOR, change(REMOVED, appeal=LOOK, appeal_state=AppealState.WITHDRAWN), "revive", "goes on"),
        (change(AUTHOR, at=appeal_until(TOLD, BERLIN) - timedelta(seconds=1)), REMOVED, "lodge", "no part"),
        (change(AUTHOR, at=appeal_until(TOLD, BERLIN)), REMOVED, "refuse", "03 September 2026"),
    ],
)
def test_an_appeal_starts_joins_or_is_refused_with_a_reason(
    voice: Voice, decision: Questioned, admission: str, word: str
) -> None:
    admitted = admit(voice, decision, BERLIN)
    assert admitted.admission == admission
    assert word in admitted.reason
    assert admitted.appeal == (LOOK if admission in {"join", "revive"} else None)


@pytest.mark.parametrize(
    ("reviewer", "may"),
    [
        (Reviewer(BEN, PERMISSIONS[StaffRole.MODERATOR]), True),
        (Reviewer(ANNA, PERMISSIONS[StaffRole.MODERATOR]), False),
        (Reviewer(BEN, PERMISSIONS[StaffRole.MODERATOR], party=True), False),
        (Reviewer(BEN, PERMISSIONS[StaffRole.COMMUNITY_MODERATOR]), False),
        (Reviewer(BEN, PERMISSIONS[StaffRole.AUDITOR]), False),
    ],
)
def test_nobody_reviews_their_own_decision(reviewer: Reviewer, *, may: bool) -> None:
    assert bool(may_review(reviewer, frozenset({ANNA}))) is may
