"""What a deep dive costs as comments grow: CPU seconds and memory of one process, with 400 labels."""

import csv
import hashlib
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from bench.measuring.result import Goal, Picture, Result, keep, made
from bench.themes_parts.corpus import CORPORA, MEANINGS, read_codebook
from flagstaff.corpus.dive import dive_rows
from flagstaff.corpus.rows import ROWS
from flagstaff.insight.dive import Drawn, Label

SECONDS: Final = 120.0
MEGABYTES: Final = 2_000.0
_LABELS: Final = 400
_REPEATED: Final = 0.25
"""Part of the comments that repeat another word for word."""
_ADDED: Final = 3
"""Words of the corpus at the end of each comment, where hardly any two are to be alike."""
_FEW: Final = 3
_BEGINNINGS: Final = (
    "hi, ",
    "hello ",
    "please look: ",
    "pls ",
    "again: ",
    "to whoever reads this, ",
    "ok so ",
    "well ",
)


def show_growth(data: Path, sizes: tuple[int, ...], *, keep_it: bool) -> None:
    """Run one size after the other, the last also with no two comments alike, each in a process of its own."""
    rows: list[list[float | str]] = []
    for size, added in [*((one, 0) for one in sizes), (sizes[-1], _ADDED)]:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "bench.themes_parts.growth", str(data), str(size), str(added)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        different, seconds, megabytes, off, reader = run.stdout.strip().split(";")
        rows.append(
            [
                size,
                int(different),
                reader,
                round(float(seconds), 1),
                round(float(megabytes)),
                round(float(off), 2),
            ]
        )
        print(
            f"{size:9,} comments ({int(different):,} different): {float(seconds):.1f} CPU s,"
            f" {float(megabytes):,.0f} MB, largest four {float(off):.2f} points off, by {reader}",
            flush=True,
        )
    if keep_it:
        keep("themes-growth", _result(rows))


def _result(rows: list[list[float | str]]) -> Result:
    seconds = max(float(one[3]) for one in rows[-2:])
    megabytes = max(float(one[4]) for one in rows[-2:])
    met = seconds <= SECONDS and megabytes <= MEGABYTES
    return Result(
        title="What a deep dive costs",
        command="python3 dev.py bench themes --only growth",
        made=made(),
        what="One run from rows to a table on one core, with a given codebook and 400 labels of the first rows in the"
        " audit's order. Comments are labelled ones, perturbed (a word dropped, letters swapped, a greeting), a quarter"
        " of them repeated word for word; in the last row each ends in three words of others, so that hardly two are"
        " alike. Above 10,000 different ones a student reads instead of the embedder.",
        columns=["comments", "different", "read by", "CPU s", "memory MB", "largest four, points off"],
        rows=rows,
        notes=[
            "Memory is the largest that the process ever held, the comments themselves included.",
        ],
        goals=[
            Goal(
                goal="1,000,000 comments in at most 120 CPU s and 2 GB",
                measured=f"at most {seconds} CPU s and {megabytes / 1000:.1f} GB, alike or not",
                met=met,
                reason="" if met else "comments are prepared one by one",
            )
        ],
        picture=Picture(
            kind="lines", label=["read by"], value=["CPU s"], x="comments", log_x=True, log_y=True
        ),
        alt="CPU seconds grow with the comments to ten thousand, and far more slowly above, where a student reads.",
    )


def _invented(corpus: list[tuple[str, str]], size: int, added: int) -> tuple[pa.Table, list[Label]]:
    """Return rows and the labels of the first ones in the audit's order."""
    chance = random.Random(0)
    words: list[str] = []
    themes: list[str] = []
    vocabulary = sorted({word for _, text in corpus for word in text.split()}) if added else []
    for _ in range(size):
        if words and not added and chance.random() < _REPEATED:
            again = chance.randrange(len(words))
            words.append(words[again])
            themes.append(themes[again])
            continue
        theme, text = chance.choice(corpus)
        words.append(" ".join([_perturbed(text, chance), *(chance.choice(vocabulary) for _ in range(added))]))
        themes.append(theme)
    keys = [hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(size)]
    rows = pa.table(
        {
            "row": [one[:16] for one in keys], "place": keys, "kind": ["job_post"] * size, "language": ["en"] * size,
            "month": ["2026-01"] * size, "person": [one[:8] for one in keys], "words": words,
        },
        schema=ROWS,
    )  # fmt: skip
    first = sorted(range(size), key=keys.__getitem__)[:_LABELS]
    at, reviewer = datetime(2026, 2, 1, tzinfo=UTC), UUID(int=1)
    labels = [
        Label(row=UUID(bytes=keys[one][:16]), theme=themes[one], reviewer=reviewer, drawn=Drawn.RANDOM, at=at)
        for one in first
    ]
    return rows, labels


def _perturbed(text: str, chance: random.Random) -> str:
    words = text.split()
    if len(words) > _FEW and chance.random() < 0.5:
        del words[chance.randrange(len(words))]
    place = chance.randrange(len(words))
    if len(words[place]) > _FEW and chance.random() < 0.5:
        at = chance.randrange(len(words[place]) - 1)
        words[place] = words[place][:at] + words[place][at + 1] + words[place][at] + words[place][at + 2 :]
    return (chance.choice(_BEGINNINGS) if chance.random() < 0.5 else "") + " ".join(words)


def _run(data: Path, size: int, added: int) -> None:
    """Do one run and print: different comments, CPU seconds, memory in MB, points off, who read."""
    with (data / CORPORA["natural"] / "comments.csv").open(newline="", encoding="utf-8") as lines:
        corpus = [(row["theme"], row["comment"]) for row in csv.DictReader(lines)]
    rows, labels = _invented(corpus, size, added)
    themes = Counter(theme for theme, _ in corpus)
    began = time.process_time()
    found = dive_rows(rows, read_codebook(data / MEANINGS), labels)
    took = time.process_time() - began
    shares = {one.key: one.sized.share for one in found.table.rows}
    largest = [theme for theme, _ in themes.most_common(4)]
    off = sum(abs(shares.get(one, 0.0) - themes[one] / len(corpus)) for one in largest) / 4 * 100
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(pc.count_distinct(found.rows["same"]).as_py(), took, megabytes, off, found.table.model, sep=";")


if __name__ == "__main__":
    _run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
