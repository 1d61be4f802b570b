"""Write the page of measurements from kept results, and from nothing else."""

from collections.abc import Mapping, Sequence
from typing import Final

from bench.measuring.result import Cell, Result
from bench.page_parts.drawing import said

CHAPTERS: Final = {
    "intake": "Taking flags in",
    "pages": "Pages",
    "hint": "Hints and menus",
    "import": "Real input",
    "chaos": "Crashes and other weather",
    "bad": "Bad input",
    "order": "Whatever the order",
    "queue": "What stands first",
    "": "More",
}

_HEAD: Final = """\
# Measurements

Every figure on this page was printed by a command that stands beside it, and the page is made from what those commands
kept: one small file per table in `bench/results`. `python3 dev.py bench page` makes page and pictures, and a test holds
them equal. Nothing is typed in by hand.

How to read it:

- **Ratios before seconds.** The machine was small and shared. What is compared was measured in one run, in turn, and
  CPU time is read from the system where it can be, because it changes little when others work beside it. Rates and
  waits are those of that machine at that moment.
- **The load is closed.** A client sends its next request when it has the last answer. That finds the cost of work and
  the most that goes through; it does not show what a public that keeps coming would wait.
- **One machine, one disk.** Nothing here says how several machines behave, and power was never cut.
- **A goal that was missed stands here as missed**, with its reason.
"""


def page(results: Mapping[str, Result]) -> str:
    """Return the whole page."""
    parts = [_HEAD, _goals(results)]
    for prefix, heading in CHAPTERS.items():
        mine = {name: one for name, one in results.items() if _chapter(name) == prefix}
        if mine:
            parts.append(f"## {heading}\n")
            parts += [_section(name, one) for name, one in mine.items()]
    return "\n".join(part for part in parts if part)


def _chapter(name: str) -> str:
    prefix = name.partition("-")[0]
    return prefix if prefix in CHAPTERS else ""


def _goals(results: Mapping[str, Result]) -> str:
    rows = [
        (goal.goal, goal.measured, "reached" if goal.met else "**missed**", goal.reason, result.title)
        for prefix in CHAPTERS
        for name, result in results.items()
        if _chapter(name) == prefix
        for goal in result.goals
    ]
    if not rows:
        return ""
    reached = sum(row[2] == "reached" for row in rows)
    heads = ("goal", "measured", "", "reason", "table")
    return f"## Goals: {reached} of {len(rows)} reached\n\n" + _table(heads, rows)


def _section(name: str, result: Result) -> str:
    picture = f"![{_plain(result.alt)}](../pictures/measured-{name}.svg)\n\n" if result.picture else ""
    notes = "".join(f"- {note}\n" for note in result.notes)
    made = result.made
    when = (
        f"*Made {made.date} at commit `{made.commit}` on {made.machine}, Python {made.python}; load before the end "
        f"{made.load}. The command:* `{result.command}`\n"
    )
    body = f"{result.what}\n\n{picture}{_table(result.columns, result.rows)}\n"
    return f"### {result.title}\n\n{body}" + (f"{notes}\n" if notes else "") + when


def _table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    numeric = [
        all(_is_number(row[place]) or row[place] is None for row in rows) for place in range(len(heads))
    ]
    lines = [
        "| " + " | ".join(map(_plain, heads)) + " |",
        "|" + "|".join("---:" if right else "---" for right in numeric) + "|",
        *("| " + " | ".join(_plain(said(cell)) for cell in row) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _plain(words: str) -> str:
    """Keep a cell in its cell."""
    return words.replace("|", "\\|").replace("\n", " ")
