"""A file of history is read row by row: every row is accounted for, and what is wrong is said with where and how."""

import csv
import gzip
import io
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from flagstaff.imports.files import LONGEST, BadFile, Source
from flagstaff.imports.model import Fault, PastFlag, Plan, Record, RowKind
from flagstaff.imports.plan import FIELDS, BadPlan, read_plan
from flagstaff.imports.rejects import Rejects
from flagstaff.imports.rules import read_record, slots_of
from tests.architecture.tree import ROOT

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
COLUMNS = {"reporter": "who", "subject": "what", "option": "why", "at": "when", "details": "said"}
PLAN = Plan(
    rows=RowKind.FLAGS, platform="shop", shape="csv", columns=COLUMNS, constants={"kind": "private_message"}
)
JSON = Plan(
    rows=RowKind.FLAGS, platform="shop", shape="jsonl", columns=COLUMNS, constants={"kind": "private_message"}
)
HEAD = b"who,what,why,when,said\n"


def written(folder: Path, data: bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def records(path: Path, plan: Plan = PLAN) -> list[Record]:
    with Source(path, plan) as source:
        return list(source.records(source.rows_begin, source.first_line))


def meant(record: Record, plan: Plan = PLAN) -> object:
    read = read_record(record, plan, slots_of(plan), NOW, ZoneInfo("UTC"))
    return read if isinstance(read, Fault) else read.past


def faults(path: Path, plan: Plan = PLAN) -> list[tuple[int, str, str]]:
    """Return line, column and reason of each row that is turned down."""
    found = ((one.line, meant(one, plan)) for one in records(path, plan))
    return [(line, one.column, one.what) for line, one in found if isinstance(one, Fault)]


# ---------------------------------------------------------------- the file as a whole
WHOLE = {
    "empty": (b"", "the file is empty"),
    "packed": (gzip.compress(HEAD), "this is packed by gzip"),
    "UTF-16": ("who,what\n".encode("utf-16"), "this is UTF-16"),
    "UTF-16 without a mark": ("who,what,why,when,said\n".encode("utf-16-le"), "this is UTF-16"),
    "lines that end in CR": (HEAD.replace(b"\n", b"\r") + b"a,b,c,d,e\r", "end in CR alone"),
    "a column twice": (b"who,what,why,when,said,who\n", "'who' stands there twice"),
    "a column missing": (b"who,what,why,when\n", "'details' from the column 'said', which is not there"),
    "no column names": (b",,,,\n", "holds no column names"),
    "a header that is not UTF-8": ("who,quoi à\n".encode("latin-1"), "not utf-8: byte 10"),
    "a first line without end": (b"x" * (LONGEST + 9), "longer than 1 MiB"),
    "a NUL in a name": (b"wh\0o,what\n", "NUL byte"),
    "quotes all over": (HEAD + b'"\n' * 2500, "more than 100 rows open a quote"),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_no_row_could_mend_is_refused_with_what_to_do(tmp_path: Path, what: str) -> None:
    data, said = WHOLE[what]
    if what == "quotes all over":
        data = HEAD + b'a,b,c,d,"\n' + b'x,"y\n' * 2501
    with pytest.raises(BadFile) as raised:
        records(written(tmp_path, data))
    assert said in raised.value.what
    assert raised.value.mend
    assert str(tmp_path / "a.csv") in raised.value.where


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no regular file"):
        Source(tmp_path, PLAN)


@pytest.mark.parametrize(
    ("named", "read"),
    [("42", "42"), ("42.0", "42"), ("12345678901234567890123", "12345678901234567890123"), ('"1e2"', "1e2")],
)
def test_a_whole_number_names_somebody_as_it_is_spoken(tmp_path: Path, named: str, read: str) -> None:
    line = f'{{"who": {named}, "what": "b", "why": "spam", "when": "2024-03-02T10:00:00Z", "said": "S"}}\n'
    (one,) = [meant(one, JSON) for one in records(written(tmp_path, line.encode(), "a.jsonl"), JSON)]
    assert isinstance(one, PastFlag)
    assert one.reporter == read


@pytest.mark.parametrize("named", ["1.5", "true", "false"])
def test_what_names_nobody_is_no_id(tmp_path: Path, named: str) -> None:
    line = f'{{"who": {named}, "what": "b", "why": "spam", "when": "2024-03-02T10:00:00Z", "said": "S"}}\n'
    ((_, column, what),) = faults(written(tmp_path, line.encode(), "a.jsonl"), JSON)
    assert (column, "names nothing" in what) == ("who", True)


def test_a_column_that_no_row_of_jsonl_has_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"who": "a", "what": "b"}\n' * 3, "a.jsonl")
    with pytest.raises(BadFile, match="which is not there"):
        Source(path, JSON)


# ---------------------------------------------------------------- single rows
GOOD = b"rita,m-1,scam,2025-03-01T10:00:00Z,"
ROWS: dict[str, tuple[bytes, str, str]] = {
    "not UTF-8": (GOOD + "café".encode("latin-1"), "said", "it is not utf-8, at character 4"),
    "a NUL byte": (GOOD + b"a\0b", "said", "it holds a NUL byte, at character 2"),
    "too many fields": (GOOD + b"a,b", "", "6 fields where the header has 5"),
    "too few fields": (b"rita,m-1", "", "2 fields where the header has 5"),
    "text behind a quote": (GOOD + b'"well" said', "", "its quotes are not in order"),
    "a lone carriage return": (GOOD + b"a\rb", "", "a carriage return stands in the middle"),
    "an absurdly long line": (GOOD + b"x" * (3 * LONGEST), "", "longer than 1 MiB"),
    "nobody who flagged": (b",m-1,scam,2025-03-01T10:00:00Z,", "who", "nothing says what 'reporter' is"),
    "no time": (b"rita,m-1,scam,soon,", "when", "it is no time"),
    "a time in the future": (b"rita,m-1,scam,2026-03-02T10:00:01Z,", "when", "it lies in the future"),
    "a time that nobody filled in": (b"rita,m-1,scam,1970-01-01T00:00:00Z,", "when", "it lies before 1990"),
    "a long name": (b"r" * 201 + b",m-1,scam,2025-03-01T10:00:00Z,", "who", "201 characters; at most 200"),
}


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("what", ROWS)
def test_a_bad_row_is_named_and_its_neighbours_come_in(tmp_path: Path, what: str, ends: bytes) -> None:
    data, column, said = ROWS[what]
    rows = [HEAD.rstrip(), GOOD + b"before", data, GOOD + b"after", b""]
    path = written(tmp_path, b"\xef\xbb\xbf" + ends.join(rows))
    ((line, where, why),) = faults(path)
    assert (line, where) == (3, column)
    assert said in why
    assert len(records(path)) == 3


@pytest.mark.parametrize("after", [0, 3, 2000])
def test_a_quote_that_never_closes_costs_one_row(tmp_path: Path, after: int) -> None:
    """What it seems to swallow are rows of their own."""
    path = written(tmp_path, HEAD + GOOD + b'"and then\n' + (GOOD + b"fine\n") * after)
    ((line, column, why),) = faults(path)
    assert (line, column) == (2, "said")
    assert "does not close" in why
    assert len(records(path)) == after + 1


JSON_ROWS: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{'who': 1}", "no JSON"),
    "a list": (b"[1, 2]", "no object"),
    "half a letter": (b'{"who": "\\ud800"}', "no JSON"),
    "NUL": (b'{"who": "a\\u0000"}', "NUL byte"),
    "an object inside": (b'{"who": {"id": 1}}', "holds an object"),
    "not UTF-8": (b'{"who": "\xe9"}', "it is not utf-8"),
    "nested without end": (b"[" * 100_000, "no JSON"),
    "too long": (b'"' + b"x" * (2 * LONGEST) + b'"', "longer than 1 MiB"),
}


