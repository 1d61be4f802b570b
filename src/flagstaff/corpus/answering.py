"""Take what a model answered beside the house's own coder: as a guess without labels, as something seen with them.

An answer is one column for a comment, or none. With labels the head learns how far each answer is to be trusted, and
nothing that is said of a labelled comment has seen its own label: the estimate holds whatever the model says.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa

from flagstaff.corpus.features import Numbers
from flagstaff.corpus.labelled import Labelled
from flagstaff.corpus.likest import Places
from flagstaff.corpus.rows import key_of
from flagstaff.insight.dive import BOTH, HOUSE, MODEL, Score
from flagstaff.insight.prompting import Coder

TRUST: Final = 0.7
"""Part of a guess that a model's answer makes where nobody checked either: it has read more than the house's coder."""


class Answers(msgspec.Struct, frozen=True):
    """What a model answered: a theme's key by row; a row that is missing was not answered."""

    coder: Coder
    themes: Mapping[UUID, str]

    @property
    def parameters(self) -> dict[str, str | int | float]:
        """Return what a table says of it."""
        told: dict[str, str | int | float] = {"trust": TRUST, "answered": len(self.themes)}
        return told | {"endpoint": self.coder.endpoint, "prompt": self.coder.prompt}

    @property
    def inputs(self) -> object:
        """Return all of it in one order."""
        return (self.coder, sorted((row.bytes, theme) for row, theme in self.themes.items()))


def marks_of(answers: Answers, rows: pa.Table, columns: Sequence[str]) -> Numbers:
    """Return a one in the column that was answered (rows × columns); nothing where none was."""
    column_of = {key: number for number, key in enumerate(columns)}
    marks = np.zeros((len(rows), len(columns)))
    for number, row in enumerate(rows["row"].to_pylist()):
        if (column := column_of.get(answers.themes.get(key_of(row), ""))) is not None:
            marks[number, column] = 1.0
    return marks


def mixed(guess: Numbers, marks: Numbers, trust: float = TRUST) -> Numbers:
    """Return guesses that lean towards what was answered; those of other comments stay as they are."""
    weight = trust * marks.sum(1, keepdims=True)
    found: Numbers = (1.0 - weight) * guess + weight * marks
    return found


def scores_of(house: Numbers, marks: Numbers, both: Numbers, labels: Labelled) -> tuple[Score, ...]:
    """Return how often each coder gives an audited row the reviewer's theme; what was not answered is not right.

    Audited rows alone: those drawn because the house's coder is unsure would make it look worse than it is.
    """
    if not len(labels.audited):
        return ()
    told = ((HOUSE, house), (MODEL, mixed(np.full_like(marks, -1.0), marks, 1.0)), (BOTH, both))
    return tuple(Score(coder=name, right=_right(said, labels), of=len(labels.audited)) for name, said in told)


def _right(said: Numbers, labels: Labelled) -> int:
    chosen: Places = said[labels.audited].argmax(1)
    sure = said[labels.audited].max(1) > 0.0
    return int(((chosen == labels.said) & sure).sum())
