"""A reporter is told that a flag helped to add an option only where the published versions prove it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from flagstaff.menus.helped import Heeded, Helped, helped
from flagstaff.menus.model import Evidence, LineageEdge, Menu, MenuVersion
from tests.houses import default_policy

PUBLISHED = datetime(2026, 4, 1, tzinfo=UTC)
OTHER, ADDED = "job_post.something_else", "job_post.upfront_fee"
LIVE = max(default_policy().menu_versions, key=lambda version: version.number)


def without(version: MenuVersion, key: str) -> MenuVersion:
    """Return a version that does not offer an option yet."""

    def less(menu: Menu) -> Menu:
        return replace(
            menu,
            top=tuple(one for one in menu.top if one.key != key),
            more=tuple(one for one in menu.more if one.key != key),
        )

    return replace(version, menus=tuple(less(menu) for menu in version.menus), evidence=None)


BEFORE = replace(without(LIVE, ADDED), number=3, published_at=PUBLISHED - timedelta(days=90))
AFTER = replace(LIVE, number=4, evidence=None, published_at=PUBLISHED)
CLAUSE = LIVE.option_by_key[ADDED].clauses[0]
SPLIT = LineageEdge(version=4, edge="split", from_option=OTHER, to_option=ADDED)
ADD = LineageEdge(version=4, edge="add", from_option=ADDED, to_option=ADDED)
FLAG = Heeded(option=OTHER, received_at=PUBLISHED - timedelta(days=9), clauses=frozenset({CLAUSE}))
COUNTED = Evidence(comments="Other", by="theme", shares_pct={"fees": 9.0}, became={"fees": ADDED})


@pytest.mark.parametrize(
    ("after", "lineage"),
    [(AFTER, [ADD, SPLIT]), (replace(AFTER, evidence=COUNTED), [ADD])],
    ids=["it takes over a part of Other", "it rests on comments under Other"],
)
def test_a_flag_on_that_very_thing_under_other_helped(after: MenuVersion, lineage: list[LineageEdge]) -> None:
    label = LIVE.option_by_key[ADDED].label
    assert helped(FLAG, [BEFORE, after], lineage) == Helped(4, ADDED, label)


@pytest.mark.parametrize(
    ("one", "history", "lineage"),
    [
        pytest.param(FLAG, [BEFORE, AFTER], [ADD], id="nothing says that it comes from Other"),
        pytest.param(FLAG, [BEFORE, BEFORE], [SPLIT], id="the option was not added"),
        pytest.param(FLAG, [replace(AFTER, number=3), AFTER], [SPLIT], id="it was there before"),
        pytest.param(FLAG, [AFTER], [SPLIT], id="nothing came before"),
        pytest.param(
            FLAG,
            [BEFORE, AFTER],
            [replace(SPLIT, from_option="profile.something_else")],
            id="another menu's Other",
        ),
        pytest.param(
            FLAG,
            [BEFORE, AFTER],
            [replace(SPLIT, from_option="job_post.looks_like_scam")],
            id="not from Other",
        ),
        pytest.param(
            replace(FLAG, option=ADDED), [BEFORE, AFTER], [SPLIT], id="the flag chose something else"
        ),
        pytest.param(replace(FLAG, clauses=frozenset({"CG-1"})), [BEFORE, AFTER], [SPLIT], id="another rule"),
        pytest.param(replace(FLAG, clauses=frozenset()), [BEFORE, AFTER], [SPLIT], id="under no rule"),
        pytest.param(replace(FLAG, received_at=PUBLISHED), [BEFORE, AFTER], [SPLIT], id="it came too late"),
        pytest.param(FLAG, [BEFORE, replace(AFTER, published_at=None)], [SPLIT], id="nothing is published"),
    ],
)
def test_whatever_is_not_proved_is_not_said(
    one: Heeded, history: list[MenuVersion], lineage: list[LineageEdge]
) -> None:
    assert helped(one, history, lineage) is None
