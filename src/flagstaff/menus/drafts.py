"""Frozen values of a draft: what it would change on the menus that are live, operation by operation, and why.

An operation looks forward ("add this here"); `model.Operation` is the same change told backwards, as history keeps it.
"""

from typing import Literal, TypeAlias, get_args

import msgspec

from flagstaff.language.yaml import Finding
from flagstaff.menus.model import Figure, Goal, LineageEdge, MenuVersion, Wording

DraftRow = Literal["top", "more", "preference"]
ROWS: tuple[DraftRow, ...] = get_args(DraftRow)
"""Where a draft may put an option; the last line is nobody's to move."""
DraftState = Literal["open", "proposed", "published", "discarded"]

GOAL_METRICS: dict[str, str] = {
    "something_else_share": 'Share of flags under "It\'s something else"',
    "hint_conversion": 'Share of flags begun under "It\'s something else" that a hint led to an option',
    "misroute_rate": "Share of flags decided under another rule than their option names",
    "option_use": "Use of the changed options",
    "time_to_decision_p50": "Half of the decisions come within",
}
"""What a version can be meant to change, in words; each is a query that is answered from what was counted."""

WITHDRAWN_METRICS: dict[str, str] = {
    "time_to_submit_p50": "Half of the flags are sent within",
    "abandon_rate": "Share of dialogs left without a flag",
}
"""What earlier versions could name: nothing measures it, for a dialog that is opened tells nobody."""


class NewReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason that no menu had yet. `like`: the reason whose prompts, advice and offers it takes over."""

    like: str
    clauses: tuple[str, ...]
    severity: int


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """A theme of a deep dive as its run found it, kept as evidence; shares from 0 to 1 of `of` comments under Other.

    `dive`: the run's number; `digest`: SHA-256 of its table. `checked`: `low` and `high` are an interval, not a range.
    """

    dive: str
    digest: str
    theme: str
    name: str
    share: float
    low: float
    high: float
    of: int
    checked: bool


class _Operation(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """`why`: what readers of the release note are told. `pinned`: the theme that it answers."""

    why: str = ""
    pinned: Pinned | None = None


class Add(_Operation, frozen=True, kw_only=True, tag="add"):
    """Put an option on one menu, with its words by language; `at` None: at the end of its row.

    `meaning`: for a reason that is new. `split_from`: the option whose flags it takes a part of. `suggestion`: the
    number of the suggestions that it comes from, as evidence.
    """

    kind: str
    reason: str
    words: dict[str, Wording]
    row: DraftRow = "more"
    at: int | None = None
    meaning: NewReason | None = None
    split_from: str | None = None
    suggestion: str = ""

    @property
    def option(self) -> str:
        """The option's key."""
        return f"{self.kind}.{self.reason}"


class Remove(_Operation, frozen=True, kw_only=True, tag="remove"):
    """Take an option away; `into`: the option that its flags and figures go on under."""

    option: str
    into: str


class Merge(_Operation, frozen=True, kw_only=True, tag="merge"):
    """Join options into one of the same menu: one that lives there, or a new one with words of its own."""

    sources: tuple[str, ...]
    into: str
    words: dict[str, Wording] = {}
    row: DraftRow = "more"
    at: int | None = None


class Restore(_Operation, frozen=True, kw_only=True, tag="restore"):
    """Bring an option back under its old key, as it last read unless `words` say otherwise.

    `suggestion`: the number of the suggestions that asked for it, as evidence.
    """

    option: str
    words: dict[str, Wording] = {}
    row: DraftRow = "more"
    at: int | None = None
    suggestion: str = ""


class Reword(_Operation, frozen=True, kw_only=True, tag="reword"):
    """Say an option in other words, in one language."""

    option: str
    language: str
    label: str
    help: str


class Reorder(_Operation, frozen=True, kw_only=True, tag="reorder"):
    """Move an option to another place of its menu; `at` None: to the end of the row."""

    option: str
    row: DraftRow
    at: int | None = None


DraftOperation: TypeAlias = Add | Remove | Merge | Restore | Reword | Reorder


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody prepares: operations on the menus `base`, why, what they shall change, and who answers for them.

    `authors`: the accounts that wrote any of it; none of them is the second person who publishes it.
    """

    title: str
    base: int
    authors: tuple[str, ...] = ()
    operations: tuple[DraftOperation, ...] = ()
    goal: Goal | None = None
    owner: str | None = None
    note: str = ""
    figures: tuple[Figure, ...] = ()


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A draft on the live menus: the version it makes, where its options went, and what did not fit."""

    version: MenuVersion
    lineage: tuple[LineageEdge, ...]
    findings: tuple[Finding, ...]


def names_of(operation: DraftOperation) -> str:
    """Return what an operation is about, for a list of them."""
    if isinstance(operation, Merge):
        return f"{', '.join(operation.sources)} → {operation.into}"
    if isinstance(operation, Remove):
        return f"{operation.option} → {operation.into}"
    return operation.option


def keys_of(operation: DraftOperation) -> tuple[str, ...]:
    """Return the options that an operation changes."""
    return (*operation.sources, operation.into) if isinstance(operation, Merge) else (operation.option,)


def op_name(operation: DraftOperation) -> str:
    """Return the operation's name."""
    return str(operation.__struct_config__.tag)
