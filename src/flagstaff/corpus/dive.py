"""One deep dive over comments, from rows to a table, in four stages; a function of its inputs alone.

Prepare puts the rows in one order, discover proposes lines where nobody wrote any, code gives every comment
probabilities, and estimate turns them and the random audit into shares.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from flagstaff.corpus import estimating
from flagstaff.corpus.coding import cross_fit, first_guess
from flagstaff.corpus.discover import discover
from flagstaff.corpus.features import Numbers, look
from flagstaff.corpus.likest import Places
from flagstaff.corpus.prepare import prepare, readable
from flagstaff.corpus.rows import key_of, table_of
from flagstaff.corpus.telling import Facts, Theme, pooled, row_of
from flagstaff.insight.auditing import Placed, audit_of
from flagstaff.insight.dive import (
    NOT_USABLE,
    OTHER,
    POOLED,
    Coded,
    Comment,
    Label,
    Line,
    Table,
    ThemeRow,
)
from flagstaff.language.embedding import Embedder, MiniLM, Vectors

CODE: Final = "deep-dive 1"
"""Counts up whenever the same inputs would give another table."""
UNSURE: Final = 200
_LAST: Final = {POOLED: 1, OTHER: 2, NOT_USABLE: 3}

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one run works on. Without lines a codebook is proposed, and the table is about the proposal.

    `gone`: comments that were erased or do not open, counted and not read. `vectors`: those already made of comments,
    as bytes of half-precision numbers.
    """

    comments: tuple[Comment, ...]
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    gone: int = 0
    vectors: dict[UUID, bytes] = {}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome: the table, what the coder says of every comment, and lines for a codebook where none was given.

    `unsure`: rows to ask next because the coder is unsure, the most useful first. `vectors`: those that were made.
    """

    table: Table
    coded: tuple[Coded, ...]
    proposed: tuple[Line, ...]
    unsure: tuple[UUID, ...]
    vectors: dict[UUID, bytes]


def dive(asked: Asked, progress: Progress | None = None, embedder: Embedder | None = None) -> Found:
    """Return the table of one run; the same inputs in any order give the same bytes.

    Labels of rows that are not among the comments are left out; of several by one reviewer the last counts, and of
    several reviewers the first one's. Raises ValueError where a label or a place does not fit.
    """
    with threadpool_limits(1):  # more threads add in another order
        return _dive(asked, progress or _quiet, embedder or MiniLM())


def _dive(asked: Asked, progress: Progress, embedder: Embedder) -> Found:
    rows = prepare(table_of(asked.comments))
    words: list[str] = rows["words"].to_pylist()
    meaning, made = _meaning(rows, asked.vectors, embedder, progress)
    progress("discover", 0, 1)
    proposed = () if asked.lines else discover(words, rows["person"].to_pylist(), meaning)
    lines = asked.lines or proposed
    columns = [*(one.key for one in lines), OTHER, NOT_USABLE]
    labels = _labels(asked, rows, columns)
    progress("code", 0, 1)
    probabilities, guesses = _code(words, meaning, lines, labels, embedder)
    progress("estimate", 0, 1)
    names = {one.key: one.name for one in lines}
    themes = [Theme(key, names.get(key, ""), (number,)) for number, key in enumerate(columns)]
    found = _told(rows, probabilities, guesses, labels, themes)
    table = Table(
        rows=found,
        of=len(rows) + asked.gone,
        labels=len(labels.rows),
        audit=len(labels.audited),
        gone=asked.gone,
        inputs=_digest(asked, rows),
        model=embedder.name,
        parameters={"folds": 10, "narrow": estimating.NARROW, "audit_from": estimating.AUDIT_FROM},
        code=CODE,
        narrow=estimating.narrow([one.sized for one in found], len(labels.audited)),
        accuracy=labels.accuracy(probabilities),
    )
    keys = [key_of(one) for one in rows["row"].to_pylist()]
    return Found(
        table=table,
        coded=_coded(keys, probabilities, labels, columns),
        proposed=proposed,
        unsure=tuple(keys[one] for one in estimating.unsure(probabilities, labels.rows, UNSURE)),
        vectors={keys[number]: vector for number, vector in made.items()},
    )


class _Labels(msgspec.Struct, frozen=True):
    """Labels as numbers: of rows, of columns, and which of the rows are the audit."""

    rows: Places
    themes: Places
    audited: Places
    said: Places

    def accuracy(self, probabilities: Numbers) -> float | None:
        """Return how often the coder gives a labelled row the reviewer's theme, without having seen it."""
        if not len(self.rows):
            return None
        return float((probabilities[self.rows].argmax(1) == self.themes).mean())


def _labels(asked: Asked, rows: pa.Table, columns: list[str]) -> _Labels:
    """Return labels as numbers; the audit is of whoever said most, and what others said teaches beside it."""
    places = [
        Placed(key_of(row), place)
        for row, place in zip(_list(rows, "row"), _list(rows, "place"), strict=True)
    ]
    number_of = {one.row: number for number, one in enumerate(places)}
    column_of = {key: number for number, key in enumerate(columns)}
    known = [one for one in asked.labels if one.row in number_of and one.theme in column_of]
    many = Counter(one.reviewer for one in known)
    leading = min(many, key=lambda one: (-many[one], one), default=None)
    held: dict[int, Label] = {}
    for one in sorted(known, key=lambda one: (one.reviewer == leading, one.at, one.reviewer)):
        held[number_of[one.row]] = one
    audit = audit_of(places, [one for one in known if one.reviewer == leading])
    audited = [number_of[one] for one in audit]
    numbers = sorted(held)
    return _Labels(
        np.array(numbers, np.int64),
        np.array([column_of[held[one].theme] for one in numbers], np.int64),
        np.array(audited, np.int64),
        np.array([column_of[held[one].theme] for one in audited], np.int64),
    )


