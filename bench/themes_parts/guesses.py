"""Without a label: how many themes are found, and how wrong their shares are, by lines of a codebook and by groups."""

from typing import Final

import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans

from bench.themes_parts.corpus import Corpus, ready
from flagstaff.corpus.discover import discover
from flagstaff.corpus.likest import Numbers, Places
from flagstaff.flows.read_policy import read_policy
from flagstaff.insight.dive import NOT_USABLE, Line

FOUND: Final = 0.5
"""F1 from which a theme counts as found."""
LARGEST: Final = 4
_KNOWN: Final = 2
"""The version of the menus that the demo stands at: later ones were written with such themes in mind."""


class Score(msgspec.Struct, frozen=True):
    """One way beside the truth: themes found, share errors of the four largest and of all in points, noise caught."""

    way: str
    found: int
    of: int
    largest: float
    all: float
    noise: float


def by_lines(corpus: Corpus, lines: tuple[Line, ...], way: str) -> Score:
    """Score a codebook: its keys are themes' own, or each line is matched to the theme it overlaps most with."""
    held = ready(corpus, lines)
    given = held.guess.argmax(1)
    shares = held.guess.mean(0)
    silent = given == len(held.columns) - 1
    noise = float(silent[[one == NOT_USABLE for one in corpus.themes]].mean())
    if {one.key for one in lines} <= set(corpus.themes):
        pairs = {one.key: held.columns.index(one.key) for one in lines}
        return _score(way, corpus, given, shares, pairs, noise)
    return _score(way, corpus, given, shares, _matched(corpus, given, len(lines)), noise)


def by_proposal(corpus: Corpus) -> Score:
    """Score the lines that discover proposes, before anybody edits them."""
    lines = discover(corpus.words, [one.person for one in corpus.comments], corpus.meaning)
    return by_lines(corpus, lines, "proposed lines, unedited")


def by_house(corpus: Corpus) -> Score:
    """Score what the default policy says up to the demo's version: its reasons and rules as lines, as they stand."""
    policy = read_policy()
    options = {
        option.reason: option
        for version in policy.menu_versions
        if version.number <= _KNOWN
        for menu in version.menus
        for option in (*menu.top, *menu.more)
    }
    said = [(one.reason, one.label, one.help) for one in options.values()]
    said += [(one.key, one.title, one.summary) for one in policy.guidelines.clauses if one.decidable]
    lines = tuple(Line(key=f"house-{key}", name=name, meaning=meaning) for key, name, meaning in said)
    return by_lines(corpus, lines, f"the house's own {len(lines)} lines")


def by_groups(corpus: Corpus) -> Score:
    """Score K-means with the true number of groups on the same vectors."""
    groups = KMeans(len(set(corpus.themes)), n_init=4, random_state=0).fit_predict(corpus.meaning)
    return _of_groups("K-means, true k", corpus, groups.astype(np.int64))


def by_bertopic(corpus: Corpus) -> Score | None:
    """Score BERTopic's defaults on the same vectors; None where it is not installed."""
    try:
        from bertopic import BERTopic
    except ImportError:
        return None
    groups, _ = BERTopic(calculate_probabilities=False).fit_transform(corpus.words, corpus.meaning)
    return _of_groups("BERTopic, defaults", corpus, np.array(groups, np.int64) + 1)


def _of_groups(way: str, corpus: Corpus, groups: Places) -> Score:
    shares = np.bincount(groups) / len(groups)
    return _score(way, corpus, groups, shares, _matched(corpus, groups, int(groups.max()) + 1), float("nan"))


def _score(
    way: str, corpus: Corpus, given: Places, shares: Numbers, pairs: dict[str, int], noise: float
) -> Score:
    themes = np.array(corpus.themes)
    order = _themes(corpus)
    errors = [
        100 * abs(float((themes == one).mean()) - (float(shares[pairs[one]]) if one in pairs else 0.0))
        for one in order
    ]
    found = sum(_overlap(themes == one, given == pairs[one]) >= FOUND for one in order if one in pairs)
    return Score(
        way, found, len(order), float(np.mean(errors[:LARGEST])), float(np.mean(errors)), 100 * noise
    )


def _themes(corpus: Corpus) -> list[str]:
    """Return the themes of a corpus, the largest first; noise is none."""
    known = sorted(set(corpus.themes) - {NOT_USABLE})
    return sorted(known, key=lambda one: -corpus.themes.count(one))


def _matched(corpus: Corpus, given: Places, groups: int) -> dict[str, int]:
    """Pair themes with groups one to one, so that their overlap is largest (Kuhn 1955)."""
    themes, order = np.array(corpus.themes), _themes(corpus)
    table = np.array([[_overlap(themes == one, given == group) for group in range(groups)] for one in order])
    rows, columns = linear_sum_assignment(-table)
    return {order[row]: int(column) for row, column in zip(rows, columns, strict=True)}


def _overlap(
    theirs: "np.ndarray[tuple[int], np.dtype[np.bool]]", ours: "np.ndarray[tuple[int], np.dtype[np.bool]]"
) -> float:
    return 2.0 * float((theirs & ours).sum()) / max(1.0, float(theirs.sum() + ours.sum()))
