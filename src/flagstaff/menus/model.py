"""Frozen values of the menus: one published version is one `MenuVersion`, stored whole."""

from datetime import datetime
from functools import cached_property
from typing import Literal

import msgspec

ReasonKind = Literal["violation", "legal", "care", "housekeeping", "preference", "open"]
DetailsMode = Literal["required", "prompted", "optional"]
Row = Literal["top", "more", "preference", "last"]
OperationName = Literal["add", "remove", "merge", "restore", "reword", "reorder"]
EdgeName = Literal["merge", "remove", "restore", "reword", "add", "split"]


# ---------------------------------------------------------------- what this room needs to know of the guidelines
class KnownClause(msgspec.Struct, frozen=True, kw_only=True):
    """What menus know of a clause.

    `kinds`: the subject kinds in its scope. `unflaggable`: why no option leads to it.
    """

    key: str
    title: str
    severity: int
    kinds: tuple[str, ...]
    decidable: bool
    reference_only: bool = False
    unflaggable: str | None = None


class KnownKind(msgspec.Struct, frozen=True, kw_only=True):
    """What menus know of a subject kind."""

    key: str
    in_community: bool
    has_menu: bool = True


class KnownGuidelines(msgspec.Struct, frozen=True, kw_only=True):
    """The guidelines version that menus are checked against.

    `severities`: the levels of the scale. `hold_severity`: the least for a hold.
    """

    version: int
    clauses: tuple[KnownClause, ...]
    kinds: tuple[KnownKind, ...]
    severities: tuple[int, ...]
    hold_severity: int


# ---------------------------------------------------------------- reasons and options
class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What choosing an option means, whatever the subject kind and the wording.

    `details`: required, prompted or optional. `after`: what the receipt offers. `hold`: may a hold be placed?
    `first_step`: content measure proposed instead of the ladder's first step. `urgent`: never weighed down or blocked.
    """

    kind: ReasonKind = "violation"
    severity: int
    details: DetailsMode
    prompts: tuple[str, ...] = ()
    after: tuple[str, ...]
    advice: str | None = None
    resources: tuple[str, ...] = ()
    hold: bool = False
    first_step: Literal["request_edit", "move_or_merge"] | None = None
    urgent: bool = False
    identity: Literal["required", "required_except_child_safety"] | None = None
    route: Literal["staff_only"] | None = None
    details_min_graphemes: int = 0
    hints: int = 0
    feeds: Literal["deep_dive"] | None = None
    permanent: bool = False
    reporter_copy: str | None = None
    source_type: str | None = None
    dsa: tuple[str, str] | None = None
    ozone: str | None = None
    also_ozone: tuple[str, ...] = ()
    note: str = ""


class Reason(Meaning, frozen=True, kw_only=True):
    """A reason shared by all kinds, so that figures add up."""

    key: str
    clauses: tuple[str, ...]


class Option(Meaning, frozen=True, kw_only=True):
    """One line of one menu. `clauses`: those of its reason that have this kind in scope."""

    key: str
    subject: str
    reason: str
    label: str
    help: str
    clauses: tuple[str, ...]


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """The list for one subject kind: `top`, then `more`, the row that is never a case, and Other last."""

    subject: str
    button: str
    community_button: str | None = None
    entry_points: tuple[str, ...] = ()
    evidence: str | None = None
    top: tuple[Option, ...]
    more: tuple[Option, ...]
    preference: tuple[Option, ...]
    last: Option

    @property
    def options(self) -> tuple[Option, ...]:
        """All options in the order a reporter meets them, Other last."""
        return (*self.top, *self.more, *self.preference, self.last)


class MenuRules(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of every menu; lines = top + more + last. `last` is the reason that always stands last."""

    top_at_most: int
    lines_at_most: int
    preference_at_most: int
    last: str
    community_button: str


# ---------------------------------------------------------------- texts
class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A question beside the details field; all may be skipped unless details are required."""

    key: str
    ask: str
    answer: Literal["text", "link", "yes_no", "pick"]
    pick: tuple[str, ...] = ()


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporter is offered after sending; `by: platform` only where the platform declared that it can."""

    key: str
    text: str
    by: Literal["platform"] | None = None
    always: bool = False


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A body that helps, shown only once it was checked: `checked` is the day, `source` what it was compared with."""

    country: str
    name: str
    url: str
    languages: tuple[str, ...] = ()
    phone: str | None = None
    checked: str | None = None
    source: str | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Where to find help: entries by country, else the fallback sentence."""

    key: str
    fallback: str
    entries: tuple[Contact, ...]


class MenuTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The words round the menus, in one language."""

    details_modes: dict[str, str]
    prompts: tuple[Prompt, ...]
    advice: dict[str, str]
    tips: dict[str, str]
    offers: tuple[Offer, ...]
    resources: tuple[Resource, ...]


# ---------------------------------------------------------------- versions and their history
class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One change from a version to the next. `row`, `at`: where the option stood before (from 0).

    `into`: the destination, of `remove` a reason, of `merge` an option key. `sources`: option keys that a merge joined.
    `label`, `help`: as they read before a rewording. `origin`: asked for by name, or our own choice.
    """

    op: OperationName
    reason: str | None = None
    kinds: tuple[str, ...] = ()
    row: Row | None = None
    at: int | None = None
    into: str | None = None
    sources: tuple[str, ...] = ()
    label: str | None = None
    help: str | None = None
    origin: Literal["requested", "ours"] = "requested"


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What a version is meant to change, measured over `window_days` days before and after."""

    primary: str
    direction: Literal["up", "down"]
    watch: tuple[str, ...]
    window_days: int


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The figures that a version rests on: shares in per cent by theme, and the options that the themes became."""

    comments: str
    by: Literal["theme"]
    shares_pct: dict[str, float]
    became: dict[str, str]
    note: str = ""


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """How a version came about. `imported_history` is older than Flagstaff and free of the release rules."""

    version: int
    origin: Literal["imported_history", "drafted"]
    guidelines_version: int
    note: str
    operations: tuple[Operation, ...] = ()
    goal: Goal | None = None
    owner: str | None = None
    release: tuple[str, ...] = ()
    evidence: Evidence | None = None


class RetiredOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option of an earlier version: old flags still show its words, and its key is never used again."""

    key: str
    label: str
    help: str
    clauses: tuple[str, ...]
    into: str
    since: int


class LineageEdge(msgspec.Struct, frozen=True, kw_only=True):
    """How an option became another at `version`, so that a series of figures stays continuous."""

    version: int
    edge: EdgeName
    from_option: str
    to_option: str


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """How one option reads in one language."""

    label: str
    help: str


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure a version rests on, as readers see it.

    `query`: the number of the saved query behind it; blank: it was typed by hand, `link` says where it comes from.
    """

    says: str
    value: str
    link: str = ""
    query: str = ""


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one option, in the words that readers knew. `into`: what it went into, or reads as now."""

    change: Literal["added", "removed", "merged", "restored", "reworded"]
    kind: str
    option: str
    label: str
    into: str = ""
    why: str = ""


class ReleaseNote(msgspec.Struct, frozen=True, kw_only=True):
    """What readers are told of a version: every option that came, went or reads otherwise, and the figures."""

    lines: tuple[ReleaseLine, ...]
    figures: tuple[Figure, ...] = ()


class MenuVersion(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One version of all menus, in its own language and those it is translated into, by language and option.

    `words`: the texts round the options in further languages, each by where it stands, such as `tips.be_specific`.
    `cues`: by language, then by reason or option, the phrases by which a hint finds it. Owner, approver and day are set
    when it is published.
    """

    number: int
    guidelines_version: int
    locale: str
    origin: Literal["imported_history", "drafted"]
    note: str
    menus: tuple[Menu, ...]
    reasons: tuple[Reason, ...]
    texts: MenuTexts
    rules: MenuRules
    details_max_graphemes: int
    translations: dict[str, dict[str, Wording]] = {}
    words: dict[str, dict[str, str]] = {}
    cues: dict[str, dict[str, tuple[str, ...]]] = {}
    operations: tuple[Operation, ...] = ()
    goal: Goal | None = None
    evidence: Evidence | None = None
    release: tuple[str, ...] = ()
    release_note: ReleaseNote | None = None
    owner: str | None = None
    approver: str | None = None
    published_at: datetime | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages that it is written in, its own first."""
        return (self.locale, *sorted(self.translations))

    @cached_property
    def spoken(self) -> "dict[str, MenuVersion]":
        """Keep this version as it reads in each language that somebody asked for."""
        return {}

    @cached_property
    def option_by_key(self) -> dict[str, Option]:
        """Index all options."""
        return {option.key: option for menu in self.menus for option in menu.options}

    @cached_property
    def menu_by_kind(self) -> dict[str, Menu]:
        """Index the menus."""
        return {menu.subject: menu for menu in self.menus}


class RequestedLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A label that must stand word for word on these menus."""

    kinds: tuple[str, ...]
    reason: str
    label: str


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Options that a version must not have (`missing`) or must have (`present`), as its history tells."""

    version: int
    missing: tuple[str, ...] = ()
    present: tuple[str, ...] = ()


class MenuPromises(msgspec.Struct, frozen=True, kw_only=True):
    """What a change may not lose by accident: labels, buttons, what earlier versions had, fixed words of the house."""

    labels: tuple[RequestedLabel, ...] = ()
    buttons: dict[str, str] = {}
    versions: tuple[Absence, ...] = ()
    shares_pct: dict[str, float] = {}
    replaced_words: dict[str, str] = {}


class EarlierWords(msgspec.Struct, frozen=True, kw_only=True):
    """How a reason's options read in a language before a version reworded them; what is left out was the same."""

    label: str | None = None
    help: str | None = None


class EntryWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a language says of one version: its note, and how options that it reworded read before, by reason."""

    note: str
    before: dict[str, EarlierWords] = {}


class HistoryWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a language says of earlier versions: options that are retired, and each version by its number."""

    retired: dict[str, Wording]
    entries: dict[int, EntryWords]


class MenuHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The newest version with all that is needed to find the earlier ones; `words`: of those, by language."""

    newest: MenuVersion
    entries: tuple[HistoryEntry, ...]
    retired: tuple[RetiredOption, ...]
    release_rules: tuple[str, ...]
    promises: MenuPromises = MenuPromises()
    words: dict[str, HistoryWords] = {}


class OptionChange(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one option between two versions."""

    change: Literal["added", "restored", "removed", "reworded", "moved"]
    option: str
    before: str
    after: str
