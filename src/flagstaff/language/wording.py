"""Find words for which the house has one fixed word."""

import re
from collections.abc import Iterator, Mapping

from flagstaff.language.yaml import Finding, Trail

_ADDRESS = re.compile(r"https?://\S+")


def check_wording(value: object, words: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each of `words` in any text inside `value`. Addresses are left alone."""
    if words:
        pattern = rf"(?<![-\w])({'|'.join(re.escape(word) for word in words)})(?![-\w])"
        yield from _look(value, re.compile(pattern, re.IGNORECASE), words, ())


def _look(value: object, pattern: re.Pattern[str], words: Mapping[str, str], at: Trail) -> Iterator[Finding]:
    if isinstance(value, str):
        for word in pattern.findall(_ADDRESS.sub("", value)):
            yield Finding(at, f"for `{word}` the house has a fixed word", f"Write `{words[word.lower()]}`.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _look(item, pattern, words, (*at, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _look(item, pattern, words, (*at, place))
