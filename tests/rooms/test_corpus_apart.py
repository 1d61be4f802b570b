"""A deep dive in a process of its own: whatever stands in the comments, it ends with a table or a clear refusal."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from flagstaff.corpus import apart
from flagstaff.corpus.apart import (
    BROKEN,
    NOTHING_TO_READ,
    TOO_FEW_PERSONS,
    Begin,
    Done,
    Far,
    Given,
    Made,
    ProcessEnded,
    Read,
    Ready,
    Refused,
    RowsFound,
    Told,
)
from flagstaff.insight.dive import NOT_USABLE, Drawn, Label, Line, Stage, Table

LINES = (
    Line(
        key="unpaid", name="Unpaid work", meaning="Asks for work without pay: a free sample or test project."
    ),
    Line(key="deposit", name="Asks for money", meaning="Asks the worker to pay a fee or a deposit first."),
)
CANARY = "Zephyrine Quillfeather, zeph@canary.example, +49 170 5558899"


def key(number: int) -> UUID:
    return UUID(bytes=sha256(b"row %d" % number).digest()[:16])


def given(texts: Sequence[str], *, persons: int | None = None) -> tuple[Given, ...]:
    """Let each text be another person's, or let some persons write them in turns."""
    return tuple(
        Given(
            key(number), "job_post", date(2026, 3, 1 + number % 28), b"p%d" % (number % (persons or len(texts))),
            sha256(b"place %d" % number).digest(), text,
        )
        for number, text in enumerate(texts)
    )  # fmt: skip


def serve(comments: Sequence[Given], begin: Begin) -> list[Told]:
    """Send comments in two messages, and read all that is told."""
    half = len(comments) // 2
    incoming = io.BytesIO()
    for message in (Read(tuple(comments[:half])), Read(tuple(comments[half:])), begin):
        data = msgspec.msgpack.encode(message)
        incoming.write(len(data).to_bytes(4) + data)
    incoming.seek(0)
    outgoing = io.BytesIO()
    apart.serve(incoming, outgoing)
    return read_all(outgoing.getvalue())


def read_all(data: bytes) -> list[Told]:
    told, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        told.append(msgspec.msgpack.decode(data[at + 4 : at + 4 + size], type=Told))
        at += 4 + size
    return told


def asked(lines: tuple[Line, ...] = LINES, labels: tuple[Label, ...] = (), **more: object) -> Begin:
    return Begin(**{"lines": lines, "labels": labels, "gone": 0, **more})  # type: ignore[arg-type]


def table_of(told: Sequence[Told]) -> Table:
    end = told[-1]
    assert isinstance(end, Done)
    return msgspec.json.decode(end.table, type=Table)


FEW = [
    "they want a free sample first",
    "pay a deposit before you start",
    "please work for free",
    "a fee of 40",
]
SOME = [*FEW, "unpaid test project of two days", "no idea what this is about", "asdf"]


def test_it_says_how_far_it_is_and_ends_with_a_table_and_a_row_for_each_comment() -> None:
    told = serve(given(SOME), asked(gone=2))
    assert isinstance(told[0], Ready)
    stages = [Stage(one.stage) for one in told if isinstance(one, Far)]
    assert stages == sorted(stages, key=list(Stage).index)
    assert {*stages} == {*Stage} - {Stage.READ, Stage.ASK}, "others open the words, and others ask"
    rows = [row for one in told if isinstance(one, RowsFound) for row in one.rows]
    assert {row.row for row in rows} == {key(number) for number in range(len(SOME))}
    table = table_of(told)
    assert (table.of, table.gone) == (len(SOME) + 2, 2)
    assert sum(one.rows for one in table.rows) == len(SOME)


def test_the_same_comments_in_any_order_give_the_same_bytes_and_need_no_vector_twice() -> None:
    comments = given(SOME)
    first = serve(comments, asked())
    made = {row: one for told in first if isinstance(told, Made) for row, one in told.vectors.items()}
    assert made
    again = [msgspec.structs.replace(one, vector=made.get(one.row, b"")) for one in reversed(comments)]
    second = serve(again, asked())
    assert not [one for one in second if isinstance(one, Made) if set(one.vectors) & set(made)]
    assert first[-1] == second[-1]


@pytest.mark.parametrize(
    ("texts", "persons", "why"),
    [
        ([], None, NOTHING_TO_READ),
        (["they want a free sample first"], None, TOO_FEW_PERSONS),
        (FEW, None, TOO_FEW_PERSONS),
        (SOME, 4, TOO_FEW_PERSONS),
    ],
    ids=["none", "one", "four", "many of four persons"],
)
def test_too_little_is_refused_in_one_word(texts: list[str], persons: int | None, why: str) -> None:
    assert serve(given(texts, persons=persons), asked())[-1] == Refused(why)


