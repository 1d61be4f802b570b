"""What a deep dive is made of: the comments it reads, the themes people named, their labels, the table it ends in."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

MOST_LINES: Final = 20
"""Themes that one codebook names at most: more than a reviewer keeps in mind."""
POOLED_UNDER: Final = 5
"""Persons under whom a theme is told only together with others."""
OTHER: Final = "other"
"""A usable comment that fits no theme of the codebook."""
NOT_USABLE: Final = "not_usable"
"""Nothing can be acted on: key mashing, a test, a thank-you, a question to support."""


class Stage(StrEnum):
    """Name the steps of a run in their order; `ASK` where a model codes too."""

    READ = "read"
    ASK = "ask"
    PREPARE = "prepare"
    EMBED = "embed"
    DISCOVER = "discover"
    CODE = "code"
    ESTIMATE = "estimate"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which comments under Other are read: of these kinds and days (both included), in one language or in all."""

    platform: str
    kinds: tuple[str, ...]
    first: date
    last: date
    language: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One theme of a codebook, as its reviewer reads it: a name and what it means, one sentence or two."""

    key: str
    name: str
    meaning: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A line that a run proposes, kept without a word: which comments say best what it is about, its title first."""

    key: str
    quotes: tuple[UUID, ...]


class Drawn(StrEnum):
    """Say why a reviewer saw a comment: only random draws are an audit."""

    RANDOM = "random"
    UNSURE = "unsure"
    CHOSEN = "chosen"


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What one reviewer said of one comment: a theme's key, OTHER or NOT_USABLE.

    `row`: the flag. `before_line`: a theme was added or split since, so that this counts for training only.
    """

    row: UUID
    theme: str
    reviewer: UUID
    drawn: Drawn
    at: datetime
    before_line: bool = False


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """One comment of a run. `person`: the run's own hash; `place`: its turn in the audit, the same in every run."""

    row: UUID
    kind: str
    language: str
    day: date
    person: bytes
    place: bytes
    words: str


class Basis(StrEnum):
    """Say what a share rests on: nobody's check, the random audit, the audit helped by the coder, or every row."""

    UNVERIFIED = "unverified"
    AUDIT = "audit"
    CORRECTED = "corrected"
    COUNTED = "counted"


class Sized(msgspec.Struct, frozen=True, kw_only=True):
    """The share of one theme from 0 to 1 with its 95 % interval. `audited`: random rows the reviewer gave to it."""

    share: float
    low: float
    high: float
    basis: Basis
    audited: int


class ThemeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `key`: a line's key, OTHER, NOT_USABLE or POOLED. `rows`: comments the coder gives to it, each comment to one theme.
    `persons`: how many wrote those; None where fewer than five did. `kinds`, `languages`, `months`: rows by each.
    `examples`: rows that show it best, the clearest first. `keywords`: words that set it apart.
    """

    key: str
    name: str
    sized: Sized
    rows: int
    persons: int | None
    kinds: dict[str, int]
    languages: dict[str, int]
    months: dict[str, int]
    examples: tuple[UUID, ...]
    keywords: tuple[str, ...] = ()


POOLED: Final = "pooled"
"""Themes of fewer than five persons each, told together."""
_LAST: Final = {POOLED: 1, OTHER: 2, NOT_USABLE: 3}


def is_theme(row: ThemeRow) -> bool:
    """Tell whether a row is one theme, and not what is left over."""
    return row.key not in _LAST


def in_order(rows: Iterable[ThemeRow]) -> tuple[ThemeRow, ...]:
    """Return rows as they are told: themes by their share, then what is pooled, fits none or is not usable."""
    return tuple(sorted(rows, key=lambda row: (_LAST.get(row.key, 0), -row.sized.share, row.key)))


class Coded(msgspec.Struct, frozen=True, kw_only=True):
    """What the coder says of one comment: the likeliest theme, its probability, and the runner-up."""

    row: UUID
    theme: str
    probability: float
    second: str


HOUSE: Final = "house"
MODEL: Final = "model"
BOTH: Final = "both"


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How often a coder (HOUSE, MODEL alone, or BOTH together) gave an audited comment the reviewer's theme, unseen."""

    coder: str
    right: int
    of: int


class Table(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one run.

    `of`: comments counted, the denominator. `labels`: rows with a label; `audit`: random ones among them that count.
    `gone`: comments erased or damaged since, counted and not read. `inputs`: SHA-256 over all that went in.
    `model`, `parameters`, `code`: what made it. `narrow`: every interval of a theme of at least 2.5 % was narrow
    enough at the last look, with 200 audited rows, 300 and so on; None before the first.
    """

    rows: tuple[ThemeRow, ...]
    of: int
    labels: int
    audit: int
    gone: int
    inputs: str
    model: str
    parameters: dict[str, str | int | float]
    code: str
    narrow: bool | None
    accuracy: float | None
    """Share of labelled rows that the coder, not shown their label, gives the reviewer's theme; None without labels."""
    coders: tuple[Score, ...] = ()
    """How the house's coder, a model and both together did, where a model was asked; a table without says nothing."""

    @property
    def basis(self) -> Basis:
        """Return what the shares rest on: the weakest wins, for a page must not promise more than all hold."""
        order = (Basis.UNVERIFIED, Basis.AUDIT, Basis.CORRECTED, Basis.COUNTED)
        found = {row.sized.basis for row in self.rows}
        if found <= {Basis.AUDIT, Basis.CORRECTED} and Basis.CORRECTED in found:
            return Basis.CORRECTED
        return next((one for one in order if one in found), Basis.UNVERIFIED)
