"""One case on one page: what is flagged and how it changed, what reporters named, what was decided before."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from flagstaff.decisions import storage as decisions_storage
from flagstaff.decisions.model import PastDecision
from flagstaff.store.database import Connection, Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.views.sight import Sight
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.origins import CaseOrigin, HoldOrigin
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.states import (
    AppealState,
    CaseState,
    DecisionState,
    FlagState,
    HoldState,
    MeasureState,
    Verdict,
)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CaseSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its page shows it; when it was opened and is due to the hour, for a flag opened it."""

    key: UUID
    number: str
    platform: str
    subject: UUID
    state: CaseState
    origin: CaseOrigin
    severity: int
    surface: Surface
    part: str | None
    board: str | None
    community_group: str | None
    thread: str | None
    staff_only: bool
    restricted: bool
    not_for: tuple[UUID, ...]
    priority_reason: str
    flags_counted: int
    front: bool
    opened_at: datetime
    due_at: datetime
    claimed_by: UUID | None
    claimed_by_name: str | None
    claimed_until: datetime | None
    wakes_at: datetime | None
    waiting_note: str | None
    verdict: Verdict | None
    decided_by: tuple[UUID, ...]
    revision: int
    names_case: str | None

    @property
    def place(self) -> Place:
        """Return where its subject lives."""
        return Place(self.surface, self.part, self.board, self.community_group, self.thread)


class Copy(msgspec.Struct, frozen=True):
    """One copy of a subject, and how many flags of the case saw it; empty where nothing may be kept."""

    key: UUID
    number: int
    title: str | None
    words: str | None
    link: str | None
    language: str | None
    posted_at: datetime | None
    edited_at: datetime | None
    audience: Audience | None
    reference_only: bool
    emptied: bool
    taken_on: date
    flags: int


class Lettered(msgspec.Struct, frozen=True):
    """One flag as staff see it: a letter for its reporter, never a number, a tag or a time.

    `inferred`: the label of the option that its words were found to point to, where it chose Other.
    """

    key: UUID
    letter: int
    snapshot: UUID | None
    option: str
    reason: str
    option_kind: OptionKind
    clauses: tuple[str, ...]
    menu_version: int
    language: str
    label: str
    severity: int
    reliability: float
    state: FlagState
    legacy: bool
    day: date
    inferred: str | None = None

    @property
    def name(self) -> str:
        """Return "A" to "Z", then "AA" and on."""
        return letter_of(self.letter)


class Added(msgspec.Struct, frozen=True):
    """What a reporter added to a flag of theirs."""

    key: UUID
    flag: UUID
    option: str
    reason: str
    clauses: tuple[str, ...]
    language: str
    label: str
    severity: int
    day: date


class Happened(msgspec.Struct, frozen=True):
    """One step of a case; what reporters set off carries midnight of its day, and how often it happened then."""

    at: datetime
    arrow: str
    to_state: CaseState
    reason: str
    by_reporter: bool
    who: str
    times: int


class Related(msgspec.Struct, frozen=True):
    """Another case of the subject, or one linked to this one."""

    number: str
    state: CaseState
    verdict: Verdict | None
    severity: int
    opened_on: date
    why: str


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on the case (`here`) or an earlier one about its author that is in force."""

    key: UUID
    number: str
    case: str
    here: bool
    verdict: Verdict
    clauses: tuple[str, ...]
    ladder: str | None
    severity: int
    guidelines_version: int
    reason: str
    facts: str
    deviation_code: str | None
    deviation_reason: str | None
    state: DecisionState
    decided_by: UUID
    decided_by_name: str | None
    decided_at: datetime
    not_before: datetime
    effective_at: datetime | None
    reversed_at: datetime | None
    reversal_reason: str | None
    snapshot: UUID | None
    as_it_stands: bool
    kind: str
    second_state: str | None
    second_reason: str | None
    second_by: str | None
    alone: bool
    appeal: str | None
    appeal_state: AppealState | None


class Measured(msgspec.Struct, frozen=True):
    """One measure of a decision."""

    decision: UUID
    number: str
    kind: str
    scope: Scope
    effect: Effect | None
    state: MeasureState
    days: int | None
    starts_at: datetime | None
    ends_at: datetime | None


class HoldSeen(msgspec.Struct, frozen=True):
    """A hold on the subject."""

    number: str
    origin: HoldOrigin
    basis: str
    clause: str | None
    state: HoldState
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None


class Precedent(msgspec.Struct, frozen=True):
    """A decision in force on something similar."""

    number: str
    case: str
    clauses: tuple[str, ...]
    reason: str
    decided_at: datetime
    community_group: str | None
    board: str | None
    measures: tuple[str, ...]


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a case's page shows, but no words of reporters. `past` feeds the ladder."""

    case: CaseSeen
    subject: Judged
    copies: Sequence[Copy]
    flags: Sequence[Lettered]
    added: Sequence[Added]
    history: Sequence[Happened]
    related: Sequence[Related]
    rulings: Sequence[Ruling]
    measures: dict[UUID, list[Measured]]
    holds: Sequence[HoldSeen]
    precedents: Sequence[Precedent]
    past: tuple[PastDecision, ...]

    @property
    def here(self) -> list[Ruling]:
        """Return the decisions on this case, the newest first."""
        return [one for one in self.rulings if one.here]

    @property
    def before(self) -> list[Ruling]:
        """Return the author's earlier decisions in force."""
        return [one for one in self.rulings if not one.here]

    @property
    def standing(self) -> Ruling | None:
        """Return the decision that holds or waits to hold."""
        alive = {DecisionState.PROPOSED, DecisionState.DECIDED, DecisionState.EFFECTIVE}
        return next((one for one in self.here if one.state in alive), None)

    @property
    def hold(self) -> HoldSeen | None:
        """Return the hold that runs."""
        return next((one for one in self.holds if one.state is HoldState.RUNNING), None)

    @property
    def table(self) -> list[str]:
        """Return the clauses that options on the table offer, those named most often first."""
        votes: dict[str, int] = {}
        alive = {one.key for one in self.flags if one.state is not FlagState.WITHDRAWN}
        offers = [one.clauses for one in self.flags if one.key in alive]
        offers += [one.clauses for one in self.added if one.flag in alive]
        for clauses in offers:
            for clause in clauses:
                votes[clause] = votes.get(clause, 0) + 1
        return sorted(votes, key=lambda clause: -votes[clause])


