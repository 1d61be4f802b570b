"""Choose the coder's constants on one half of the comments and score them on the other, beside those it ships with."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Final
from unittest.mock import patch

import msgspec
import numpy as np

from bench.measuring.result import Goal, Result, keep, made
from bench.themes_parts.audits import Audits, audited
from bench.themes_parts.corpus import Corpus, Ready, ready
from flagstaff.corpus import coding
from flagstaff.insight.dive import Line

LABELS: Final = 100
_RIDGES: Final = (0.3, 1.0, 3.0)
_SHARPS: Final = (5.0, 7.0, 10.0, 14.0)


def show_halves(corpora: list[Corpus], lines: tuple[Line, ...], audits: int, *, keep_it: bool) -> None:
    """Print both ways round: chosen on the first half and scored on the second, and the other way."""
    sides = [[ready(half(corpus, which), lines) for corpus in corpora] for which in (0, 1)]
    rows: list[list[float | str]] = []
    for chosen_on in (0, 1):
        known, unknown = sides[chosen_on], sides[1 - chosen_on]
        best = min(
            product(_RIDGES, _SHARPS),
            key=lambda one: np.mean([_scored(held, one, audits).width_common for held in known]),
        )
        for corpus, held in zip(corpora, unknown, strict=True):
            for way, constants in (("chosen on the other half", best), ("shipped", _shipped())):
                one = _scored(held, constants, audits)
                rows.append(
                    [
                        corpus.name, 2 - chosen_on, way, *constants, round(one.largest, 2), round(one.plain_largest, 2),
                        round(one.width, 3), round(one.width_common, 3), round(one.coverage, 1), round(one.least, 1),
                    ]
                )  # fmt: skip
                print(*rows[-1], sep="  ", flush=True)
    if keep_it:
        keep("themes-halves", _result(rows))


def half(corpus: Corpus, which: int) -> Corpus:
    """Return every other comment in the audit's order, from number `which` on."""
    return msgspec.structs.replace(
        corpus, comments=corpus.comments[which::2], themes=corpus.themes[which::2],
        meaning=corpus.meaning[which::2],
    )  # fmt: skip


def _shipped() -> tuple[float, float]:
    return coding.RIDGE, coding.SHARP


def _scored(held: Ready, constants: tuple[float, float], audits: int) -> Audits:
    with _coding_with(*constants):
        return audited(held, LABELS, audits)


@contextmanager
def _coding_with(ridge: float, sharp: float) -> Iterator[None]:
    """Let the coder work with other constants for a while; the processes that score are forked meanwhile."""
    with patch.object(coding, "RIDGE", ridge), patch.object(coding, "SHARP", sharp):
        yield


def _result(rows: list[list[float | str]]) -> Result:
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    apart = max(abs(float(shipped[7]) - float(chosen[7])) for chosen, shipped in pairs)
    covered = [float(shipped[9]) for _, shipped in pairs]
    return Result(
        title="The coder's constants on comments they were not chosen on",
        command="python3 dev.py bench themes --only halves --audits 1000",
        made=made(),
        what="The strength of the ridge and how steeply its scores become probabilities are chosen on one half of the"
        f" comments by the narrowest intervals at {LABELS} labels, and scored on the other half, beside those that"
        " Flagstaff ships with. Errors are in points, widths a part of the audit's own.",
        columns=[
            "comments", "half", "constants", "ridge", "steepness", "largest four, points off", "audit alone",
            "width, largest four", "width, common themes", "coverage %", "least %",
        ],
        rows=rows,
        notes=["Themes of a half are rarer than ten labels more often: intervals are wider than on all comments."],
        goals=[
            Goal(
                goal="constants chosen elsewhere and those shipped differ by at most .05 in width; coverage 93 to 97 %",
                measured=f"at most {apart:.3f}; {min(covered):.1f} to {max(covered):.1f} %",
                met=apart <= 0.05 and min(covered) >= 93 and max(covered) <= 97,
                reason="",
            )
        ],
    )  # fmt: skip
