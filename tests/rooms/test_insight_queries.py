"""The known queries answer from what was counted, and readers are told little enough that no single flag shows."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.model import UsageRow
from flagstaff.insight.queries import (
    ASKED_BY_HAND,
    TITLES,
    Found,
    Query,
    QueryName,
    answer_from_use,
    answer_from_waits,
    change,
    last_months,
    months_around,
    told,
    told_of,
    told_range,
    why_not_told,
)
from flagstaff.insight.shares import share_of
from flagstaff.menus.drafts import GOAL_METRICS, WITHDRAWN_METRICS
from tests.houses import default_policy

OTHER = "job_post.something_else"


def test_a_goal_is_always_a_query_and_a_query_may_be_a_goal() -> None:
    """What nothing measures was withdrawn, and is named by no new version."""
    assert set(TITLES) == set(get_args(QueryName))
    assert set(GOAL_METRICS) == set(ASKED_BY_HAND), "what a theme brings along is of a run that never changes"
    assert not GOAL_METRICS.keys() & WITHDRAWN_METRICS.keys()
    named = [one.goal for one in default_policy().menu_versions if one.goal]
    assert {goal.primary for goal in named} <= GOAL_METRICS.keys()
    assert {one for goal in named for one in goal.watch} <= GOAL_METRICS.keys() | WITHDRAWN_METRICS.keys()


def row(option: str, used: int, chosen: int = 0, other: int = 0, never: int = 0, left: int = 0) -> UsageRow:
    return UsageRow(
        option=option, kind=option.partition(".")[0], label=option, version=0, since=None, used=used, converted=0,
        left_for_hint=left, as_chosen=chosen, as_something_else=other, otherwise=0, no_violation=0, could_not_verify=0,
        open=used - chosen - other - never, never_a_case=never, of_menu=share_of(used, used),
    )  # fmt: skip


ROWS = (
    row(OTHER, 30, other=9, left=10),
    row("job_post.free_work", 50, chosen=30, other=10),
    row("job_post.low_pay", 40, never=40),
    row("profile.fake", 20, chosen=20),
)


def asked(name: QueryName = "something_else_share", **more: object) -> Query:
    months = {"since": date(2026, 3, 1), "until": date(2026, 3, 31), **more}
    return Query(name=name, platform="harborlane", **months)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "part", "of"),
    [
        (asked(), 30, 100),
        (asked("option_use", options=("job_post.free_work",)), 50, 80),
        (asked("option_use", options=("job_post.free_work", "profile.fake")), 70, 100),
        (asked("option_use", options=("review.fake",)), 0, 0),
        (asked("misroute_rate"), 10, 60),
        (asked("hint_conversion"), 10, 40),
    ],
)
def test_shares_are_answered_from_the_usage_table(query: Query, part: int, of: int) -> None:
    """The row that is never a case is no flag, and of Other no rule was expected."""
    found = answer_from_use(query, ROWS, frozenset({OTHER}))
    assert (found.part, found.of) == (part, of)


def test_half_of_the_decisions_come_within_what_the_steps_say() -> None:
    hour = 94  # 2^(94/8) seconds are some 57 minutes
    found = answer_from_waits({hour: 60, hour + 8: 40})
    assert found.of == 100
    assert found.value == pytest.approx(1.0, rel=0.05)
    assert found.low <= (found.value or 0) <= found.high
    assert answer_from_waits({}).value is None


def share(part: int, of: int) -> Found:
    one = share_of(part, of)
    return Found(unit="share", part=part, of=of, value=one.value, low=one.low, high=one.high)


@pytest.mark.parametrize(
    ("query", "found", "why"),
    [
        (asked(), share(30, 100), ""),
        (asked(), share(0, 100), ""),
        (asked(), share(30, 99), "100"),
        (asked(), share(4, 200), "fewer than 5"),
        (asked(), share(197, 200), "fewer than 5"),
        (asked(until=date(2026, 3, 30)), share(30, 100), "whole months"),
        (asked(since=date(2026, 3, 2)), share(30, 100), "whole months"),
    ],
)
def test_readers_are_told_of_whole_months_and_of_enough(query: Query, found: Found, why: str) -> None:
    assert why in why_not_told(query, found)
    assert bool(why_not_told(query, found)) == bool(why)


@given(st.integers(100, 100_000), st.data())
def test_a_share_is_told_no_finer_than_one_flag_could_move_it(of: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, of))
    said = told(share(part, of))
    decimals = len(said.removesuffix(" %").partition(".")[2])
    assert 10**-decimals >= 100 / of
    assert abs(float(said.removesuffix(" %")) - 100 * part / of) <= 0.51 * 10**-decimals
    assert told_of(share(part, of)) <= of < 1.1 * told_of(share(part, of)) + 10


@pytest.mark.parametrize(
    ("hours", "said"), [(0.5, "30 minutes"), (1.9, "114 minutes"), (31.4, "31 hours"), (60, "2.5 days")]
)
def test_times_are_told_in_words(hours: float, said: str) -> None:
    found = Found(unit="hours", of=500, value=hours, low=hours, high=hours)
    assert (told(found), told_range(found)) == (said, f"{said} – {said}")


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 12))
def test_windows_are_whole_months_of_equal_number_on_both_sides(day: date, count: int) -> None:
    before, since = months_around(day, count)
    assert before == last_months(day, count)
    for one in (before, since):
        assert asked(since=one[0], until=one[1]).in_whole_months
        assert (one[1].year - one[0].year) * 12 + one[1].month - one[0].month == count - 1
    assert before[1] < day < since[0]
    assert (before[1].month % 12 + 1, since[0].month) == (day.month, day.month % 12 + 1)


@pytest.mark.parametrize(
    ("before", "since", "direction"),
    [
        ((300, 1000), (200, 1000), "down"),
        ((200, 1000), (300, 1000), "up"),
        ((30, 100), (25, 100), "unclear"),
        ((20, 49), (0, 500), "few"),
        ((0, 0), (0, 0), "few"),
    ],
)
def test_a_value_moved_only_where_chance_would_hardly_do_it(
    before: tuple[int, int], since: tuple[int, int], direction: str
) -> None:
    assert change(share(*before), share(*since)).direction == direction


def test_the_difference_has_newcombes_interval() -> None:
    """56 of 70 against 48 of 80: +0.0524 to +0.3339 (Newcombe 1998, table II, row a, method 10)."""
    found = change(share(48, 80), share(56, 70))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=0.0001)


@given(st.integers(50, 2000), st.integers(50, 2000), st.data())
def test_a_difference_lies_in_its_interval_and_the_other_way_round_it_is_the_same(
    of: int, other: int, data: st.DataObject
) -> None:
    before, since = share(data.draw(st.integers(0, of)), of), share(data.draw(st.integers(0, other)), other)
    there, back = change(before, since), change(since, before)
    assert there.low is not None and there.high is not None and back.low is not None and back.high is not None  # noqa: PT018 - for the types
    assert there.low <= (since.value or 0) - (before.value or 0) <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
