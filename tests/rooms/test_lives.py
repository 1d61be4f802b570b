"""Every life is a table: no state is a trap, no arrow leaves it, a wrong step is answered with the possible ones."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, strategies as st

from flagstaff.appeals.rules import ARROWS as APPEAL
from flagstaff.cases.rules import ARROWS as CASE
from flagstaff.contact.rules import ARROWS as THREAD
from flagstaff.decisions.rules import ARROWS as DECISIONS
from flagstaff.flags.rules import ARROWS as FLAG
from flagstaff.menus.suggestions import ARROWS as SUGGESTION
from flagstaff.vocabulary.arrows import IllegalArrow, Life
from flagstaff.vocabulary.origins import Actor
from flagstaff.vocabulary.states import (
    AppealState,
    CaseState,
    DecisionState,
    FlagState,
    HoldState,
    MeasureState,
    SuggestionState,
    ThreadState,
)

LIVES: dict[str, tuple[Life[Any], type[StrEnum], set[str]]] = {
    "case": (CASE, CaseState, {"closed"}),
    "flag": (FLAG, FlagState, set()),
    "decision": (DECISIONS["decision"], DecisionState, {"refused", "undone", "handed_back", "reversed"}),
    "measure": (DECISIONS["measure"], MeasureState, {"ended", "lifted", "refused", "undone"}),
    "hold": (DECISIONS["hold"], HoldState, {"replaced", "lifted", "expired"}),
    "appeal": (APPEAL, AppealState, set()),
    "suggestion": (SUGGESTION, SuggestionState, {"accepted", "merged", "declined"}),
    "thread": (THREAD, ThreadState, set()),
}

each_life = pytest.mark.parametrize("name", list(LIVES))


@each_life
def test_every_state_can_be_reached(name: str) -> None:
    life, states, _ = LIVES[name]
    reached: set[str] = {edge.target for edge in life.edges() if not edge.source}
    for _ in states:
        reached |= {edge.target for edge in life.edges() if edge.source in reached}
    assert reached == {str(state) for state in states}


@each_life
def test_only_an_ending_has_no_way_on(name: str) -> None:
    life, states, endings = LIVES[name]
    assert {str(state) for state in states if not life.from_state(state)} == endings


@each_life
def test_arrows_have_one_name_each_with_guard_and_actor(name: str) -> None:
    life, _, _ = LIVES[name]
    names = [arrow.name for arrow in life]
    assert len(names) == len(set(names))
    for arrow in life:
        assert arrow.guard
        assert arrow.actors
        assert arrow.sources or arrow.target is not None


@each_life
@given(data=st.data())
def test_no_path_of_arrows_leaves_the_table(name: str, data: st.DataObject) -> None:
    """Any walk goes along edges, and any other step is refused and changes nothing."""
    life, states, _ = LIVES[name]
    edges = {(edge.arrow, edge.source): edge.target for edge in life.edges()}
    state: Any = None
    for arrow in data.draw(st.lists(st.sampled_from([arrow.name for arrow in life]), max_size=12)):
        before = str(state) if state else ""
        try:
            state = life.apply(state, arrow)
        except IllegalArrow:
            assert (arrow, before) not in edges
        else:
            assert edges[arrow, before] == state
            assert state in set(states)


def test_a_wrong_step_is_answered_with_the_possible_ones() -> None:
    with pytest.raises(IllegalArrow) as caught:
        CASE.apply(CaseState.PARKED, "claim")
    problem = caught.value.problem()
    assert problem["type"] == "/problems/illegal-arrow"
    assert problem["status"] == 409
    assert "This case is parked; 'claim' needs open." in str(caught.value)
    assert "unpark (→ claimed)" in caught.value.mend


def test_an_ended_life_says_that_nothing_more_can_happen() -> None:
    with pytest.raises(IllegalArrow, match="Nothing more can happen"):
        CASE.apply(CaseState.CLOSED, "open")


@pytest.mark.parametrize(
    ("start", "arrows", "end"),
    [
        ("", ["open", "claim", "decide", "take_effect", "close"], "closed"),
        ("", ["open", "claim", "lapse", "claim", "release"], "open"),
        ("claimed", ["park", "unpark", "park", "reminder_due"], "open"),
        ("claimed", ["park", "alarm"], "open"),
        ("claimed", ["ask", "answered"], "open"),
        ("claimed", ["ask", "answer_overdue"], "open"),
        ("claimed", ["ask", "alarm"], "open"),
        ("claimed", ["ask", "stop_asking"], "claimed"),
        ("claimed", ["propose", "refuse", "propose", "confirm", "take_effect"], "effective"),
        ("claimed", ["propose", "confirm_alone"], "decided"),
        ("claimed", ["propose", "undo"], "claimed"),
        ("claimed", ["decide", "undo", "decide", "hand_back"], "claimed"),
        ("", ["open", "grow", "close_withdrawn"], "closed"),
        ("", ["open_parked", "first_counted"], "open"),
        ("", ["open_parked", "reminder_due", "close_moot"], "closed"),
        ("parked", ["hold_expired"], "open"),
        ("", ["import"], "closed"),
    ],
)
def test_a_case_can_live_like_this(start: str, arrows: list[str], end: str) -> None:
    state = CaseState(start) if start else None
    for arrow in arrows:
        state = CASE.apply(state, arrow)
    assert state == end


@pytest.mark.parametrize(
    ("state", "arrow"),
    [("decided", "claim"), ("effective", "undo"), ("claimed", "close_withdrawn"), ("effective", "hand_back")],
)
def test_a_case_cannot_do_this(state: str, arrow: str) -> None:
    with pytest.raises(IllegalArrow):
        CASE.apply(CaseState(state), arrow)


def test_no_decision_is_made_by_the_house_alone() -> None:
    """A machine opens, wakes and closes; only people decide, confirm, refuse and reverse."""
    for life, names in [
        (CASE, "decide propose refuse confirm"),
        (DECISIONS["decision"], "decide propose refuse reverse"),
    ]:
        for name in names.split():
            assert Actor.HOUSE not in life.arrow(name).actors
