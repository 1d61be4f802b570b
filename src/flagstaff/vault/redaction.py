"""Make the copy of a text that staff may read: what says who somebody is becomes a mark."""

from collections.abc import Sequence
from typing import Final

import msgspec

from flagstaff.language.folding import fold
from flagstaff.language.spans import Span, SpanKind, find_names, find_spans

# While redacting, a mark is one code point that no text may hold (Unicode's noncharacters) and that is part of no word.
_STAND_INS: Final = {kind: chr(0xFDD0 + place) for place, kind in enumerate(SpanKind)}
_TO_MARKS: Final = str.maketrans({sign: f"[{kind.value}]" for kind, sign in _STAND_INS.items()})
_NONE: Final = dict.fromkeys(range(0xFDD0, 0xFDF0))
_MOST_ROUNDS: Final = 10
_WITHHELD: Final = "[withheld]"


def redact(text: str, known_names: Sequence[str] = ()) -> str:
    """Return `text` with marks such as [name], [e-mail], [phone] in place of what was found.

    What was found once is replaced wherever else it stands as a whole word. A text in which something is found
    again and again, however often it is replaced, is withheld as a whole.
    """
    working = text.translate(_NONE)
    values: dict[SpanKind, set[str]] = {kind: set() for kind in SpanKind}
    values[SpanKind.NAME] |= {name for name in known_names if name.strip()}
    for _ in range(_MOST_ROUNDS):
        spans = find_spans(working)
        for span in spans:
            values[span.kind].add(working[span.start : span.end])
        working = _replace(working, spans)
        repeated = False
        for kind, found in values.items():
            again = _find_again(working, kind, found)
            repeated = repeated or bool(again)
            working = _replace(working, again)
        if not spans and not repeated:
            return working.translate(_TO_MARKS)
    return _WITHHELD


def redact_json(text: str, known_names: Sequence[str] = ()) -> str:
    """Redact every text inside a JSON document and keep its shape; what is no JSON is redacted as plain text."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return redact(text, known_names)
    return msgspec.json.encode(_redact_leaves(document, known_names)).decode()


def _redact_leaves(value: object, known_names: Sequence[str]) -> object:
    if isinstance(value, str):
        return redact(value, known_names)
    if isinstance(value, list):
        return [_redact_leaves(item, known_names) for item in value]
    if isinstance(value, dict):
        return {redact(key, known_names): _redact_leaves(item, known_names) for key, item in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = redact(str(value), known_names)
        return value if shown == str(value) else shown
    return value


def _find_again(text: str, kind: SpanKind, values: set[str]) -> list[Span]:
    """Return where values stand again; of a name also its parts, where they are written with a capital."""
    again = find_names(text, _worth_repeating(values), kind)
    if again or kind is not SpanKind.NAME:
        return again
    parts = {part for value in values for part in value.split() if len(part) > 2}
    found = find_names(text, _worth_repeating(parts))
    return [span for span in found if not text[span.start : span.start + 1].islower()]


def _worth_repeating(values: set[str]) -> tuple[str, ...]:
    """Leave out what folds to nothing, or to one letter that would blank half a text."""
    return tuple(value for value in values if len(fold(value).text.strip()) > 1)


def _replace(text: str, spans: Sequence[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += [text[at : span.start], _STAND_INS[span.kind]]
        at = span.end
    return "".join([*pieces, text[at:]])
