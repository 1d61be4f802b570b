"""What was published before a field or a notice came is read for ever: nothing published is edited."""

from typing import Any

import msgspec

from flagstaff.guidelines.model import Guidelines
from flagstaff.menus.model import MenuVersion
from tests.houses import default_policy

POLICY = default_policy()
LATER = ("promises", "names", "translations")
"""Fields that came after the first guidelines were published."""


def test_guidelines_without_what_came_later_are_read_and_have_no_words_for_it() -> None:
    """A question that ends under them is told nothing: there is no text that anybody approved."""
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(POLICY.guidelines))
    before = {name: value for name, value in stored.items() if name not in LATER}
    before["notices"] = [one for one in stored["notices"] if one["key"] != "question_over"]
    before["notice_for"] = {
        event: key for event, key in stored["notice_for"].items() if event != "question_unanswered"
    }
    read = msgspec.convert(before, Guidelines)
    assert read.notice_for.get("question_unanswered") is None
    assert "question_over" not in read.notice_by_key
    assert read.clauses == POLICY.guidelines.clauses


def test_menus_without_what_came_later_are_read_with_an_address_that_names_no_page() -> None:
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(POLICY.menu_versions[-1]))
    for resource in stored["texts"]["resources"]:
        for entry in resource["entries"]:
            entry.pop("source", None)
    read = msgspec.convert({name: value for name, value in stored.items() if name != "cues"}, MenuVersion)
    assert read.cues == {}
    assert {entry.source for one in read.texts.resources for entry in one.entries} == {None}
