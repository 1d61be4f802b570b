"""Third stage: a probability of each theme for every comment.

Without labels a first guess compares comments with the lines of the codebook and lets the comments teach each other.
With labels a head is learned from them, and nothing that is said of a labelled comment has seen its own label. What is
learned from some comments can be asked of any others, batch by batch.
"""

from typing import Final

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from flagstaff.corpus.features import Looked, Numbers
from flagstaff.corpus.likest import Places, neighbours

FOLDS: Final = 10
_STRENGTH: Final = 30.0
"""Inverse of the ridge on the head's weights: 10 to 30 gave the narrowest intervals at 100 to 400 labels."""
_STEPS: Final = 200
_SOLVER: Final = "newton-cg"
"""Half the time of the default, and nearer to the optimum when it stops."""
_SHARP: Final = 10.0
_ROUNDS: Final = 3
_CANDIDATES: Final = 4
_FAINT: Final = 1e-6
_GUESS: Final = 10.0
"""The first guess weighs as much as so many labels; it is all there is for a theme without one."""
_NEIGHBOURLY: Final = 0.3
"""How far a comment follows its neighbours: .3 took 3 % off the error; .7 widened intervals again."""
TAUGHT_BY: Final = 3_000
"""Comments that teach each other at most; the rest follow."""


class Guesser(msgspec.Struct, frozen=True):
    """What comments taught each other about the lines of a codebook; None where there was nothing to teach."""

    head: LogisticRegression | None

    def say(self, looked: Looked) -> Numbers:
        """Return probabilities by lines alone: comments × (lines and, last, not usable)."""
        if self.head is None:
            return _softmax(looked.likeness * _SHARP)
        learned = _asked(self.head, _seen(looked), looked.likeness.shape[1])
        return _softmax(np.log(learned + _FAINT) + looked.likeness * _SHARP / 2)


def learn_guess(looked: Looked) -> Guesser:
    """Let at most TAUGHT_BY comments, the first ones, teach each other; their order must be random."""
    likely = looked.likeness[:TAUGHT_BY]
    if likely.shape[1] < 2 or len(likely) < 2:
        return Guesser(None)
    seen = _seen(looked)[:TAUGHT_BY]
    held = _softmax(likely * _SHARP)
    head: LogisticRegression | None = None
    for _ in range(_ROUNDS):
        head = _learn_soft(seen, held)
        held = _softmax(np.log(_asked(head, seen, likely.shape[1]) + _FAINT) + likely * _SHARP / 2)
    return Guesser(head)


class Head(msgspec.Struct, frozen=True):
    """What one part of the labels taught. `only`: the column of all its labels, where they name but one theme."""

    learned: LogisticRegression | None
    only: int
    labels: int

    def say(self, seen: Numbers, guess: Numbers) -> Numbers:
        """Return probabilities; what no label taught is left to the first guess."""
        weight = self.labels / (self.labels + _GUESS)
        if self.learned is None:
            found = np.zeros_like(guess)
            found[:, self.only] = 1.0
        else:
            found = _asked(self.learned, seen, guess.shape[1])
        return weight * found + (1 - weight) * guess


class Heads(msgspec.Struct, frozen=True):
    """One head for each fold: `fold` says of each label which head never saw it."""

    heads: tuple[Head, ...]
    fold: Places


def learn_heads(seen: Numbers, themes: Places) -> Heads:
    """Learn from labels, each time without a tenth of them. `seen`: labelled comments alone, at random places."""
    many = len(themes)
    folds = min(FOLDS, many)
    fold = np.arange(many) % folds
    return Heads(tuple(_learn(seen[fold != one], themes[fold != one]) for one in range(folds)), fold)


def cross_fit(looked: Looked, guess: Numbers, labelled: Places, themes: Places) -> Numbers:
    """Return probabilities, those of labelled comments by heads that never saw them (rows × columns of `guess`).

    `labelled`: numbers of comments, at random places in their order; `themes`: the column of each. Every comment leans
    towards its likest neighbours: all of them must be at hand.
    """
    if len(labelled) < 2:
        return guess
    seen = looked.all
    near = neighbours(np.hstack([looked.meaning, looked.letters]))
    heads = learn_heads(seen[labelled], themes)
    found = np.zeros_like(guess)
    own = np.zeros_like(guess)
    for number, head in enumerate(heads.heads):
        taught, kept = labelled[heads.fold != number], labelled[heads.fold == number]
        said = _follow(head.say(seen, guess), near, taught, themes[heads.fold != number])
        found += said / len(heads.heads)
        own[kept] = said[kept]
    found[labelled] = own[labelled]
    return found


def ask_heads(heads: Heads, seen: Numbers, guess: Numbers) -> Numbers:
    """Return what all heads say on average of comments that nobody labelled."""
    found: Numbers = sum((one.say(seen, guess) for one in heads.heads), np.zeros_like(guess)) / len(
        heads.heads
    )
    return found


def ask_own(heads: Heads, seen: Numbers, guess: Numbers) -> Numbers:
    """Return what is said of the labelled comments, in the order they taught in, each by the head that never saw it."""
    found = np.zeros_like(guess)
    for number, head in enumerate(heads.heads):
        kept = heads.fold == number
        found[kept] = head.say(seen[kept], guess[kept])
    return found


def _learn(seen: Numbers, themes: Places) -> Head:
    if len(np.unique(themes)) == 1:
        return Head(None, int(themes[0]), len(themes))
    learned = LogisticRegression(C=_STRENGTH, solver=_SOLVER, max_iter=_STEPS).fit(seen, themes)
    return Head(learned, -1, len(themes))


def _follow(said: Numbers, near: tuple[Places, Numbers], labelled: Places, themes: Places) -> Numbers:
    """Return probabilities that lean towards those of the likest comments; labels of those count as certain."""
    places, weights = near
    held = said
    for _ in range(2):
        sure = held.copy()
        sure[labelled] = 0.0
        sure[labelled, themes] = 1.0
        held = (1 - _NEIGHBOURLY) * said + _NEIGHBOURLY * np.einsum("nk,nkt->nt", weights, sure[places])
    return held


def _seen(looked: Looked) -> Numbers:
    return np.hstack([3.0 * looked.meaning, 2.0 * looked.letters])


def _learn_soft(seen: Numbers, held: Numbers) -> LogisticRegression:
    """Learn from probabilities: each comment counts for its likeliest themes by their weights."""
    likeliest = np.argsort(-held, axis=1, kind="stable")[:, : min(_CANDIDATES, held.shape[1])]
    rows = np.repeat(np.arange(len(seen)), likeliest.shape[1])
    themes = likeliest.ravel()
    head = LogisticRegression(C=_STRENGTH / 3, solver=_SOLVER, max_iter=_STEPS)
    return head.fit(seen[rows], themes, sample_weight=held[rows, themes])


def _asked(head: LogisticRegression, seen: Numbers, columns: int) -> Numbers:
    found = np.zeros((len(seen), columns))
    found[:, head.classes_] = head.predict_proba(seen)
    return found


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    found: Numbers = raised / raised.sum(1, keepdims=True)
    return found
