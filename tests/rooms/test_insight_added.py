"""What an added option would take is told as a range that holds together, and what is too little is not told."""

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.added import Estimated, Move, Range, Taken, estimate, load, moved, other_then
from flagstaff.insight.shares import share_of


@pytest.mark.parametrize(
    ("part", "of", "low", "high"),
    # Wilson's intervals as printed in Newcombe 1998 (Statistics in Medicine 17:857-872), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_wilsons_interval(part: int, of: int, low: float, high: float) -> None:
    found = share_of(part, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)


def test_of_nothing_nothing_is_known() -> None:
    assert (share_of(0, 0).value, share_of(0, 0).low, share_of(0, 0).high) == (None, 0.0, 1.0)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(one: int, other: int) -> None:
    part, of = min(one, other), max(one, other)
    found = share_of(part, of)
    assert 0 <= found.low <= (found.value or 0) <= found.high <= 1


def taken(first: int | None, within: int | None, *, flags: int = 1000, read: int = 200) -> Estimated:
    return estimate(
        Taken(option="job_post.x", kind="job_post", flags=flags, read=read, first=first, within=within)
    )


@given(st.integers(50, 1000), st.data())
def test_what_is_likely_lies_between_the_bounds_and_other_never_grows_by_what_comes_in(
    read: int, data: st.DataObject
) -> None:
    within = data.draw(st.integers(0, read))
    first = data.draw(st.integers(0, within))
    flags = data.draw(st.integers(0, 5000))
    exact = data.draw(st.integers(flags, 10_000))
    one = taken(first, within, flags=flags, read=read)
    assert one.likely is not None
    assert 0 <= one.low <= one.likely <= one.high <= flags
    then = other_then(exact, {"job_post": flags}, [one, one])
    assert exact - flags <= then.low <= then.likely <= then.high <= exact


def test_too_few_to_be_told_are_neither_none_nor_many() -> None:
    one = taken(None, None)
    assert (one.first, one.within, one.likely, one.low) == (None, None, None, 0.0)
    assert 0 < one.high < 1000 * 0.06


CASES = {("job_post", 2): 40, ("job_post", 1): 60, ("profile", 3): 9}
FLAGS = {"job_post": 200, "profile": 9}


def test_flags_that_move_take_their_part_of_the_cases_along() -> None:
    one = moved(taken(40, 60), 1, 2)
    rows = load(CASES, FLAGS, [one], days=10)
    assert [(row.kind, row.severity, row.today) for row in rows] == [
        ("job_post", 2, 4.0),
        ("job_post", 1, 6.0),
    ]
    two, single = rows
    assert two.then.likely == pytest.approx(4 + one.flags.likely / 2 / 10)
    assert single.then.likely == pytest.approx(max(0, 6 - one.flags.likely / 2 / 10))
    for row in rows:
        assert 0 <= row.then.low <= row.then.likely <= row.then.high


def test_what_is_never_a_case_leaves_the_queue() -> None:
    ten = Range(10, 10, 10)
    (grave, light) = load(CASES, FLAGS, [Move(kind="job_post", before=1, after=None, flags=ten)], days=10)
    assert (grave.then, light.then) == (Range(4, 4, 4), Range(5.5, 5.5, 5.5))


def test_the_same_severity_moves_nothing() -> None:
    ten = Range(10, 10, 10)
    rows = load(CASES, FLAGS, [Move(kind="job_post", before=1, after=1, flags=ten)], days=1)
    assert all(row.then == Range(row.today, row.today, row.today) for row in rows)
