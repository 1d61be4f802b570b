"""Put the reasons that people wrote under a rule of discretion together where they say the same, week by week.

Stars: whoever has most neighbours is a group's middle, its neighbours belong to it, and so on with the rest (Aslam,
Pelekhov and Rus 2004, *The star clustering algorithm*, Journal of Graph Algorithms and Applications 8:95-129). The same
reasons make the same groups, whatever order they come in. Words alone are compared: nothing here knows meanings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import log, sqrt
from typing import Final

import msgspec
from rapidfuzz import fuzz

from flagstaff.language.stems import stems_of, words_of

NEAR: Final = 0.25
"""Cosine of two reasons by their stems, weighted by how rare each is, from which on they are neighbours."""
MISSPELT: Final = 80.0
"""Or so alike letter by letter, of 100, whatever their order."""
_STEMS_IN: Final = "en"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One decision under a rule of discretion, in the words of whoever decided."""

    decision: str
    case: str
    day: date
    clause: str
    kind: str
    words: str


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """Reasons that say the same. `middle`: the one that says it best; `weeks`: how many by their Monday, oldest first.

    `new`: none of them is older than the last week that was asked about.
    """

    middle: Said
    members: tuple[Said, ...]
    weeks: tuple[tuple[date, int], ...]
    new: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what they were about, the most frequent first."""
        return tuple(kind for kind, _ in Counter(one.kind for one in self.members).most_common())


def monday_of(day: date) -> date:
    """Return the first day of a week."""
    return day - timedelta(days=day.weekday())


def alike(said: Sequence[Said], last_week: date) -> tuple[Alike, ...]:
    """Return the groups, the largest first; `last_week`: the Monday of the newest week that is over or under way."""
    ordered = sorted(said, key=lambda one: (one.words, one.decision))
    near = _neighbours([one.words for one in ordered])
    left, found = set(range(len(ordered))), []
    while left:
        middle = max(left, key=lambda place: (len(near[place] & left), -place))
        group = sorted((near[middle] & left) | {middle})
        left -= set(group)
        found.append(_group(ordered[middle], [ordered[place] for place in group], last_week))
    return tuple(sorted(found, key=lambda one: (-len(one.members), one.middle.words, one.middle.decision)))


def by_week(said: Iterable[Said], since: date, until: date) -> tuple[tuple[date, int], ...]:
    """Count reasons by week, the newest first, also those weeks in which there were none."""
    counts = Counter(monday_of(one.day) for one in said)
    first, last = monday_of(since), monday_of(until)
    weeks = (last - timedelta(weeks=back) for back in range((last - first).days // 7 + 1))
    return tuple((week, counts[week]) for week in weeks)


def _group(middle: Said, members: list[Said], last_week: date) -> Alike:
    newest_first = sorted(members, key=lambda one: (-one.day.toordinal(), one.decision))
    weeks = Counter(monday_of(one.day) for one in members)
    return Alike(
        middle=middle,
        members=tuple(newest_first),
        weeks=tuple(sorted(weeks.items())),
        new=min(weeks) >= last_week,
    )


def _neighbours(texts: Sequence[str]) -> list[set[int]]:
    stems = [stems_of(words_of(text), _STEMS_IN) for text in texts]
    vectors, plain = _vectors(stems), [" ".join(one) for one in stems]
    found: list[set[int]] = [{place} for place in range(len(texts))]
    for one in range(len(texts)):
        for two in range(one):
            if _cosine(vectors[one], vectors[two]) >= NEAR or _letters(plain[one], plain[two]) >= MISSPELT:
                found[one].add(two)
                found[two].add(one)
    return found


def _vectors(stems: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Weigh each stem by how rare it is among these reasons, and bring each to length one."""
    within = Counter(stem for one in stems for stem in set(one))
    found = []
    for one in stems:
        weights = {stem: log(1 + len(stems) / within[stem]) for stem in set(one)}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        found.append({stem: weight / length for stem, weight in weights.items()})
    return found


def _cosine(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    few, many = (one, two) if len(one) < len(two) else (two, one)
    return sum(weight * many[stem] for stem, weight in few.items() if stem in many)


def _letters(one: str, two: str) -> float:
    return float(fuzz.token_sort_ratio(one, two)) if one and two else 0.0
