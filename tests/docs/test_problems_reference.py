"""The page about problems lists exactly those that a request or a page can be answered with."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import msgspec

import flagstaff
from flagstaff.kernel.errors import FlagstaffError
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")


def below(kind: type[FlagstaffError]) -> Iterator[type[FlagstaffError]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def kinds() -> list[type[FlagstaffError]]:
    """Load the whole product, so that no kind is missing, and leave out what tests define."""
    for module in pkgutil.walk_packages(flagstaff.__path__, "flagstaff."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [one for one in below(FlagstaffError) if one.__module__.startswith("flagstaff.")]


def test_the_page_lists_exactly_the_problems_there_are() -> None:
    listed = {
        (int(section[:3]), slug)
        for section in PAGE.split("\n## ")[1:]
        for slug in re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)
    }
    # What is the operator's to mend is printed by a command; 503 tells a caller to come again.
    told = {(one.status, one.slug) for one in kinds() if one.status < 500 or one.status == 503}
    assert listed == told


def test_no_two_kinds_share_a_type() -> None:
    """A type leads to one page, which explains one kind; `internal` is deliberately all that nobody foresaw."""
    slugs = [one.slug for one in kinds() if one.slug != "internal"]
    assert sorted(slugs) == sorted(set(slugs))


def test_the_example_is_one_the_house_would_send() -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    document = msgspec.json.decode(text)
    (kind,) = [one for one in kinds() if one.slug == "details-missing"]
    error = kind(document["detail"], where=document["where"], mend=document["mend"], length=5, least=10)
    assert error.problem() == document
