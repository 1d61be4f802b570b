"""Second stage: propose lines for a codebook from groups among the comments, each named by one of its comments.

Groups do not size themes (at best half of sixteen known ones are found): a person edits the lines before anything is
counted by them. Ward's method on vectors that lean towards their likest neighbours splits a theme more often than it
mixes two, and splitting is the kinder mistake: two lines are merged in a second.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from flagstaff.corpus.likest import Numbers, Places, neighbours
from flagstaff.corpus.prepare import fold, readable
from flagstaff.insight.dive import MOST_LINES, Line
from flagstaff.language.embedding import Vectors

SAMPLE: Final = 5_000
"""Comments that groups are looked for in: distances of each to each take a tenth of a gigabyte."""
_GROUPS: Final = 30
_LARGE: Final = 10
"""Comments of one group on average where they are few."""
_LEAST: Final = 5
_LEAST_PART: Final = 0.005
_LEAN: Final = 0.5
_SHORT: Final = 12
_OTHERS: Final = 0.5
_MORE: Final = 3
BETWEEN: Final = "; "
"""Stands between the comments that a line's meaning is put together from."""


def discover(words: Sequence[str], persons: Sequence[bytes], meaning: Vectors) -> tuple[Line, ...]:
    """Return at most MOST_LINES lines, the largest group first; none where nothing is said by five persons.

    `meaning`: the vectors of `words`. A line's name is a comment, its meaning a few more: a person replaces both.
    """
    told = [number for number, one in enumerate(words) if readable(one)][:SAMPLE]
    if (
        len({persons[number] for number in told}) < _LEAST
        or len({fold(words[number]) for number in told}) < 2
    ):
        return ()
    seen = _leaning(meaning[told].astype(np.float64))
    groups = fcluster(linkage(seen, "ward"), min(_GROUPS, max(2, len(told) // _LARGE)), "maxclust")
    least = max(_LEAST, int(_LEAST_PART * len(told)))
    large = [
        group
        for group, many in Counter(groups.tolist()).most_common()
        if many >= least and len({persons[told[one]] for one in np.flatnonzero(groups == group)}) >= _LEAST
    ][:MOST_LINES]
    centres = (
        np.stack([_unit(seen[groups == group].mean(0)) for group in large]) if large else np.zeros((0, 1))
    )
    return tuple(
        _line(number, np.flatnonzero(groups == group), seen, centres, [words[one] for one in told])
        for number, group in enumerate(large)
    )


def _line(number: int, members: Places, seen: Numbers, centres: Numbers, words: Sequence[str]) -> Line:
    """Name a group by the comment that is most like it and least like the others (a contrastive medoid)."""
    likely = seen[members] @ centres.T
    others = np.delete(likely, number, 1)
    scores = likely[:, number] - _OTHERS * (others.max(1) if others.shape[1] else 0.0)
    best: dict[str, str] = {}
    for place in np.argsort(-scores, kind="stable"):
        text = words[members[place]]
        if len(text.split()) <= _SHORT or not best:
            best.setdefault(fold(text), text)
        if len(best) > _MORE:
            break
    name, *more = (beginning(text) for text in best.values())
    return Line(key=f"group-{number + 1}", name=name, meaning=BETWEEN.join(more) or name)


def beginning(words: str) -> str:
    """Return as much of a comment as a line quotes."""
    return " ".join(words.split()[:_SHORT])


def _leaning(meaning: Numbers) -> Numbers:
    places, weights = neighbours(meaning)
    held = meaning
    for _ in range(2):
        held = (1 - _LEAN) * meaning + _LEAN * np.einsum("nk,nkd->nd", weights, held[places])
        held = held / np.maximum(np.linalg.norm(held, axis=1, keepdims=True), 1e-9)
    return held


def _unit(vector: Numbers) -> Numbers:
    found: Numbers = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found
