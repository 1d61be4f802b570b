"""Strict YAML: text stays text, what hides or doubles things is refused, and every part knows its line."""

import pytest
from hypothesis import given, strategies as st

from flagstaff.language.forms import closest
from flagstaff.language.wording import check_wording
from flagstaff.language.yaml import Spot, read_yaml, spot_of


def value_of(text: str) -> object:
    """Read a text that has no problems."""
    page = read_yaml("a.yaml", text)
    assert page.problems == ()
    return page.value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("on", "on"),
        ("no", "no"),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("2026-03-02", "2026-03-02"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("<<", "<<"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("007", "007"),
        ("7.50", 7.5),
    ],
)
def test_only_plain_numbers_true_false_and_null_are_more_than_text(written: str, read: object) -> None:
    assert value_of(f"key: {written}") == {"key": read}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key `a` stands twice (first on line 1)"),
        ("a: {b: 1,\n  b: 2}", 2, "the key `b` stands twice (first on line 1)"),
        ("a: &x 1", 1, "the anchor &x is not allowed"),
        ("a: 1\nb: *x", 2, "the alias *x is not allowed"),
        ("a: !!python/name:os.system x", 1, "the tag tag:yaml.org,2002:python/name:os.system is not allowed"),
        ("a: 1\n---\nb: 2", 2, "a second document begins here"),
        ("a: 1\n? [b]\n: 2", 2, "a key must be plain text"),
        ("a: [1, 2", 1, "this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: 1\n\tb: 2", 2, "this is not YAML: found character '\\t' that cannot start any token"),
    ],
)
def test_what_hides_or_doubles_things_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    problems = read_yaml("a.yaml", text).problems
    assert (line, what) in {(problem.line, problem.what) for problem in problems}


def test_several_problems_of_one_file_are_told_together() -> None:
    assert [problem.line for problem in read_yaml("a.yaml", "a: 1\na: 2\nb: *x\nc: &y 3").problems] == [
        2,
        3,
        4,
    ]


def test_the_first_of_two_keys_counts() -> None:
    assert read_yaml("a.yaml", "a: 1\na: 2").value == {"a": 1}


def test_size_and_depth_are_bounded() -> None:
    assert "larger than" in read_yaml("a.yaml", "a: " + "x" * 1_000_000).problems[0].what
    assert "nested deeper" in read_yaml("a.yaml", "a: " + "[" * 30 + "]" * 30).problems[0].what
    read_yaml("a.yaml", "[" * 100_000)  # ends, and does not exhaust the stack


def test_what_is_missing_is_found_at_what_is_round_it() -> None:
    spots = read_yaml("a.yaml", "a:\n  b:\n    c: [1,\n      2]").spots
    assert spot_of(spots, ("a", "b", "c", 1)) == Spot("a.yaml", 4)
    assert spot_of(spots, ("a", "b", "nothing")) == Spot("a.yaml", 2)
    assert spot_of(spots, ("nothing",)) is None


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    page = read_yaml("a.yaml", text)
    assert all(problem.what and problem.mend and problem.line >= 0 for problem in page.problems)


def test_the_closest_name_is_proposed() -> None:
    assert closest("ordr", ["order", "quality"]) == "Did you mean `order`?"
    assert closest("zzz", ["order", "quality"]) == "Known: `order`, `quality`."


def test_words_with_a_fixed_word_are_found_but_not_in_addresses() -> None:
    said = {"a": ["Report it", "see https://report.example.org", "a reporter's strike-through"]}
    found = list(check_wording(said, {"report": "flag", "strike": "decision in force"}, {"platform"}))
    assert [(finding.at, finding.mend) for finding in found] == [(("a", 0), "Write `flag`.")]
