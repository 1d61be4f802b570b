"""Read the invented material of this folder, and fill its blanks so that no two cases read quite alike."""

import csv
import random
import tomllib
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened again and again in six months; a violation names its clause."""

    kind: str
    option: str
    verdict: str
    title: str
    text: str
    said: tuple[str, ...]
    reason: str
    clause: str = ""
    board: str = ""
    language: str = "en"

    def filled(self, slots: dict[str, list[str]], lots: random.Random) -> "Entry":
        """Return it with words in its blanks."""
        words = {name: lots.choice(choices) for name, choices in slots.items()}
        title = self.title.format(**words)
        return msgspec.structs.replace(
            self, title=title[:1].upper() + title[1:], text=self.text.format(**words)
        )


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One case that waits now about something that Harborlane shows; `by` flagged it, and `strangers` more."""

    kind: str
    id: str
    option: str
    hours: float
    said: tuple[str, ...]
    by: tuple[str, ...] = ()
    strangers: int = 0
    within: int = 1
    name: str = ""
    about: str = ""
    deleted_hours: float | None = None


class Comment(msgspec.Struct, frozen=True):
    """One comment under Other, made up."""

    id: str
    kind: str
    comment: str


class Material(msgspec.Struct, frozen=True):
    """Everything that six months are made from."""

    entries: tuple[Entry, ...]
    slots: dict[str, list[str]]


def read_history() -> Material:
    """Return what the six months are made from."""
    read = _toml("history.toml")
    return Material(msgspec.convert(read["entry"], tuple[Entry, ...]), read["slots"])


def read_present() -> tuple[Waiting, ...]:
    """Return what waits now."""
    return msgspec.convert(_toml("present.toml")["case"], tuple[Waiting, ...])


def read_comments() -> list[Comment]:
    """Return the thousand comments."""
    with (HERE / "other_comments.csv").open(encoding="utf-8", newline="") as file:
        return [Comment(**row) for row in csv.DictReader(file)]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
