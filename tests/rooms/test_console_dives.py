"""What a page draws of a deep dive says what its table says: bars, ranges, months, and nothing about a few persons."""

from datetime import date
from random import Random
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.console.dives_shown import (
    Crossed,
    crossed,
    few,
    months_of,
    most_first,
    name_of,
    numbered,
    picture_of,
    totals_of,
    trend_of,
    trend_says,
)
from flagstaff.console.dives_theme import key_for
from flagstaff.console.wording import language_name
from flagstaff.insight.dive import (
    NOT_USABLE,
    OTHER,
    POOLED,
    Basis,
    Sized,
    Table,
    ThemeRow,
    in_order,
    is_theme,
)
from flagstaff.insight.rising import risen
from flagstaff.language.tongues import speaking, tongue_of


def row(key: str, share: float, low: float, high: float, basis: Basis = Basis.CORRECTED) -> ThemeRow:
    """Return a row of a table."""
    return ThemeRow(
        key=key, name=f"Theme {key}", sized=Sized(share=share, low=low, high=high, basis=basis, audited=30),
        rows=round(1000 * share), persons=round(900 * share), kinds={"job_post": 20, "profile": 3},
        languages={"en": 20, "es": 3}, months={"2026-05": 20, "2026-07": 40}, examples=(UUID(int=1),),
    )  # fmt: skip


def table(*rows: ThemeRow) -> Table:
    """Return a table of some rows."""
    return Table(
        rows=rows, of=1000, labels=200, audit=200, gone=2, inputs="", model="", parameters={}, code="", narrow=None,
        accuracy=0.77,
    )  # fmt: skip


FREE, ADS = row("free", 0.174, 0.15, 0.2), row("ads", 0.109, 0.09, 0.13)
REST, NOISE, FEW = row(OTHER, 0.4, 0.3, 0.5), row(NOT_USABLE, 0.03, 0.02, 0.05), row(POOLED, 0.01, 0, 0.02)


def test_themes_stand_by_their_share_and_what_is_left_over_stands_last() -> None:
    shown = in_order([NOISE, REST, ADS, FEW, FREE])
    assert [one.key for one in shown] == ["free", "ads", POOLED, OTHER, NOT_USABLE]
    assert [is_theme(one) for one in shown] == [True, True, False, False, False]
    assert [name_of(one) for one in shown[:4]] == [
        "Theme free", "Theme ads", "Themes of fewer than five persons, together", "Fits no theme",
    ]  # fmt: skip


def test_a_theme_that_nobody_named_stands_under_its_number() -> None:
    nameless = msgspec.structs.replace(ADS, name="")
    assert [name_of(one) for one in numbered([FREE, nameless, REST])] == [
        "Theme free", "Theme 2", "Fits no theme",
    ]  # fmt: skip


def test_a_bar_is_as_long_as_its_share_and_its_range_reaches_as_far_as_its_interval() -> None:
    picture = picture_of([FREE, ADS])
    assert [(tick.at, tick.says) for tick in picture.ticks] == [
        (0, "0 %"), (25, "5 %"), (50, "10 %"), (75, "15 %"), (100, "20 %"),
    ]  # fmt: skip
    bar = picture.bars[0]
    assert (bar.start, bar.length, bar.low, bar.high, bar.says) == (0, 87, 75, 100, "17.40 %")


def test_what_nobody_checked_is_told_as_a_range_and_never_as_one_number() -> None:
    bar = picture_of([row("free", 0.17, 0.12, 0.19, Basis.UNVERIFIED)]).bars[0]
    assert (bar.checked, bar.says) == (False, "12.00–19.00 %")


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)).map(sorted), max_size=20
    ).map(lambda found: [row(f"t{place}", one[1], one[0], one[2]) for place, one in enumerate(found)])
)  # fmt: skip
def test_every_bar_lies_inside_the_picture_and_is_mirrored_where_one_reads_from_the_right(
    rows: list[ThemeRow],
) -> None:
    picture, mirrored = picture_of(rows), picture_of(rows, mirrored=True)
    assert picture.ticks[-1].at == 100
    assert len(picture.ticks) <= 6
    for bar, other in zip(picture.bars, mirrored.bars, strict=True):
        assert -0.01 <= bar.start <= bar.start + bar.length <= 100.01
        assert 0 <= bar.low <= bar.high <= 100
        assert other.length == pytest.approx(bar.length, abs=0.02)
        assert other.start + other.length == pytest.approx(100, abs=0.02)
        assert other.low == pytest.approx(100 - bar.high, abs=0.02)
        assert other.high == pytest.approx(100 - bar.low, abs=0.02)


def test_a_picture_of_nothing_is_an_empty_scale() -> None:
    assert picture_of([]).bars == ()


def test_a_long_name_is_cut_in_the_picture_alone() -> None:
    long = msgspec.structs.replace(FREE, name="Somebody asks for something that is long to say")
    assert picture_of([long]).bars[0].name == "Somebody asks for something that…"
    assert name_of(long) == long.name


