"""Options that are mixed up both ways, and rare ones with a near neighbour, are proposed as merges; nothing else is."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.insight.joining import joinings, mixed
from flagstaff.insight.model import Asked, Counting, Fact, Joining, Limits, Menus, OfferedOption
from flagstaff.insight.rules import rare, usage_rows
from flagstaff.insight.shares import share_of

ASKED = Asked(platform="shop", since=date(2026, 3, 1), until=date(2026, 3, 31))
LIMITS = Limits(rare_share=0.1, rare_of=50)


def offered(key: str, *clauses: str, versions: tuple[int, ...] = (1, 2), **more: bool) -> OfferedOption:
    label = key.partition(".")[2].title()
    return OfferedOption(
        key=key, kind=key.partition(".")[0], label=label, clauses=clauses, versions=versions, **more
    )


MENUS = Menus(
    live=2,
    options={
        one.key: one
        for one in (
            offered("job.a", "R-1"), offered("job.b", "R-2", "R-5"), offered("job.c", "R-3"),
            offered("job.d", "R-3", "R-4"),
            offered("job.old", "R-6", versions=(1,)), offered("job.other", "R-9", last=True),
            offered("job.dull", choice=False), offered("review.b", "R-2"),
        )
    },
    today={
        **{key: key for key in ("job.a", "job.b", "job.c", "job.d", "job.other", "job.dull", "review.b")},
        "job.old": "job.a",
    },
)  # fmt: skip


def decided(option: str, clause: str, cases: int, flags: int = 0) -> Fact:
    clauses = MENUS.options[option].clauses
    return Fact(
        option=option, kind=option.partition(".")[0], option_kind="violation", version=2, clauses=clauses,
        counting=Counting.COUNTS, imported=False, converted_from="", verdict="violation", decided=(clause,),
        flags=flags or cases, cases=cases,
    )  # fmt: skip


def proposed(*facts: Fact) -> list[Joining]:
    rows = usage_rows(facts, MENUS, ASKED)
    return list(joinings(facts, rows, rare(rows, MENUS, LIMITS), MENUS, ASKED, LIMITS))


def test_two_that_are_mixed_up_both_ways_are_told_with_their_exact_share() -> None:
    """Eight of a's cases were b's, six of b's were a's, of thirty and forty; the less used one goes into the other."""
    facts = (
        decided("job.a", "R-1", 22), decided("job.a", "R-2", 8), decided("job.b", "R-2", 34),
        decided("job.b", "R-1", 6), decided("job.c", "R-3", 100),
    )  # fmt: skip
    (pair,) = mixed(facts, MENUS, ASKED, LIMITS)
    assert (pair.one, pair.two, pair.there, pair.back) == ("job.a", "job.b", 8, 6)
    assert pair.share == share_of(14, 70)
    one, *_ = proposed(*facts)
    assert (one.option, one.into, one.why, one.there, one.back) == ("job.a", "job.b", "mixed", 8, 6)
    assert one.lost == ("R-1",), "what nothing else on the menu leads to is named"


@pytest.mark.parametrize(
    "facts",
    [
        (decided("job.a", "R-2", 30), decided("job.b", "R-2", 30)),
        (decided("job.a", "R-2", 4), decided("job.b", "R-1", 4), decided("job.c", "R-3", 40)),
        (decided("job.a", "R-1", 200), decided("job.a", "R-2", 5), decided("job.b", "R-1", 5)),
        (decided("job.other", "R-2", 20), decided("job.b", "R-9", 20)),
        (decided("job.a", "R-7", 20), decided("job.b", "R-8", 20)),
        (decided("review.b", "R-1", 20), decided("job.a", "R-2", 20)),
    ],
)
def test_one_way_too_few_too_small_other_and_other_menus_are_no_pair(facts: tuple[Fact, ...]) -> None:
    assert mixed(facts, MENUS, ASKED, LIMITS) == ()


def test_flags_are_told_under_what_their_option_became() -> None:
    facts = (decided("job.old", "R-2", 20), decided("job.b", "R-1", 20))
    (pair,) = mixed(facts, MENUS, ASKED, LIMITS)
    assert (pair.one, pair.two, pair.there, pair.back) == ("job.a", "job.b", 20, 20)


def test_a_rare_option_goes_where_its_cases_went_else_where_its_rules_lead() -> None:
    lots = (decided("job.a", "R-1", 300), decided("job.d", "R-3", 300))
    by_rules = {one.option: one for one in proposed(*lots)}
    assert (by_rules["job.c"].into, by_rules["job.c"].why, by_rules["job.c"].share.part) == (
        "job.d",
        "rare",
        0,
    )
    assert by_rules["job.c"].lost == ()
    assert "job.b" not in by_rules, "nothing stands near it: it is told as rare, and no merge is proposed"
    by_cases = {one.option: one.into for one in proposed(*lots, decided("job.c", "R-1", 3))}
    assert by_cases["job.c"] == "job.a"
    assert "job.dull" not in by_cases
    assert "job.other" not in by_cases


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*MENUS.options]),
            st.sampled_from([f"R-{n}" for n in range(1, 10)]),
            st.integers(1, 90),
        ),
        max_size=25,
    )
)
def test_a_proposal_never_chains_and_never_names_other(drawn: list[tuple[str, str, int]]) -> None:
    """What goes, goes once, into something live of its own menu that stays; order of the counts changes nothing."""
    facts = [decided(*one) for one in drawn]
    found = proposed(*facts)
    goes = [one.option for one in found]
    assert len(goes) == len(set(goes))
    assert not set(goes) & {one.into for one in found}
    for one in found:
        for key in (one.option, one.into):
            option = MENUS.options[key]
            assert not option.last
            assert option.choice
            assert MENUS.live in option.versions
            assert option.kind == one.kind
        assert 0 <= one.share.low <= one.share.high <= 1
    assert proposed(*reversed(facts)) == found
    assert all(msgspec.structs.asdict(one)["label"] for one in found)
