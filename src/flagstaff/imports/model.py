"""Frozen values of an import: the mapping, one record of the file, what it says, and why it was turned down."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Place
from flagstaff.vocabulary.states import FlagStatus, Verdict

Shape = Literal["csv", "jsonl"]
Times = Literal["iso", "unix", "unix_ms"]


class RowKind(StrEnum):
    """Say what the rows of a file are."""

    SUBJECTS = "subjects"
    PERSONS = "persons"
    DECISIONS = "decisions"
    FLAGS = "flags"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping file, checked: which column means which field, and what stands for every row.

    `source` is a name of its own for exports that number their rows alike. `zone` is for times without an offset, None
    for the platform's.
    """

    rows: RowKind
    platform: str
    shape: Shape
    delimiter: str = ","
    quotes: bool = True
    encoding: str = "utf-8"
    header: tuple[str, ...] | None = None
    times: Times = "iso"
    zone: str | None = None
    source: str = ""
    columns: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    prefix: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}


class Fault(msgspec.Struct, frozen=True):
    """Why one row is not taken: in which column ("" for the whole row), what is wrong, and what to do.

    It quotes no words and names no person: it is printed, and a scheduler may keep what is printed.
    """

    column: str
    what: str
    mend: str


class Record(msgspec.Struct, frozen=True):
    """One row as it stands: the line it begins in, its bytes from `start` to `end`, and its values by column.

    `fault` says that it cannot be read at all; `values` is empty then.
    """

    line: int
    start: int
    end: int
    values: Mapping[str, object] = {}
    fault: Fault | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says of a subject; what is None was not said."""

    kind: str
    subject: str
    author: str | None = None
    title: str | None = None
    words: str | None = None
    link: str | None = None
    language: str | None = None
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    audience: Audience | None = None
    place: Place
    state: Literal["standing", "deleted_by_author", "removed"] = "standing"


class PastPerson(msgspec.Struct, frozen=True):
    """A person that the platform knew; a reporter is known to the vault alone."""

    person: str
    role: Literal["author", "reporter"]
    state: Literal["active", "closed"]


class PastFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag as it was: `option` as the export calls it, `case` the platform's own name of the case it was in."""

    reporter: str
    content: Content
    option: str
    at: datetime
    details: str = ""
    language: str = "en"
    label: str | None = None
    menu_version: int | None = None
    severity: int | None = None
    closed: bool = True
    outcome: FlagStatus | None = None
    case: str | None = None


class PastVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict of before, without the measures it had: what runs on the platform goes on there."""

    content: Content
    verdict: Verdict
    at: datetime
    clauses: tuple[str, ...] = ()
    reason: str | None = None
    facts: str = ""
    severity: int | None = None
    case: str | None = None


Past = Content | PastPerson | PastFlag | PastVerdict
