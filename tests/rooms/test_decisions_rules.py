"""What a decision must carry, when it leaves, who confirms it, and what may hide before it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.decisions.holds import hold_ends, may_hold
from flagstaff.decisions.model import (
    Chosen,
    Deed,
    Deviation,
    HoldRequest,
    HoldRule,
    Intent,
    MeasureRule,
    Proposal,
    Published,
    Timing,
    WordsDate,
)
from flagstaff.decisions.rules import (
    DecisionIncomplete,
    check_intent,
    effect_of,
    ends_at,
    fits,
    in_force,
    may_quote,
    not_before,
    reversal_not_before,
    step_of,
    waits_for_second,
)
from flagstaff.decisions.second import alone_from, may_confirm
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.origins import HoldOrigin
from flagstaff.vocabulary.references import (
    AccountKey,
    ClauseId,
    GuidelinesVersion,
    MeasureKind,
    Place,
    SnapshotKey,
    SubjectKind,
    Surface,
)
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import Verdict

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANNA, BEN = AccountKey(UUID(int=11)), AccountKey(UUID(int=12))
SNAPSHOT = SnapshotKey(UUID(int=21))
REMOVE, WARN, SUSPEND = (MeasureKind(kind) for kind in ("remove_content", "warning", "suspend_site"))
SCOPES = {REMOVE: Scope.CONTENT, WARN: Scope.PERSON, SUSPEND: Scope.SITE}
LADDER_STEP = (Chosen(REMOVE), Chosen(WARN))
CODES = frozenset({"danger_now", "long_ago"})
change = msgspec.structs.replace

REMOVED = Intent(
    Verdict.VIOLATION,
    "An advert.",
    SNAPSHOT,
    clauses=(ClauseId("CG-2a"),),
    measures=LADDER_STEP,
    proposed=LADDER_STEP,
)
LEFT_UP = Intent(Verdict.NO_VIOLATION, "Fair criticism.", SNAPSHOT)


@pytest.mark.parametrize(
    "intent",
    [
        REMOVED,
        LEFT_UP,
        change(REMOVED, snapshot=None, as_it_stands=True),
        change(REMOVED, measures=(Chosen(WARN), Chosen(REMOVE))),
        change(
            REMOVED,
            measures=(Chosen(WARN),),
            deviation=Deviation("long_ago", "Two years old, nothing since."),
        ),
        Intent(Verdict.HOUSEKEEPING, "Wrong board.", measures=(Chosen(MeasureKind("move_or_merge")),)),
        Intent(Verdict.REFERRED, "To the police.", measures=(Chosen(MeasureKind("refer_outside")),)),
        Intent(Verdict.CARE, "Help was offered."),
    ],
)
def test_a_complete_decision_stands(intent: Intent) -> None:
    check_intent(intent, CODES)


@pytest.mark.parametrize(
    ("intent", "word"),
    [
        (change(LEFT_UP, reason="  "), "reason"),
        (change(REMOVED, clauses=()), "at least one clause"),
        (change(LEFT_UP, clauses=(ClauseId("CG-1"),)), "names no clause"),
        (change(LEFT_UP, measures=(Chosen(WARN),)), "does not go with warning"),
        (change(REMOVED, measures=(), proposed=None), "at least one measure"),
        (change(REMOVED, measures=(*LADDER_STEP, Chosen(WARN, 3))), "stands once"),
        (change(REMOVED, snapshot=None), "as it stands"),
        (change(REMOVED, measures=(Chosen(REMOVE),)), "leaves the ladder"),
        (
            change(
                REMOVED, measures=(Chosen(REMOVE),), deviation=Deviation("mood", "Because I feel like it.")
            ),
            "choose why",
        ),
        (
            change(REMOVED, measures=(Chosen(REMOVE),), deviation=Deviation("long_ago", "Long ago.")),
            "20 characters",
        ),
        (change(REMOVED, measures=(Chosen(REMOVE, 3), Chosen(WARN))), "leaves the ladder"),
    ],
)
def test_an_incomplete_decision_is_refused_with_what_it_lacks(intent: Intent, word: str) -> None:
    with pytest.raises(DecisionIncomplete, match=word):
        check_intent(intent, CODES)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DecisionIncomplete) as caught:
        check_intent(Intent(Verdict.VIOLATION, ""), CODES)
    assert len(caught.value.facts["wrong"]) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("timing", "leaves"),
    [
        (Timing(NOW, Severity.HIGH, Audience.ONE), "2026-03-02 10:20:10"),
        (Timing(NOW, Severity.CRITICAL), "2026-03-02 10:20:10"),
        (Timing(NOW, Severity.LOW, Audience.ONE, hold=True), "2026-03-02 10:20:10"),
        (Timing(NOW, Severity.MEDIUM, Audience.SOME), "2026-03-02 11:00:00"),
        (Timing(NOW, Severity.LOW, Audience.MANY), "2026-03-02 11:00:00"),
        (Timing(NOW.replace(minute=59, second=55), Severity.LOW, Audience.MANY), "2026-03-02 12:00:00"),
        (Timing(NOW.replace(minute=59, second=50), Severity.LOW, Audience.MANY), "2026-03-02 11:00:00"),
        (Timing(NOW, Severity.MEDIUM, Audience.FEW), "2026-03-03 09:00:00"),
        (Timing(NOW, Severity.MEDIUM), "2026-03-03 09:00:00"),
        # 23:30 UTC is the next day in Berlin already; on 29 March the clocks there go forward.
        (Timing(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), Severity.LOW), "2026-03-04 09:00:00"),
        (Timing(datetime(2026, 3, 28, 12, tzinfo=UTC), Severity.LOW), "2026-03-29 08:00:00"),
    ],
)
def test_measure_and_notice_leave_together_at_the_next_window(timing: Timing, leaves: str) -> None:
    assert not_before(timing, BERLIN) == datetime.fromisoformat(f"{leaves}+00:00")


moments = st.integers(0, 200_000_000).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(moments, st.sampled_from(Severity), st.none() | st.sampled_from(Audience), st.integers(0, 120))
def test_nothing_leaves_before_it_can_be_undone(
    at: datetime, severity: Severity, audience: Audience | None, undo: int
) -> None:
    leaves = not_before(Timing(at, severity, audience), BERLIN, timedelta(seconds=undo))
    assert leaves - at >= timedelta(seconds=max(10, undo))
    assert leaves - at <= timedelta(days=2)


@given(moments, st.integers(0, 3500))
def test_what_is_decided_within_one_window_leaves_at_one_moment(at: datetime, seconds: int) -> None:
    """The moment of a notice says nothing finer than the hour, nor for few viewers than the day."""
    start = at.replace(minute=0, second=0, microsecond=0)
    for audience in (Audience.MANY, Audience.ONE):
        early, late = (Timing(start + timedelta(seconds=s), Severity.LOW, audience) for s in (0, seconds))
        assert not_before(early, BERLIN) == not_before(late, BERLIN)


def test_a_reversal_leaves_at_once_after_the_undo() -> None:
    assert reversal_not_before(NOW) == NOW + timedelta(seconds=10)
    assert reversal_not_before(NOW, timedelta(seconds=30)) == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("audience", "quotes"), [(None, False), ("1", False), ("2-4", False), ("5-19", True), ("20+", True)]
)
def test_only_what_five_people_saw_is_quoted(audience: str | None, *, quotes: bool) -> None:
    assert may_quote(Audience(audience) if audience else None) is quotes


@pytest.mark.parametrize(
    ("viewers", "bucket"),
    [(0, "1"), (1, "1"), (2, "2-4"), (4, "2-4"), (5, "5-19"), (19, "5-19"), (20, "20+")],
)
def test_viewers_fall_into_four_buckets(viewers: int, bucket: str) -> None:
    assert Audience.of(viewers) == bucket


def test_only_the_listed_measures_wait_for_the_second_person() -> None:
    now, waiting = waits_for_second((Chosen(REMOVE), Chosen(SUSPEND, 30)), frozenset({SUSPEND}))
    assert now == (Chosen(REMOVE),)
    assert waiting == (Chosen(SUSPEND, 30),)


@pytest.mark.parametrize(
    ("kind", "scope", "effect"),
    [
        ("hold", "content", "hide"),
        ("remove_content", "content", "hide"),
        ("request_edit", "content", "hide"),
        ("limit_reach", "content", "restrict"),
        ("move_or_merge", "content", "tell"),
        ("educate", "person", "tell"),
        ("warning", "person", "tell"),
        ("restrict_posting", "person", "restrict"),
        ("restrict_flagging", "person", "restrict"),
        ("remove_from_group", "group", "restrict"),
        ("suspend_site", "site", "restrict"),
        ("refer_outside", "outside", None),
    ],
)
def test_each_measure_has_one_effect(kind: str, scope: str, effect: str | None) -> None:
    assert effect_of(MeasureKind(kind), Scope(scope)) == (Effect(effect) if effect else None)


def test_lengths_come_from_the_policy_and_end_by_themselves() -> None:
    terminate = MeasureKind("terminate_account")
    rules = {
        SUSPEND: MeasureRule(SUSPEND, Scope.SITE, days=30),
        terminate: MeasureRule(terminate, Scope.SITE, lasting=True),
    }
    month, forever = step_of([SUSPEND, terminate], rules)
    assert ends_at(month, NOW) == NOW + timedelta(days=30)
    assert ends_at(forever, NOW) is None


COMMUNITY_GROUP = Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol")


@pytest.mark.parametrize(
    ("scope", "kind", "place", "fit"),
    [
        ("group", "community_post", COMMUNITY_GROUP, True),
        ("board", "community_post", COMMUNITY_GROUP, True),
        ("group", "community_post", Place(Surface.COMMUNITY, part="forum", board="general"), False),
        ("community", "profile", Place(Surface.COMMUNITY), True),
        ("community", "job_post", Place(Surface.MARKETPLACE), False),
        ("site", "job_post", Place(Surface.MARKETPLACE), True),
        ("content", "flag_use", Place(Surface.MARKETPLACE), False),
        ("person", "flag_use", Place(Surface.MARKETPLACE), True),
    ],
)
def test_a_measure_fits_where_its_scope_is_a_ring_of_the_place(
    scope: str, kind: str, place: Place, *, fit: bool
) -> None:
    assert fits(Scope(scope), SubjectKind(kind), place) is fit


V1 = Published(GuidelinesVersion(1), datetime(2025, 1, 1, tzinfo=UTC))
V2 = Published(GuidelinesVersion(2), datetime(2026, 1, 1, tzinfo=UTC))
OLD, NEW = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "version", "dated"),
    [
        (WordsDate(first_seen=NEW, posted=OLD), 1, True),
        (WordsDate(first_seen=NEW, posted=OLD, edited=NEW), 2, True),
        (WordsDate(first_seen=NEW), 2, False),
        (WordsDate(first_seen=OLD), 1, False),
        (WordsDate(first_seen=NEW, posted=datetime(2020, 1, 1, tzinfo=UTC)), 1, True),
    ],
)
def test_words_are_judged_by_the_rules_of_their_day(words: WordsDate, version: int, *, dated: bool) -> None:
    held = in_force([V2, V1], words)
    assert (held.version, held.dated) == (version, dated)


MACHINE = HoldRequest(HoldOrigin.DETECTOR, Severity.HIGH, 0.95, reason_allows=True)
STAFF = HoldRequest(HoldOrigin.STAFF, Severity.LOW, reason="Waiting for the second person.")


@pytest.mark.parametrize(
    ("request_", "may"),
    [
        (MACHINE, True),
        (change(MACHINE, posterior=0.949), False),
        (change(MACHINE, severity=Severity.MEDIUM), False),
        (change(MACHINE, reason_allows=False), False),
        (change(MACHINE, running=True), False),
        (change(MACHINE, held_before=True), False),
        (STAFF, True),
        (change(STAFF, reason="because"), False),
        (change(STAFF, running=True), False),
        (change(STAFF, held_before=True), True),
    ],
)
def test_who_may_hide_before_a_decision(request_: HoldRequest, *, may: bool) -> None:
    assert bool(may_hold(request_, HoldRule())) is may


def test_a_hold_ends_by_itself() -> None:
    assert hold_ends(NOW, HoldRule()) == NOW + timedelta(hours=24)


MODERATORS = frozenset({Permission.CONFIRM, Permission.UNMASK})
SUSPENSION = Proposal(Deed.MEASURES, ANNA, NOW, SNAPSHOT)


@pytest.mark.parametrize(
    ("proposal", "account", "others", "later", "allowed", "alone"),
    [
        (SUSPENSION, BEN, 1, timedelta(0), True, False),
        (SUSPENSION, ANNA, 1, timedelta(days=9), False, False),
        (SUSPENSION, ANNA, 0, timedelta(hours=12, seconds=-1), False, False),
        (SUSPENSION, ANNA, 0, timedelta(hours=12), True, True),
        (Proposal(Deed.UNMASKING, ANNA, NOW, SNAPSHOT), ANNA, 0, timedelta(days=99), False, False),
        (Proposal(Deed.UNMASKING, ANNA, NOW, SNAPSHOT), BEN, 1, timedelta(0), True, False),
        (Proposal(Deed.PUBLICATION, ANNA, NOW, SNAPSHOT), BEN, 1, timedelta(0), False, False),
        (change(SUSPENSION, snapshot=None), BEN, 1, timedelta(0), False, False),
    ],
)
def test_who_confirms(
    proposal: Proposal, account: AccountKey, others: int, later: timedelta, *, allowed: bool, alone: bool
) -> None:
    ruling = may_confirm(proposal, account, MODERATORS, others, NOW + later, SNAPSHOT)
    assert (ruling.allowed, ruling.alone) == (allowed, alone)
    assert ruling.reason


def test_somebody_alone_publishes_after_a_quarter_of_an_hour() -> None:
    proposal = Proposal(Deed.PUBLICATION, ANNA, NOW)
    assert alone_from(proposal) == NOW + timedelta(minutes=15)
    publisher = frozenset({Permission.PUBLISH})
    assert may_confirm(proposal, ANNA, publisher, 0, NOW + timedelta(minutes=15)).alone
    assert not may_confirm(proposal, ANNA, publisher, 0, NOW + timedelta(minutes=14))
