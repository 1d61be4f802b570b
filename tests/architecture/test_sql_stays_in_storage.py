"""SQL is prose too, and it has its places: the store, and the storage of rooms and views."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, short

LOWER = (
    r"select\s.*\sfrom\s|select\s+\w+\.\w+\(|insert\s+into\s|update\s+[\w.]+\s+set\s|delete\s+from\s"
    r"|with\s+\w+\s+as\s*\("
)
UPPER = re.sub(r"(?<!\\)\b[a-z]{2,}", lambda word: word[0].upper(), LOWER)
# All small or all capital letters: a sentence begins with one capital.
STATEMENT = re.compile(rf"^\s*(--[^\n]*\n\s*)*({LOWER}|{UPPER})", re.DOTALL)
WITHOUT_SQL = {"api", "console", "jobs", "flows", "corpus", "language", "vocabulary", "kernel"}


def test_python_outside_storage_holds_no_sql() -> None:
    found = [
        f"{short(path)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not speaks_sql(path)
        for line in statements(path.read_text())
    ]
    assert found == []


def test_sql_files_stand_in_the_store_rooms_and_views() -> None:
    files = PACKAGE.rglob("*.sql")
    assert [short(path) for path in files if path.relative_to(PACKAGE).parts[0] in WITHOUT_SQL] == []


@pytest.mark.parametrize(
    ("code", "is_sql"),
    [
        ('run("select id from cases.case")', True),
        ('run("INSERT INTO flags.flag VALUES ($1)")', True),
        ('run("update cases.case set state = $1")', True),
        ('run(f"delete from {table}")', True),
        ('run("WITH due AS (SELECT 1) SELECT 2")', True),
        ('say("Select an option from the menu")', False),
        ('"""Select rows from a table, says a docstring."""', False),
        ('say("update the page, then set the clock")', False),
    ],
)
def test_the_scan_tells_sql_from_prose(code: str, *, is_sql: bool) -> None:
    assert bool(list(statements(code))) is is_sql


def speaks_sql(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] == "store" or any(part in {"storage", "storage.py"} for part in parts[1:])


def statements(code: str) -> Iterator[int]:
    """Give the lines of strings, other than docstrings, that begin like a statement."""
    tree = ast.parse(code)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    ]
    return (node.lineno for node in strings if STATEMENT.match(str(node.value)))
