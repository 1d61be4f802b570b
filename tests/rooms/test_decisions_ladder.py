"""The ladder proposes by what an author was told, never twice for one telling; access is the union of what runs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.decisions.access import access, effect_of_lifting, is_hidden, running
from flagstaff.decisions.ladder import counted, propose, standing
from flagstaff.decisions.model import Chosen, Forbids, Ladder, MeasureEvent, PastDecision
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.references import (
    DecisionKey,
    LadderKey,
    MeasureKey,
    MeasureKind,
    Place,
    SubjectKind,
    Surface,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
POST = SubjectKind("community_post")
BOARD = Place(Surface.COMMUNITY, part="forum", board="general")
GROUP = Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol")
SHOP = Place(Surface.MARKETPLACE)
SCOPE_OF = {
    "educate": "person",
    "remove_content": "content",
    "warning": "person",
    "remove_from_group": "group",
    "remove_from_board": "board",
}
ORDER = Ladder(
    LadderKey("order"),
    tuple(
        tuple(Chosen(MeasureKind(kind)) for kind in step.split())
        for step in ("educate", "remove_content warning", "remove_from_group", "remove_from_board")
    ),
    {MeasureKind(kind): Scope(scope) for kind, scope in SCOPE_OF.items()},
)
change = msgspec.structs.replace


def days(number: float) -> datetime:
    """Return a moment so many days before NOW."""
    return NOW - timedelta(days=number)


def past(number: int, words: float, told: float | None, ladder: str = "order") -> PastDecision:
    at = days(told if told is not None else 0)
    told_at = None if told is None else days(told)
    return PastDecision(DecisionKey(UUID(int=number)), LadderKey(ladder), at, days(words), told_at)


def step(*decisions: PastDecision, words: float = 0, place: Place = GROUP) -> str:
    rung = propose(ORDER, decisions, days(words), NOW, place, POST)
    assert rung is not None
    return "+".join(chosen.kind for chosen in rung.step)


def test_a_first_violation_starts_at_the_first_step() -> None:
    assert step() == "educate"


def test_each_violation_after_a_notice_climbs_one_step() -> None:
    row = [past(1, 90, 80), past(2, 70, 60), past(3, 50, 40)]
    assert step(row[0]) == "remove_content+warning"
    assert step(*row[:2]) == "remove_from_group"
    assert step(*row) == "remove_from_board"


def test_the_last_step_repeats() -> None:
    row = [past(n, 100 - 10 * n, 99 - 10 * n) for n in range(1, 9)]
    assert step(*row) == "remove_from_board"


def test_a_bulk_of_thirty_is_one_step() -> None:
    bulk = [past(n, 20 + n, 10 - n / 100) for n in range(30)]
    assert step(*bulk) == "remove_content+warning"


def test_words_from_before_the_notice_are_no_defiance_of_it() -> None:
    assert step(past(1, 20, 10), words=15) == "educate"
    assert step(past(1, 20, 10), words=5) == "remove_content+warning"


def test_a_notice_that_never_arrived_counts_for_nothing() -> None:
    assert step(past(1, 20, None)) == "educate"


def test_a_decision_outside_the_window_or_under_another_ladder_does_not_count() -> None:
    assert step(past(1, 200, 181)) == "educate"
    assert step(past(1, 200, 180)) == "remove_content+warning"
    assert step(past(1, 20, 10, "civility")) == "educate"


def test_steps_that_do_not_fit_the_place_are_skipped() -> None:
    row = [past(1, 90, 80), past(2, 70, 60)]
    assert step(*row, place=BOARD) == "remove_from_board"
    assert step(*row, place=SHOP) == "remove_content+warning"


def test_a_ladder_without_a_fitting_step_proposes_nothing() -> None:
    closed = change(ORDER, steps=((Chosen(MeasureKind("remove_from_group")),),))
    assert propose(closed, (), NOW, NOW, SHOP, POST) is None


def test_the_standing_page_shows_what_counts_what_runs_and_what_is_next() -> None:
    runs = event(1, 1, until=1.0)
    page = standing(ORDER, (past(1, 20, 10), past(2, 20, 9)), [runs], NOW, GROUP, POST)
    assert [decision.decision.int for decision in page.counted] == [1]
    assert page.running == (runs,)
    assert page.next is not None
    assert page.next.number == 1
    assert page.next.reason.startswith("1 earlier decision counts under 'order'")


histories = st.lists(
    st.tuples(st.integers(1, 170), st.integers(0, 169)).map(lambda pair: (max(pair) + 1, min(pair))),
    max_size=12,
).map(lambda pairs: [past(n, words, told) for n, (words, told) in enumerate(pairs)])


@given(histories, st.integers(0, 170), st.integers(0, 170))
def test_the_ladder_never_goes_back_inside_the_window(
    history: list[PastDecision], one: int, other: int
) -> None:
    """Later words never meet a milder step than earlier ones while the same decisions are in the window."""
    older, newer = sorted((one, other), reverse=True)
    assert len(counted(ORDER, history, days(older), NOW)) <= len(counted(ORDER, history, days(newer), NOW))


@given(histories, st.data())
def test_one_decision_more_never_lowers_the_step(history: list[PastDecision], data: st.DataObject) -> None:
    fewer = data.draw(st.lists(st.sampled_from(history), unique=True) if history else st.just([]))
    assert (
        len(counted(ORDER, fewer, NOW, NOW))
        <= len(counted(ORDER, history, NOW, NOW))
        <= len(fewer) + len(history)
    )


@given(histories, st.data())
def test_the_order_in_which_decisions_are_read_does_not_matter(
    history: list[PastDecision], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    assert counted(ORDER, shuffled, NOW, NOW) == counted(ORDER, history, NOW, NOW)


def event(
    measure: int,
    revision: int,
    effect: Effect = Effect.RESTRICT,
    *,
    kind: str = "remove_from_board",
    applied: bool = True,
    ring: Place | None = BOARD,
    until: float | None = None,
) -> MeasureEvent:
    """Return an event; `until` counts days from NOW."""
    ends = None if until is None else NOW + timedelta(days=until)
    return MeasureEvent(
        MeasureKey(UUID(int=measure)), MeasureKind(kind), revision, applied, effect, ring, ends
    )


events = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from([Effect.HIDE, Effect.RESTRICT]),
        st.booleans(),
        st.sampled_from([None, -1.0, 1.0, 9.0]),
    ),
    max_size=10,
).map(
    lambda rows: [
        event(measure, revision, effect, applied=applied, until=until)
        for revision, (measure, effect, applied, until) in enumerate(rows, start=1)
    ]
)


@given(events, st.data())
def test_events_may_come_twice_and_in_any_order(history: list[MeasureEvent], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(history + history[:3]))
    assert running(shuffled, NOW) == running(history, NOW)
    assert access(shuffled, BOARD, NOW) == access(history, BOARD, NOW)


@given(events, events)
def test_access_is_the_union_of_what_runs(one: list[MeasureEvent], other: list[MeasureEvent]) -> None:
    """Two sets of measures together forbid exactly what each forbids alone."""
    moved = [change(event, measure=MeasureKey(UUID(int=event.measure.int + 100))) for event in other]
    both = access([*one, *moved], BOARD, NOW).forbidden
    assert both == access(one, BOARD, NOW).forbidden | access(moved, BOARD, NOW).forbidden


def test_each_measure_ends_by_itself() -> None:
    short, long = event(1, 1, until=1), event(2, 2, until=5)
    assert access([short, long], BOARD, NOW).until == NOW + timedelta(days=5)
    after = access([short, long], BOARD, NOW + timedelta(days=2))
    assert after.by == (long.measure,)
    assert access([short, long], BOARD, NOW + timedelta(days=5)).may(Forbids.TAKING_PART)


def test_a_restriction_holds_in_its_ring_and_nowhere_else() -> None:
    assert not access([event(1, 1)], BOARD, NOW).may(Forbids.POSTING)
    assert access([event(1, 1)], GROUP, NOW).may(Forbids.POSTING)
    everywhere = event(2, 1, kind="suspend_site", ring=None)
    assert not access([everywhere], SHOP, NOW).may(Forbids.TAKING_PART)


def test_who_may_not_post_may_still_take_part_and_flag() -> None:
    now = access([event(1, 1, kind="restrict_posting", ring=None)], GROUP, NOW)
    assert [now.may(deed) for deed in (Forbids.POSTING, Forbids.TAKING_PART, Forbids.FLAGGING)] == [
        False,
        True,
        True,
    ]


def test_who_may_not_flag_may_do_all_else() -> None:
    now = access([event(1, 1, kind="restrict_flagging", ring=None)], GROUP, NOW)
    assert [now.may(deed) for deed in (Forbids.POSTING, Forbids.TAKING_PART, Forbids.FLAGGING)] == [
        True,
        True,
        False,
    ]


def test_content_is_shown_again_only_when_nothing_else_hides_it() -> None:
    removed = event(1, 1, Effect.HIDE, kind="remove_content", ring=None)
    edit = event(2, 2, Effect.HIDE, kind="request_edit", ring=None)
    assert is_hidden([removed, edit], NOW)
    assert effect_of_lifting(removed, [removed, edit], NOW) is Effect.TELL
    assert effect_of_lifting(removed, [removed], NOW) is Effect.SHOW
    lifted = change(removed, revision=3, applied=False)
    assert is_hidden([removed, edit, lifted], NOW)
    assert not is_hidden([removed, lifted], NOW)


@pytest.mark.parametrize(
    ("other", "effect"),
    [
        (event(2, 2), "tell"),
        (event(2, 2, ring=Place(Surface.COMMUNITY)), "tell"),
        (event(2, 2, ring=None), "tell"),
        (event(2, 2, ring=GROUP), "allow"),
        (event(2, 2, kind="restrict_posting", ring=None), "allow"),
        (event(2, 2, until=-1), "allow"),
    ],
)
def test_access_returns_only_where_nothing_else_closes_it(other: MeasureEvent, effect: str) -> None:
    assert effect_of_lifting(event(1, 1), [event(1, 1), other], NOW) == effect


def test_a_warning_is_taken_back_by_telling() -> None:
    assert effect_of_lifting(event(1, 1, Effect.TELL, kind="warning"), [], NOW) is Effect.TELL
