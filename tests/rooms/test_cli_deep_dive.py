"""The command that lists deep dives says what there is, and that there is nothing."""

from datetime import UTC, datetime
from uuid import UUID

from flagstaff.cli.deep_dive import lines_of
from flagstaff.insight.dives import DiveState, Listed


def test_a_platform_without_a_deep_dive_is_told_to_have_none() -> None:
    assert [*lines_of("shop", ())] == ["There is no deep dive of shop yet."]


def test_each_deep_dive_is_a_line_with_its_number_days_and_state() -> None:
    form = {"platform": "shop", "kinds": [], "first": "2026-01-01", "last": "2026-01-31"}
    one = Listed(
        number="I-1", selection_form=form, state=DiveState.READY, stage="", done=0, total=0, asked_by=UUID(int=1),
        asked_at=datetime(2026, 3, 2, tzinfo=UTC), ended_at=None, failure=None, lines=3, labels=200,
    )  # fmt: skip
    (line,) = lines_of("shop", [one])
    assert line == "I-1  2026-03-02  ready      2026-01-01 – 2026-01-31  3 themes, 200 labels"
