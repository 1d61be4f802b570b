"""The page of the API names every address, every common problem, and its examples can be read as they stand."""

import re
from typing import Any

import msgspec
import pytest

import flagstaff.api.build  # noqa: F401 - every kind of problem is known once the whole door is
from flagstaff.api import answers, bodies
from flagstaff.api.channels import ROUTES
from flagstaff.api.problems import explained
from flagstaff.flows import propose_options
from flagstaff.vocabulary.scopes import ApiScope
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "api.md").read_text()
_EXAMPLE = re.compile(r"^```json\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SHAPES: dict[str, list[Any]] = {
    "POST /v1/flags": [bodies.FlagBody, bodies.FlagBody, answers.FlagReceipt],
    "POST /v1/hints": [bodies.HintBody, propose_options.HintsAnswer],
    "POST /v1/flags:bulk": [bodies.BulkBody, answers.BulkAnswer],
    "POST /v1/my/flags/{number}/answer": [bodies.AnswerBody],
    "POST /v1/my/notices/{number}/answer": [bodies.AnswerBody],
    "POST /v1/my/appeals": [bodies.AppealBody, answers.AppealAnswer],
    "POST /v1/content": [bodies.Subject, answers.Accepted],
    "POST /v1/content-events": [bodies.ContentEventsBody],
    "POST /v1/person-events": [bodies.PersonEventsBody],
    "GET /v1/measures": [answers.FeedPage],
    "GET /v1/lineage": [answers.LineageAnswer],
}


def _sections() -> dict[str, str]:
    parts = re.split(r"^### `([A-Z]+ [^`]+)`$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_names_exactly_the_addresses_there_are() -> None:
    """The list of routes is compared with the router in tests/doors/test_author_channels.py."""
    assert sorted(_sections()) == sorted(ROUTES)


def test_every_problem_on_the_page_is_one() -> None:
    table = PAGE.partition("## How it fails")[2].partition("\n## ")[0]
    named = [
        slug
        for row in table.splitlines()
        if row.startswith("| `")
        for slug in re.findall(r"`([a-z-]+)`", row.split("|")[1])
    ]
    assert named
    assert set(named) <= set(explained())
    for row in table.splitlines():
        for slug in re.findall(r"`([a-z-]+)`", row.split("|")[1]) if row.startswith("| `") else []:
            assert explained()[slug].status == int(row.split("|")[2])


def test_every_scope_is_explained() -> None:
    assert set(re.findall(r"^\| `([a-z]+:[a-z]+)`", PAGE, re.MULTILINE)) == {
        scope.value for scope in ApiScope
    }


@pytest.mark.parametrize("route", sorted(_SHAPES))
def test_examples_can_be_read(route: str) -> None:
    """Each example is a whole request or answer of today's contract, with no field beside it."""
    examples = _EXAMPLE.findall(_sections()[route])
    assert len(examples) == len(_SHAPES[route])
    for text, shape in zip(examples, _SHAPES[route], strict=True):
        value = msgspec.json.decode(text, type=shape)
        given = msgspec.json.decode(text)
        assert set(given) <= {field.encode_name for field in msgspec.structs.fields(shape)}
        assert value is not None
