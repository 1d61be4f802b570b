"""Count and cut text the way people see it: by graphemes, not by code points."""

import unicodedata

import regex

_GRAPHEME = regex.compile(r"\X")
# Format characters, controls, unassigned and private ones: without ink, or without a meaning we could count on.
_INKLESS = frozenset({"Cf", "Cc", "Cn", "Co", "Cs", "Zs", "Zl", "Zp"})
# Most details are plain ASCII, and counting them one by one was a quarter of what a flag costs.
_ASCII_WITHOUT_INK = dict.fromkeys([*range(0x21), 0x7F])
# Without those that part words, which `str.split` knows.
_ASCII_CONTROLS = {code: None for code in _ASCII_WITHOUT_INK if not chr(code).isspace()}


def split(text: str) -> list[str]:
    """Return the graphemes of a text in their order."""
    return _GRAPHEME.findall(text)


def count(text: str) -> int:
    """Return how many graphemes a text has, invisible ones included."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _GRAPHEME.finditer(text))


def count_seen(text: str) -> int:
    """Return how many graphemes leave ink: ten spaces, or ten zero-width joiners, say nothing."""
    if text.isascii():
        return len(text.translate(_ASCII_WITHOUT_INK))
    return sum(1 for found in _GRAPHEME.finditer(text) if not all(map(_is_inkless, found[0])))


def count_meant(text: str) -> int:
    """Return how many graphemes somebody meant to write: those with ink, and one blank between two words.

    A least length of details is counted so: "it is bad!" has ten, ten spaces have none.
    """
    if text.isascii():
        return len(" ".join(text.translate(_ASCII_CONTROLS).split()))
    meant, blank = 0, False
    for found in _GRAPHEME.finditer(text):  # an accent on a blank is one sign with ink, and no end of a word
        if not all(map(_is_inkless, found[0])):
            meant, blank = meant + 1 + blank, False
        elif meant and any(map(str.isspace, found[0])):
            blank = True
    return meant


def cut(text: str, most: int) -> str:
    """Return the first `most` graphemes; a family or a flag is never cut in half."""
    for place, found in enumerate(_GRAPHEME.finditer(text)):
        if place == most:
            return text[: found.start()]
    return text


def _is_inkless(letter: str) -> bool:
    return unicodedata.category(letter) in _INKLESS
