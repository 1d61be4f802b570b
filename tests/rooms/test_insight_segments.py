"""Lines round a publication say a jump and a change of slope that were planted, and fall silent where they may not."""

from datetime import date, timedelta
from math import log2
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.insight.segments import Asks, Judged, Point, chance, durbin_watson, judge, ljung_box, student
from flagstaff.insight.series import (
    DayOfUse,
    DayOfWaits,
    points_of,
    stretches_of_shares,
    stretches_of_times,
    undecided,
    window,
)

DAY = date(2026, 6, 1)


def shares(
    random: Random, *, weeks: int = 16, of: int = 200, jump: float = 0.0, turn: float = 0.0
) -> list[Point]:
    """Draw weekly shares round 30 % before, and moved by a jump and a turn since."""
    found = []
    for place in range(-weeks, weeks):
        at = place + 0.5
        true = 0.3 + (jump + turn * at if at > 0 else 0.0)
        part = sum(random.random() < true for _ in range(of))
        found.append(Point(at=at, of=of, value=part / of, spread=true * (1 - true)))
    return found


def judged(points: list[Point], **more: float) -> Judged:
    fields = {"others": 0, "open_before": 0.0, "open_since": 0.0, **more}
    return judge(points, shares=True, **fields)  # type: ignore[arg-type]


def failed(found: Judged) -> set[Asks]:
    return {one.asks for one in found.checks if not one.holds}


# ---------------------------------------------------------------- what was planted is found
def test_a_planted_jump_lies_in_its_interval_in_95_of_100_series() -> None:
    """Level and slope each: between 92 and 98 of 100 over 300 drawn series, and nothing is found where nothing is."""
    random, held = Random(7), [0, 0, 0]
    for _ in range(300):
        fit = judged(shares(random, jump=-0.06, turn=-0.004, of=60)).fit
        still = judged(shares(random, of=60)).fit
        assert fit is not None
        assert still is not None
        held[0] += fit.level.low <= -0.06 <= fit.level.high
        held[1] += fit.slope.low <= -0.004 <= fit.slope.high
        held[2] += still.level.low <= 0 <= still.level.high
    assert all(0.92 <= one / 300 <= 0.99 for one in held), held


def test_a_line_without_scatter_is_found_to_the_letter() -> None:
    points = [
        Point(
            at=at / 2,
            of=400,
            value=0.5 - 0.01 * at / 2 + (-0.1 - 0.005 * at / 2 if at > 0 else 0),
            spread=0.2,
        )
        for at in range(-23, 24, 2)
    ]
    found = judged(points)
    assert found.fit is not None
    assert found.fit.level.value == pytest.approx(-0.1)
    assert found.fit.slope.value == pytest.approx(-0.005)
    assert found.fit.before.value == pytest.approx(-0.01)
    assert found.fit.lines[1][0] == pytest.approx(0.4)
    assert found.fit.lines[1][1] == pytest.approx(-0.015)
    assert found.fit.level.low < -0.1 < found.fit.level.high, (
        "flags scatter by themselves: never without a width"
    )


def test_days_that_scatter_more_than_flags_widen_what_is_told() -> None:
    random = Random(3)
    calm = shares(random)
    wild = [
        Point(
            at=one.at, of=one.of, value=min(1, max(0, one.value + random.gauss(0, 0.05))), spread=one.spread
        )
        for one in calm
    ]
    one, two = judged(calm), judged(wild)
    assert one.fit is not None
    assert two.fit is not None
    assert one.plain is not None
    assert two.plain is not None
    assert two.fit.dispersion > 1.5 > one.fit.dispersion
    assert two.fit.level.high - two.fit.level.low > one.fit.level.high - one.fit.level.low
    assert two.plain.design > one.plain.design


