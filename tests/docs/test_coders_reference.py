"""The cards of coders say what was measured last. Mend: copy figures of bench/results to docs/reference/coders.md."""

import re

from bench.measuring.result import read
from flagstaff.insight.prompting import PROMPT
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "coders.md").read_text(encoding="utf-8")
AUDITS, GUESSES, GROWTH = (read()[name] for name in ("themes-audits", "themes-guesses", "themes-growth"))


def test_the_houses_coder_agrees_as_often_as_was_measured() -> None:
    measured = {
        (one["comments"], one["labels"]): (one["accuracy %"], one["largest four, points off"])
        for one in (dict(zip(AUDITS.columns, row, strict=True)) for row in AUDITS.rows)
    }
    told = re.findall(r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert {
        (corpus, int(labels)): (float(agrees), float(off))
        for labels, *cells in told
        for corpus, agrees, off in (("natural", *cells[:2]), ("hard", *cells[2:]))
    } == measured
    (line,) = re.findall(r"^\| 0 \| – \| ([\d.]+) \| – \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    given = [row for row in GUESSES.rows if row[1] == "given codebook"]
    assert [float(one) for one in line] == [
        row[GUESSES.columns.index("largest four, points off")] for row in given
    ]


def test_the_student_costs_what_was_measured() -> None:
    columns = ["comments", "different", "CPU s", "memory MB", "largest four, points off"]
    places = [GROWTH.columns.index(one) for one in columns]
    measured = [[row[place] for place in places] for row in GROWTH.rows if "student" in str(row[2])]
    told = re.findall(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d.]+) \| ([\d,]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert [[float(cell.replace(",", "")) for cell in row] for row in told[-len(measured) :]] == measured


def test_the_page_names_the_question_that_is_put() -> None:
    assert f"`{PROMPT}`" in PAGE
