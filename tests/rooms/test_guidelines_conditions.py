"""Conditions of exceptions: mistakes are found before publishing, and what fails does not hold."""

import pytest

from flagstaff.guidelines.conditions import BadCondition, Conditions
from flagstaff.guidelines.model import Feature

CONDITIONS = Conditions(
    [
        Feature(key="text.lang", type="string", meaning="language"),
        Feature(key="links", type="list", of={"host": "string", "kind": "string"}, meaning="links"),
        Feature(key="contact.count", type="int", meaning="contact details"),
        Feature(key="score", type="double", meaning="a score"),
        Feature(key="platform.hosts", type="list", meaning="hosts"),
    ]
)
OWN_LINKS = "size(links) > 0 && links.all(l, l.host in platform.hosts) && contact.count == 0"


@pytest.mark.parametrize(
    ("condition", "what", "hint"),
    [
        ("text.lnag == 'es'", "`text.lnag` is no feature", "Did you mean `text.lang`?"),
        ("links.all(l, l.hots in platform.hosts)", "`links` has no field `hots`", "Did you mean `host`?"),
        ("contact.count > 0.5", "a whole number is compared with a decimal one", "Write whole numbers"),
        ("score > 1", "a whole number is compared with a decimal one", "1.0 for scores"),
        ("text.lang == 3", "the types do not fit at column 11", "Text stands in quotes"),
        ("size(links)", "the condition is neither true nor false", "Compare something"),
        ("contact.count == 0 &&", "syntax error near `the end`", "Write conditions as"),
        ("contact.count = 0", "syntax error near `= 0`", "Write conditions as"),
        ("", "syntax error near `the end`", "Write conditions as"),
        ("a\x00b", "the condition contains a NUL character", "Remove it."),
        ("true || " * 200 + "true", "the condition is longer than 1000 characters", "Split the exception."),
    ],
)
def test_a_mistake_is_told_with_its_mend(condition: str, what: str, hint: str) -> None:
    with pytest.raises(BadCondition) as bad:
        CONDITIONS.compile(condition)
    assert bad.value.what == what
    assert hint in bad.value.hint


@pytest.mark.parametrize(
    ("links", "contacts", "held"),
    [
        (["harborlane.example"], 0, True),
        (["harborlane.example", "elsewhere.example"], 0, False),
        (["harborlane.example"], 1, False),
        ([], 0, False),
    ],
)
def test_an_exception_holds_only_when_all_of_its_condition_does(
    links: list[str], contacts: int, held: bool
) -> None:
    features = {
        "links": [{"host": host, "kind": "page"} for host in links],
        "contact.count": contacts,
        "platform.hosts": ["harborlane.example"],
    }
    verdict = CONDITIONS.compile(OWN_LINKS).judge(features)
    assert verdict.held is held
    assert OWN_LINKS in verdict.why


@pytest.mark.parametrize(
    "features",
    [
        {"links": [{"nothing": "here"}], "platform.hosts": ["a"]},
        {"links": "not a list", "contact.count": "not a number"},
        {"links": [{"host": object()}]},
    ],
)
def test_what_cannot_be_evaluated_does_not_hold(features: dict[str, object]) -> None:
    verdict = CONDITIONS.compile(OWN_LINKS).judge(features)
    assert not verdict.held
    assert "could not be evaluated" in verdict.why


def test_a_missing_feature_counts_as_empty() -> None:
    assert CONDITIONS.compile("contact.count == 0 && text.lang == ''").judge({}).held


def test_nul_surrogates_and_long_lists_hide_nothing() -> None:
    assert not CONDITIONS.compile("text.lang == 'en'").judge({"text.lang": "en\x00es"}).held
    many = [{"host": "a", "kind": "page"}] * 201
    pages_only = CONDITIONS.compile("links.all(l, l.kind == 'page')")
    assert not pages_only.judge({"links": many}).held
    assert pages_only.judge({"links": many[:200]}).held
    assert not CONDITIONS.compile("text.lang == 'en'").judge({"text.lang": "\ud800"}).held