@pytest.mark.parametrize("what", JSON_ROWS)
def test_a_bad_line_of_jsonl_is_named(tmp_path: Path, what: str) -> None:
    data, said = JSON_ROWS[what]
    good = b'{"who":"rita","what":7,"why":"scam","when":"2025-03-01T10:00:00+01:00","said":null}'
    path = written(tmp_path, b"\n".join([good, b"", data, good]), "a.jsonl")
    ((line, _, why),) = faults(path, JSON)
    assert line == 3
    assert said in why


AWKWARD = [
    'He said "5" screen", then \'nothing\'',
    "tabs\tand\nlines\r\nin one field",
    "不要付钱 · नमस्ते · مرحبا · 👩‍👩‍👧 e\u0301",
    "weird",
    ",,,;;;",
    "\u202egnp.exe",
    "x" * 60_000,
    "=1+2",
]


def test_awkward_words_come_through_to_the_letter(tmp_path: Path) -> None:
    """Odd quotes, tabs, line breaks, other scripts, emoji, five letters: all as they were."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["who", "what", "why", "when", "said"])
    out.writerows(["rita", f"m-{n}", "scam", "2025-03-01", said] for n, said in enumerate(AWKWARD))
    path = written(tmp_path, text.getvalue().encode())
    found = [meant(one) for one in records(path)]
    assert [one.details for one in found if isinstance(one, PastFlag)] == AWKWARD


@given(st.binary(max_size=400), st.sampled_from([PLAN, JSON]))
def test_whatever_the_bytes_every_one_of_them_is_in_a_row_or_blank(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, plan: Plan
) -> None:
    """Rows lie one behind the other; reading from any of them gives the same rest."""
    head = HEAD if plan is PLAN else b'{"who":1,"what":1,"why":1,"when":1,"said":1}\n'
    path = written(tmp_path_factory.mktemp("any"), head + data, f"a.{plan.shape}")
    found = records(path, plan)
    end = len(head) if plan is PLAN else 0
    for one in found:
        assert one.start >= end
        assert not path.read_bytes()[end : one.start].strip(b" \t\r\n\x0b\x0c")
        meant(one, plan)
        end = one.end
    assert not path.read_bytes()[end:].strip(b" \t\r\n\x0b\x0c")
    if found:
        middle = found[len(found) // 2]
        with Source(path, plan) as source:
            again = list(source.records(middle.start, middle.line))
        assert again == found[len(found) // 2 :]


def test_memory_does_not_grow_with_what_is_read(tmp_path: Path) -> None:
    """A file of 64 MB, one line of it 32 MB long, is read in the memory of a few rows."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(HEAD)
        file.writelines([(GOOD + b"y" * 900 + b"\n") * 1000] * 34)
        file.writelines([GOOD, *[b"z" * 1_000_000] * 32, b"\n"])
    with Source(path, PLAN) as source:
        tracemalloc.start()
        count = sum(1 for _ in source.records(source.rows_begin, source.first_line))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 34_001
    assert peak < 8 * LONGEST


