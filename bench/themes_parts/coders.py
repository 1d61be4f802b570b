"""With a model beside the house's coder: a real one at an endpoint, or made-up ones that are right so and so often."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bench.measuring.result import Goal, Result, keep, made
from bench.themes_parts.audits import Audits, audited
from bench.themes_parts.corpus import Corpus, Ready, ready
from flagstaff.corpus.answering import mixed
from flagstaff.corpus.features import Numbers
from flagstaff.corpus.likest import Places
from flagstaff.flows.ask_coder import coder_check
from flagstaff.insight.dive import Line
from flagstaff.insight.endpoint import Endpoint, Missed
from flagstaff.insight.prompting import Unanswered
from flagstaff.kernel.outgoing import Outgoing
from flagstaff.kernel.settings import Secret, Settings

LABELS: Final = 200
RIGHT: Final = (None, 0.0, 0.5, 0.7, 0.85)
"""How often made-up models are right; 0: they answer at random; None: none is asked."""
_SILENT: Final = 0.03
_TURNED: Final = 0.5
_COLUMNS: Final = [
    "comments", "model", "model right %", "coder right %", "largest four, points off", "width, largest four",
    "width, common themes", "coverage %", "least %",
]  # fmt: skip


def show_coders(corpora: list[Corpus], lines: tuple[Line, ...], audits: int, *, keep_it: bool) -> None:
    """Score what made-up models are worth with 200 labels: good ones, middling ones, and one that answers at random."""
    rows = []
    for corpus in corpora:
        held = ready(corpus, lines)
        for right in RIGHT:
            marks = None if right is None else made_up(held.truth, len(held.columns), right)
            name = "none" if right is None else "at random" if right == 0 else f"{100 * right:.0f} of 100"
            rows.append(_scored(corpus.name, name, held, marks, audits))
    if keep_it:
        keep("themes-coders", _result(rows))


def show_endpoint(
    corpora: list[Corpus], lines: tuple[Line, ...], audits: int, coder: tuple[str, str], file: Path | None
) -> None:
    """Score a real model. `coder`: its base address and its name there, `file`: its key; nothing is kept."""
    key = Secret(file.read_text(encoding="utf-8").strip()) if file else None
    for corpus in corpora:
        held = ready(corpus, lines)
        marks = asyncio.run(_asked(corpus, lines, held.columns, coder, key))
        for name, one in (("none", None), (coder[1], marks)):
            _scored(corpus.name, name, held, one, audits)


def made_up(truth: Places, columns: int, right: float) -> Numbers:
    """Return answers that are right so often; half of the wrong ones always take one theme for one other."""
    chance = np.random.default_rng(1)
    many = len(truth)
    turned, anything = chance.permutation(columns), chance.integers(0, columns, many)
    always = (chance.random(many) < _TURNED) & (right > 0)
    said = np.where(chance.random(many) < right, truth, np.where(always, turned[truth], anything))
    marks = np.zeros((many, columns))
    marks[np.arange(many), said] = 1.0
    marks[chance.random(many) < _SILENT] = 0.0
    return marks


async def _asked(
    corpus: Corpus, lines: tuple[Line, ...], columns: list[str], coder: tuple[str, str], key: Secret | None
) -> Numbers:
    settings = Settings(coder_url=coder[0], coder_model=coder[1], coder_allow=(coder[0].split("/")[2],))
    outgoing = Outgoing(coder_check(settings), patience=settings.coder_seconds)
    endpoint = Endpoint(outgoing, coder[0], coder[1], key)
    marks = np.zeros((len(corpus.words), len(columns)))
    size = settings.coder_batch
    for start in range(0, len(corpus.words), size):
        print(f"{corpus.name}: {start} of {len(corpus.words)} asked", end="\r", flush=True)
        try:
            found = await _answered(endpoint, lines, corpus.words[start : start + size])
        except Missed as missed:
            if missed.why is not Unanswered.UNREADABLE:
                raise SystemExit(f"the model is {missed.why}") from missed
            continue
        for place, theme in found.items():
            marks[start + place, columns.index(theme)] = 1.0
    await outgoing.close()
    return marks


async def _answered(endpoint: Endpoint, lines: tuple[Line, ...], words: Sequence[str]) -> dict[int, str]:
    try:
        return await endpoint.ask(lines, words)
    except Missed as missed:
        if not missed.again:
            raise
    return await endpoint.ask(lines, words)


def _scored(
    corpus: str, name: str, held: Ready, marks: Numbers | None, audits: int
) -> tuple[str, str, float | None, Audits]:
    alone = None
    if marks is not None:
        alone = 100 * float(((marks.argmax(1) == held.truth) & (marks.max(1) > 0)).mean())
        looked = msgspec.structs.replace(held.looked, answered=marks)
        held = msgspec.structs.replace(held, looked=looked, guess=mixed(held.guess, marks))
    one = audited(held, LABELS, audits)
    print(
        f"{corpus:8} model {name:12} right {'–' if alone is None else f'{alone:.1f}'} %, coder {one.accuracy:.1f} %,"
        f" largest four {one.largest:.2f} points, width {one.width:.3f} (common themes {one.width_common:.3f}),"
        f" coverage {one.coverage:.1f} % least {one.least:.1f} %",
        flush=True,
    )
    return corpus, name, alone, one


def _result(rows: list[tuple[str, str, float | None, Audits]]) -> Result:
    least = min(one.least for _, _, _, one in rows)
    without = {corpus: one.width_common for corpus, name, _, one in rows if name == "none"}
    dear = max(one.width_common / without[corpus] for corpus, name, _, one in rows if name == "at random")
    return Result(
        title="What a model beside the house's coder is worth",
        command="python3 dev.py bench themes --only coders",
        made=made(),
        what=f"{LABELS} labels, as above, and beside the house's coder the answers of models that are made up: right so"
        " often, half of their errors always the same, three of a hundred comments not answered. Widths are parts of"
        " the audit's own.",
        columns=_COLUMNS,
        rows=[
            [
                corpus, name, None if alone is None else round(alone, 1), round(one.accuracy, 1),
                round(one.largest, 2), round(one.width, 3), round(one.width_common, 3), round(one.coverage, 1),
                round(one.least, 1),
            ]
            for corpus, name, alone, one in rows
        ],
        notes=["A model of your own: `--endpoint URL --model NAME`; its figures are printed and not kept."],
        goals=[
            Goal(
                goal="whatever the model is worth, no theme's coverage below 91 %",
                measured=f"least {least:.1f} %",
                met=least >= 91,
                reason="" if least >= 91 else "rare differences between coder and reviewer are seen late",
            ),
            Goal(
                goal="a model that answers at random widens intervals by a twentieth at most",
                measured=f"by {100 * (dear - 1):.1f} %",
                met=dear <= 1.05,
                reason="" if dear <= 1.05 else "its answers are weighed before they are known",
            ),
        ],
    )  # fmt: skip
