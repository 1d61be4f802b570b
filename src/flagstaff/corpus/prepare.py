"""First stage: one order for the same rows however they came, words cleaned, and what says the same found once."""

import unicodedata
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import regex

from flagstaff.corpus.rows import PREPARED

LONGEST: Final = 2_000
"""Characters of a comment that are read: its first page; somebody pasted a novel."""

_SPACES: Final = regex.compile(r"[\s\p{C}]+")
_SIGNS: Final = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_LETTERS: Final = regex.compile(r"\p{L}\p{M}*\p{L}")


def prepare(rows: pa.Table) -> pa.Table:
    """Return rows in the order of their places, with cleaned words; the same for the same rows in any order.

    Raises ValueError where two rows have one place: they would be counted in either order.
    """
    ordered = rows.sort_by("place")
    if pc.count_distinct(ordered["place"]).as_py() != len(ordered):
        msg = "two comments have one place in the audit's order"
        raise ValueError(msg)
    words = [clean(one) for one in ordered["words"].to_pylist()]
    first: dict[str, int] = {}
    same = [first.setdefault(fold(one), number) for number, one in enumerate(words)]
    columns = {name: ordered[name] for name in ordered.column_names} | {"words": words, "same": same}
    return pa.table(columns, schema=PREPARED)


def clean(words: str) -> str:
    """Return words on one line, without control characters, in composed form, and no longer than is read."""
    composed = unicodedata.normalize("NFC", words[: 4 * LONGEST])
    if "  " in composed or not composed.isprintable():  # few are: the look costs a tenth of the pattern
        composed = _SPACES.sub(" ", composed)
    return composed.strip()[:LONGEST]


def fold(words: str) -> str:
    """Return what two writers of the same words share: letters and digits, in lower case."""
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()


def readable(words: str) -> bool:
    """Tell whether anything is said at all: two letters in a row of any script."""
    return _LETTERS.search(words) is not None
