"""Find words for which the house has one fixed word."""

import re
from collections.abc import Iterator, Mapping

from flagstaff.language.yaml import Finding, Trail

_ADDRESS = re.compile(r"https?://\S+")


def replaced_words(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each word of `text` that has a fixed word instead, with that word. Addresses are left alone."""
    if words:
        pattern = rf"(?<![-\w])({'|'.join(re.escape(word) for word in words)})(?![-\w])"
        for found in re.findall(pattern, _ADDRESS.sub("", text), re.IGNORECASE):
            yield found, words[found.lower()]


def check_wording(value: object, words: Mapping[str, str], at: Trail = ()) -> Iterator[Finding]:
    """Yield a finding for each such word in any text inside `value`."""
    if isinstance(value, str):
        for word, instead in replaced_words(value, words):
            yield Finding(at, f"for `{word}` the house has a fixed word", f"Write `{instead}`.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from check_wording(item, words, (*at, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from check_wording(item, words, (*at, place))
