"""Danger has one door: what was sealed is opened by one function, which commits what it opens, and why, first."""

import ast
import inspect
from collections.abc import Iterator

import pytest

from flagstaff.vault import opening
from tests.architecture.tree import PACKAGE, short

DOOR = PACKAGE / "flows" / "open_on_record.py"
TAKES = {
    name for name, found in inspect.getmembers(opening, inspect.iscoroutinefunction)
    if list(inspect.signature(found).parameters)[1:3] == ["opener", "asking"]
}  # fmt: skip


def test_nobody_else_asks_or_takes() -> None:
    assert {"read", "reveal", "addresses", "comments_for_dive"} <= TAKES
    found = [
        f"{short(path)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != DOOR and path.relative_to(PACKAGE).parts[0] != "vault"
        for line in openings(path.read_text())
    ]
    assert found == [], "call open_on_record instead"


@pytest.mark.parametrize(
    ("code", "opens"),
    [
        ("await opening.ask(connection, asking)", True),
        ("await opening.reveal(connection, opener, key, at)", True),
        ("await open_on_record(house, role, asking, opening.reveal)", False),
        ("await opening.refs_of(connection, case)", False),
    ],
)
def test_the_scan_tells_opening_from_handing_on(code: str, *, opens: bool) -> None:
    assert bool(list(openings(code))) is opens


def openings(code: str) -> Iterator[int]:
    """Give the lines that ask to open, or take, by themselves."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            room = node.func.value
            if isinstance(room, ast.Name) and room.id == "opening" and node.func.attr in {"ask", *TAKES}:
                yield node.lineno
