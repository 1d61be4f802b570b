"""Third stage: a probability of each theme for every comment.

Without labels a first guess compares comments with the lines of the codebook and lets the comments teach each other.
With labels a head is learned from them, and nothing that is said of a labelled comment has seen its own label. What is
learned from some comments can be asked of any others, batch by batch.
"""

from typing import Final

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeCV

from flagstaff.corpus.features import Looked, Numbers
from flagstaff.corpus.likest import Places

RIDGE: Final = 1.0
"""Penalty on the head's weights: half or twice as much changed intervals by a hundredth."""
_STRENGTH: Final = 10.0
"""Inverse of the ridge where comments teach each other."""
_STEPS: Final = 200
_SOLVER: Final = "newton-cg"
"""Half the time of the default, and nearer to the optimum when it stops."""
SHARP: Final = 10.0
"""How steeply scores and likenesses become probabilities: 7 widened intervals by a twentieth, 14 changed nothing."""
_ROUNDS: Final = 3
_CANDIDATES: Final = 4
_FAINT: Final = 1e-6
_GUESS: Final = 10.0
"""The first guess weighs as much as so many labels; it is all there is for a theme without one."""
TAUGHT_BY: Final = 3_000
"""Comments that teach each other at most; the rest follow."""


class Guesser(msgspec.Struct, frozen=True):
    """What comments taught each other about the lines of a codebook; None where there was nothing to teach."""

    head: LogisticRegression | None

    def say(self, looked: Looked) -> Numbers:
        """Return probabilities by lines alone: comments × (lines and, last, not usable)."""
        if self.head is None:
            return _softmax(looked.likeness * SHARP)
        learned = _asked(self.head, _seen(looked), looked.likeness.shape[1])
        return _softmax(np.log(learned + _FAINT) + looked.likeness * SHARP / 2)


def learn_guess(looked: Looked) -> Guesser:
    """Let at most TAUGHT_BY comments, the first ones, teach each other; their order must be random."""
    likely = looked.likeness[:TAUGHT_BY]
    if likely.shape[1] < 2 or len(likely) < 2:
        return Guesser(None)
    seen = _seen(looked)[:TAUGHT_BY]
    held = _softmax(likely * SHARP)
    head: LogisticRegression | None = None
    for _ in range(_ROUNDS):
        head = _learn_soft(seen, held)
        held = _softmax(np.log(_asked(head, seen, likely.shape[1]) + _FAINT) + likely * SHARP / 2)
    return Guesser(head)


class Head(msgspec.Struct, frozen=True):
    """What labels taught. `own`: of each label in turn, the scores that all the others give it (labels × columns)."""

    learned: RidgeCV
    own: Numbers

    def say(self, seen: Numbers, guess: Numbers) -> Numbers:
        """Return probabilities for comments that nobody labelled; what no label taught is left to the first guess."""
        return self._weighed(np.asarray(self.learned.predict(seen)), guess)

    def say_own(self, guess: Numbers) -> Numbers:
        """Return probabilities for the labelled comments, as if each had no label of its own."""
        return self._weighed(self.own, guess)

    def _weighed(self, scores: Numbers, guess: Numbers) -> Numbers:
        weight = len(self.own) / (len(self.own) + _GUESS)
        found: Numbers = weight * _softmax(scores * SHARP) + (1 - weight) * guess
        return found


def learn_head(seen: Numbers, themes: Places, columns: int) -> Head:
    """Learn from labels by ridge regression on marks. `seen`: labelled comments alone; `themes`: the column of each.

    What the others say of each label needs no further fit: it follows from the one (Rifkin and Lippert 2007,
    MIT-CSAIL-TR-2007-025, section 4).
    """
    marks = np.zeros((len(themes), columns))
    marks[np.arange(len(themes)), themes] = 1.0
    # A single strength is asked for, and a score at all only because what is left out is kept with one.
    learned = RidgeCV([RIDGE], scoring="neg_mean_squared_error", store_cv_results=True).fit(seen, marks)
    return Head(learned, learned.cv_results_[:, :, 0])


def leave_out(looked: Looked, guess: Numbers, labelled: Places, themes: Places) -> Numbers:
    """Return probabilities, those of labelled comments by what all others taught (rows × columns of `guess`).

    `labelled`: numbers of comments; `themes`: the column of each.
    """
    if len(labelled) < 2:
        return guess
    seen = looked.all
    head = learn_head(seen[labelled], themes, guess.shape[1])
    found = head.say(seen, guess)
    found[labelled] = head.say_own(guess[labelled])
    return found


def _seen(looked: Looked) -> Numbers:
    return np.hstack([3.0 * looked.meaning, 2.0 * looked.letters])


def _learn_soft(seen: Numbers, held: Numbers) -> LogisticRegression:
    """Learn from probabilities: each comment counts for its likeliest themes by their weights."""
    likeliest = np.argsort(-held, axis=1, kind="stable")[:, : min(_CANDIDATES, held.shape[1])]
    rows = np.repeat(np.arange(len(seen)), likeliest.shape[1])
    themes = likeliest.ravel()
    head = LogisticRegression(C=_STRENGTH, solver=_SOLVER, max_iter=_STEPS)
    return head.fit(seen[rows], themes, sample_weight=held[rows, themes])


def _asked(head: LogisticRegression, seen: Numbers, columns: int) -> Numbers:
    found = np.zeros((len(seen), columns))
    found[:, head.classes_] = head.predict_proba(seen)
    return found


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    found: Numbers = raised / raised.sum(1, keepdims=True)
    return found
