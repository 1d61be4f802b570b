"""Figures add up: every flag that counts is in one row and in one cell, and intervals hold what they promise."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import comb

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.insight import rules
from flagstaff.insight.model import Asked, Counting, Ended, Fact, Limits, Menus, OfferedOption, Span
from flagstaff.insight.shares import share_of

ASKED = Asked(platform="shop", since=date(2026, 3, 1), until=date(2026, 3, 31))
FACT = Fact(
    option="job.a", kind="job", option_kind="violation", version=2, clauses=("R-1",), counting=Counting.COUNTS,
    imported=False, converted_from="", verdict="", decided=(), flags=1, cases=1,
)  # fmt: skip


def option(key: str, *versions: int, clauses: tuple[str, ...] = (), last: bool = False) -> OfferedOption:
    return OfferedOption(
        key=key, kind=key.partition(".")[0], label=key.title(), clauses=clauses, versions=versions, last=last
    )


MENUS = Menus(
    live=2,
    options={
        one.key: one
        for one in (
            option("job.a", 1, 2, clauses=("R-1",)), option("job.b", 2, clauses=("R-2",)),
            option("job.old", 1, clauses=("R-3",)), option("job.gone", 1), option("job.other", 1, 2, last=True),
        )
    },
    today={"job.a": "job.a", "job.b": "job.b", "job.old": "job.b", "job.gone": "job.gone", "job.other": "job.other"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "decided", "kind", "ended", "column"),
    [
        ("", (), "violation", Ended.OPEN, "open"),
        ("violation", ("R-1",), "violation", Ended.AS_CHOSEN, "R-1"),
        ("violation", ("R-2", "R-1"), "violation", Ended.AS_CHOSEN, "R-1"),
        ("violation", ("R-3", "R-2"), "violation", Ended.AS_SOMETHING_ELSE, "R-3"),
        ("violation", ("R-3",), "open", Ended.AS_SOMETHING_ELSE, "R-3"),
        ("referred", ("R-1",), "legal", Ended.AS_CHOSEN, "referred"),
        ("referred", (), "legal", Ended.OTHERWISE, "referred"),
        ("care", (), "care", Ended.AS_CHOSEN, "care"),
        ("care", (), "violation", Ended.OTHERWISE, "care"),
        ("housekeeping", (), "housekeeping", Ended.AS_CHOSEN, "housekeeping"),
        ("housekeeping", (), "care", Ended.OTHERWISE, "housekeeping"),
        ("acted", (), "violation", Ended.OTHERWISE, "acted"),
        ("no_violation", (), "violation", Ended.NO_VIOLATION, "no_violation"),
        ("could_not_verify", (), "violation", Ended.COULD_NOT_VERIFY, "could_not_verify"),
        ("", (), "preference", Ended.NEVER_A_CASE, "never_a_case"),
    ],
)
def test_a_flag_ended_in_one_way_and_stands_in_one_column(
    verdict: str, decided: tuple[str, ...], kind: str, ended: Ended, column: str
) -> None:
    fact = msgspec.structs.replace(FACT, verdict=verdict, decided=decided, option_kind=kind)
    assert (rules.ending(fact), rules.column(fact)) == (ended, column)
    assert column.startswith("R-") or column in rules.ENDINGS


def _facts() -> st.SearchStrategy[list[Fact]]:
    def fact(
        option_: str, version: int, verdict: str, decided: tuple[str, ...], flags: int, **more: object
    ) -> Fact:
        changes = {"option": option_, "version": version, "verdict": verdict, "flags": flags, **more}
        named = decided if verdict == "violation" else ()
        return msgspec.structs.replace(FACT, decided=named, **changes)

    return st.lists(
        st.builds(
            fact,
            st.sampled_from([*MENUS.options, "job.never"]),
            st.sampled_from([1, 2]),
            st.sampled_from(["", "violation", "care", "no_violation"]),
            st.sampled_from([("R-1",), ("R-2", "R-1"), ("R-9",)]),
            st.integers(1, 50),
            counting=st.sampled_from(Counting),
            imported=st.booleans(),
            converted_from=st.sampled_from(["", "job.other"]),
            since=st.sampled_from([date(2026, 3, 1), date(2026, 3, 2)]),
        ),
        max_size=30,
    )


def _asked() -> st.SearchStrategy[Asked]:
    return st.builds(
        lambda **how: msgspec.structs.replace(ASKED, **how),
        today=st.booleans(),
        by_version=st.booleans(),
        imported=st.booleans(),
        span=st.sampled_from([Span.WHOLE, Span.DAY]),
    )


@given(facts=_facts(), asked=_asked())
def test_nothing_is_lost_and_nothing_counted_twice(facts: list[Fact], asked: Asked) -> None:
    """However it is asked: the rows, the cells and what is left out sum to all flags there are."""
    rows, cells, out = (
        rules.usage_rows(facts, MENUS, asked),
        rules.cells_of(facts, MENUS, asked),
        rules.left_out(facts, asked),
    )
    used = sum(row.used for row in rows)
    assert used + out.withdrawn + out.kept + out.imported == sum(one.flags for one in facts)
    assert used == sum(cell.flags for cell in cells)
    for row in rows:
        assert row.used == sum(getattr(row, ended.value) for ended in Ended)
    assert len({(row.option, row.version, row.since) for row in rows}) == len(rows)
    for name in ("converted", "left_for_hint"):
        wanted = sum(one.flags for one in rules.counted(facts, asked) if one.converted_from)
        assert sum(getattr(row, name) for row in rows) == wanted


@given(facts=_facts())
def test_what_is_seen_then_and_counted_today_is_the_same_number(facts: list[Fact]) -> None:
    then = rules.usage_rows(facts, MENUS, msgspec.structs.replace(ASKED, today=False))
    today = {row.option: row.used for row in rules.usage_rows(facts, MENUS, ASKED)}
    rolled: dict[str, int] = dict.fromkeys(today, 0)
    for row in then:
        rolled[MENUS.today.get(row.option, row.option)] = (
            rolled.get(MENUS.today.get(row.option, row.option), 0) + row.used
        )
    assert {key: count for key, count in rolled.items() if count} == {
        key: count for key, count in today.items() if count
    }


@given(of=st.integers(1, 2000), data=st.data())
def test_an_interval_holds_its_share_and_narrows_with_what_is_known(of: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, of))
    one, more = share_of(part, of), share_of(part * 4, of * 4)
    assert 0 <= one.low <= part / of <= one.high <= 1
    assert more.high - more.low < one.high - one.low
    mirrored = share_of(of - part, of)
    assert one.low == pytest.approx(1 - mirrored.high)


@pytest.mark.parametrize(
    ("part", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (0, 0, 0, 1),
    ],
)
def test_the_interval_is_wilsons(part: int, of: int, low: float, high: float) -> None:
    """Worked examples; 81 of 263 is Newcombe's (Statistics in Medicine 17, 1998, 857-872, table I)."""
    found = share_of(part, of)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5])
