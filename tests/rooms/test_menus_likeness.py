"""A finished theme is told beside what the house knows: an option not found, one that is gone, or something missing."""

import pytest

from flagstaff.menus.likeness import MOST, Known, Points, Rule, Shelf, ThemeWords, heard
from flagstaff.menus.model import MenuVersion
from tests.houses import default_policy

POLICY = default_policy()
RULES = [
    Rule(key=one.key, title=one.title, summary=one.summary, kinds=one.scope)
    for one in POLICY.guidelines.clauses
    if one.decidable
]


def shelf(live: int, languages: tuple[str, ...] = ()) -> Shelf:
    """Return what was known while a version was live."""
    return Shelf([one for one in POLICY.menu_versions if one.number <= live], RULES, languages)


BEFORE, AFTER = shelf(2), shelf(3)


@pytest.mark.parametrize(
    ("live", "name", "meaning", "points", "best"),
    [
        (BEFORE, "Asks for free work", "Samples or tests that nobody pays", "restore", "free_work"),
        (AFTER, "Asks for free work", "Samples or tests that nobody pays", "reword", "free_work"),
        (BEFORE, "A freelancer who advertises", "Somebody offers services as a job", "add", ""),
        (BEFORE, "Cannot tell what is wanted", "Details are missing", "add", ""),
        (
            BEFORE,
            "Posted again and again",
            "The same job many times",
            "reword",
            "duplicate_or_miscategorised",
        ),
        (
            BEFORE,
            "Threatens with bad feedback",
            "Wants more for a good review",
            "reword",
            "feedback_coercion",
        ),
        (BEFORE, "Pictures do not load", "The site is slow", "add", ""),
        (AFTER, "", "", "add", ""),
    ],
)
def test_a_theme_that_an_option_says_is_not_missing_from_the_menu(
    live: Shelf, name: str, meaning: str, points: Points, best: str
) -> None:
    known = live.known(ThemeWords(name=name, meaning=meaning), "job_post")
    assert (known.points, known.best.partition(".")[2]) == (points, best)
    assert live.points(ThemeWords(name=name, meaning=meaning), "job_post") == points


def test_what_is_found_says_which_of_its_own_words_fit_and_how_long_it_was_there() -> None:
    known = BEFORE.known(ThemeWords(name="Asks for free work"), "job_post")
    (gone,) = known.retired
    assert (gone.option.key, gone.until, gone.why) == ("job_post.free_work", 1, ("free work",))
    assert [one.rule.key for one in known.rules][:1] == ["MT-6"]
    assert all(len(found) <= MOST for found in (known.live, known.retired, known.elsewhere, known.rules))


def test_nothing_of_a_later_version_is_known() -> None:
    known = BEFORE.known(ThemeWords(name="This is a Freelancer ad not a job"), "job_post")
    assert "job_post.freelancer_ad" not in {one.option.key for one in (*known.live, *known.retired)}


def test_an_option_of_another_menu_is_told_where_this_one_has_no_such_reason() -> None:
    known = AFTER.known(ThemeWords(name="Asks for free work", meaning="Samples that nobody pays"), "profile")
    assert known.points == "add"
    assert "free_work" in {one.option.reason for one in known.elsewhere}


def test_a_theme_named_in_a_language_of_the_menus_is_found_in_it() -> None:
    told = ThemeWords(name="Quiere trabajo gratis", meaning="Pide una prueba gratis")
    assert shelf(3, ("es",)).known(told, "job_post").best == "job_post.free_work"


def test_a_kind_without_a_menu_is_known_by_nothing() -> None:
    assert BEFORE.known(ThemeWords(name="Asks for free work"), "podcast_episode") == Known()


@pytest.mark.parametrize(
    ("points", "best", "proposed", "read", "now"),
    [
        ("add", "", {"a": 6, "b": 1}, 10, ("reword", "a")),
        ("add", "", {"a": 4}, 10, ("add", "")),
        ("reword", "a", {"a": 1, "b": 2}, 10, ("add", "")),
        ("reword", "a", {"a": 3}, 10, ("reword", "a")),
        ("reword", "a", {"b": 9}, 10, ("reword", "b")),
        ("restore", "gone", {"a": 9}, 10, ("restore", "gone")),
        ("reword", "a", {}, 0, ("reword", "a")),
    ],
)
def test_what_people_wrote_says_more_than_how_a_theme_is_named(
    points: Points, best: str, proposed: dict[str, int], read: int, now: tuple[Points, str]
) -> None:
    known = heard(Known(points=points, best=best), proposed, read)
    assert (known.points, known.best) == now


def test_comments_are_run_through_the_live_options_alone() -> None:
    index = BEFORE.live_index("job_post")
    assert index is not None
    live: MenuVersion = POLICY.menu_versions[1]
    assert {one.key for one in index.options} == set(live.option_by_key) & {
        one.key for one in live.menu_by_kind["job_post"].options if one.reason != live.rules.last
    }
    assert BEFORE.live_index("podcast_episode") is None
