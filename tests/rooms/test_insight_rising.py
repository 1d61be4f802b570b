"""A theme is alerted when it surely rose, and in weeks that were dealt out at random in fewer than one of a hundred."""

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.rising import FALSE_ALARMS, FEWEST, rising, tail

THEMES = {key: key.upper() for key in "abcdefghij"}


def told(week: dict[str, int], before: dict[str, int]) -> list[str]:
    return [one.theme for one in rising(THEMES, week, before)]


def test_a_theme_that_doubled_its_part_is_told_and_the_others_are_not() -> None:
    week, before = {"a": 40, "b": 30, "c": 30}, {"a": 160, "b": 320, "c": 320}
    (found,) = rising(THEMES, week, before)
    assert (found.theme, found.name, found.new) == ("a", "A", False)
    assert (found.comments, found.of, found.before, found.of_before) == (40, 100, 160, 800)
    assert found.chance < FALSE_ALARMS / len(THEMES)


def test_a_theme_that_nobody_wrote_about_before_is_new() -> None:
    (found,) = rising(THEMES, {"a": 6, "b": 44}, {"b": 400})
    assert (found.theme, found.new) == ("a", True)


@pytest.mark.parametrize(
    ("week", "before"),
    [
        ({}, {}),
        ({"a": 100}, {}),
        ({"a": FEWEST - 1}, {"b": 10_000}),
        ({"a": 20, "b": 20}, {"a": 160, "b": 160}),
        ({"unnamed": 50}, {"a": 100}),
    ],
    ids=["nothing", "no weeks before", "too few", "as ever", "not a theme"],
)
def test_otherwise_nothing_is_told(week: dict[str, int], before: dict[str, int]) -> None:
    assert told(week, before) == []


def test_shuffled_weeks_raise_an_alarm_in_fewer_than_one_of_a_hundred() -> None:
    """Nine weeks of ten uneven themes, their comments dealt out to the weeks at random two thousand times."""
    dice = random.Random(6)
    sizes = [300, 200, 150, 100, 80, 60, 50, 30, 20, 10]
    comments = [theme for theme, size in zip(THEMES, sizes, strict=True) for _ in range(size)]
    runs, alarms = 2000, 0
    for _ in range(runs):
        week = Counter(dice.sample(comments, len(comments) // 9))
        alarms += bool(told(week, Counter(comments) - week))
    assert alarms / runs <= FALSE_ALARMS


def test_a_theme_that_goes_from_a_tenth_to_a_fifth_is_told_in_most_weeks() -> None:
    """What so few false alarms cost, with 300 comments a week."""
    dice = random.Random(7)
    found = 0
    for _ in range(200):
        now = sum(dice.random() < 0.2 for _ in range(300))
        then = sum(dice.random() < 0.1 for _ in range(2400))
        found += told({"a": now, "b": 300 - now}, {"a": then, "b": 2400 - then}) == ["a"]
    assert found >= 180


@given(st.integers(0, 4), st.integers(0, 8), st.integers(0, 8))
def test_the_chance_is_that_of_all_ways_to_draw(hit: int, drawn: int, marked: int) -> None:
    drawn, marked = min(drawn, 8), min(marked, 8)
    ways = [sum(one < marked for one in draw) for draw in combinations(range(8), drawn)]
    assert tail(hit, drawn, marked, 8) == pytest.approx(sum(one >= hit for one in ways) / len(ways))
