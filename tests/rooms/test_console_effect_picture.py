"""Whatever a figure came to, its picture shows all of it."""

from datetime import date, timedelta

from hypothesis import given, settings, strategies as st

from flagstaff.console.effect_picture import picture
from flagstaff.insight.segments import Point, judge
from flagstaff.insight.series import Stretch

DAY, FIRST = timedelta(days=1), date(2026, 6, 1)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 500)), min_size=1, max_size=30), st.booleans())
def test_everything_that_is_drawn_lies_on_the_picture(drawn: list[tuple[float, int]], shares: bool) -> None:
    """Points, intervals, lines and days; an axis says each of its places apart."""
    middle = len(drawn) // 2
    stretches = [
        Stretch(
            first=FIRST + place * DAY, last=FIRST + place * DAY, part=0,
            point=Point(at=place - middle + 0.5, of=of, value=value if shares else 12 + value, spread=0.1),
        )
        for place, (value, of) in enumerate(drawn)
    ]  # fmt: skip
    points = [one.point for one in stretches]
    fit = judge(points, shares=shares, others=0, open_before=0, open_since=0).fit
    found = picture(stretches, fit, shares=shares)
    assert found is not None
    assert len(found.dots) == len(drawn)
    for dot in found.dots:
        assert found.left <= dot.x <= found.right
        assert found.top <= dot.high <= dot.y <= dot.low <= found.bottom
    for line in found.strokes:
        assert found.left - 1 <= min(line.x1, line.x2) <= max(line.x1, line.x2) <= found.right + 1
    assert len({mark.says for mark in found.down}) == len(found.down) >= 2
    assert len(found.along) <= 7


def test_nothing_is_no_picture() -> None:
    assert picture([], None, shares=True) is None
