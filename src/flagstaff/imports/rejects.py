"""Write the rows that were turned down into a file of the same form, and why into another one beside it."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from flagstaff.imports.files import Source
from flagstaff.imports.model import Fault, Record
from flagstaff.kernel.errors import FlagstaffError

_REASONS = ("line", "line_in_rejects", "column", "what", "mend")


class RejectsInTheWay(FlagstaffError):
    """A file of rejects stands where this import would write its own, or the one it began is gone."""

    slug = "rejects-in-the-way"
    title = "The file of rejects is not as it should be"


class Rejects:
    """Two files of mode 0600, made with the first reject. What is behind the committed lengths is cut off."""

    def __init__(self, source: Source, path: Path) -> None:
        """Write the rejects of `source` to `path`, and the reasons beside it."""
        self._source = source
        self.path = path
        self.reasons = path.with_name(f"{path.stem}.reasons.csv")
        self._line = 1
        self._files: tuple[BinaryIO, BinaryIO] | None = None

    def refuse_strangers(self) -> None:
        """Raise RejectsInTheWay over a file of another run: somebody may be mending it."""
        for path in (self.path, self.reasons):
            if path.exists():
                what = "this file stands there from an earlier import"
                mend = "move it away, or write elsewhere with --rejects"
                raise RejectsInTheWay(what, where=str(path), mend=mend)

    def back_to(self, rejects: int, reasons: int) -> None:
        """Cut both files back to lengths that were committed; raises RejectsInTheWay where they are shorter."""
        if not rejects and not self._files and not self.path.exists():
            return
        for file, length in zip(self._opened(), (rejects, reasons), strict=True):
            if file.seek(0, os.SEEK_END) < length:
                what = "the rejects of the part that was imported are not here any more"
                mend = "put the file back; the rows that came in are safe either way"
                raise RejectsInTheWay(what, where=str(self.path), mend=mend)
            file.truncate(length)
            file.seek(length)
        self._line = 1 + self._lines(rejects)

    def write(self, turned_down: Sequence[tuple[Record, Fault]]) -> tuple[int, int]:
        """Append rows as they stand and their reasons, durably; returns the lengths of both files."""
        rejects, reasons = self._opened()
        if rejects.tell() == 0:
            rejects.write(self._source.header)
            self._line = 1 + self._source.header.count(b"\n")
            reasons.write(_row(_REASONS))
        for record, fault in turned_down:
            reasons.write(_row((str(record.line), str(self._line), fault.column, fault.what, fault.mend)))
            piece = b""
            for piece in self._source.pieces(record.start, record.end):
                rejects.write(piece)
                self._line += piece.count(b"\n")
            if not piece.endswith(b"\n"):
                rejects.write(b"\n")
                self._line += 1
        for file in (rejects, reasons):
            file.flush()
            os.fsync(file.fileno())
        return rejects.tell(), reasons.tell()

    def close(self) -> None:
        """Close both files."""
        for file in self._files or ():
            file.close()

    def _opened(self) -> tuple[BinaryIO, BinaryIO]:
        if self._files is None:
            self._files = (_open(self.path), _open(self.reasons))
        return self._files

    def _lines(self, length: int) -> int:
        counted = 0
        with self.path.open("rb") as file:
            while length > 0 and (piece := file.read(min(length, 1 << 16))):
                counted += piece.count(b"\n")
                length -= len(piece)
        return counted


def _open(path: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except OSError as error:
        what = f"rejects cannot be written there ({error.strerror})"
        raise RejectsInTheWay(what, where=str(path), mend="write elsewhere with --rejects") from None


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
