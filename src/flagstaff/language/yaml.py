"""Read strict YAML 1.2 and remember on which line each thing stands.

Only ``true``, ``false``, ``null`` and plain decimal numbers are more than text: ``on``, ``no`` and ``1:30`` stay
what was written. Duplicate keys, anchors, aliases, tags and further documents are refused. Everything wrong in a
file is listed at once, up to the point where the syntax itself breaks.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

type_of_plain = (
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"null|~|"), lambda _: None),
    (re.compile(r"0|-?[1-9][0-9]*"), int),
    (re.compile(r"-?[0-9]+\.[0-9]+"), float),
)

Trail = tuple[str | int, ...]
"""The way to a value inside the data: keys and list positions."""


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong in a file. Lines count from 1; line 0 means the file as a whole."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.mend}"


class Finding(msgspec.Struct, frozen=True):
    """One thing wrong in the data: where it is, what is wrong, how to mend it. A reader of files knows the line."""

    at: Trail
    what: str
    mend: str


class Spot(NamedTuple):
    """A file and a line in it, counted from 1."""

    file: str
    line: int


class Page(NamedTuple):
    """What one file says, where each part of it stands, and what is wrong with its form."""

    file: str
    value: object
    spots: Mapping[Trail, Spot]
    problems: tuple[Problem, ...]


def read_yaml(file: str, text: str) -> Page:
    """Read one strict YAML document; what is refused is left out of the value and listed in `problems`."""
    return _Reader(file).read(text)


def spot_of(spots: Mapping[Trail, Spot], at: Trail) -> Spot | None:
    """Return where `at` stands; of something that is missing, where the thing around it stands."""
    for length in range(len(at), 0, -1):
        if (spot := spots.get(at[:length])) is not None:
            return spot
    return None


class _Refused(Exception):
    """Carries a problem out of the recursion."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _Reader:
    """Build plain values from the parser's events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.spots: dict[Trail, Spot] = {}
        self.problems: list[Problem] = []

    def read(self, text: str) -> Page:
        value: object = None
        try:
            if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
                raise _Refused(
                    Problem(
                        self.file,
                        0,
                        f"the file is larger than {MAX_BYTES:,} bytes",
                        "Split it into several files.",
                    )
                )
            value = self._documents(cast("Iterator[Event]", YAML(typ="safe", pure=True).parse(text)))
        except _Refused as refused:
            self.problems.append(refused.problem)
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            self.problems.append(
                Problem(
                    self.file, line, f"this is not YAML: {error.problem}", "Mend the syntax near this line."
                )
            )
        except YAMLError as error:
            self.problems.append(
                Problem(self.file, 0, f"this is not YAML: {error}".strip(), "Mend the syntax of this file.")
            )
        return Page(self.file, value, self.spots, tuple(self.problems))

    def _documents(self, events: Iterator[Event]) -> object:
        value: object = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(
                        self._problem(event, "a second document begins here", "Remove the line `---`.")
                    )
            elif isinstance(event, NodeEvent):
                value = self._node(event, events, ())
        return value

    def _node(self, event: NodeEvent, events: Iterator[Event], at: Trail) -> object:
        if len(at) > MAX_DEPTH:
            raise _Refused(self._problem(event, f"nested deeper than {MAX_DEPTH} levels", "Make it flatter."))
        if isinstance(event, AliasEvent):
            self.problems.append(
                self._problem(event, f"the alias *{event.anchor} is not allowed", "Write the value out.")
            )
            return None
        if event.anchor is not None:
            self.problems.append(
                self._problem(
                    event, f"the anchor &{event.anchor} is not allowed", "Remove it; write values out."
                )
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.problems.append(
                self._problem(event, f"the tag {tag} is not allowed", "Remove it; quote what is text.")
            )
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, at)
        return self._mapping(events, at)

    def _sequence(self, events: Iterator[Event], at: Trail) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(events), CollectionEndEvent):
            here = (*at, len(items))
            self._mark(here, event)
            items.append(self._node(cast("NodeEvent", event), events, here))
        return items

    def _mapping(self, events: Iterator[Event], at: Trail) -> dict[str, object]:
        entries: dict[str, object] = {}
        while not isinstance(event := next(events), CollectionEndEvent):
            key = self._key(event)
            here = (*at, key)
            twice = key in entries
            if twice:
                first = self.spots[here].line
                self.problems.append(
                    self._problem(
                        event, f"the key `{key}` stands twice (first on line {first})", "Keep one of the two."
                    )
                )
            else:
                self._mark(here, event)
            value = self._node(cast("NodeEvent", next(events)), events, (*here, "again") if twice else here)
            entries.setdefault(key, value)
        return entries

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            raise _Refused(self._problem(event, "a key must be plain text", "Write `key: value`."))
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self.problems.append(
                self._problem(event, f"the key `{event.value}` bears an anchor or a tag", "Remove it.")
            )
        return str(event.value)

    def _mark(self, at: Trail, event: Event) -> None:
        self.spots[at] = Spot(self.file, event.start_mark.line + 1)

    def _problem(self, event: Event, what: str, mend: str) -> Problem:
        return Problem(self.file, event.start_mark.line + 1, what, mend)


def _scalar(event: ScalarEvent) -> object:
    text = str(event.value)
    if event.style is None:  # not quoted
        for pattern, make in type_of_plain:
            if pattern.fullmatch(text):
                return make(text)
    return text


__all__ = ["Finding", "Page", "Problem", "Spot", "Trail", "read_yaml", "spot_of"]
