"""Frozen values of the guidelines: one published version is one `Guidelines`, stored whole."""

from functools import cached_property
from typing import Literal

import msgspec

ClauseKind = Literal[
    "violation", "discretion", "acknowledgement", "norm", "reservation", "exception_rule", "duty_of_platform"
]
Detect = Literal["auto_signal", "auto_assist", "human_only"]
VERDICTS = ("violation", "no_violation", "could_not_verify", "housekeeping", "care", "referred")
STATUSES = ("received", "in_review", "question", "acted", "no_violation", "could_not_verify", "withdrawn")
DECIDABLE = ("violation", "discretion")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that is named by a key of its own."""

    key: str


# ---------------------------------------------------------------- scales, kinds, places, terms
class Severity(Entry, frozen=True, kw_only=True):
    """One step of the scale 0 to 4, with the hours until a person should first decide (null: never a case)."""

    level: int
    target_hours: int | None
    note: str = ""


class SubjectKind(Entry, frozen=True, kw_only=True):
    """A kind of subject and the places where it can live; `menu` is false where nobody can flag it."""

    lives_in: tuple[str, ...]
    menu: bool = True


class Place(Entry, frozen=True, kw_only=True):
    """A place and the levels round it, wide to narrow; a measure fits where its scope is one of them."""

    levels: tuple[str, ...]


class TermsDocument(Entry, frozen=True, kw_only=True):
    """One of the platform's own documents; clauses cite it as `document.section`."""

    title: str
    link: str | None
    sections: dict[str, str]


# ---------------------------------------------------------------- clauses and detectors
class Clause(Entry, frozen=True, kw_only=True):
    """One rule. A decision may name it when its kind is `violation` or `discretion`.

    `groups_may_lift`: may a group lift it? `detect`: the most that any detector may do. `dsa`: category and keyword.
    `reference_only`: `everything` = snapshots under it keep ids and hash only; `files` = pictures and files so.
    """

    title: str
    kind: ClauseKind
    summary: str
    scope: tuple[str, ...]
    groups_may_lift: bool = False
    detect: Detect = "human_only"
    ladder: str | None = None
    severity: int | None = None
    terms: tuple[str, ...] = ()
    dsa: tuple[str, str] | None = None
    ozone: str | None = None
    redirect: str | None = None
    reference_only: Literal["nothing", "files", "everything"] = "nothing"
    switchable: bool = False
    unflaggable: str | None = None
    note: str = ""

    @property
    def decidable(self) -> bool:
        """Tell whether a decision may name this clause."""
        return self.kind in DECIDABLE


class DetectorCard(Entry, frozen=True, kw_only=True):
    """What a detector sees, for which clauses, and the most it may do.

    `plug: external`: not built here, off by default.
    """

    mode: Literal["auto_signal", "auto_assist"]
    clauses: tuple[str, ...]
    sees: str
    plug: Literal["external"] | None = None


# ---------------------------------------------------------------- verdicts, measures, ladders
class Verdict(Entry, frozen=True, kw_only=True):
    """What a person found. `status` is what the reporter then sees, `notices` what goes out."""

    clauses: Literal["required", "none"]
    measures: Literal["any"] | tuple[str, ...]
    counts_on_ladder: bool
    status: str
    notices: tuple[str, ...]
    means: str


class Measure(Entry, frozen=True, kw_only=True):
    """One consequence. `scope`: content, person, a level of a place, or outside. `says`: its sentence in the notice."""

    scope: str
    says: str
    undo: str
    notice: str
    days: int | None = None
    hours: int | None = None
    lasting: bool = False
    before_decision: bool = False
    enabled: bool = True
    dsa: dict[str, str] = {}
    ozone: str | None = None
    note: str = ""


class Ladder(msgspec.Struct, frozen=True):
    """What follows, step by step, when somebody breaks clauses of one family again."""

    key: str
    steps: tuple[tuple[str, ...], ...]


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """What leaving the ladder needs: one of these codes, and a written reason of at least so many graphemes."""

    reason_min_graphemes: int
    codes: dict[str, str]


class LadderRules(msgspec.Struct, frozen=True, kw_only=True):
    """How long a decision counts, and how a person may leave the ladder."""

    decay_days: int
    deviation: Deviation


class SecondPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The one list of measures and deeds that need a second person."""

    measures: tuple[str, ...]
    deeds: tuple[str, ...]


class HoldRequires(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold, all of it, before a machine may place a hold. The number of flags is not among it."""

    reason_allows: bool
    posterior_at_least: float
    severity_at_least: int


class HoldRules(msgspec.Struct, frozen=True, kw_only=True):
    """When a hold may be placed, how it ends, what is recorded."""

    requires: HoldRequires
    by_person: str
    one_per: Literal["subject"]
    renewed_by_machine: bool
    on_expiry: Literal["lifts_and_case_to_front_of_queue"]
    ends_early_on: tuple[str, ...]
    tells_author: Literal["at_once"]
    records: tuple[str, ...]


class Within(msgspec.Struct, frozen=True, kw_only=True):
    """A duty's length, to the end of the day in the platform's zone."""

    months: int
    days: int


class AppealRules(msgspec.Struct, frozen=True, kw_only=True):
    """The one second look, for authors and reporters alike."""

    who: dict[str, str]
    within: Within
    per_decision: int
    needs_new_facts: bool
    looked_at_by: str
    stays_measures: bool
    overturned: str


class SnapshotRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot keeps where a clause is marked `reference_only`."""

    default: Literal["copy"]
    reference_only_keeps: tuple[str, ...]
    judged_by: str


class TrustedFlaggers(msgspec.Struct, frozen=True, kw_only=True):
    """What earns and what loses the mark. Its only perk is priority: no flag counts twice."""

    earned_by_decided: int
    earned_by_precision: float
    lost_below_precision: float
    perks: tuple[str, ...]
    organisations: str


class Misuse(msgspec.Struct, frozen=True, kw_only=True):
    """Bad-faith flagging: the clause, and how it is weighed."""

    clause: str
    warned_first: bool
    weighed: tuple[str, ...]
    kept_flags: str


class FlaggingRules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules for flags and their reporters that are data; what is promised in code is not repeated here."""

    small_audience_below: int
    small_audience: str
    trusted_flaggers: TrustedFlaggers
    misuse: Misuse


# ---------------------------------------------------------------- texts
class Status(Entry, frozen=True, kw_only=True):
    """What a reporter reads about a flag; `open` while an answer is still to come."""

    text: str
    open: bool
    shown: str = ""


class Notice(Entry, frozen=True, kw_only=True):
    """A text that is sent. One to an author is built from the decision alone."""

    family: Literal["receipt", "outcome", "statement_of_reasons", "appeal", "group"]
    to: Literal["author", "reporter", "any"]
    text: str


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """Fixed sentences that notices fill in."""

    automation: dict[str, str]
    redress: str


# ---------------------------------------------------------------- groups
class Feature(Entry, frozen=True, kw_only=True):
    """One value a condition may look at. `of`: the fields of each item when the type is `list` of mappings."""

    type: Literal["string", "int", "double", "bool", "list"]
    meaning: str
    of: dict[str, Literal["string", "int", "double", "bool"]] = {}


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How often one author may use an exception."""

    per_author: int
    days: int


class GroupException(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that a group lifts under a condition; `sentence` says the same to people."""

    clause: str
    effect: Literal["allow"]
    when: str
    sentence: str
    limit: Limit | None = None
    person_judges: str | None = None


class Group(Entry, frozen=True, kw_only=True):
    """A group's purpose, languages, hosts and exceptions."""

    bucket: str
    purpose: str
    languages: tuple[str, ...]
    exceptions: tuple[GroupException, ...]
    allowed_hosts: tuple[str, ...] = ()


class GroupDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every group."""

    inherits: Literal["all clauses"]
    approved_by: str
    expires_after_days: int
    buckets: tuple[str, ...]
    shown: tuple[str, ...]


class GroupLifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """How a group changes or ends, and the notice its members get."""

    states: tuple[str, ...]
    min_notice_days: int
    tell: tuple[str, ...]
    notice: str
    shorter_only_for: tuple[str, ...]
    records: str


# ---------------------------------------------------------------- the whole
class GuidelinesHistory(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the guidelines' own numbering."""

    version: int
    origin: Literal["imported_history", "drafted"]
    note: str


class GuidelinePromises(msgspec.Struct, frozen=True, kw_only=True):
    """What a change may not lose by accident: clauses on which machines only assist, and material never copied."""

    assist_only: tuple[str, ...] = ()
    never_copied: tuple[str, ...] = ()


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """How readers are told what has only a key of its own: by kind of subject, ladder and group."""

    kinds: dict[str, str] = {}
    ladders: dict[str, str] = {}
    groups: dict[str, str] = {}


class Guidelines(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One version of the guidelines with all that decisions and notices need.

    `translations`: its texts in further languages, each by where it stands, such as `clauses.CG-1.title`.
    """

    version: int
    locale: str
    community_language: str
    history: tuple[GuidelinesHistory, ...]
    severities: tuple[Severity, ...]
    subject_kinds: tuple[SubjectKind, ...]
    places: tuple[Place, ...]
    terms: tuple[TermsDocument, ...]
    clauses: tuple[Clause, ...]
    redirects: dict[str, str]
    snapshots: SnapshotRules
    detectors: tuple[DetectorCard, ...]
    verdicts: tuple[Verdict, ...]
    measures: tuple[Measure, ...]
    second_person: SecondPerson
    hold: HoldRules
    ladder_rules: LadderRules
    ladders: tuple[Ladder, ...]
    appeal: AppealRules
    flagging: FlaggingRules
    statuses: tuple[Status, ...]
    placeholders: dict[str, dict[str, str]]
    phrases: Phrases
    notices: tuple[Notice, ...]
    notice_for: dict[str, str]
    screens: dict[str, str]
    features: tuple[Feature, ...]
    group_defaults: GroupDefaults
    groups: tuple[Group, ...]
    group_lifecycle: GroupLifecycle
    promises: GuidelinePromises = GuidelinePromises()
    names: Names = Names()
    translations: dict[str, dict[str, str]] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages that it is written in, its own first."""
        return (self.locale, *sorted(self.translations))

    @cached_property
    def spoken(self) -> "dict[str, Guidelines]":
        """Keep this version as it reads in each language that somebody asked for."""
        return {}

    @cached_property
    def clause_by_key(self) -> dict[str, Clause]:
        """Index the clauses."""
        return {clause.key: clause for clause in self.clauses}

    @cached_property
    def measure_by_key(self) -> dict[str, Measure]:
        """Index the measures."""
        return {measure.key: measure for measure in self.measures}

    @cached_property
    def ladder_by_key(self) -> dict[str, Ladder]:
        """Index the ladders."""
        return {ladder.key: ladder for ladder in self.ladders}

    @cached_property
    def notice_by_key(self) -> dict[str, Notice]:
        """Index the notice texts."""
        return {notice.key: notice for notice in self.notices}
