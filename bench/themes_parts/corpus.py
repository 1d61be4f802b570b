"""Read a labelled corpus and a codebook, and know what is seen in its comments once for all audits."""

import csv
import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import numpy as np

from flagstaff.corpus.features import Looked, Numbers
from flagstaff.corpus.likest import Places
from flagstaff.corpus.reading import coding_of
from flagstaff.insight.dive import NOT_USABLE, OTHER, Comment, Line
from flagstaff.language.embedding import MiniLM, Vectors

CORPORA: Final = {"natural": "else-comments-natural", "hard": "else-comments"}
MEANINGS: Final = "else-comments/README.md"
_ROW: Final = re.compile(r"\| `(\w+)` \| \d+ \| (.+?) \|$")


class Corpus(msgspec.Struct, frozen=True):
    """Comments in the order of the audit, their themes as written beside them, and vectors."""

    name: str
    comments: tuple[Comment, ...]
    themes: tuple[str, ...]
    meaning: Vectors

    @property
    def words(self) -> list[str]:
        return [one.words for one in self.comments]


class Ready(msgspec.Struct, frozen=True):
    """Everything an audit draws from: what is seen, the first guess, the true column of each row, all columns' keys."""

    looked: Looked
    guess: Numbers
    guesses: list[Numbers]
    truth: Places
    columns: list[str]


def read_corpus(name: str, file: Path) -> Corpus:
    """Read `id,subject_type,theme,comment` and embed it; every comment is by a person of its own."""
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    made = []
    for row in rows:
        seed = hashlib.sha256(f"{name}:{row['id']}".encode()).digest()
        made.append(
            (
                Comment(
                    row=UUID(bytes=seed[:16]), kind=row["subject_type"], language="", day=date(2026, 1, 1),
                    person=seed[:16], place=seed, words=row["comment"],
                ),
                row["theme"],
            )
        )  # fmt: skip
    made.sort(key=lambda one: one[0].place)
    vectors = MiniLM().embed([one.words for one, _ in made])
    return Corpus(name, tuple(one for one, _ in made), tuple(theme for _, theme in made), vectors)


def read_codebook(file: Path) -> tuple[Line, ...]:
    """Read lines from a table `| theme | count | meaning |` of a page, or from `key,name,meaning` of a CSV file."""
    if file.suffix == ".csv":
        with file.open(newline="", encoding="utf-8") as lines:
            return tuple(Line(**row) for row in csv.DictReader(lines))
    found = (_ROW.match(line) for line in file.read_text(encoding="utf-8").splitlines())
    lines_found = ((one[1], one[2]) for one in found if one)
    return tuple(
        Line(key=key, name=key.replace("_", " "), meaning=meaning)
        for key, meaning in lines_found
        if key != NOT_USABLE
    )


def names_of(corpus: Corpus) -> tuple[Line, ...]:
    """Return the names of a corpus's themes as lines without a meaning: the least that a reviewer writes."""
    themes = sorted(set(corpus.themes) - {NOT_USABLE})
    return tuple(Line(key=one, name=one.replace("_", " "), meaning="") for one in themes)


def ready(corpus: Corpus, lines: tuple[Line, ...]) -> Ready:
    """Look at all comments once; a theme that no line of the codebook names counts as OTHER."""
    looked, guess, guesses = coding_of(corpus.words, corpus.meaning, lines, MiniLM())
    columns = [*(one.key for one in lines), OTHER, NOT_USABLE]
    truth = np.array(
        [columns.index(one) if one in columns else len(lines) for one in corpus.themes], np.int64
    )
    return Ready(looked, guess, guesses, truth, columns)
