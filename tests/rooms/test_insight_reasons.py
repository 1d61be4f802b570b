"""Reasons that say the same stand together, whatever order they come in; rules are told with their exact shares."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.insight.reasons import Said, alike, by_week, monday_of
from flagstaff.insight.rule_joined import prepared_join
from flagstaff.insight.rule_use import KnownRule, NamedRules, ReplacedRules, near_rules, rare_rules
from flagstaff.insight.shares import share_of
from flagstaff.language.yaml import read_yaml

MONDAY = date(2026, 6, 1)
BOTS = (
    "Posts are written by a bot that answers every thread",
    "A bot answered each thread with the same post",
    "This account is a bot, it answers threads by itself",
)
PHOTOS = (
    "Photos of minors on a profile without their parents' consent",
    "Shows photos of minors without consent",
)


def said(words: str, place: int = 0, day: date = MONDAY) -> Said:
    return Said(
        decision=f"D-{place}", case=f"C-{place}", day=day, clause="CG-12c", kind="review", words=words
    )


def test_what_says_the_same_is_one_candidate_and_what_does_not_stands_alone() -> None:
    reasons = [said(words, place) for place, words in enumerate((*BOTS, *PHOTOS, "Asked for a loan."))]
    found = alike(reasons, MONDAY)
    assert [len(one.members) for one in found] == [3, 2, 1]
    assert {one.words for one in found[0].members} == set(BOTS)
    assert {one.words for one in found[1].members} == set(PHOTOS)


def test_misspelt_words_are_still_the_same_reason() -> None:
    found = alike([said("Selling accomodation vouchers", 1), said("Seling acommodation voucher", 2)], MONDAY)
    assert [len(one.members) for one in found] == [2]


@settings(max_examples=30)
@given(st.lists(st.sampled_from([*BOTS, *PHOTOS, "", "¿?", "Asked for a loan."]), max_size=20), st.randoms())
def test_every_reason_is_in_one_group_whatever_the_order(words: list[str], random: Random) -> None:
    reasons = [said(one, place, MONDAY - timedelta(days=place)) for place, one in enumerate(words)]
    found = alike(reasons, MONDAY)
    assert sorted(one.decision for group in found for one in group.members) == sorted(
        one.decision for one in reasons
    )
    assert sum(count for group in found for _, count in group.weeks) == len(reasons)
    random.shuffle(reasons)
    assert alike(reasons, MONDAY) == found


def test_a_candidate_is_new_in_its_first_week_alone() -> None:
    old = [said(BOTS[0], 1, MONDAY - timedelta(days=1)), said(BOTS[1], 2, MONDAY + timedelta(days=2))]
    (group,) = alike(old, MONDAY)
    assert not group.new
    assert group.weeks == ((MONDAY - timedelta(weeks=1), 1), (MONDAY, 1))
    (group,) = alike(old[1:], MONDAY)
    assert group.new


def test_weeks_without_a_reason_are_told_too() -> None:
    found = by_week(
        [said("x", 1, MONDAY + timedelta(days=6))], MONDAY - timedelta(days=8), MONDAY + timedelta(days=6)
    )
    assert found == ((MONDAY, 1), (MONDAY - timedelta(weeks=1), 0), (MONDAY - timedelta(weeks=2), 0))
    assert monday_of(MONDAY + timedelta(days=6)) == MONDAY


# ---------------------------------------------------------------- rules
RULES = [
    KnownRule("R-1", "One", 1, "quality"),
    KnownRule("R-2", "Two", 2, "quality"),
    KnownRule("R-3", "Three", 4, "safety"),
]


def test_two_rules_that_stand_for_one_another_are_told_with_both_ways() -> None:
    """Twelve decisions named both, three looks put one in place of the other, of thirty that named either."""
    named = [
        NamedRules(("R-1", "R-2"), 7),
        NamedRules(("R-2", "R-1"), 5),
        NamedRules(("R-1",), 10),
        NamedRules(("R-2",), 8),
    ]
    replaced = [ReplacedRules(("R-1",), ("R-2",), 2), ReplacedRules(("R-2", "R-9"), ("R-1", "R-9"), 1)]
    (pair,) = near_rules(named, replaced, RULES)
    assert (pair.goes.key, pair.stays.key, pair.together, pair.swapped) == ("R-2", "R-1", 12, 3)
    assert pair.share == share_of(15, 30)
    assert near_rules([*named, NamedRules(("R-1",), 90)], replaced, RULES) == ()
    assert near_rules(named, replaced, RULES[:1]) == (), "a rule that is no longer live is left out"


@pytest.mark.parametrize(("decisions", "rare"), [(199, ()), (1000, ("R-2", "R-3")), (600, ())])
def test_a_rule_is_rare_where_its_whole_interval_says_so(decisions: int, rare: tuple[str, ...]) -> None:
    found = rare_rules([NamedRules(("R-1",), decisions)], RULES)
    assert tuple(one.rule.key for one in found) == rare
    assert [one.grave for one in found] == [False, True][: len(found)]


def test_a_prepared_join_is_yaml_that_names_all_that_changes() -> None:
    goes = KnownRule(
        "R-2", "Two", 3, "quality", summary='Says "two".', scope=("review",), groups=("espanol",),
        reasons={"both": ("R-1", "R-2"), "two": ("R-2",)},
    )  # fmt: skip
    stays = KnownRule("R-1", "One: first", 1, "safety", summary="Says one.", scope=("job_post",))
    text = prepared_join(goes, stays, 4)
    page = read_yaml("prepared.yaml", text)
    assert page.problems == ()
    assert page.value == {
        "clauses": {
            "R-1": {
                "title": "One: first", "summary": 'Says one. Says "two".', "scope": ["job_post", "review"],
                "severity": 3, "ladder": "safety",
            }
        },
        "reasons": {"both": {"clauses": ["R-1"]}, "two": {"clauses": ["R-1"]}},
    }  # fmt: skip
    assert "espanol lifts R-2" in text
    assert "R-2: quality" in text
