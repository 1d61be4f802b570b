"""Frozen values of the figures: what was asked, what was counted, and what it comes to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from flagstaff.insight.shares import Share


# ---------------------------------------------------------------- what is asked
class Span(StrEnum):
    """How long one row of a series is."""

    WHOLE = "whole"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What figures are wanted of one platform: flags received from `since` to `until`, both included, in its zone.

    `kinds`, `versions` empty: all of them. `today`: counted under the options of the live menus, else under those that
    reporters saw. `imported`: with the flags from before Flagstaff.
    """

    platform: str
    since: date
    until: date
    kinds: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    today: bool = True
    by_version: bool = False
    span: Span = Span.WHOLE
    imported: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """From where on an option counts as rarely used, or as confused with another rule.

    `rare_share`: of the flags on its menu; the interval lies below it whole. `confused_share`: of the cases in which a
    rule was broken; the interval lies above it whole. `rare_of`, `confused_of`: the least that a share is told of.
    """

    rare_share: float = 0.01
    rare_of: int = 200
    confused_share: float = 0.1
    confused_of: int = 20
    confused_part: int = 5


# ---------------------------------------------------------------- what this room needs to know of the menus
class OfferedOption(msgspec.Struct, frozen=True, kw_only=True):
    """What figures know of an option: its menu, its label when it was last offered, and the rules it leads to.

    `choice` False: it stands in the row that is never a case. `last`: Other. `versions`: those that offered it.
    """

    key: str
    kind: str
    label: str
    clauses: tuple[str, ...]
    versions: tuple[int, ...]
    choice: bool = True
    last: bool = False


class Menus(msgspec.Struct, frozen=True, kw_only=True):
    """All options of a platform that ever were, and under which of the live ones each is counted today."""

    live: int
    options: dict[str, OfferedOption]
    today: dict[str, str]


# ---------------------------------------------------------------- what was counted
class Counting(StrEnum):
    """Whether a flag counts: one that was taken back, or is kept while its reporter is restricted, does not."""

    COUNTS = "counts"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """How many flags are alike in all that figures ask about, whatever their day.

    `clauses`: those of the option in the version that its reporter saw. `verdict`: of the decision in force, blank
    while there is none. `decided`: the clauses that it names, the leading one first. `cases`: those among the flags
    that were the first of their option in their case.
    """

    option: str
    kind: str
    option_kind: str
    version: int
    clauses: tuple[str, ...]
    counting: Counting
    imported: bool
    converted_from: str
    verdict: str
    decided: tuple[str, ...]
    flags: int
    cases: int
    since: date | None = None


class Ended(StrEnum):
    """What a flag came to; every flag that counts is in exactly one of them.

    `as_something_else`: a rule was broken, but none that its option leads to. `otherwise`: referred, tidied or cared
    for, where the option did not ask for that. `never_a_case`: a choice from the row "just not for me".
    """

    AS_CHOSEN = "as_chosen"
    AS_SOMETHING_ELSE = "as_something_else"
    OTHERWISE = "otherwise"
    NO_VIOLATION = "no_violation"
    COULD_NOT_VERIFY = "could_not_verify"
    OPEN = "open"
    NEVER_A_CASE = "never_a_case"


# ---------------------------------------------------------------- what it comes to
class UsageRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one option was used. `version` 0: all that were asked for. `since`: the first day of its row of a series.

    `converted`: came here through a hint. `left_for_hint`: typed under this option and sent as another; not in `used`.
    """

    option: str
    kind: str
    label: str
    version: int
    since: date | None
    used: int
    converted: int
    left_for_hint: int
    as_chosen: int
    as_something_else: int
    otherwise: int
    no_violation: int
    could_not_verify: int
    open: int
    never_a_case: int
    of_menu: Share

    @property
    def decided(self) -> int:
        """Return how many have their decision."""
        return self.used - self.open - self.never_a_case


class LeftOut(msgspec.Struct, frozen=True):
    """Flags that do not count: taken back, kept of a restricted reporter, from before Flagstaff and not asked for."""

    withdrawn: int
    kept: int
    imported: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """The usage table. `used`: the sum of its rows. `as_of`: when it was counted; None: nothing was counted yet."""

    rows: tuple[UsageRow, ...]
    used: int
    left_out: LeftOut
    as_of: datetime | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the confusion matrix. `as_chosen`: those of its flags whose option asked for that.

    `decided`: a clause, or how it ended without one (a verdict, `open`, `never_a_case`).
    """

    option: str
    decided: str
    flags: int
    cases: int
    as_chosen: int


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """The confusion matrix: options, what was decided, and the cells that are not empty; a row sums to its use."""

    options: tuple[str, ...]
    clauses: tuple[str, ...]
    endings: tuple[str, ...]
    cells: tuple[Cell, ...]
    as_of: datetime | None


class Rare(msgspec.Struct, frozen=True, kw_only=True):
    """An option that is rarely used: `share` of all flags on its menu while it was offered."""

    option: str
    kind: str
    label: str
    share: Share


class Confused(msgspec.Struct, frozen=True, kw_only=True):
    """An option and a rule that it does not lead to, but that its cases are often decided under.

    `share`: of the cases with a flag on that option in which a rule was broken. `flags`: how many flags those cases
    brought. `instead`: the options of the same menu that lead to the rule.
    """

    option: str
    kind: str
    label: str
    clause: str
    share: Share
    flags: int
    instead: tuple[str, ...]


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """A merge to think about: `option` would go into `into`.

    `why`: they are mixed up, or the first is rarely used. `lost`: rules to which no other option of the menu leads.
    """

    kind: str
    option: str
    into: str
    label: str
    into_label: str
    why: Literal["mixed", "rare"]
    share: Share
    there: int = 0
    back: int = 0
    lost: tuple[str, ...] = ()


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at: the rarest first, the surest confusion first, and the merges that both suggest."""

    rare: tuple[Rare, ...]
    confused: tuple[Confused, ...]
    limits: Limits
    as_of: datetime | None
    joinings: tuple[Joining, ...] = ()


class RepeatVictims(msgspec.Struct, frozen=True):
    """How many persons who were wronged met a wrong of the same author again: whole months, as the vault released them.

    `least`, `most`: the bounds of how many; the same where it may be told. `months`: that are in the sum. `hidden`:
    months with too few persons to be told of.
    """

    victims: int
    least: int
    most: int
    months: int
    hidden: int


class VersionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How one menu version did. `action`: flags acted on, of those decided.

    `half`, `most`: seconds within which half, and nine in ten, of `timed` flags were decided; exact to five per cent.
    """

    version: int
    used: int
    decided: int
    action: Share
    timed: int
    half: float | None
    most: float | None
    repeat: RepeatVictims


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of each menu version, oldest first."""

    rows: tuple[VersionFigures, ...]
    as_of: datetime | None
