"""The page of the lives says what the tables of the code say, arrow by arrow."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from flagstaff.vocabulary.arrows import Arrow
from tests.architecture.tree import ROOT
from tests.flows.walk.edges import LIVES as WALKED
from tests.flows.walk.papers import PAPERS

LIVES = {**WALKED, **PAPERS}

PAGE = (ROOT / "docs/reference/lives.md").read_text(encoding="utf-8")
HEAD = "| arrow | from | to | by | when |\n|---|---|---|---|---|"


def table_of(life: str) -> str:
    """Return the table of a life as the page has it; a failure shows it whole, ready to be copied."""
    return "\n".join([HEAD, *(_line(arrow) for arrow in LIVES[life])])


def _line(arrow: Arrow[Any]) -> str:
    sources = ", ".join(f"`{state}`" for state in _in_order(arrow)) or "new"
    target = f"`{arrow.target}`" if arrow.target else "stays"
    actors = ", ".join(sorted(arrow.actors))
    return f"| {arrow.name} | {sources} | {target} | {actors} | {arrow.guard} |"


def _in_order(arrow: Arrow[Any]) -> Iterator[str]:
    """Return the states it starts in, in the order in which they are lived."""
    states: Any = type(next(iter(arrow.sources), arrow.target))
    yield from (str(state) for state in states if state in arrow.sources)


@pytest.mark.parametrize("life", list(LIVES))
def test_every_life_stands_there_with_its_arrows(life: str) -> None:
    section = re.search(rf"^## {life.capitalize()}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    found = re.search(r"^\| arrow .*?(?=\n\n|\n?\Z)", section[1], re.MULTILINE | re.DOTALL)
    assert (found and found[0].strip()) == table_of(life)


def test_no_other_life_stands_there() -> None:
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == [life.capitalize() for life in LIVES]
