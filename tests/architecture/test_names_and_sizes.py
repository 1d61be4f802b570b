"""A folder reads as a table of contents: honest names, short files, stories on one page."""

import re

from tests.architecture.tree import PACKAGE, ROOT, functions, kept_files, short, words

SAYS_NOTHING = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
LINES_IN_A_FILE = 500
LINES_IN_A_FUNCTION = 60
# Written so that this file does not hold what it looks for.
PRIVATE = re.compile("|".join(["/wo" + "rk/", "/fa" + "rm/", "/ro" + "ot/", r"\.\./sha" + "red"]))
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b")


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without __init__.py is invisible to the import contracts."""
    folders = {file.parent for place in (PACKAGE, ROOT / "tests") for file in place.rglob("*.py")}
    assert [short(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_room_says_what_it_is_for() -> None:
    rooms = [
        file for file in PACKAGE.glob("*/__init__.py") if not file.read_text().lstrip().startswith('"""')
    ]
    assert [short(file) for file in rooms] == []


def test_no_file_is_named_for_nothing() -> None:
    named = [path for path in kept_files() if SAYS_NOTHING & set(re.split(r"[_.\-]", path.name.lower()))]
    assert [short(path) for path in named] == []


def test_no_file_of_code_is_longer_than_500_lines() -> None:
    code = [path for path in kept_files() if path.suffix == ".py"]
    lengths = {short(path): len(path.read_text().splitlines()) for path in code}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_IN_A_FILE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = [
        f"{short(path)}:{function.lineno} {function.name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LINES_IN_A_FUNCTION
    ]
    assert too_long == []


def test_nothing_names_a_private_place() -> None:
    assert lines_matching(PRIVATE, suffixes=None) == []


def test_nothing_is_left_for_later_in_the_code() -> None:
    assert lines_matching(UNFINISHED, suffixes={".py"}) == []


def lines_matching(pattern: re.Pattern[str], suffixes: set[str] | None) -> list[str]:
    return [
        f"{short(path)}:{number}: {line.strip()[:80]}"
        for path in kept_files()
        if suffixes is None or path.suffix in suffixes
        for number, line in enumerate((words(path) or "").splitlines(), 1)
        if pattern.search(line)
    ]
