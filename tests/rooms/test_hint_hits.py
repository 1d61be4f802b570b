"""How often a hint is right is counted by theme, on lines that a digest put aside, with an interval that fits few."""

import pytest

from bench.hint_parts.found import (
    REASONS,
    WHERE_THERE_IS_NO_OTHER,
    Comment,
    Hits,
    hits_by_theme,
    is_held_out,
    wanted,
    wilson,
)
from flagstaff.menus.hints import index_of, propose
from tests.architecture.tree import ROOT
from tests.houses import default_policy

POLICY = default_policy()
VERSION = POLICY.menu_versions[-1]
MENUS = {str(kind): menu for kind, menu in VERSION.menu_by_kind.items()}


def comment(theme: str, words: str = "", kind: str = "job_post") -> Comment:
    return Comment(f"own-{theme}", kind, theme, words)


def test_every_theme_names_reasons_that_a_menu_shows() -> None:
    shown = {option.reason for menu in VERSION.menus for option in menu.options}
    assert {
        one for by in (REASONS, WHERE_THERE_IS_NO_OTHER) for names in by.values() for one in names
    } <= shown


@pytest.mark.parametrize(
    ("theme", "kind", "reasons"),
    [
        ("free_work", "job_post", {"free_work"}),
        ("free_work", "profile", set()),
        ("never_hires", "job_post", set()),
        ("off_platform_contact", "private_message", {"off_platform_payment", "contact_before_contract"}),
        ("repost_or_duplicate", "job_post", {"duplicate_or_miscategorised"}),
        ("repost_or_duplicate", "private_message", {"suspicious_link_or_spam"}),
        ("copied_profile", "portfolio_item", {"stolen_work"}),
    ],
)
def test_what_would_be_right_depends_on_what_the_menu_shows(theme: str, kind: str, reasons: set[str]) -> None:
    assert wanted(comment(theme, kind=kind), MENUS[kind]) == reasons


def test_a_comment_is_on_the_same_side_for_everybody() -> None:
    """Another digest would let lines that were tuned on pass for held out."""
    sides = [is_held_out(Comment(f"own-{place}", "job_post", "", "some words")) for place in range(16)]
    assert "".join("x" if side else "." for side in sides) == SIDES
    assert is_held_out(Comment("own-0", "profile", "free_work", "some words")) == sides[0]


SIDES = ".x...xxxxxxx.x.x"


def test_hits_and_silence_are_counted_apart() -> None:
    answers = {"a": ["free_work"], "b": ["low_pay", "free_work"], "c": [], "d": ["low_pay"]}
    comments = [comment("free_work", words) for words in "abc"]
    comments += [comment("never_hires", "c"), comment("not_usable", "d")]
    found, silence = hits_by_theme(comments, MENUS, lambda _, words: answers[words])
    assert found == {"free_work": Hits(3, 1, 2)}
    assert silence == (2, 1)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.278),
        (10, 10, 0.722, 1.0),
        (50, 100, 0.404, 0.596),
        (0, 0, 0.0, 1.0),
        (81, 263, 0.255, 0.366),
    ],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """Of ten that all hit, 72 % is the least to be sure of; the last case is Newcombe's (1998), table I."""
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-4)


def test_the_texts_that_are_timed_have_forty_words_and_find_something() -> None:
    rules = {clause.key: clause.title for clause in POLICY.guidelines.clauses}
    index = index_of(VERSION, MENUS["job_post"], rules)
    texts = (ROOT / "bench" / "hint_parts" / "texts.txt").read_text(encoding="utf-8").splitlines()
    assert [len(text.split()) for text in texts] == [40] * 8
    assert [text for text in texts if not propose(index, text)] == []
