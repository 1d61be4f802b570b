"""Read a file of any size row by row: each with its line and its bytes, and a precise fault where it cannot be read."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import msgspec

from flagstaff.imports.model import Fault, Plan, Record
from flagstaff.kernel.errors import FlagstaffError

LONGEST: Final = 1 << 20
"""Bytes of one row. More is no row of a flag or a message, but a quote that never closes or no text at all."""
_MOST_LINES: Final = 1000
_MOST_OPEN: Final = 100
_PIECE: Final = 1 << 16
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_GZIP: Final = b"\x1f\x8b"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_PEEK: Final = 1000


class BadFile(FlagstaffError):
    """The file as a whole cannot be imported."""

    slug = "bad-import-file"
    title = "This file cannot be imported"


class _Unclosed(Exception):
    """A quoted field goes on and on."""


class Source:
    """One file under one mapping. Memory stays the same whatever its size; open it with `with`."""

    def __init__(self, path: Path, plan: Plan) -> None:
        """Read the header and refuse what no row could mend."""
        if not path.is_file():
            what = "this is no regular file"
            raise BadFile(
                what, where=str(path), mend="name a file; write what comes through a pipe to one first"
            )
        self.path, self._plan = path, plan
        try:
            self.size = path.stat().st_size
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            what = f"it cannot be read ({error.strerror})"
            raise BadFile(what, where=str(path), mend="let this account read it") from None
        self._line = 1
        self._open_quotes = 0
        try:
            self.begin = self._begin()
            self.header: bytes = b""
            self.columns = self._columns()
            self.rows_begin, self.first_line = self._file.tell(), self._line
            self._refuse_unmapped()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def records(self, offset: int, line: int) -> Iterator[Record]:
        """Read the rows from a place where one begins."""
        self._file.seek(offset)
        self._line = line
        yield from self._csv() if self._plan.shape == "csv" else self._jsonl()

    def fingerprint(self) -> bytes:
        """Return SHA-256 of the file, read in pieces; what a run that goes on is recognised by."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def where(self) -> tuple[int, int]:
        """Return byte and line at which the next row begins."""
        return self._file.tell(), self._line

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Read a stretch of the file again, in pieces; a reader under way keeps its place."""
        with self.path.open("rb") as file:
            file.seek(start)
            while start < end and (piece := file.read(min(_PIECE, end - start))):
                start += len(piece)
                yield piece

    # ------------------------------------------------------------ before the first row
    def _begin(self) -> int:
        head = self._file.read(512)
        if not head:
            raise self._bad("the file is empty", "export it again; nothing was imported")
        if head.startswith(_GZIP):
            mend = f"unpack it: gunzip < {self.path.name} > unpacked.{self._plan.shape}"
            raise self._bad("this is packed by gzip", mend)
        if head.startswith(_UTF16_MARKS) or (b"\0" in head and head.count(b"\0") * 4 > len(head)):
            mend = f"convert it: iconv -f UTF-16 -t UTF-8 {self.path.name} > utf8{self.path.suffix}"
            raise self._bad("this is UTF-16, in which a letter takes two bytes", mend)
        begin = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
        self._file.seek(begin)
        return begin

    def _columns(self) -> tuple[str, ...] | None:
        if self._plan.shape == "jsonl":
            return None
        if self._plan.header is not None:
            return self._checked(self._plan.header)
        raw = self._file.readline(LONGEST + 1)
        if len(raw) > LONGEST:
            raise self._bad("the first line is longer than 1 MiB", "it should be a line of column names")
        if b"\r" in raw.rstrip(b"\r\n"):
            mend = f"convert it: tr '\\r' '\\n' < {self.path.name} > lf{self.path.suffix}"
            raise self._bad("its lines end in CR alone", mend)
        self._line += 1
        self.header = raw if raw.endswith(b"\n") else raw + b"\n"
        try:
            names = next(csv.reader([raw.decode(self._plan.encoding)], **self._dialect()), [])
        except UnicodeDecodeError as error:
            what = f"the column names are not {self._plan.encoding}: byte {error.start + 1} of the first line"
            raise self._bad(what, 'say in the mapping what it is: encoding = "windows-1252"') from None
        except csv.Error as error:
            raise self._bad(
                f"the line of column names cannot be read: {error}", "look at its quotes"
            ) from None
        return self._checked(tuple(name.strip() for name in names))

    def _checked(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if not any(names):
            mend = 'put them there, or into the mapping: header = ["id", "text"]'
            raise self._bad("the first line holds no column names", mend)
        if any("\0" in name for name in names):
            raise self._bad("a column name holds a NUL byte", "export it again as text")
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            what = f"the column {twice[0]!r} stands there twice"
            raise self._bad(what, "rename one of them; it cannot be told which is meant")
        return names

    def _refuse_unmapped(self) -> None:
        """Refuse a mapping that names a column which is not there; of JSONL the first thousand rows count."""
        wanted = set(self._plan.columns.values())
        if self.columns is not None:
            missing, there = wanted - set(self.columns), [name for name in self.columns if name]
        else:
            found: set[str] = set()
            for count, record in enumerate(self.records(self.rows_begin, self.first_line)):
                found |= record.values.keys()
                if count >= _PEEK or found >= wanted:
                    break
            missing = {name for name in wanted - found if name.partition(".")[0] not in found}
            there = sorted(found)
        if missing and (there or self.columns is not None):
            name = min(missing)
            field = next(field for field, column in self._plan.columns.items() if column == name)
            what = f"the mapping takes {field!r} from the column {name!r}, which is not there"
            raise self._bad(what, f"the file has: {', '.join(there[:40])}")

    def _bad(self, what: str, mend: str) -> BadFile:
        return BadFile(what, where=str(self.path), mend=mend)

    def _dialect(self) -> dict[str, Any]:
        csv.field_size_limit(2 * LONGEST)
        quoting = csv.QUOTE_MINIMAL if self._plan.quotes else csv.QUOTE_NONE
        return {"delimiter": self._plan.delimiter, "strict": True, "quoting": quoting}

    # ------------------------------------------------------------ rows
    def _physical(self) -> tuple[bytes, bool]:
        """Read one line; of one that is too long the first piece only, with True. The place is behind it either way."""
        raw = self._file.readline(LONGEST + 1)
        if len(raw) <= LONGEST:
            self._line += bool(raw)
            return raw, False
        piece = raw
        while piece and not piece.endswith(b"\n"):
            piece = self._file.readline(_PIECE)
        self._line += 1
        return raw[:_PIECE], True

    def _text(self, raw: bytes) -> str:
        # What does not decode becomes lone surrogates, so that its column can be named afterwards.
        return raw.decode(self._plan.encoding, "surrogateescape")

    def _jsonl(self) -> Iterator[Record]:
        while True:
            start, line = self._file.tell(), self._line
            raw, too_long = self._physical()
            if not raw:
                return
            if raw.isspace() and not too_long:
                continue
            end = self._file.tell()
            values = _TOO_LONG if too_long else self._object(raw)
            fault = values if isinstance(values, Fault) else None
            yield Record(line, start, end, {} if isinstance(values, Fault) else values, fault)

    def _object(self, raw: bytes) -> dict[str, object] | Fault:
        try:
            found = msgspec.json.decode(raw.decode(self._plan.encoding))
        except UnicodeDecodeError as error:
            return _not_encoded("", self._plan.encoding, error.start)
        except (msgspec.DecodeError, RecursionError) as error:
            return Fault("", f"the line is no JSON: {_plain(error)}", "one object a line, in double quotes")
        if not isinstance(found, dict):
            return Fault("", "the line is JSON, but no object", 'write {"column": "value", …}')
        return found

    def _csv(self) -> Iterator[Record]:
        while True:
            start, line = self._file.tell(), self._line
            lines: list[str] = []
            rows = csv.reader(self._fed(lines), **self._dialect())
            try:
                for row in rows:
                    end = self._file.tell()
                    if row:
                        yield self._record(line, start, end, row)
                    start, line = end, self._line
                    lines.clear()
            except _Unclosed:
                fault = _TOO_LONG if len(lines) < 2 and self._line == line + 1 else self._unclosed(lines)
            except csv.Error as error:
                at_end = "unexpected end of data" in str(error)
                fault = self._unclosed(lines) if at_end or len(lines) > 1 else _badly_quoted(error)
            else:
                return
            if fault is not _TOO_LONG and self._line > line + 1:
                # What an open quote swallowed are rows of their own: go on right behind the line it stands in.
                self._file.seek(start)
                self._line = line
                self._physical()
            yield Record(line, start, self._file.tell(), {}, fault)

    def _fed(self, lines: list[str]) -> Iterator[str]:
        """Feed the lines of one row after another; `lines` holds those of the row under way."""
        size = 0
        while True:
            if not lines:
                size = 0
            raw, too_long = self._physical()
            if not raw:
                return
            size += len(raw)
            if too_long or size > LONGEST or len(lines) >= _MOST_LINES:
                raise _Unclosed
            lines.append(self._text(raw))
            yield lines[-1]

    def _record(self, line: int, start: int, end: int, row: list[str]) -> Record:
        columns = self.columns or ()
        if len(row) != len(columns):
            what = f"{len(row)} fields where the header has {len(columns)}"
            mend = "a field that holds the delimiter or a line break stands in double quotes"
            return Record(line, start, end, {}, Fault("", what, mend))
        return Record(line, start, end, dict(zip(columns, row, strict=True)))

    def _unclosed(self, lines: list[str]) -> Fault:
        self._open_quotes += 1
        if self._open_quotes > _MOST_OPEN:
            what = f"more than {_MOST_OPEN} rows open a quote that never closes"
            raise self._bad(what, "if its quotes mean nothing, write in the mapping: quotes = false")
        dialect = self._dialect() | {"strict": False}
        row = next(csv.reader(lines[:1], **dialect), [""])
        columns = self.columns or ()
        column = columns[len(row) - 1] if 0 < len(row) <= len(columns) else ""
        what = "a quote is opened here and does not close within 1,000 lines or 1 MiB"
        return Fault(column, what, 'close it; a quote inside a quoted field is doubled: ""')


_TOO_LONG = Fault("", "the line is longer than 1 MiB", "cut it down, or leave the row out")


def _badly_quoted(error: csv.Error) -> Fault:
    if "new-line" in str(error):
        return Fault("", "a carriage return stands in the middle of it", "put that field into double quotes")
    return Fault("", f"its quotes are not in order: {error}", 'a quote inside a quoted field is doubled: ""')


def _not_encoded(column: str, encoding: str, at: int) -> Fault:
    what = f"it is not {encoding}, from byte {at + 1} on"
    return Fault(column, what, "save the row in that encoding, or name another in the mapping")


def _plain(error: Exception) -> str:
    """Say where JSON went wrong without quoting it."""
    return str(error).splitlines()[0][:120] if isinstance(error, msgspec.DecodeError) else "it nests too deep"
