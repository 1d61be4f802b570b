"""A table leaves as a file with shares, intervals and the denominator, and without anything about a few persons."""

import csv
import io
import json
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from flagstaff.insight.cells import REST
from flagstaff.insight.codebook import NamePublicly, New, codebook_of
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, Basis, Selection, Sized, Table, ThemeRow
from flagstaff.insight.dives import Dive, DiveState
from flagstaff.insight.exporting import FORMS, as_csv, as_json, as_markdown

NOW = datetime(2026, 3, 2, tzinfo=UTC)
QUOTED = "asks me to change my review or else"


def row(
    key: str, share: float, rows: int, name: str = "", persons: int | None = 40, **cells: dict[str, int]
) -> ThemeRow:
    sized = Sized(share=share, low=max(0, share - 0.02), high=share + 0.02, basis=Basis.CORRECTED, audited=30)
    facts = {"kinds": {"job_post": rows}, "languages": {"en": rows}, "months": {"2026-02": rows}, **cells}
    return ThemeRow(
        key=key, name=name or key, sized=sized, rows=rows, persons=persons, examples=(UUID(int=5),),
        keywords=("unpaid",), **facts,
    )  # fmt: skip


TABLE = Table(
    rows=(
        row(OTHER, 0.513, 513),
        row("b", 0.127, 127, QUOTED),
        row("a", 0.174, 174, "=HYPERLINK(1)", languages={"en": 160, "es": 10, "de": 3, "pl": 1}),
        row(NOT_USABLE, 0.109, 109),
        row(POOLED, 0.077, 77, persons=None),
    ),
    of=1000, labels=400, audit=200, gone=2, inputs="1f", model="m", parameters={"ridge": 1.0}, code="deep-dive 2",
    narrow=False, accuracy=0.7,
)  # fmt: skip


def dive(**changes: object) -> Dive:
    made = Dive(
        key=UUID(int=1), number="I-0000-1111-2222", platform="shop",
        selection_form=msgspec.to_builtins(
            Selection(platform="shop", kinds=("job_post",), first=date(2026, 2, 1), last=date(2026, 2, 28))
        ),
        lines=(), reviewer=None, state=DiveState.READY, stage="", done=0, total=0, follows=None,
        asked_by=UUID(int=2), asked_at=NOW, ended_at=NOW, failure=None, result=msgspec.json.encode(TABLE),
        digest=b"\x01" * 32, proposal_forms=[], unsure=(),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


EMPTY = codebook_of(())


def test_shares_have_two_decimals_with_their_denominator_the_largest_theme_first() -> None:
    lines = list(csv.DictReader(io.StringIO(as_csv(dive(), TABLE, EMPTY))))
    assert [(one["theme"], one["share_percent"]) for one in lines] == [
        ("a", "17.40"),
        ("b", "12.70"),
        (OTHER, "51.30"),
        (NOT_USABLE, "10.90"),
        (POOLED, "7.70"),
    ]
    assert {(one["of_comments"], one["gone"], one["audit"]) for one in lines} == {("1000", "2", "200")}
    assert sum(float(one["share_percent"]) for one in lines) == pytest.approx(100)


@pytest.mark.parametrize("form", list(FORMS))
def test_no_file_holds_a_comment_its_key_or_what_a_few_persons_wrote(form: str) -> None:
    text = FORMS[form](dive(), TABLE, EMPTY)
    assert QUOTED not in text, "seven words of a name may be a comment's own"
    assert str(UUID(int=5)) not in text
    assert "unpaid" not in text
    assert "77" not in text.replace("7.70", "")


def test_a_public_name_is_what_a_theme_is_called() -> None:
    changes = (
        New(key="b", name=QUOTED, meaning="", at=NOW),
        NamePublicly(key="b", public="Blackmail with a review", at=NOW),
    )
    book = codebook_of(changes)
    assert "Blackmail with a review" in as_markdown(dive(), TABLE, book)
    assert QUOTED not in as_markdown(dive(), TABLE, book)


def test_a_name_that_a_program_would_run_is_only_text() -> None:
    assert "'=HYPERLINK(1)" in as_csv(dive(), TABLE, EMPTY)


def test_a_notebook_reads_everything_that_may_leave() -> None:
    read = json.loads(as_json(dive(), TABLE, EMPTY))
    assert (read["of"], read["digest"], read["selection"]["kinds"]) == (1000, "01" * 32, ["job_post"])
    first = read["themes"][0]
    assert (first["theme"], first["share"], first["languages"]) == ("a", 17.4, {"en": 160, REST: 14})


@pytest.mark.parametrize(
    ("basis", "labels", "says", "never"),
    [
        (
            Basis.UNVERIFIED,
            0,
            "No reviewer labelled any of them. Nobody checked the shares",
            "would have said",
        ),
        (
            Basis.UNVERIFIED,
            30,
            "A reviewer labelled 30; 0 of those were drawn at random. Nobody",
            "would have",
        ),
        (Basis.CORRECTED, 200, "The shares say what this reviewer would have said of all", "Nobody checked"),
        (Basis.COUNTED, 1000, "The shares are what this reviewer said of all comments.", "would have said"),
    ],
)
def test_a_page_says_what_its_shares_rest_on_and_of_no_reviewer_where_there_was_none(
    basis: Basis, labels: int, says: str, never: str
) -> None:
    rows = [
        msgspec.structs.replace(one, sized=msgspec.structs.replace(one.sized, basis=basis))
        for one in TABLE.rows
    ]
    audit = 0 if basis is Basis.UNVERIFIED else 200
    page = as_markdown(
        dive(), msgspec.structs.replace(TABLE, rows=tuple(rows), labels=labels, audit=audit), EMPTY
    )
    assert says in page
    assert never not in page