def _list(rows: pa.Table, name: str) -> list[bytes]:
    found: list[bytes] = rows[name].to_pylist()
    return found


def _meaning(
    rows: pa.Table, known: Mapping[UUID, bytes], embedder: Embedder, progress: Progress
) -> tuple[Vectors, dict[int, bytes]]:
    """Return a vector for each row, and those that were made now, each once for all rows that say the same."""
    same: list[int] = rows["same"].to_pylist()
    keys = [key_of(one) for one in rows["row"].to_pylist()]
    words: list[str] = rows["words"].to_pylist()
    vectors = {
        number: known[key] for number, key in enumerate(keys) if same[number] == number and key in known
    }
    wanted = sorted(set(same) - set(vectors))
    fresh = embedder.embed([words[one] for one in wanted], lambda done: progress("read", done, len(wanted)))
    made = {number: fresh[place].astype(np.float16).tobytes() for place, number in enumerate(wanted)}
    vectors |= made
    found = np.stack([np.frombuffer(vectors[one], np.float16) for one in same]) if same else np.zeros((0, 1))
    return found.astype(np.float32), made


def _code(
    words: list[str], meaning: Vectors, lines: tuple[Line, ...], labels: _Labels, embedder: Embedder
) -> tuple[Numbers, list[Numbers]]:
    """Return probabilities of each column, and other ways of guessing them, for rows that hold anything to read."""
    silent = np.array([not readable(one) for one in words], bool)
    if not words:
        return np.zeros((0, len(lines) + 2)), []
    looked = look(words, meaning, lines, embedder)
    plain = _with_other(looked.likeness / np.maximum(looked.likeness.sum(1, keepdims=True), 1e-9))
    learned = _with_other(first_guess(looked))
    for guess in (plain, learned):
        guess[silent] = 0.0
        guess[silent, -1] = 1.0
    held = cross_fit(looked, learned, labels.rows, labels.themes)
    return held, [learned, _sharpened(plain)]


def _with_other(guess: Numbers) -> Numbers:
    """Put a column for OTHER before the last one: no line speaks for it, and only labels teach it."""
    return np.insert(guess, guess.shape[1] - 1, 0.0, axis=1)


def _sharpened(guess: Numbers) -> Numbers:
    found = np.zeros_like(guess)
    found[np.arange(len(guess)), guess.argmax(1)] = 1.0
    return found


def _told(
    rows: pa.Table, probabilities: Numbers, guesses: list[Numbers], labels: _Labels, themes: list[Theme]
) -> tuple[ThemeRow, ...]:
    """Return the rows of the table: the largest theme first, then what is pooled, what is other, what is not usable."""
    if not len(rows):
        return ()
    given = probabilities.argmax(1)
    given[labels.rows] = labels.themes
    facts = Facts(rows, given, probabilities.max(1))
    told = pooled(themes, facts)
    where = np.zeros(probabilities.shape[1], np.int64)
    for number, theme in enumerate(told):
        where[list(theme.columns)] = number
    shares = estimating.sized(
        _merged(probabilities, where),
        [_merged(one, where) for one in guesses],
        labels.audited,
        where[labels.said],
    )
    found = [row_of(theme, sized, facts) for theme, sized in zip(told, shares, strict=True)]
    return tuple(sorted(found, key=lambda one: (_LAST.get(one.key, 0), -one.sized.share, one.key)))


def _merged(probabilities: Numbers, where: Places) -> Numbers:
    found = np.zeros((len(probabilities), int(where.max()) + 1))
    for column, target in enumerate(where):
        found[:, target] += probabilities[:, column]
    return found


def _coded(
    keys: list[UUID], probabilities: Numbers, labels: _Labels, columns: list[str]
) -> tuple[Coded, ...]:
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    said = dict(zip(labels.rows.tolist(), labels.themes.tolist(), strict=True))
    return tuple(
        Coded(
            row=key,
            theme=columns[said.get(number, int(order[number, 0]))],
            probability=round(float(probabilities[number, order[number, 0]]), 4),
            second=columns[int(order[number, 1])],
        )
        for number, key in enumerate(keys)
    )


def _digest(asked: Asked, rows: pa.Table) -> str:
    """Return SHA-256 over everything that goes in, in the prepared order; hashes of persons are the run's own."""
    seen = hashlib.sha256()
    for row in rows.select(["row", "place", "kind", "language", "month", "words"]).to_pylist():
        seen.update(msgspec.msgpack.encode(row))
    seen.update(msgspec.msgpack.encode((asked.lines, sorted(asked.labels, key=_order), asked.gone)))
    return seen.hexdigest()


def _order(label: Label) -> tuple[bytes, bytes, str]:
    return (label.row.bytes, label.reviewer.bytes, label.at.isoformat())


def _quiet(stage: str, done: int, of: int) -> None:
    """Nobody watches."""
