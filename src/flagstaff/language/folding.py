"""Fold a text into plain small letters and remember where each of them came from.

People hide an address with wide letters, accents, invisible characters or a space after each letter. Patterns are
looked for in the folded text; what they find is given back as a stretch of the text that was written.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

_SINGLES = regex.compile(r"(?<!\S)(?:[^\s] +){3,}[^\s](?!\S)")

_CONTROL = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Folded(NamedTuple):
    """A folded text, with the place in the written text for each of its letters, and the end of that text."""

    text: str
    places: tuple[int, ...]
    end: int

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the written text that a stretch of the folded one stands for.

        What is invisible between two letters belongs to the stretch, what follows the last one too.
        """
        if start >= end:
            return (self.end, self.end)
        return (self.places[start], self.places[end] if end < len(self.places) else self.end)


@lru_cache(
    maxsize=4
)  # several patterns look at one text in turn; more would only keep people's words in memory
def fold(text: str) -> Folded:
    """Return `text` without accents and invisible characters, in compatibility forms and small letters."""
    if text.isascii() and not _CONTROL.search(text):
        return Folded(text.lower(), tuple(range(len(text))), len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = _fold_letter(letter)
        letters.append(plain)
        places += [place] * len(plain)
    return Folded("".join(letters), tuple(places), len(text))


@lru_cache(maxsize=4)
def close_up(folded: Folded) -> Folded:
    """Return a folded text in which letters spaced one by one stand together: `j a n e` becomes `jane`."""
    kept = [True] * len(folded.text)
    for found in _SINGLES.finditer(folded.text):
        for place in range(found.start(), found.end()):
            kept[place] = folded.text[place] != " "
    if all(kept):
        return folded
    pairs = [(letter, at) for letter, at, keep in zip(folded.text, folded.places, kept, strict=True) if keep]
    return Folded("".join(letter for letter, _ in pairs), tuple(at for _, at in pairs), folded.end)


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower() if letter.isprintable() or letter in "\n\t" else ""
    kind = unicodedata.category(letter)
    if kind in {"Cf", "Cc", "Mn", "Me", "Cs"}:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind in {"Zs", "Zl", "Zp"}:
        return " " if kind == "Zs" else "\n"
    plain = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(part for part in plain if unicodedata.category(part) not in {"Mn", "Cf", "Me"})