# ---------------------------------------------------------------- rejects
def turned_down(path: Path) -> Sequence[tuple[Record, Fault]]:
    return [(one, found) for one in records(path) if isinstance(found := meant(one), Fault)]


def test_rejects_keep_every_byte_of_a_row_and_its_header_and_are_for_one_account(tmp_path: Path) -> None:
    bad = [GOOD + "café".encode("latin-1"), b'rita,"m\r\n1",scam,soon,"x"', b"rita"]
    path = written(
        tmp_path, b"\xef\xbb\xbf" + b"\n".join([HEAD.rstrip(), GOOD, bad[0], bad[1], GOOD, bad[2]])
    )
    with Source(path, PLAN) as source:
        rejects = Rejects(source, tmp_path / "a.rejects.csv")
        first = rejects.write(turned_down(path)[:1])
        rejects.write(turned_down(path)[1:])
        rejects.back_to(*first)  # as after a kill: what was not committed is cut off
        rejects.write(turned_down(path)[1:])
        rejects.close()
    assert rejects.path.read_bytes() == HEAD + b"\n".join(bad) + b"\n"
    lines = [row[:3] for row in csv.reader(rejects.reasons.read_text().splitlines())][1:]
    assert lines == [["3", "2", "said"], ["4", "3", "when"], ["7", "5", ""]]
    assert {path.stat().st_mode & 0o777 for path in (rejects.path, rejects.reasons)} == {0o600}


