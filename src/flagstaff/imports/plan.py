"""Read a mapping file: which column means which field; everything that cannot be meant is refused by name."""

import codecs
import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from flagstaff.imports.model import Plan, RowKind
from flagstaff.kernel.errors import FlagstaffError

_CONTENT: Final = (
    "kind", "subject", "author", "title", "words", "link", "posted_at", "edited_at", "audience",
    "surface", "part", "board", "group", "thread",
)  # fmt: skip
FIELDS: Final[Mapping[RowKind, tuple[str, ...]]] = {
    RowKind.SUBJECTS: ("id", *_CONTENT, "language", "state"),
    RowKind.PERSONS: ("id", "person", "role", "state"),
    RowKind.FLAGS: (
        "id", "reporter", *_CONTENT, "option", "at", "details", "language", "label", "menu_version", "severity",
        "state", "outcome", "case",
    ),
    RowKind.DECISIONS: ("id", *_CONTENT, "verdict", "at", "clauses", "reason", "facts", "severity", "case"),
}  # fmt: skip
"""What a row of each kind may say; docs/reference/import-mapping.md explains each, and a test compares."""

NEEDED: Final[Mapping[RowKind, tuple[str, ...]]] = {
    RowKind.SUBJECTS: ("kind", "subject"),
    RowKind.PERSONS: ("person",),
    RowKind.FLAGS: ("reporter", "kind", "subject", "option", "at"),
    RowKind.DECISIONS: ("kind", "subject", "verdict", "at"),
}
"""What every row of a kind must say."""

_SHAPES: Final = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_ASCII: Final = bytes(range(128))


class BadPlan(FlagstaffError):
    """The mapping file cannot be meant as it stands."""

    slug = "bad-import-mapping"
    title = "This mapping cannot be used"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mapping file as it is written."""

    rows: RowKind
    platform: str
    format: str | None = None
    delimiter: str | None = None
    quotes: bool = True
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None
    times: str = "iso"
    zone: str | None = None
    source: str = ""
    columns: dict[str, str] = {}
    constants: dict[str, str | int | bool] = {}
    prefix: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


def read_plan(path: Path, data: Path) -> Plan:
    """Return the mapping in `path` for the file `data`, whose ending tells the format where the mapping does not."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        what = f"the mapping cannot be read ({error.strerror})"
        raise BadPlan(what, where=str(path), mend="name a TOML file with --mapping") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPlan(
            f"this is not TOML: {error}", where=str(path), mend="see docs/reference/import-mapping.md"
        ) from None
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        mend = "its keys are: " + ", ".join(_File.__struct_fields__)
        raise BadPlan(str(error), where=str(path), mend=mend) from None
    _refuse_unknown_fields(file, path)
    _refuse_missing_fields(file, path)
    return _plan(file, path, data)


def _plan(file: _File, path: Path, data: Path) -> Plan:
    ending = data.suffix.lower()
    shape = file.format or _SHAPES.get(ending)
    delimiter = file.delimiter or ("\t" if ending == ".tsv" or file.format == "tsv" else ",")
    shape = "csv" if shape == "tsv" else shape
    if shape not in {"csv", "jsonl"}:
        what = f"it cannot be told what format {data.name} has"
        raise BadPlan(what, where=f"{path}: format", mend='write format = "csv", "tsv" or "jsonl"')
    if file.times not in {"iso", "unix", "unix_ms"}:
        what = f"{file.times!r} is no way to write times"
        raise BadPlan(what, where=f"{path}: times", mend='use "iso", "unix" or "unix_ms"')
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        what = "a delimiter is one ASCII character"
        raise BadPlan(what, where=f"{path}: delimiter", mend='such as ";" or "\t"')
    _refuse_encoding(file.encoding, path)
    _refuse_zone(file.zone, path)
    constants = {field: _text(value) for field, value in file.constants.items()}
    read = {"shape": shape, "delimiter": delimiter, "constants": constants}
    return msgspec.convert(msgspec.structs.asdict(file) | read, Plan)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _refuse_unknown_fields(file: _File, path: Path) -> None:
    known = FIELDS[file.rows]
    for part in ("columns", "constants", "prefix", "values"):
        for field in getattr(file, part):
            if field not in known:
                close = difflib.get_close_matches(field, known, 1)
                mend = f"did you mean {close[0]!r}?" if close else f"its fields are: {', '.join(known)}"
                what = f"a row of {file.rows.value} has no field {field!r}"
                raise BadPlan(what, where=f"{path}: [{part}]", mend=mend)
    for field in file.constants:
        if field in file.columns:
            what = f"{field!r} stands under [columns] and under [constants]"
            raise BadPlan(what, where=str(path), mend="keep one; a constant holds for every row")


def _refuse_missing_fields(file: _File, path: Path) -> None:
    given = {*file.columns, *file.constants}
    missing = [field for field in NEEDED[file.rows] if field not in given]
    if missing:
        what = f"nothing says what {' and '.join(repr(field) for field in missing)} of a row is"
        mend = "name its column under [columns], or one value for all rows under [constants]"
        raise BadPlan(what, where=str(path), mend=mend)


def _refuse_encoding(encoding: str, path: Path) -> None:
    try:
        reads_ascii = (
            _ASCII.decode(encoding) == _ASCII.decode("ascii") and codecs.lookup(encoding).name != "utf-7"
        )
    except (LookupError, UnicodeError, ValueError):
        reads_ascii = False
    if not reads_ascii:
        what = f"the encoding {encoding!r} is not known here, or its letters take more than one byte"
        raise BadPlan(
            what, where=f"{path}: encoding", mend="convert the file first: iconv -f FROM -t UTF-8 FILE"
        )


def _refuse_zone(zone: str | None, path: Path) -> None:
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            what = f"there is no time zone {zone!r}"
            raise BadPlan(what, where=f"{path}: zone", mend="such as Europe/Madrid") from None
