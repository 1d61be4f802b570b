"""Erase a person, and keep the list that a restored backup is held against.

The list lies beside the keys and outside the database: a backup from before an erasure knows nothing of it. Its
lines are keyed hashes. A line is written and synced before the rows go, so that no erasure can be lost between.
"""

import os
from pathlib import Path
from typing import Final

import msgspec

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vault.keys import KeysReadable, sync_folder
from flagstaff.vault.model import Erased
from flagstaff.vault.storage import erase, erase_author_words, erase_words

_LIST: Final = "erasures.list"


class BrokenErasureList(FlagstaffError):
    """A line of the erasure list cannot be read."""

    slug = "broken-erasure-list"
    title = "The list of erasures is damaged"


def append_erasure(folder: Path, erased: Erased) -> None:
    """Append one line to the list in the folder of keys and sync it; the file is readable by its owner only."""
    path = folder / _LIST
    line = msgspec.json.encode(erased) + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        # A crash may have left half a line; what follows it must not be lost with it.
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, b"\n" + line if torn else line)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(folder)


def read_erasures(folder: Path) -> tuple[list[Erased], list[int]]:
    """Return the erasures in their order, and the numbers of lines that cannot be read."""
    path = folder / _LIST
    if not path.exists():
        return [], []
    if path.stat().st_mode & 0o077:
        msg = "the list of erasures can be read or changed by other accounts of this machine"
        raise KeysReadable(msg, where=str(path), mend=f"run: chmod 600 {path}")
    erasures: list[Erased] = []
    broken: list[int] = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line:
            continue
        try:
            erasures.append(msgspec.json.decode(line, type=Erased))
        except msgspec.DecodeError:
            broken.append(number)
    return erasures, broken


def refuse_broken(folder: Path, broken: list[int]) -> None:
    """Raise BrokenErasureList when lines could not be read; whoever replays does all others first."""
    if broken:
        msg = f"these lines cannot be read: {', '.join(map(str, broken))}"
        mend = "take them from a copy of the list; a half line at a crash was never carried out and may go"
        raise BrokenErasureList(msg, where=str(folder / _LIST), mend=mend)


__all__ = [
    "BrokenErasureList",
    "append_erasure",
    "erase",
    "erase_author_words",
    "erase_words",
    "read_erasures",
    "refuse_broken",
]