# ---------------------------------------------------------------- where it may not be said
@pytest.mark.parametrize(
    ("points", "more", "wrong"),
    [
        (shares(Random(1)), {}, set()),
        (shares(Random(1), weeks=7), {}, {Asks.POINTS}),
        (shares(Random(1), of=3), {}, {Asks.FLAGS}),
        (shares(Random(1)), {"others": 1}, {Asks.ALONE}),
        (shares(Random(1)), {"open_since": 0.06}, {Asks.DECIDED}),
    ],
)
def test_each_assumption_that_fails_is_named(
    points: list[Point], more: dict[str, float], wrong: set[Asks]
) -> None:
    found = judged(points, **more)
    assert failed(found) == wrong
    assert found.holds is (not wrong)
    assert found.plain is not None, "the plain difference is told in any case"


def test_neighbours_that_hang_together_are_found() -> None:
    """A walk of fourteen steps up and fourteen down is no scatter; the straight lines are not told."""
    points = [
        Point(at=at + 0.5, of=300, value=0.3 + 0.04 * (((at + 20) // 4) % 2), spread=0.2)
        for at in range(-20, 20)
    ]
    found = judged(points)
    assert failed(found) == {Asks.INDEPENDENT}
    assert found.fit is not None
    assert found.fit.durbin_watson < 1.3
    assert found.plain is not None
    assert found.plain.design > 1.5, "and the plain difference is as much wider"


def test_lines_that_leave_what_a_share_can_be_are_not_told() -> None:
    points = [
        Point(at=at + 0.5, of=300, value=max(0.0, 0.08 - 0.02 * max(0.0, at)), spread=0.05)
        for at in range(-12, 12)
    ]
    assert Asks.BOUNDS in failed(judged(points))


@pytest.mark.parametrize("points", [[], shares(Random(1), weeks=1), [shares(Random(1))[0]]])
def test_next_to_nothing_is_answered_without_lines(points: list[Point]) -> None:
    found = judged(points)
    assert found.fit is None
    assert not found.holds
    assert (found.plain is None) is (len(points) < 2)


def test_a_day_without_spread_or_all_alike_is_no_trouble() -> None:
    still = [Point(at=at + 0.5, of=100, value=0.0, spread=0.0) for at in range(-10, 10)]
    found = judged(still)
    assert failed(found) == {Asks.FLAGS}
    assert found.plain is not None
    assert found.plain.difference.value == 0


# ---------------------------------------------------------------- tables of others
@pytest.mark.parametrize(
    ("freedom", "known"), [(4, 2.7764), (5, 2.5706), (10, 2.2281), (30, 2.0423), (1000, 1.9623)]
)
def test_students_t_is_the_one_of_the_tables(freedom: int, known: float) -> None:
    assert student(freedom) == pytest.approx(known, abs=0.001)


@pytest.mark.parametrize(
    ("square", "freedom", "known"),
    [(3.841, 1, 0.05), (5.991, 2, 0.05), (7.815, 3, 0.05), (18.307, 10, 0.05), (0, 4, 1)],
)
def test_the_chance_of_a_chi_square_is_the_one_of_the_tables(
    square: float, freedom: int, known: float
) -> None:
    assert chance(square, freedom) == pytest.approx(known, abs=1e-4)


def test_both_tests_of_neighbours_are_as_their_papers_define_them() -> None:
    rest = [1.0, -1.0, 2.0, 0.0, -2.0]
    assert durbin_watson(rest) == pytest.approx((4 + 9 + 4 + 4) / 10)
    like = (1 * -1 + -1 * 2 + 2 * 0 + 0 * -2) / 10
    box, lags = ljung_box(rest)
    assert box == pytest.approx(5 * 7 * like**2 / 4)
    assert lags == 1
    assert ljung_box([0.0] * 20) == (0.0, 4)
    assert durbin_watson([0.0] * 20) == 2.0


# ---------------------------------------------------------------- days become points
@pytest.mark.parametrize(
    ("before", "since", "others", "told"),
    [
        (200, 100, {}, ((182, 1), (1, 98), True, ())),
        (55, 100, {}, ((49, 1), (1, 98), False, ())),
        (200, 10, {}, ((182, 1), (1, 10), False, ())),
        (200, 100, {2: -70, 4: 60}, ((63, 1), (1, 56), True, (2, 4))),
        (200, 100, {2: -300, 4: 400}, ((182, 1), (1, 98), True, ())),
        (200, 0, {}, ((182, 1), None, False, ())),
    ],
)
def test_a_side_ends_at_other_versions_and_holds_whole_weeks(
    before: int, since: int, others: dict[int, int],
    told: tuple[tuple[int, int] | None, tuple[int, int] | None, bool, tuple[int, ...]],
) -> None:  # fmt: skip
    """Days from publication; the day itself is in neither."""
    found = window(
        DAY, DAY - timedelta(days=before), DAY + timedelta(days=since),
        {number: DAY + timedelta(days=away) for number, away in others.items()},
    )  # fmt: skip
    sides = [
        tuple(abs((day - DAY).days) for day in side) if side else None for side in (found.before, found.since)
    ]
    assert (*sides, found.weeks, found.cut_by) == told


def test_versions_of_the_same_day_cannot_be_told_apart() -> None:
    away = {5: timedelta(0), 6: timedelta(days=-40)}
    found = window(
        DAY, DAY - timedelta(days=99), DAY + timedelta(days=99), {key: DAY + by for key, by in away.items()}
    )
    assert (found.same_day, found.cut_by) == ((5,), (6,))


def use(day: date, **more: int) -> DayOfUse:
    fields = {
        "version": 1,
        "used": 0,
        "other": 0,
        "converted": 0,
        "as_chosen": 0,
        "elsewhere": 0,
        "open": 0,
        **more,
    }
    return DayOfUse(day=day, **fields)


@settings(max_examples=50)
@given(st.dictionaries(st.integers(-80, 80), st.integers(0, 9), max_size=40))
def test_every_flag_within_is_in_exactly_one_point(days: dict[int, int]) -> None:
    within = window(DAY, DAY - timedelta(days=63), DAY + timedelta(days=63), {})
    counted = [use(DAY + timedelta(days=away), used=count, other=count // 2) for away, count in days.items()]
    found = stretches_of_shares(counted, "something_else_share", within)
    inside = {away: count for away, count in days.items() if 1 <= abs(away) <= 63}
    assert sum(one.point.of for one in found) == sum(inside.values())
    assert sum(one.part for one in found) == sum(count // 2 for count in inside.values())
    for one in found:
        assert (one.last - one.first).days == 6
        mine = [
            count for away, count in inside.items() if one.first <= DAY + timedelta(days=away) <= one.last
        ]
        assert one.point.of == sum(mine)
    assert [one.first for one in found] == sorted(one.first for one in found)


def test_each_share_has_its_own_whole() -> None:
    day = use(DAY + timedelta(days=1), used=100, other=30, converted=10, as_chosen=40, elsewhere=8, open=5)
    within = window(DAY, DAY - timedelta(days=3), DAY + timedelta(days=3), {})
    for measure, part, of in (
        ("something_else_share", 30, 100), ("hint_conversion", 10, 40), ("misroute_rate", 8, 48)
    ):  # fmt: skip
        (one,) = stretches_of_shares([day], measure, within)
        assert (one.part, one.point.of, one.point.value) == (part, of, part / of)
    assert undecided([day], within) == (0.0, 0.05)


def test_times_are_told_by_the_mean_of_their_logarithms() -> None:
    hour, day = log2(3600), log2(86400)
    within = window(DAY, DAY - timedelta(days=3), DAY + timedelta(days=3), {})
    waits = DayOfWaits(DAY - timedelta(days=1), 2, hour + day, hour**2 + day**2)
    (one,) = stretches_of_times([waits], within)
    assert (one.point.of, one.point.at) == (2, -0.5)
    assert one.point.value == pytest.approx((hour + day) / 2)
    assert points_of([one])[0].spread == pytest.approx(((day - hour) / 2) ** 2)
