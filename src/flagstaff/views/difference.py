"""What an author changed between two copies, word by word."""

import re
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

import msgspec

_PIECES: Final = re.compile(r"\s+|\w+|[^\w\s]")
_AT_MOST: Final = 4000
"""Beyond so many words and blanks the comparison would cost more than it tells; both copies then stand whole."""


class Fate(StrEnum):
    """Say what became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


class Piece(msgspec.Struct, frozen=True):
    """Some words that share one fate."""

    fate: Fate
    text: str


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Return the second text with what was added marked, and what was removed where it stood."""
    if before == after:
        return (Piece(Fate.KEPT, after),) if after else ()
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _AT_MOST:
        return (Piece(Fate.REMOVED, before), Piece(Fate.ADDED, after))
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Fate.KEPT, "".join(new[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece(Fate.REMOVED, "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece(Fate.ADDED, "".join(new[j1:j2])))
    return tuple(pieces)
