"""What the coder looks at in a comment: its meaning as a vector, its letters, its likeness to each line."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from flagstaff.insight.dive import Line
from flagstaff.language.embedding import Embedder, Vectors
from flagstaff.language.student import Student

Numbers = NDArray[np.float64]

_LETTERS: Final = 200
"""Directions kept of the letters: what misspellings and other languages share with each other."""
_SEED: Final = 0
_PARTS: Final = re.compile(r"[,;:.!?()]|\bor\b|\band\b")
_PART: Final = 4
_LIKENESS: Final = 2.0
"""Weight of the likeness to lines beside unit vectors; a quarter less or twice as much changed nothing measurable."""
_ANSWERED: Final = 0.35
"""Weight of an answer. A half gave intervals a little narrower that held less often; 1 lost sight of the words."""
NOTHING: Final = "Nothing to act on: key mashing, a test, a thank-you, a question to support"
"""What stands for comments that are not usable, as a line of every codebook."""


class Looked(msgspec.Struct, frozen=True):
    """What is seen in comments: `meaning` unit vectors, `letters`, `likeness` to each line and, last, to NOTHING.

    `answered`: a one in the column that a model gave a comment to; None where none was asked.
    """

    meaning: Vectors
    letters: Numbers
    likeness: Numbers
    answered: Numbers | None = None

    @property
    def all(self) -> Numbers:
        """Everything side by side: one row for each comment."""
        answered = [] if self.answered is None else [_ANSWERED * self.answered]
        return np.hstack([self.meaning, self.letters, _LIKENESS * self.likeness, *answered])


def look(words: Sequence[str], meaning: Vectors, lines: Sequence[Line], embedder: Embedder) -> Looked:
    """Return what is seen in comments; `meaning`: their vectors, `lines`: those of the codebook."""
    return Looked(meaning, letters_of(words), likeness(meaning, lines, embedder))


def letters_of(words: Sequence[str]) -> Numbers:
    """Return the main directions of runs of two to five letters; of few comments fewer directions, of none a zero."""
    try:
        counted = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True
        ).fit_transform(words)
    except ValueError:  # no run of letters stands in two comments
        return np.zeros((len(words), 1))
    most = min(_LETTERS, counted.shape[0] - 1, counted.shape[1] - 1)
    if most < 1:
        return np.zeros((len(words), 1))
    sides, strengths, _ = randomized_svd(counted, most, n_iter=5, random_state=_SEED)
    found: Numbers = sides * strengths
    return found


def likeness(meaning: Vectors, lines: Sequence[Line], embedder: Embedder | Student) -> Numbers:
    """Return the cosine of each comment with each line: half with the whole of it, half with its likest part."""
    texts: list[str] = []
    own: list[int] = []
    wholes: list[int] = []
    for number, (name, meant) in enumerate(
        [*((one.name, one.meaning) for one in lines), ("Not usable", NOTHING)]
    ):
        wholes.append(len(texts))
        for text in (f"{name}: {meant}", name, *parts(meant)):
            texts.append(text)
            own.append(number)
    likely = meaning @ embedder.embed(texts).T
    belongs = np.array(own)
    pieces = np.arange(len(texts))
    columns = [
        (likely[:, whole] + likely[:, (belongs == number) & (pieces != whole)].max(1)) / 2
        for number, whole in enumerate(wholes)
    ]
    return np.stack(columns, 1).astype(np.float64)


def parts(meaning: str) -> list[str]:
    """Return the pieces of a meaning, each of which may be all that a comment is about."""
    return [piece.strip() for piece in _PARTS.split(meaning) if len(piece.strip()) >= _PART]
