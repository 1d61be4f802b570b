"""What a table says of each theme beside its share: rows, persons, months, kinds, languages, keywords and examples.

Themes of fewer than five persons are told together, and words that fewer than five persons used are not told at all.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
import regex

from flagstaff.corpus.features import Numbers
from flagstaff.corpus.likest import Places
from flagstaff.corpus.prepare import fold, readable
from flagstaff.corpus.rows import key_of
from flagstaff.insight.dive import POOLED, POOLED_UNDER, Sized, ThemeRow

EXAMPLES: Final = 8
KEYWORDS: Final = 5
LOOKED_AT: Final = 5_000
"""Comments whose words are compared: the first ones, which are a sample."""
_POOL_OF: Final = 2
_APART: Final = 2
_WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}]{2,}")


class Theme(msgspec.Struct, frozen=True):
    """One row of the table to be: a key with its name, and the columns of the coder that it stands for."""

    key: str
    name: str
    columns: tuple[int, ...]


class Facts(msgspec.Struct, frozen=True):
    """What is counted: rows as prepared, the column of each, how sure, whose, and words of the first ones."""

    rows: pa.Table
    given: Places
    sure: Numbers
    people: Places
    used: tuple[frozenset[str], ...]

    def persons(self, columns: Sequence[int]) -> int:
        """Return how many persons wrote what these columns hold."""
        return len(np.unique(self.people[np.isin(self.given, columns)]))


def facts_of(rows: pa.Table, given: Places, sure: Numbers) -> Facts:
    """Return what is counted, persons as numbers."""
    people = rows["person"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = rows["words"].slice(0, LOOKED_AT).to_pylist()
    used = tuple(frozenset(_WORD.findall(one.casefold())) for one in first)
    return Facts(rows, given, sure, people.astype(np.int64), used)


def pooled(themes: Sequence[Theme], facts: Facts) -> list[Theme]:
    """Return themes, those of fewer than five persons as one: a pool of at least five persons and two themes.

    A pool that is still too small takes in the smallest theme beside it; where all wrote too little, one row is left.
    """
    persons = {one.key: facts.persons(one.columns) for one in themes}
    # Of what nobody wrote nothing is told.
    few = [one for one in themes if 0 < persons[one.key] < POOLED_UNDER]
    rest = sorted(
        (one for one in themes if persons[one.key] >= POOLED_UNDER),
        key=lambda one: (persons[one.key], one.key),
    )
    if not few:
        return list(themes)
    while rest and (
        len(few) < _POOL_OF or facts.persons([at for one in few for at in one.columns]) < POOLED_UNDER
    ):
        few.append(rest.pop(0))
    together = tuple(column for one in few for column in one.columns)
    kept = {one.key for one in rest}
    return [*(one for one in themes if one.key in kept), Theme(POOLED, "", together)]


def row_of(theme: Theme, sized: Sized, facts: Facts) -> ThemeRow:
    """Return everything that is told of one theme; of fewer than five persons only its rows and its share."""
    members = np.flatnonzero(np.isin(facts.given, theme.columns))
    persons = facts.persons(theme.columns)
    few = persons < POOLED_UNDER
    whole = theme.key != POOLED and not few
    return ThemeRow(
        key=theme.key,
        name=theme.name,
        sized=sized,
        rows=len(members),
        persons=None if few else persons,
        kinds={} if few else _counted(facts.rows["kind"], members),
        languages={} if few else _counted(facts.rows["language"], members),
        months={} if few else _counted(facts.rows["month"], members),
        examples=_examples(members, facts) if whole else (),
        keywords=_keywords(members, facts) if whole else (),
    )


def _counted(column: pa.ChunkedArray, members: Places) -> dict[str, int]:
    return dict(sorted(Counter(column.take(pa.array(members)).to_pylist()).items()))


def _examples(members: Places, facts: Facts) -> tuple[UUID, ...]:
    """Return comments that show a theme best, the surest first, each saying something else."""
    words = facts.rows["words"]
    keys = facts.rows["row"]
    found: dict[str, int] = {}
    for place in np.argsort(-facts.sure[members], kind="stable"):
        text = words[int(members[place])].as_py()
        if readable(text):
            found.setdefault(fold(text), int(members[place]))
        if len(found) == EXAMPLES:
            break
    return tuple(key_of(keys[one].as_py()) for one in found.values())


def _keywords(members: Places, facts: Facts) -> tuple[str, ...]:
    """Return words that set a theme apart: much used in it, seldom elsewhere, and by five persons of it at least."""
    looked = len(facts.used)
    own_rows = [int(one) for one in members if one < looked]
    everywhere = Counter(word for one in facts.used for word in one)
    users: dict[str, set[int]] = {}
    for number in own_rows:
        for word in facts.used[number]:
            users.setdefault(word, set()).add(int(facts.people[number]))
    scored = {
        word: (part := len(own) / len(own_rows)) * math.log(part * looked / everywhere[word])
        for word, own in users.items()
        if len(own) >= POOLED_UNDER and len(own) * looked >= _APART * everywhere[word] * len(own_rows)
    }
    return tuple(sorted(scored, key=lambda word: (-scored[word], word))[:KEYWORDS])
