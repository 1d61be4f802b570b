"""Find the texts of a value by where they stand, and put those of another language in their place.

A text is named by the keys that lead to it, as in `clauses.CG-1.title`; of a list of entries each is named by its own
`key`, of other lists by its place, counted from 0.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from flagstaff.language.yaml import Finding, Trail

EVERY = "*"
"""Stands in a shape for every key or place."""
UNTRANSLATED_FROM = 4
"""From so many words on, a text that reads like the original counts as forgotten."""
_PLACEHOLDER = re.compile(r"\{\w*\}")

Shape = tuple[str, ...]
Texts = Mapping[str, str]


def texts_of(value: object, shapes: Iterable[Shape]) -> dict[str, str]:
    """Return the texts of plain data that stand where one of the shapes says."""
    return {path: text for shape in shapes for path, text in _found(value, shape, ())}


def with_texts(value: object, texts: Texts, at: tuple[str, ...] = ()) -> object:
    """Return plain data with every text that `texts` names exchanged; all else stays."""
    if isinstance(value, str):
        return texts.get(".".join(at), value)
    if isinstance(value, dict):
        return {key: with_texts(item, texts, (*at, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_texts(item, texts, (*at, name)) for name, item in _named(value)]
    return value


def read_texts(data: object, at: Trail) -> tuple[dict[str, str], list[Finding]]:
    """Return every text of a translator's file, and what stands there that is no text."""
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for trail, leaf in _leaves(data, ()):
        if isinstance(leaf, str):
            texts[".".join(map(str, trail))] = leaf
        else:
            what = f"`{'.'.join(map(str, trail))}` must be text"
            findings.append(
                Finding((*at, *trail), what, "Write the words, in quotes where they look like a number.")
            )
    return texts, findings


def check_texts(source: Texts, given: Texts, language: str) -> Iterator[Finding]:
    """Yield what keeps a translation from being whole and true to its source, each at its place in that language."""
    at: Trail = ("translations", language)
    missing_sections = {path.partition(".")[0] for path in source} - {
        path.partition(".")[0] for path in given
    }
    for section in sorted(missing_sections):
        what = f"nothing of `{section}` is translated into `{language}`"
        yield Finding((*at, section), what, f"Add `{section}:`, or leave the whole language out.")
    for path, original in source.items():
        if path.partition(".")[0] in missing_sections:
            continue
        here = (*at, *trail_of(path))
        if path not in given:
            what = f"`{path}` has no words in `{language}`"
            yield Finding(here, what, f"Translate `{original}`: a language is offered whole.")
        else:
            yield from _text(original, given[path], path, here)
    for path in given:
        if path not in source:
            what = f"`{path}` translates nothing: the policy has no such text"
            yield Finding((*at, *trail_of(path)), what, "Remove it, or mend its key.")


def trail_of(path: str) -> Trail:
    """Return the way to a text; what counts is a place in a list."""
    return tuple(int(part) if part.isdecimal() else part for part in path.split("."))


def _text(original: str, text: str, path: str, at: Trail) -> Iterator[Finding]:
    if not text.strip():
        yield Finding(at, f"`{path}` is empty", "Write the text.")
        return
    wanted, found = set(_PLACEHOLDER.findall(original)), set(_PLACEHOLDER.findall(text))
    for lost in sorted(wanted - found):
        yield Finding(at, f"`{path}` has lost `{lost}`", "Put it where the words need it.")
    for strange in sorted(found - wanted):
        yield Finding(at, f"`{path}` fills in `{strange}`, which the original does not", "Remove it.")
    if text.strip() == original.strip() and len(text.split()) >= UNTRANSLATED_FROM:
        yield Finding(at, f"`{path}` still reads as in the original", "Translate it.")


def _found(value: object, shape: Shape, at: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not shape:
        if isinstance(value, str):
            yield ".".join(at), value
        return
    first, rest = shape[0], shape[1:]
    items = (
        value.items() if isinstance(value, dict) else _named(value) if isinstance(value, list | tuple) else ()
    )
    for key, item in items:
        if first in (EVERY, key):
            yield from _found(item, rest, (*at, str(key)))


def _named(items: list[object] | tuple[object, ...]) -> Iterator[tuple[str, object]]:
    for place, item in enumerate(items):
        yield str(item["key"]) if isinstance(item, dict) and "key" in item else str(place), item


def _leaves(data: object, at: Trail) -> Iterator[tuple[Trail, object]]:
    if isinstance(data, dict):
        for key, item in data.items():
            yield from _leaves(item, (*at, key))
    elif isinstance(data, list):
        for place, item in enumerate(data):
            yield from _leaves(item, (*at, place))
    else:
        yield at, data