# ---------------------------------------------------------------- the mapping
MAPPINGS = {
    "no TOML": ("rows = flags", "this is not TOML"),
    "an unknown key": ('rows = "flags"\nplatform = "shop"\ncolums = {}', "colums"),
    "an unknown kind of rows": ('rows = "cases"\nplatform = "shop"', "cases"),
    "an unknown field": ('rows = "persons"\nplatform = "shop"\n[columns]\npersn = "a"', "no field 'persn'"),
    "a field that is missing": (
        'rows = "flags"\nplatform = "shop"\n[columns]\nat = "a"',
        "'reporter' and 'kind'",
    ),
    "a field twice": (
        'rows = "persons"\nplatform = "shop"\ncolumns = {person = "a"}\nconstants = {person = "b"}',
        "under [columns] and under [constants]",
    ),
    "a wide encoding": (
        'rows = "persons"\nplatform = "shop"\nencoding = "utf-16"\ncolumns = {person = "a"}',
        "more than one byte",
    ),
    "an unknown zone": (
        'rows = "persons"\nplatform = "shop"\nzone = "Europe/Atlantis"\ncolumns = {person = "a"}',
        "no time zone",
    ),
    "a wide delimiter": (
        'rows = "persons"\nplatform = "shop"\ndelimiter = "||"\ncolumns = {person = "a"}',
        "one ASCII character",
    ),
    "unknown times": ('rows = "persons"\nplatform = "shop"\ntimes = "us"\ncolumns = {person = "a"}', "'us'"),
}


@pytest.mark.parametrize("what", MAPPINGS)
def test_a_mapping_that_cannot_be_meant_is_refused_with_what_and_where(tmp_path: Path, what: str) -> None:
    text, said = MAPPINGS[what]
    path = written(tmp_path, text.encode(), "m.toml")
    with pytest.raises(BadPlan) as raised:
        read_plan(path, tmp_path / "a.csv")
    assert said in raised.value.what
    assert "m.toml" in raised.value.where
    assert raised.value.mend


def test_an_ending_that_tells_no_format_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, b'rows = "persons"\nplatform = "shop"\ncolumns = {person = "a"}', "m.toml")
    with pytest.raises(BadPlan, match="format"):
        read_plan(path, tmp_path / "export.xlsx")
    assert read_plan(path, tmp_path / "export.TSV").delimiter == "\t"


def test_the_reference_lists_exactly_the_fields_there_are() -> None:
    page = (ROOT / "docs" / "reference" / "import-mapping.md").read_text(encoding="utf-8")
    sections = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])

    def listed(title: str) -> set[str]:
        lines = [line.split("|")[1] for line in sections[title].splitlines() if line.startswith("| `")]
        return {name.strip("` ") for line in lines for name in line.split(", ")}

    about = listed("Fields of every row about a subject")
    assert listed("persons") == set(FIELDS[RowKind.PERSONS])
    for kind in (RowKind.SUBJECTS, RowKind.FLAGS, RowKind.DECISIONS):
        assert about | listed(kind.value) == set(FIELDS[kind])


def test_a_reason_quotes_no_words_where_the_mapping_is_one_column_off() -> None:
    plan = Plan(
        rows=RowKind.FLAGS,
        platform="shop",
        shape="csv",
        columns={**COLUMNS, "outcome": "said"},
        constants={"kind": "private_message"},
    )
    said = "My boss Otto Maier wrote this!"
    row = {"who": "rita", "what": "m-1", "why": "scam", "when": "2025-03-01", "said": said}
    fault = meant(Record(2, 0, 1, row), plan)
    assert isinstance(fault, Fault)
    assert "Otto" not in f"{fault.what}{fault.mend}"
