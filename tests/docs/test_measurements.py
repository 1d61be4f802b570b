"""The page of measurements is made of kept results alone, and each of them can stand on a page."""

import re
from typing import Any

import msgspec
import pytest

from bench.measuring.result import LARGEST, RESULTS, Goal, Made, Picture, Result, Unfit, fit, read
from bench.page import PICTURES, rendered
from bench.page_parts.drawing import draw
from tests.architecture.tree import ROOT

MADE = Made("2026-01-05 10:00 UTC", "0123456789", "2 cores, x86_64, 8 GB, Linux", 0.5, "3.11.2")


def result(**changes: Any) -> Result:
    usual: dict[str, Any] = {
        "title": "A table",
        "command": "python3 dev.py bench something",
        "made": MADE,
        "what": "Something was counted.",
        "columns": ["way", "at once", "µs"],
        "rows": [["one", 1, 12.5], ["two", 64, 3], ["three", 256, None]],
    }
    return Result(**usual | changes)


def test_page_and_pictures_are_what_the_results_say() -> None:
    """Mend: python3 dev.py bench page."""
    files = rendered(read())
    assert {file.name for file in files} >= {"measurements.md"}
    for file, text in files.items():
        assert file.exists(), f"{file.name} is missing; python3 dev.py bench page"
        assert file.read_text(encoding="utf-8") == text, f"{file.name} is behind; python3 dev.py bench page"
    assert set(PICTURES.glob("measured-*.svg")) == {file for file in files if file.suffix == ".svg"}


def test_every_kept_result_is_small_and_fit() -> None:
    for name, one in read().items():
        fit(name, one)
        assert (RESULTS / f"{name}.json").stat().st_size <= LARGEST


def test_every_command_on_the_page_is_one_there_is() -> None:
    benches = {file.stem for file in (ROOT / "bench").glob("[!_]*.py")}
    dev = (ROOT / "dev.py").read_text()
    for name, one in read().items():
        words = one.command.split()
        if words[:2] == ["python3", "dev.py"]:
            named = words[3] in benches if words[2] == "bench" else f'"{words[2]}"' in dev
            assert named, f"{name}: {one.command}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": [["one", 1]]}, "2 cells"),
        ({"goals": [Goal(goal="≤ 1", measured="2", met=False)]}, "without a reason"),
        ({"picture": Picture(kind="bars", label=["way"], value=["ms"]), "alt": "x"}, "not there"),
        ({"picture": Picture(kind="bars", label=["way"], value=["µs"])}, "alt"),
        ({"rows": [["x" * 100, 1, 1]] * 100}, "bytes"),
        ({"title": ""}, "length"),
    ],
)
def test_a_result_that_no_page_can_be_made_of_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Unfit, match=words):
        fit("planted", result(**changes))


def test_what_is_kept_is_read_back_as_it_was() -> None:
    one = fit("planted", result(notes=["a note"], goals=[Goal(goal="≤ 1", measured="1", met=True)]))
    from bench.measuring.result import _laid_out

    assert msgspec.json.decode(_laid_out(one), type=Result) == one


@pytest.mark.parametrize(
    "picture",
    [
        Picture(kind="bars", label=["way"], value=["µs"]),
        Picture(kind="bars", label=["way"], value=["µs", "at once"], where={"way": "one"}),
        Picture(kind="lines", label=["way"], x="at once", value=["µs"], log_x=True, log_y=True),
        Picture(kind="lines", label=["way"], x="at once", value=["µs"]),
    ],
)
def test_a_picture_stands_alone_and_can_be_read_aloud(picture: Picture) -> None:
    """No script, no address but the name of its format, a title and a description, and no row without numbers."""
    drawn = draw("planted", result(picture=picture, alt="What it shows."))
    assert re.findall(r"https?://[^\"]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert "<title" in drawn
    assert "What it shows." in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert "<script" not in drawn
    assert "three" not in drawn