def test_a_month_without_a_comment_stands_between_the_others() -> None:
    assert months_of(date(2025, 11, 3), date(2026, 2, 1)) == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_a_trend_is_the_part_of_each_month_and_leaves_out_too_few() -> None:
    months = months_of(date(2026, 5, 1), date(2026, 7, 31))
    totals = totals_of([FREE, REST], months)
    assert totals == {"2026-05": 40, "2026-06": 0, "2026-07": 80}
    assert [one.height for one in trend_of(FREE, totals)] == [24, 0, 24]
    assert trend_says(FREE, totals) == "50 % in 2026-05, 50 % in 2026-07"
    thin = msgspec.structs.replace(FREE, months={"2026-05": 4, "2026-07": 4})
    assert [one.height for one in trend_of(thin, totals)] == [0, 0, 0]
    assert trend_says(thin, totals) == "too few to tell"


def test_a_theme_rises_where_chance_alone_hardly_makes_it_so() -> None:
    months = ["2026-05", "2026-06", "2026-07"]

    def rises(theirs: tuple[int, ...], of: int = 200) -> bool:
        row = msgspec.structs.replace(FREE, months=dict(zip(months, theirs, strict=True)))
        rest = msgspec.structs.replace(REST, months={at: of - n for at, n in row.months.items()})
        return bool(risen([row, rest], months))

    assert rises((20, 20, 60))
    assert not rises((20, 20, 30))
    assert not rises((60, 20, 20))
    assert not rises((0, 0, 4))
    assert not risen([FREE], ["2026-07"])
    assert not risen([FREE], [])
    random = Random(7)
    drawn = [tuple(sum(random.random() < 0.1 for _ in range(200)) for _ in months) for _ in range(1000)]
    assert sum(rises(one) for one in drawn) <= 10


def test_one_to_four_comments_are_told_as_under_five() -> None:
    assert [few(count) for count in (0, 1, 4, 5, 1200)] == ["0", "under 5", "under 5", "5", "1,200"]


def test_a_table_tells_no_cell_of_one_to_four_nor_leaves_one_to_be_worked_out_from_the_others() -> None:
    def shown(*rows: ThemeRow) -> Crossed:
        kinds = most_first(rows, lambda one: one.kinds)
        return crossed(rows, lambda one: one.kinds, lambda told: told.kinds, kinds)

    many = msgspec.structs.replace(FREE, kinds={"job_post": 60, "profile": 7, "review": 2})
    pool = msgspec.structs.replace(FEW, kinds={"job_post": 7, "profile": 1}, persons=None)
    told = shown(many, FREE, ADS, pool)
    assert told.columns == ("job_post", "profile", "review", "Rest")
    assert told.lines == (
        ("Theme free", ("60", "–", "–", "9")),
        ("Theme free", ("–", "–", "–", "23")),
        ("Theme ads", ("–", "–", "–", "23")),
        ("Themes of fewer than five persons, together", ("–", "–", "–", "–")),
    )
    calm = msgspec.structs.replace(FREE, kinds={"job_post": 20, "profile": 9})
    assert shown(calm).columns == ("job_post", "profile")
    assert shown(calm).lines == (("Theme free", ("20", "9")),)
    assert shown(calm, many).lines[0] == ("Theme free", ("20", "9", "0", "0"))
    assert shown(calm, many).rests


def test_a_trend_draws_no_month_that_the_table_does_not_tell() -> None:
    months = ["2026-03", "2026-04", "2026-05"]
    free = msgspec.structs.replace(FREE, months={"2026-03": 4, "2026-04": 20, "2026-05": 50})
    totals = totals_of([free], months)
    assert [one.height for one in trend_of(free, totals)] == [0, 0, 24]
    pool = msgspec.structs.replace(FEW, months={"2026-03": 1, "2026-04": 7, "2026-05": 20}, persons=None)
    assert [one.height for one in trend_of(pool, totals_of([free, pool], months))] == [0, 0, 0]


@pytest.mark.parametrize(
    ("bases", "told"),
    [
        ([Basis.CORRECTED, Basis.AUDIT], Basis.CORRECTED),
        ([Basis.AUDIT, Basis.AUDIT], Basis.AUDIT),
        ([Basis.COUNTED, Basis.COUNTED], Basis.COUNTED),
        ([Basis.UNVERIFIED, Basis.COUNTED], Basis.UNVERIFIED),
        ([], Basis.UNVERIFIED),
    ],
)
def test_a_page_promises_no_more_than_every_row_holds(bases: list[Basis], told: Basis) -> None:
    rows = [row(str(place), 0.1, 0.05, 0.2, basis) for place, basis in enumerate(bases)]
    assert table(*rows).basis is told


def test_languages_are_called_by_their_names() -> None:
    assert [language_name(tag) for tag in ("es", "und", "", "zzz")] == [
        "Spanish", "unknown language", "unknown language", "zzz",
    ]  # fmt: skip
    with speaking(tongue_of("es")):
        assert language_name("es") == "español"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Asks for free work", "asks_for_free_work"),
        ("¡Pide trabajo grátis!", "pide_trabajo_gratis"),
        ("24 hours only", ""),
        ("仕事", ""),
        ("", ""),
        (
            "A name that goes on and on and on until nobody reads it",
            "a_name_that_goes_on_and_on_and_on_until",
        ),
    ],
)
def test_a_new_reason_is_offered_a_key_from_the_name_of_its_theme(name: str, key: str) -> None:
    assert key_for(name) == key
