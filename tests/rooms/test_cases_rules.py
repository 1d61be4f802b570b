"""Where a new flag goes, what closes a case without a verdict, and who may see and take one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.cases.desk import may_claim, may_decide, may_see
from flagstaff.cases.model import (
    Desk,
    FormerCase,
    IncomingFlag,
    Remains,
    RouteKind,
    StandingCase,
    Viewer,
)
from flagstaff.cases.rules import (
    apply,
    grown_severity,
    joined_outcome_wait,
    may_be_moot,
    may_close_withdrawn,
    route_flag,
)
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.references import AccountKey, CaseKey, ClauseId, Place, ReasonKey, Surface
from flagstaff.vocabulary.roles import PERMISSIONS, Permission, StaffRole
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, Verdict

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
STANDS, ENDED = CaseKey(UUID(int=1)), CaseKey(UUID(int=2))
ANNA, BEN = AccountKey(UUID(int=11)), AccountKey(UUID(int=12))
SPAM, ADS = ClauseId("CG-8a"), ClauseId("CG-2a")

FLAG = IncomingFlag(NOW, Severity.MEDIUM, OptionKind.VIOLATION, ReasonKey("spam"), frozenset({SPAM}), b"same")
STANDING = StandingCase(STANDS, CaseState.OPEN, Severity.MEDIUM, frozenset({SPAM}))
FORMER = FormerCase(
    ENDED,
    NOW - timedelta(days=5),
    Verdict.NO_VIOLATION,
    b"same",
    frozenset({SPAM}),
    decided_by=frozenset({ANNA}),
)
change = msgspec.structs.replace


def test_the_first_flag_on_a_subject_opens_a_case() -> None:
    route = route_flag(FLAG, None, None)
    assert (route.kind, route.arrow, route.names) == (RouteKind.OPEN, "open", None)


@pytest.mark.parametrize(
    ("flag", "standing", "kind", "arrow"),
    [
        (FLAG, STANDING, "attach", "grow"),
        (change(FLAG, said_before=STANDS), STANDING, "add", "grow"),
        (change(FLAG, said_before=ENDED), STANDING, "attach", "grow"),
        (change(FLAG, severity=Severity.HIGH), change(STANDING, state=CaseState.PARKED), "attach", "alarm"),
        (change(FLAG, severity=Severity.HIGH), change(STANDING, state=CaseState.ASKED), "attach", "alarm"),
        (FLAG, change(STANDING, state=CaseState.PARKED), "attach", "grow"),
        (FLAG, change(STANDING, state=CaseState.PARKED, only_kept=True), "attach", "first_counted"),
        (change(FLAG, kept=True), change(STANDING, state=CaseState.PARKED, only_kept=True), "attach", "grow"),
        (FLAG, change(STANDING, state=CaseState.DECIDED), "attach", "grow"),
        (
            change(FLAG, severity=Severity.HIGH),
            change(STANDING, state=CaseState.DECIDED),
            "attach",
            "hand_back",
        ),
        (
            change(FLAG, clauses=frozenset({ADS})),
            change(STANDING, state=CaseState.DECIDED),
            "attach",
            "hand_back",
        ),
        (
            change(FLAG, clauses=frozenset({ADS})),
            change(STANDING, state=CaseState.AWAITING_SECOND),
            "attach",
            "grow",
        ),
        (
            change(FLAG, said_before=STANDS, severity=Severity.CRITICAL),
            change(STANDING, state=CaseState.DECIDED),
            "add",
            "hand_back",
        ),
    ],
)
def test_a_flag_grows_the_case_that_stands(
    flag: IncomingFlag, standing: StandingCase, kind: str, arrow: str
) -> None:
    route = route_flag(flag, standing, FORMER)
    assert (route.kind, route.arrow, route.case) == (kind, arrow, STANDS)


@pytest.mark.parametrize(
    ("flag", "former", "graves", "kind", "word"),
    [
        (FLAG, FORMER, 0, "join", "same content"),
        (FLAG, change(FORMER, verdict=None), 0, "open", "without a verdict"),
        (change(FLAG, content_hash=b"new"), FORMER, 0, "open", "changed"),
        (change(FLAG, clauses=frozenset({ADS})), FORMER, 0, "open", "not judged"),
        (change(FLAG, clauses=frozenset({ADS, SPAM})), FORMER, 0, "join", "same content"),
        (FLAG, change(FORMER, at=NOW - timedelta(days=30)), 0, "join", "same content"),
        (FLAG, change(FORMER, at=NOW - timedelta(days=30, seconds=1)), 0, "open", "older than 30 days"),
        (change(FLAG, severity=Severity.HIGH), FORMER, 0, "open", "grave"),
        (change(FLAG, severity=Severity.HIGH), FORMER, 1, "join", "same content"),
        (change(FLAG, said_before=ENDED), FORMER, 0, "offer_appeal", "appeal"),
        (change(FLAG, said_before=ENDED, content_hash=b"new"), FORMER, 0, "open", "changed"),
        (FLAG, change(FORMER, joiners=1), 0, "join", "same content"),
        (FLAG, change(FORMER, joiners=2), 0, "look_again", "another person"),
        (change(FLAG, independent=False), change(FORMER, joiners=9), 0, "join", "same content"),
        (FLAG, change(FORMER, joiners=2, verdict=Verdict.VIOLATION), 0, "join", "same content"),
        (change(FLAG, kept=True), change(FORMER, verdict=None), 0, "open_parked", "restricted"),
        (change(FLAG, kept=True, severity=Severity.HIGH), FORMER, 0, "join", "same content"),
        # Options without clauses meet a verdict by their reason.
        (change(FLAG, clauses=frozenset()), FORMER, 0, "open", "not judged"),
        (
            change(FLAG, clauses=frozenset(), reason=ReasonKey("wrong_board")),
            change(FORMER, judged_reasons=frozenset({ReasonKey("wrong_board")})),
            0,
            "join",
            "same content",
        ),
    ],
)
def test_a_flag_on_a_closed_case_joins_or_opens(
    flag: IncomingFlag, former: FormerCase, graves: int, kind: str, word: str
) -> None:
    route = route_flag(flag, None, former, graves)
    assert route.kind == kind
    assert word in route.reason
    if kind in {"open", "open_parked", "look_again"}:
        assert (route.case, route.names) == (None, ENDED)
    else:
        assert (route.case, route.arrow) == (ENDED, None)


def test_three_independent_joiners_bring_another_person() -> None:
    route = route_flag(FLAG, None, change(FORMER, joiners=2))
    assert route.not_for == {ANNA}
    desk = Desk(CaseState.OPEN, Place(Surface.MARKETPLACE), not_for=route.not_for)
    assert not may_claim(Viewer(ANNA, PERMISSIONS[StaffRole.MODERATOR]), desk, NOW)
    assert may_claim(Viewer(BEN, PERMISSIONS[StaffRole.MODERATOR]), desk, NOW)


def test_a_preference_is_counted_and_never_a_case() -> None:
    assert route_flag(change(FLAG, kind=OptionKind.PREFERENCE), STANDING, FORMER).kind is RouteKind.COUNT_ONLY


clauses = st.frozensets(st.sampled_from([SPAM, ADS]))
flags = st.builds(
    IncomingFlag,
    at=st.just(NOW),
    severity=st.sampled_from(Severity),
    kind=st.sampled_from(OptionKind),
    reason=st.just(ReasonKey("spam")),
    clauses=clauses,
    content_hash=st.sampled_from([b"same", b"new"]),
    independent=st.booleans(),
    kept=st.booleans(),
    kept_until=st.none(),
    said_before=st.sampled_from([None, STANDS, ENDED]),
)
standings = st.none() | st.builds(
    StandingCase,
    case=st.just(STANDS),
    state=st.sampled_from(
        [state for state in CaseState if state not in {CaseState.EFFECTIVE, CaseState.CLOSED}]
    ),
    severity=st.sampled_from(Severity),
    judged=clauses,
    judged_reasons=st.just(frozenset[ReasonKey]()),
    only_kept=st.booleans(),
)
formers = st.none() | st.builds(
    FormerCase,
    case=st.just(ENDED),
    at=st.sampled_from([NOW - timedelta(days=days) for days in (0, 30, 31)]),
    verdict=st.none() | st.sampled_from(Verdict),
    content_hash=st.just(b"same"),
    judged=clauses,
    judged_reasons=st.just(frozenset[ReasonKey]()),
    joiners=st.integers(0, 5),
    decided_by=st.just(frozenset({ANNA})),
)


@given(flags, standings, formers, st.integers(0, 2))
def test_every_flag_has_a_place_and_its_arrow_is_legal(
    flag: IncomingFlag, standing: StandingCase | None, former: FormerCase | None, graves: int
) -> None:
    """Whatever came before, a flag goes to exactly one place, with a reason, and never opens a second open case."""
    route = route_flag(flag, standing, former, graves)
    assert route.reason
    if route.kind is RouteKind.COUNT_ONLY:
        assert route.arrow is None
        return
    if route.arrow is not None:
        opens = route.arrow in {"open", "open_parked"}
        state = standing.state if standing else None
        assert opens == (standing is None)
        assert apply(None if opens else state, route.arrow)
    assert (route.case is None) == (
        route.kind in {RouteKind.OPEN, RouteKind.OPEN_PARKED, RouteKind.LOOK_AGAIN}
    )
    if flag.kept:
        assert route.arrow not in {"alarm", "first_counted", "open"}


@pytest.mark.parametrize(
    ("rest", "closes"),
    [
        (Remains(CaseState.OPEN, Severity.MEDIUM, 0), True),
        (Remains(CaseState.OPEN, Severity.MEDIUM, 1), False),
        (Remains(CaseState.OPEN, Severity.HIGH, 0), False),
        (Remains(CaseState.CLAIMED, Severity.LOW, 0), False),
        (Remains(CaseState.OPEN, Severity.LOW, 0, other_basis=True), False),
    ],
)
def test_only_withdrawn_flags_close_an_unclaimed_harmless_case(rest: Remains, *, closes: bool) -> None:
    assert bool(may_close_withdrawn(rest)) is closes


@pytest.mark.parametrize(
    ("severity", "gone", "moot"),
    [(Severity.MEDIUM, True, True), (Severity.HIGH, True, False), (Severity.LOW, False, False)],
)
def test_a_case_is_moot_without_its_author_below_severity_three(
    severity: Severity, *, gone: bool, moot: bool
) -> None:
    assert bool(may_be_moot(Remains(CaseState.OPEN, severity, 1, author_gone=gone))) is moot


def test_a_case_never_becomes_less_grave_while_it_stands() -> None:
    assert grown_severity(Severity.HIGH, Severity.LOW) is Severity.HIGH
    assert grown_severity(Severity.LOW, Severity.HIGH) is Severity.HIGH


@given(st.floats(0, 1, exclude_max=True), st.lists(st.integers(0, 5000), min_size=1, max_size=9))
def test_a_joined_flag_waits_as_long_as_others_did(draw: float, minutes: list[int]) -> None:
    usual = tuple(timedelta(minutes=m) for m in sorted(minutes))
    assert usual[0] <= joined_outcome_wait(usual, draw) <= usual[-1]


BOARD = Place(Surface.COMMUNITY, part="forum", board="general")
GROUP = Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol", thread="t1")
SHOP = Place(Surface.MARKETPLACE)
MODERATOR = Viewer(BEN, PERMISSIONS[StaffRole.MODERATOR])
VOLUNTEER = Viewer(
    BEN,
    PERMISSIONS[StaffRole.COMMUNITY_MODERATOR],
    (Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol"),),
)
AUDITOR = Viewer(BEN, PERMISSIONS[StaffRole.AUDITOR])


@pytest.mark.parametrize(
    ("viewer", "case", "sees"),
    [
        (MODERATOR, Desk(CaseState.OPEN, SHOP), True),
        (MODERATOR, Desk(CaseState.OPEN, GROUP, staff_only=True), True),
        (MODERATOR, Desk(CaseState.OPEN, GROUP, restricted=True), True),
        (change(MODERATOR, party=True), Desk(CaseState.OPEN, SHOP), False),
        (VOLUNTEER, Desk(CaseState.OPEN, GROUP), True),
        (VOLUNTEER, Desk(CaseState.OPEN, BOARD), False),
        (VOLUNTEER, Desk(CaseState.OPEN, SHOP), False),
        (VOLUNTEER, Desk(CaseState.OPEN, GROUP, staff_only=True), False),
        (VOLUNTEER, Desk(CaseState.OPEN, GROUP, restricted=True), False),
        (change(VOLUNTEER, places=()), Desk(CaseState.OPEN, GROUP), False),
        (AUDITOR, Desk(CaseState.OPEN, SHOP), False),
    ],
)
def test_who_may_see_a_case(viewer: Viewer, case: Desk, *, sees: bool) -> None:
    ruling = may_see(viewer, case)
    assert bool(ruling) is sees
    assert ruling.reason
    assert sees or not may_claim(viewer, case, NOW)


@pytest.mark.parametrize(
    ("case", "may"),
    [
        (Desk(CaseState.OPEN, SHOP), True),
        (Desk(CaseState.PARKED, SHOP), True),
        (Desk(CaseState.ASKED, SHOP), True),
        (Desk(CaseState.CLAIMED, SHOP, claimed_by=ANNA, claimed_until=NOW + timedelta(minutes=1)), False),
        (Desk(CaseState.CLAIMED, SHOP, claimed_by=ANNA, claimed_until=NOW), True),
        (Desk(CaseState.AWAITING_SECOND, SHOP), False),
        (Desk(CaseState.DECIDED, SHOP), False),
        (Desk(CaseState.CLOSED, SHOP), False),
        (Desk(CaseState.OPEN, SHOP, not_for=frozenset({BEN})), False),
    ],
)
def test_who_may_take_a_case(case: Desk, *, may: bool) -> None:
    assert bool(may_claim(MODERATOR, case, NOW)) is may


def test_only_the_holder_of_a_fresh_claim_decides() -> None:
    case = Desk(CaseState.CLAIMED, SHOP, claimed_by=BEN, claimed_until=NOW + timedelta(minutes=1))
    assert may_decide(MODERATOR, case, NOW)
    assert not may_decide(change(MODERATOR, account=ANNA), case, NOW)
    assert "lapsed" in may_decide(MODERATOR, case, NOW + timedelta(minutes=1)).reason
    assert not may_decide(change(MODERATOR, permissions=frozenset({Permission.SEE_QUEUE})), case, NOW)
