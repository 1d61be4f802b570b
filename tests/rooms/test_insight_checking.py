"""A table that was made again is told apart by what made it and by each figure, and never by somebody's words."""

import msgspec
import pytest

from flagstaff.cli.deep_dive import told_of
from flagstaff.flows.check_dive import Checked, Verdict
from flagstaff.insight.checking import Difference, differences
from flagstaff.insight.dive import OTHER, Basis, Sized, Table, ThemeRow

SIZED = Sized(share=0.174, low=0.15, high=0.2, basis=Basis.AUDIT, audited=30)
ROW = ThemeRow(
    key="theme-1", name="Free work", sized=SIZED, rows=9, persons=9, kinds={"job_post": 9}, languages={}, months={},
    examples=(), keywords=("sample",),
)  # fmt: skip
REST = msgspec.structs.replace(ROW, key=OTHER, name="")
TABLE = Table(
    rows=(ROW, REST), of=9, labels=3, audit=3, gone=1, inputs="ab", model="minilm", parameters={"folds": 10}, code="1",
    narrow=None, accuracy=0.7,
)  # fmt: skip
replace = msgspec.structs.replace

CHANGED = [
    (TABLE, []),
    (
        replace(TABLE, of=8, model="other", code="2"),
        [("code", "1", "2"), ("model", "minilm", "other"), ("of", "9", "8")],
    ),
    (
        replace(TABLE, parameters={"folds": 5, "narrow": 1}),
        [("parameter folds", "10", "5"), ("parameter narrow", "None", "1")],
    ),
    (
        replace(TABLE, rows=(replace(ROW, rows=8, sized=replace(SIZED, share=0.2)), REST)),
        [("theme theme-1: rows", "9", "8"), ("theme theme-1: share", "0.174", "0.2")],
    ),
    (replace(TABLE, rows=(replace(ROW, keywords=("Mira",)), REST)), [("theme theme-1: keywords", "…", "…")]),
    (replace(TABLE, rows=(REST,)), [("theme theme-1", "there", "missing")]),
    (replace(TABLE, rows=(REST, ROW)), [("order of themes", "theme-1 other", "other theme-1")]),
]  # fmt: skip


@pytest.mark.parametrize(("now", "told"), CHANGED)
def test_each_difference_is_told_with_what_was_stored(now: Table, told: list[tuple[str, str, str]]) -> None:
    assert [(one.what, one.stored, one.now) for one in differences(TABLE, now)] == told


def test_a_terminal_says_what_came_of_it() -> None:
    same = Checked(verdict=Verdict.SAME, gone=0, read=1200, differences=())
    gone = Checked(verdict=Verdict.GONE, gone=2, read=1200, differences=())
    differs = Checked(verdict=Verdict.DIFFERS, gone=0, read=1, differences=(Difference("code", "1", ""),))
    assert [*told_of(same)] == ["The same to the byte, made again from 1,200 comments."]
    assert [*told_of(gone)] == ["2 of 1,200 comments were erased since: it cannot be made again."]
    assert [*told_of(differs)] == ["It differs from what was stored:", "  code: stored 1, now –"]
