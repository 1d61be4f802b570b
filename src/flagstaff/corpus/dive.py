"""One deep dive over comments, from rows to a table, in four stages; a function of its inputs alone.

Prepare puts the rows in one order, discover proposes lines where nobody wrote any, code gives every comment
probabilities, and estimate turns them and the random audit into shares.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

from flagstaff.corpus import estimating
from flagstaff.corpus.answering import Answers
from flagstaff.corpus.coding import RIDGE, SHARP
from flagstaff.corpus.features import Numbers
from flagstaff.corpus.likest import Places
from flagstaff.corpus.prepare import prepare
from flagstaff.corpus.reading import BY_STUDENT_FROM, Read, read_each, read_many
from flagstaff.corpus.rows import key_of, table_of
from flagstaff.corpus.telling import Theme, facts_of, pooled, row_of
from flagstaff.insight.dive import Coded, Comment, Label, Line, Stage, Table, ThemeRow, in_order
from flagstaff.language.embedding import Embedder, MiniLM

CODE: Final = "deep-dive 2"
"""Counts up whenever the same inputs would give another table."""
UNSURE: Final = 200
_AT_ONCE: Final = 10_000

Progress = Callable[[Stage, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one run works on. Without lines a codebook is proposed, and the table is about the proposal.

    `gone`: comments that were erased or do not open, counted and not read. `vectors`: those already made of comments,
    as bytes of half-precision numbers. `answers`: what a model was asked, and answered, about these lines.
    """

    comments: tuple[Comment, ...]
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    gone: int = 0
    vectors: dict[UUID, bytes] = {}
    answers: Answers | None = None


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

    Labels of rows that are not among the comments are left out; of several by one reviewer the last counts. Raises
    ValueError where two comments have one place.
    """
    found = dive_rows(
        table_of(asked.comments), asked.lines, asked.labels, gone=asked.gone, vectors=asked.vectors,
        progress=progress, embedder=embedder, answers=asked.answers,
    )  # fmt: skip
    keys = [key_of(one) for one in found.rows["row"].to_pylist()]
    return Found(
        table=found.table,
        coded=_coded(keys, found.read),
        proposed=found.read.proposed,
        unsure=tuple(
            keys[one] for one in estimating.unsure(found.read.probabilities, found.read.labels.rows, UNSURE)
        ),
        vectors={keys[number]: vector for number, vector in found.read.made.items()},
    )


class Dived(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome as it stands in columns: the table, the rows as prepared, and what was read in them."""

    table: Table
    rows: pa.Table
    read: Read


def dive_rows(
    table: pa.Table, lines: tuple[Line, ...], labels: Sequence[Label], *, gone: int = 0,
    vectors: Mapping[UUID, bytes] | None = None, progress: Progress | None = None, embedder: Embedder | None = None,
    answers: Answers | None = None,
) -> Dived:  # fmt: skip
    """Return the table of one run over rows of `rows.ROWS`, however many there are.

    `answers` are for runs that the embedder reads itself: nobody asks a model about more.
    """
    told = progress or _quiet
    with threadpool_limits(1):  # more threads add in another order
        rows = prepare(table)
        if pc.count_distinct(rows["same"]).as_py() > BY_STUDENT_FROM:
            read, answers = read_many(rows, lines, labels, MiniLM(), told), None
        else:
            answers = answers if lines else None
            read = read_each(rows, lines, labels, vectors or {}, embedder or MiniLM(), told, answers)
        told(Stage.ESTIMATE, 0, 1)
        shown = _told(rows, read)
    return Dived(
        table=Table(
            rows=shown,
            of=len(rows) + gone,
            labels=len(read.labels.rows),
            audit=len(read.labels.audited),
            gone=gone,
            inputs=_digest(rows, lines, labels, gone, answers),
            model=read.model,
            parameters={
                "ridge": RIDGE,
                "sharp": SHARP,
                "narrow": estimating.NARROW,
                "audit_from": estimating.AUDIT_FROM,
                **(answers.parameters if answers else {}),
            },
            code=CODE,
            narrow=estimating.narrow(read.probabilities, read.labels.audited, read.labels.said),
            accuracy=read.labels.accuracy(read.probabilities),
            coders=read.scores,
        ),
        rows=rows,
        read=read,
    )


def _told(rows: pa.Table, read: Read) -> tuple[ThemeRow, ...]:
    """Return the rows of the table: the largest theme first, then what is pooled, what is other, what is not usable."""
    if not len(rows):
        return ()
    names = {one.key: one.name for one in read.lines}
    themes = [Theme(key, names.get(key, ""), (number,)) for number, key in enumerate(read.columns)]
    probabilities, labels = read.probabilities, read.labels
    given = probabilities.argmax(1)
    given[labels.rows] = labels.themes
    facts = facts_of(rows, given, probabilities.max(1))
    told = pooled(themes, facts)
    where = np.zeros(probabilities.shape[1], np.int64)
    for number, theme in enumerate(told):
        where[list(theme.columns)] = number
    shares = estimating.sized(
        _merged(probabilities, where),
        [_merged(one, where) for one in read.guesses],
        labels.audited,
        where[labels.said],
    )
    found = [row_of(theme, sized, facts) for theme, sized in zip(told, shares, strict=True)]
    return in_order(found)


def _merged(probabilities: Numbers, where: Places) -> Numbers:
    found = np.zeros((len(probabilities), int(where.max()) + 1), probabilities.dtype)
    for column, target in enumerate(where):
        found[:, target] += probabilities[:, column]
    return found


def _coded(keys: list[UUID], read: Read) -> tuple[Coded, ...]:
    order = np.argsort(-read.probabilities, axis=1, kind="stable")[:, :2]
    said = dict(zip(read.labels.rows.tolist(), read.labels.themes.tolist(), strict=True))
    return tuple(
        Coded(
            row=key,
            theme=read.columns[said.get(number, int(order[number, 0]))],
            probability=round(float(read.probabilities[number, order[number, 0]]), 4),
            second=read.columns[int(order[number, 1])],
        )
        for number, key in enumerate(keys)
    )


def _digest(
    rows: pa.Table, lines: tuple[Line, ...], labels: Sequence[Label], gone: int, answers: Answers | None
) -> str:
    """Return SHA-256 over everything that goes in, in the prepared order; hashes of persons are the run's own."""
    seen = hashlib.sha256()
    for batch in rows.select(["row", "place", "kind", "language", "month", "words"]).to_batches(_AT_ONCE):
        for row in batch.to_pylist():
            seen.update(msgspec.msgpack.encode(row))
    seen.update(msgspec.msgpack.encode((lines, sorted(labels, key=_order), gone)))
    if answers is not None:
        seen.update(msgspec.msgpack.encode(answers.inputs))
    return seen.hexdigest()


def _order(label: Label) -> tuple[bytes, bytes, str]:
    return (label.row.bytes, label.reviewer.bytes, label.at.isoformat())


def _quiet(stage: Stage, done: int, of: int) -> None:
    """Nobody watches."""