def test_the_interval_holds_the_true_share_in_about_95_of_100_counts(share: float) -> None:
    """Summed up exactly over all counts of 200; Wilson's covers 93 to 98 % here."""
    covered = sum(
        comb(200, part) * share**part * (1 - share) ** (200 - part)
        for part in range(201)
        if share_of(part, 200).low <= share <= share_of(part, 200).high
    )
    assert 0.93 <= covered <= 0.98


def test_an_option_is_rare_only_while_its_whole_interval_says_so() -> None:
    """Counted of what its menu brought while it was offered; Other, and what is gone, never."""
    many = [msgspec.structs.replace(FACT, flags=900), msgspec.structs.replace(FACT, option="job.b", flags=3)]
    old = msgspec.structs.replace(FACT, option="job.old", version=1, flags=400)
    limits = Limits(rare_share=0.01, rare_of=200)
    found = rules.rare(rules.usage_rows(many, MENUS, ASKED), MENUS, limits)
    assert [(one.option, one.share.part, one.share.of) for one in found] == [("job.b", 3, 903)]
    # What went into it counts for it, and so does the menu on which that stood.
    assert rules.rare(rules.usage_rows([*many, old], MENUS, ASKED), MENUS, limits) == ()
    few = [msgspec.structs.replace(FACT, flags=199)]
    assert rules.rare(rules.usage_rows(few, MENUS, ASKED), MENUS, limits) == ()


@given(
    steps=st.dictionaries(st.integers(0, 200), st.integers(1, 9), min_size=1),
    part=st.floats(0.01, 1, exclude_min=True),
)
def test_a_time_within_which_a_part_was_decided_is_a_time_that_there_was(
    steps: dict[int, int], part: float
) -> None:
    found = rules.within(steps, part)
    assert found is not None
    assert 2 ** (min(steps) / 8) <= found <= 2 ** ((max(steps) + 1) / 8)


def test_of_nothing_no_time_is_told() -> None:
    assert rules.within({}, 0.5) is None


@pytest.mark.parametrize(
    ("took", "recent", "rests"),
    [(0.1, True, 60.0), (3.0, True, 300.0), (3.0, False, 86400.0), (2000.0, False, 200_000.0)],
)
def test_counting_takes_one_per_cent_of_a_core_at_most(took: float, recent: bool, rests: float) -> None:
    began = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert rules.due_again(began, timedelta(seconds=took), recent=recent) == began + timedelta(seconds=rests)


def test_months_follow_each_other() -> None:
    assert rules.months_between(date(2025, 11, 1), date(2026, 1, 1)) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1),
    ]  # fmt: skip
    assert rules.month_before(date(2026, 3, 31)) == date(2026, 2, 1)
    assert rules.released_from(date(2026, 3, 1)) == date(2026, 5, 16)


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2024, 2, 1), date(2026, 4, 1), date(2026, 12, 1)])
def test_the_slices_of_a_month_are_its_days_each_once(month: date) -> None:
    slices = rules.slices_of(month)
    assert (slices[0][0], slices[-1][1]) == (month, rules.month_after(month))
    assert all(one[1] == other[0] for one, other in pairwise(slices))
    assert all(timedelta(0) < until - since <= timedelta(days=2) for since, until in slices)
