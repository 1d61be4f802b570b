"""Third stage: a probability of each theme for every comment.

Without labels a first guess compares comments with the lines of the codebook and lets the comments teach each other.
With labels a head is learned from them, and nothing that is said of a labelled comment has seen its own label.
"""

from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from flagstaff.corpus.features import Looked, Numbers
from flagstaff.corpus.likest import Places, neighbours

FOLDS: Final = 10
_STRENGTH: Final = 30.0
"""Inverse of the ridge on the head's weights: 10 to 30 gave the narrowest intervals at 100 to 400 labels."""
_STEPS: Final = 200
_SHARP: Final = 20.0
_ROUNDS: Final = 3
_CANDIDATES: Final = 4
_FAINT: Final = 1e-6
_GUESS: Final = 10.0
"""The first guess weighs as much as so many labels; it is all there is for a theme without one."""
_NEIGHBOURLY: Final = 0.3
"""How far a comment follows its neighbours: .3 took 3 % off the error; .7 widened intervals again."""
TAUGHT_BY: Final = 3_000
"""Comments that teach each other at most; the rest follow."""


def first_guess(looked: Looked) -> Numbers:
    """Return probabilities by lines alone: comments × (lines and, last, not usable)."""
    likely = looked.likeness
    held = _softmax(likely * _SHARP)
    if likely.shape[1] < 2 or len(likely) < 2:
        return held
    seen = np.hstack([3.0 * looked.meaning, 2.0 * looked.letters])
    taught = min(len(seen), TAUGHT_BY)
    for _ in range(_ROUNDS):
        learned = _learn_soft(seen[:taught], held[:taught], seen)
        held = _softmax(np.log(learned + _FAINT) + likely * _SHARP / 2)
    return held


def cross_fit(looked: Looked, guess: Numbers, labelled: Places, themes: Places) -> Numbers:
    """Return probabilities, those of labelled comments by heads that never saw them (rows × columns of `guess`).

    `labelled`: numbers of comments, at random places in their order; `themes`: the column of each.
    """
    many = len(labelled)
    if many < 2:
        return guess
    seen = looked.all
    near = neighbours(np.hstack([looked.meaning, looked.letters]))
    folds = min(FOLDS, many)
    fold = np.arange(many) % folds
    found = np.zeros_like(guess)
    own = np.zeros_like(guess)
    for number in range(folds):
        taught, kept = fold != number, fold == number
        said = _follow(
            _head(seen, guess, labelled[taught], themes[taught]), near, labelled[taught], themes[taught]
        )
        found += said / folds
        own[labelled[kept]] = said[labelled[kept]]
    found[labelled] = own[labelled]
    return found


def _head(seen: Numbers, guess: Numbers, labelled: Places, themes: Places) -> Numbers:
    """Learn from labels, and return what is said of all comments; what no label taught is left to the first guess."""
    weight = len(labelled) / (len(labelled) + _GUESS)
    found = np.zeros_like(guess)
    known = np.unique(themes)
    if len(known) == 1:
        found[:, known[0]] = 1.0
    else:
        head = LogisticRegression(C=_STRENGTH, max_iter=_STEPS).fit(seen[labelled], themes)
        found[:, head.classes_] = head.predict_proba(seen)
    return weight * found + (1 - weight) * guess


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


def _learn_soft(seen: Numbers, held: Numbers, of: Numbers) -> Numbers:
    """Learn from probabilities: each comment counts for its likeliest themes by their weights."""
    likeliest = np.argsort(-held, axis=1, kind="stable")[:, : min(_CANDIDATES, held.shape[1])]
    rows = np.repeat(np.arange(len(seen)), likeliest.shape[1])
    themes = likeliest.ravel()
    head = LogisticRegression(C=_STRENGTH / 3, max_iter=_STEPS)
    head.fit(seen[rows], themes, sample_weight=held[rows, themes])
    found = np.zeros((len(of), held.shape[1]))
    found[:, head.classes_] = head.predict_proba(of)
    return found


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    found: Numbers = raised / raised.sum(1, keepdims=True)
    return found
