"""Look at every text inside plain data: none empty, no word that the house has replaced, no unknown placeholder."""

import re
from collections.abc import Collection, Iterator, Mapping

from flagstaff.language.forms import closest
from flagstaff.language.yaml import Finding, Trail

_ADDRESS = re.compile(r"https?://\S+")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def texts_in(value: object, at: Trail = ()) -> Iterator[tuple[Trail, str]]:
    """Yield each text inside mappings and lists, with where it stands."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(item, (*at, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from texts_in(item, (*at, place))


def check_wording(
    value: object, words: Mapping[str, str], placeholders: Collection[str]
) -> Iterator[Finding]:
    """Yield what is wrong with any text inside `value`; `words`: each with the one that the house uses instead."""
    replaced = "|".join(re.escape(word) for word in words)
    pattern = re.compile(rf"(?<![-\w])({replaced})(?![-\w])", re.IGNORECASE) if words else None
    for at, text in texts_in(value):
        if not text.strip():
            yield Finding(at, f"`{at[-1]}` is empty", "Write the text, or leave the field out.")
        for word in pattern.findall(_ADDRESS.sub("", text)) if pattern else ():
            yield Finding(at, f"for `{word}` the house has a fixed word", f"Write `{words[word.lower()]}`.")
        for name in _PLACEHOLDER.findall(text):
            if name not in placeholders:
                yield Finding(at, f"`{{{name}}}` is no placeholder", closest(name, placeholders))