class _Owner(msgspec.Struct, frozen=True):
    key: UUID
    letter: int
    voice: str


class FoundSubject(msgspec.Struct, frozen=True):
    """A subject by its platform's name, with its latest case."""

    key: UUID
    kind: str
    outside_id: str
    case: str | None


_queries = Queries(__package__, "case.sql")
_case_seen = _queries.row("case_seen", CaseSeen)
_copies = _queries.rows("copies", Copy)
_flags_on_case = _queries.rows("flags_on_case", Lettered)
_addenda_on_case = _queries.rows("addenda_on_case", Added)
_history = _queries.rows("history", Happened)
_related = _queries.rows("related", Related)
_decisions_about = _queries.rows("decisions_about", Ruling)
_measures_of = _queries.rows("measures_of", Measured)
_holds = _queries.rows("holds", HoldSeen)
_precedents = _queries.rows("precedents", Precedent)
_owners = _queries.rows("owners", _Owner)
_flag_numbered = _queries.value("flag_numbered", str)
_find_subject = _queries.row("find_subject", FoundSubject)
_find_subjects = _queries.rows("find_subjects", FoundSubject)


async def find_case(database: Database, sight: Sight, number: str) -> CaseSeen | None:
    """Return a case by its number; None where it does not exist for this account."""
    async with database.reading(Role.VIEWS) as connection:
        return await _case_seen(connection, *sight.arguments, number)


async def find_subject(database: Database, platform: str, kind: str, outside_id: str) -> FoundSubject | None:
    """Return a subject by the name its platform gives it."""
    async with database.reading(Role.VIEWS) as connection:
        return await _find_subject(connection, platform, kind, outside_id)


async def find_subjects(
    database: Database, platform: str, named: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], FoundSubject]:
    """Return subjects by kind and the name that their platform gives them, in one statement."""
    async with database.reading(Role.VIEWS) as connection:
        found = await _find_subjects(
            connection, platform, [kind for kind, _ in named], [outside_id for _, outside_id in named]
        )
    return {(one.kind, one.outside_id): one for one in found}


async def case_page(database: Database, sight: Sight, case: CaseSeen) -> CasePage:
    """Return the page of a case that `find_case` gave, in eleven statements however much there is on it."""
    async with database.reading(Role.VIEWS) as connection:
        subject = await judging.judged(connection, case.subject)
        if subject is None:
            raise LookupError(case.number)
        flags = await _flags_on_case(connection, case.key)
        added = await _addenda_on_case(connection, case.key)
        rulings = await _decisions_about(connection, *sight.arguments, case.key, subject.author)
        page = CasePage(
            case=case,
            subject=subject,
            copies=await _copies(connection, case.subject, case.key),
            flags=flags,
            added=added,
            history=await _history(connection, case.key),
            related=await _related(connection, *sight.arguments, case.subject, case.key),
            rulings=rulings,
            measures=await _grouped(connection, rulings),
            holds=await _holds(connection, case.key, case.subject),
            precedents=(),
            past=await _past(connection, subject),
        )
        wanted = [one.clauses[0] for one in page.here[:1] if one.clauses] or page.table[:3]
        similar = await _precedents(
            connection, *sight.arguments, wanted, case.platform, case.key, subject.kind
        )
    return msgspec.structs.replace(page, precedents=similar)


async def owners(database: Database, case: UUID) -> dict[UUID, str]:
    """Return who wrote each thing that has words in a case: "Reporter A", "Author", and nobody else's name."""
    async with database.reading(Role.VIEWS) as connection:
        rows = await _owners(connection, case)
    return {
        row.key: f"Reporter {letter_of(row.letter)}" if row.letter else row.voice.capitalize() for row in rows
    }


async def flag_behind(database: Database, case: UUID, letter: int) -> str | None:
    """Return the number of the flag behind a letter, for a flow that asks its reporter; no page shows it."""
    if letter >= 2**31:  # typed into a form by hand: the database counts no further
        return None
    async with database.reading(Role.VIEWS) as connection:
        return await _flag_numbered(connection, case, letter)


async def _grouped(connection: Connection, rulings: Sequence[Ruling]) -> dict[UUID, list[Measured]]:
    by_decision: dict[UUID, list[Measured]] = {one.key: [] for one in rulings}
    for measure in await _measures_of(connection, [one.key for one in rulings]):
        by_decision[measure.decision].append(measure)
    return by_decision


async def _past(connection: Connection, subject: Judged) -> tuple[PastDecision, ...]:
    return await decisions_storage.past_of(connection, subject.author) if subject.author else ()


def letter_of(place: int) -> str:
    """Return the name of the reporter at a place, counted from 1: A to Z, then AA."""
    name = ""
    while place > 0:
        place, rest = divmod(place - 1, len(_ALPHABET))
        name = _ALPHABET[rest] + name
    return name
