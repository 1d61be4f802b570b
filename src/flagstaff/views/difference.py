"""What an author changed between two copies, word by word."""

import re
from collections.abc import Iterator
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
    for gone, came in _runs(old, new):
        if gone == came:
            pieces.append(Piece(Fate.KEPT, came))
            continue
        pieces += [Piece(Fate.REMOVED, gone)] if gone else []
        pieces += [Piece(Fate.ADDED, came)] if came else []
    return tuple(pieces)


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Yield runs of text, before and after; a blank between two changes belongs to them, so that phrases stay whole."""
    gone, came = "", ""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "equal" and not (before.isspace() and (gone or came)):
            yield from _changed(gone, came)
            gone, came = "", ""
            yield before, after
        else:
            gone, came = gone + before, came + after
    yield from _changed(gone, came)


def _changed(gone: str, came: str) -> Iterator[tuple[str, str]]:
    if gone == came:
        return
    kept = len(gone) - len(gone.rstrip()) if gone[len(gone.rstrip()) :] == came[len(came.rstrip()) :] else 0
    end = len(gone) - kept, len(came) - kept
    yield gone[: end[0]], came[: end[1]]
    if kept:
        yield gone[end[0] :], came[end[1] :]