@pytest.mark.parametrize(
    "texts",
    [
        ["they want a free sample first"] * 6,
        [""] * 6,
        [" \n\t "] * 6,
        [*SOME, "pay me now " * 9_000],
        [*SOME, "\x00\x01\x1b[31m\u202e", "\ud7ff\ufffe", "\u200b\u200d"],
        [*SOME, "ಠ_ಠ ಇದು ಕೆಲಸವಲ್ಲ", "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⴰⵏⵎⵉⵔⵜ", "𐎠𐎡𐎢 𐎣𐎤𐎥"],
        ["😀😀", "👍", "!!!", "??", "42", "…"],
    ],
    ids=[
        "all alike",
        "all empty",
        "blanks",
        "100 kB",
        "control characters",
        "unknown scripts",
        "signs alone",
    ],
)
@pytest.mark.parametrize("lines", [LINES, ()], ids=["codebook", "no codebook"])
@pytest.mark.filterwarnings(
    "ignore:invalid value encountered:RuntimeWarning"
)  # comments all alike vary in nothing
def test_strange_comments_are_counted_like_any_other(texts: list[str], lines: tuple[Line, ...]) -> None:
    table = table_of(serve(given(texts), asked(lines)))
    assert table.of == len(texts)
    assert sum(one.rows for one in table.rows) == len(texts)
    assert sum(one.sized.share for one in table.rows) == pytest.approx(1.0, abs=0.01)


def test_what_says_nothing_is_not_usable() -> None:
    told = serve(given([""] * 6), asked())
    assert {row.theme for one in told if isinstance(one, RowsFound) for row in one.rows} == {NOT_USABLE}


def test_a_proposed_line_is_told_by_the_comments_it_quotes_and_without_a_word() -> None:
    what = ("a free sample; unpaid", "a deposit first", "my bank login", "to chat elsewhere", "a good review")
    texts = [f"wants {one}" for one in what for _ in range(40)]
    told = serve(given(texts), asked(()))
    end = told[-1]
    assert isinstance(end, Done)
    assert end.proposed
    said = {key(number): text for number, text in enumerate(texts)}
    assert {said[one.quotes[0]] for one in end.proposed} <= set(texts)
    assert {one.name for one in table_of(told).rows} == {""}
    assert b"unpaid" not in end.table.partition(b'"keywords"')[0]


def test_one_language_alone_can_be_counted() -> None:
    spanish = [
        "me piden pagar un depósito antes de firmar el contrato",
        "quieren que trabaje gratis durante dos días enteros",
    ] * 3
    told = serve(given([*SOME, *spanish]), asked(language="es"))
    assert table_of(told).of == len(spanish)
    assert serve(given(SOME), asked(language="es"))[-1] == Refused(NOTHING_TO_READ)


def test_what_goes_wrong_inside_is_told_without_a_word_of_a_comment() -> None:
    twice = [msgspec.structs.replace(one, place=b"same") for one in given([*SOME, CANARY])]
    told = serve(twice, asked())
    end = told[-1]
    assert isinstance(end, Refused)
    assert (end.why, end.error, end.file) == (BROKEN, "ValueError", "corpus/prepare.py")
    assert b"Zephyrine" not in msgspec.msgpack.encode(told)


def test_a_table_made_of_labels_quotes_nobody() -> None:
    texts = [*SOME, CANARY, f"{CANARY} wants a free sample", *FEW]
    me = UUID(int=7)
    said = tuple(
        Label(
            row=one.row, theme="unpaid" if "free" in one.words else "deposit", reviewer=me, drawn=Drawn.RANDOM,
            at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        for one in sorted(given(texts), key=lambda one: one.place)[:6]
    )  # fmt: skip
    told = serve(given(texts), asked(labels=said))
    assert table_of(told).labels == 6
    assert b"Zephyrine" not in msgspec.msgpack.encode(told)


def environment_of(process: int) -> str:
    """Return what a process was given, where the system shows it."""
    shown = Path(f"/proc/{process}/environ")
    return shown.read_text(errors="replace") if shown.exists() else ""


async def end_of(process: apart.Apart) -> Told:
    while not isinstance(told := await process.told(5), Done | Refused):
        pass
    return told


async def test_the_process_ends_when_nobody_listens_and_is_given_nothing_of_the_house(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLAGSTAFF_DATABASE_URL", "postgresql://secret@nowhere")
    async with apart.apart() as process:
        while not isinstance(await process.told(1), Ready):
            pass
        assert "FLAGSTAFF" not in environment_of(process._process.pid)
        await process.give(Read(given(SOME)))
        await process.give(asked())
        pipe = process._process.stdin
        assert pipe is not None
        pipe.close()
        with pytest.raises(ProcessEnded):
            await end_of(process)
