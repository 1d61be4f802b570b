"""Give every comment probabilities: each read by the embedder itself, or, where they are very many, by its student."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa

from flagstaff.corpus.answering import Answers, marks_of, mixed, scores_of
from flagstaff.corpus.coding import learn_guess, learn_head, leave_out
from flagstaff.corpus.discover import SAMPLE, discover
from flagstaff.corpus.features import Looked, Numbers, likeness, look
from flagstaff.corpus.labelled import Labelled, labelled
from flagstaff.corpus.prepare import readable
from flagstaff.corpus.rows import key_of
from flagstaff.insight.dive import NOT_USABLE, OTHER, Label, Line, Score, Stage
from flagstaff.language.embedding import Embedder, MiniLM, Vectors
from flagstaff.language.student import Student

BY_STUDENT_FROM: Final = 10_000
"""Comments of different words above which a student reads: beyond, the embedder takes longer than somebody waits."""
_AT_ONCE: Final = 20_000
_FAINT: Final = 1e-9

Told = Callable[[Stage, int, int], None]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of all comments.

    `probabilities`: comments × `columns`; `guesses`: other ways of guessing them; `made`: vectors by number of row.
    """

    lines: tuple[Line, ...]
    proposed: tuple[Line, ...]
    columns: tuple[str, ...]
    labels: Labelled
    probabilities: Numbers
    guesses: tuple[Numbers, ...]
    made: Mapping[int, bytes]
    model: str
    scores: tuple[Score, ...] = ()


def columns_of(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the keys of all columns: the lines, OTHER, NOT_USABLE."""
    return (*(one.key for one in lines), OTHER, NOT_USABLE)


def read_each(
    rows: pa.Table, lines: tuple[Line, ...], labels: Sequence[Label], known: Mapping[UUID, bytes],
    embedder: Embedder, told: Told, answers: Answers | None = None,
) -> Read:  # fmt: skip
    """Read every comment by the embedder. `known`: vectors of earlier runs; `answers`: a model's, to these lines."""
    words: list[str] = rows["words"].to_pylist()
    meaning, made = _meaning(rows, known, embedder, told)
    told(Stage.DISCOVER, 0, 1)
    proposed = () if lines else discover(words, rows["person"].to_pylist(), meaning)
    lines = lines or proposed
    numbered = labelled(labels, rows, columns_of(lines))
    told(Stage.CODE, 0, 1)
    scores: tuple[Score, ...] = ()
    if words:
        looked, guess, guesses = coding_of(words, meaning, lines, embedder)
        probabilities = leave_out(looked, guess, numbered.rows, numbered.themes)
        if answers is not None:
            house, marks = probabilities, marks_of(answers, rows, columns_of(lines))
            looked = msgspec.structs.replace(looked, answered=marks)
            probabilities = leave_out(looked, mixed(guess, marks), numbered.rows, numbered.themes)
            guesses.append(mixed(guess, marks, 1.0))
            scores = scores_of(house, marks, probabilities, numbered)
    else:
        probabilities, guesses = np.zeros((0, len(lines) + 2)), []
    return Read(
        lines=lines, proposed=proposed, columns=columns_of(lines), labels=numbered, probabilities=probabilities,
        guesses=tuple(guesses), made=made, scores=scores,
        model=f"{embedder.name} + {answers.coder.model}" if answers else embedder.name,
    )  # fmt: skip


def read_many(
    rows: pa.Table, lines: tuple[Line, ...], labels: Sequence[Label], embedder: MiniLM, told: Told
) -> Read:
    """Read the first comments and the labelled ones to learn, then all of them batch by batch, by a student.

    The order of rows is random, so that the first ones are a sample.
    """
    student = Student(embedder, rows["words"].slice(0, SAMPLE).to_pylist())
    first = rows.slice(0, SAMPLE)
    sample: list[str] = first["words"].to_pylist()
    told(Stage.DISCOVER, 0, 1)
    seen = student.embed(sample)
    proposed = () if lines else discover(sample, first["person"].to_pylist(), seen)
    lines = lines or proposed
    numbered = labelled(labels, rows, columns_of(lines))
    guesser = learn_guess(_looked(seen, lines, student))
    own = _looked(student.embed(rows["words"].take(pa.array(numbered.rows)).to_pylist()), lines, student)
    head = learn_head(own.all, numbered.themes, len(lines) + 2) if len(numbered.rows) > 1 else None
    probabilities = np.zeros((len(rows), len(lines) + 2), np.float32)
    same = rows["same"].to_numpy()
    different = np.flatnonzero(same == np.arange(len(rows)))
    for start in range(0, len(different), _AT_ONCE):
        told(Stage.CODE, start, len(different))
        part = different[start : start + _AT_ONCE]
        words = rows["words"].take(pa.array(part)).to_pylist()
        looked = _looked(student.embed(words), lines, student)
        guessed = _silenced(_with_other(guesser.say(looked)), words)
        probabilities[part] = guessed if head is None else head.say(looked.all, guessed)
    probabilities = probabilities[same]
    if head is not None:
        probabilities[numbered.rows] = head.say_own(_with_other(guesser.say(own)))
    return Read(
        lines=lines, proposed=proposed, columns=columns_of(lines), labels=numbered, probabilities=probabilities,
        guesses=(probabilities,), made={}, model=student.name,
    )  # fmt: skip


def coding_of(
    words: list[str], meaning: Vectors, lines: tuple[Line, ...], embedder: Embedder
) -> tuple[Looked, Numbers, list[Numbers]]:
    """Return what is seen in comments, the first guess (comments × columns) and other ways to guess."""
    looked = look(words, meaning, lines, embedder)
    likely = looked.likeness / np.maximum(looked.likeness.sum(1, keepdims=True), _FAINT)
    plain = _silenced(_with_other(likely), words)
    learned = _silenced(_with_other(learn_guess(looked).say(looked)), words)
    return looked, learned, [learned, _decided(plain)]


def _looked(meaning: Vectors, lines: tuple[Line, ...], student: Student) -> Looked:
    return Looked(meaning, np.zeros((len(meaning), 1)), likeness(meaning, lines, student))


def _meaning(
    rows: pa.Table, known: Mapping[UUID, bytes], embedder: Embedder, told: Told
) -> tuple[Vectors, dict[int, bytes]]:
    """Return a vector for each row, and those that were made now, each once for all rows that say the same."""
    same: list[int] = rows["same"].to_pylist()
    keys = [key_of(one) for one in rows["row"].to_pylist()]
    words: list[str] = rows["words"].to_pylist()
    vectors = {
        number: known[key] for number, key in enumerate(keys) if same[number] == number and key in known
    }
    wanted = sorted(set(same) - set(vectors))
    fresh = embedder.embed([words[one] for one in wanted], lambda done: told(Stage.EMBED, done, len(wanted)))
    made = {number: fresh[place].astype(np.float16).tobytes() for place, number in enumerate(wanted)}
    vectors |= made
    found = np.stack([np.frombuffer(vectors[one], np.float16) for one in same]) if same else np.zeros((0, 1))
    return found.astype(np.float32), made


def _with_other(guess: Numbers) -> Numbers:
    """Put a column for OTHER before the last one: no line speaks for it, and only labels teach it."""
    return np.insert(guess, guess.shape[1] - 1, 0.0, axis=1)


def _silenced(guess: Numbers, words: Sequence[str]) -> Numbers:
    """Give comments that say nothing at all to NOT_USABLE."""
    silent = np.array([not readable(one) for one in words], bool)
    guess[silent] = 0.0
    guess[silent, -1] = 1.0
    return guess


def _decided(guess: Numbers) -> Numbers:
    found = np.zeros_like(guess)
    found[np.arange(len(guess)), guess.argmax(1)] = 1.0
    return found
