"""Keep cases: open them, let them grow, score them, and append every step they take."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import structs

from flagstaff.cases.model import FormerCase, StandingCase
from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import AccountKey, CaseKey, ClauseId, Place, ReasonKey
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, Verdict


class Around(msgspec.Struct, frozen=True):
    """What stands or stood about one subject, as the database holds it."""

    subject: UUID
    standing: UUID | None
    standing_state: CaseState | None
    standing_severity: int | None
    standing_judged: tuple[str, ...] | None
    standing_reasons: tuple[str, ...] | None
    standing_counted: int | None
    standing_origin: str | None
    former: UUID | None
    former_at: datetime | None
    former_verdict: Verdict | None
    former_hash: bytes | None
    former_judged: tuple[str, ...] | None
    former_reasons: tuple[str, ...] | None
    former_joiners: int | None
    former_decided_by: tuple[UUID, ...] | None
    former_decision: UUID | None
    graves: int

    def standing_case(self) -> StandingCase | None:
        """Return the case that has not taken effect, as the rules take it."""
        if self.standing is None or self.standing_state is None:
            return None
        return StandingCase(
            CaseKey(self.standing),
            self.standing_state,
            Severity(self.standing_severity or 1),
            frozenset(map(ClauseId, self.standing_judged or ())),
            frozenset(map(ReasonKey, self.standing_reasons or ())),
            only_kept=self.standing_origin == CaseOrigin.FLAG and not self.standing_counted,
        )

    def former_case(self) -> FormerCase | None:
        """Return the latest case that ended, as the rules take it."""
        if self.former is None or self.former_at is None:
            return None
        return FormerCase(
            CaseKey(self.former),
            self.former_at,
            self.former_verdict,
            self.former_hash or b"",
            frozenset(map(ClauseId, self.former_judged or ())),
            frozenset(map(ReasonKey, self.former_reasons or ())),
            self.former_joiners or 0,
            frozenset(map(AccountKey, self.former_decided_by or ())),
        )


class NewCase(msgspec.Struct, frozen=True):
    """A case that is to be opened; without a `place` of its own it is scored later in the same transaction."""

    key: UUID
    number: str
    platform: str
    subject: UUID
    state: CaseState
    origin: CaseOrigin
    severity: Severity
    place: Place
    opened_at: datetime
    staff_only: bool = False
    restricted: bool = False
    not_for: frozenset[AccountKey] = frozenset()
    audience: Audience | None = None
    wakes_at: datetime | None = None
    names_case: UUID | None = None
    opened_grave_hash: bytes | None = None
    score: "Score | None" = None


class Step(msgspec.Struct, frozen=True):
    """One arrow that a case took; `actor` is an account key, "reporter" or "house"."""

    case: UUID
    at: datetime
    arrow: str
    source: str
    target: str
    actor: str
    reason: str = ""


class Load(msgspec.Struct, frozen=True):
    """What the priority of one case is made from, as stored."""

    key: UUID
    platform: str
    severity: int
    opened_at: datetime
    voices: tuple[float, ...]
    audience: Audience | None
    front: bool


class Score(msgspec.Struct, frozen=True):
    """What a case grew to and its new place in the queue."""

    key: UUID
    severity: int
    voices: tuple[float, ...]
    counted: int
    priority: float
    reason: str
    due_at: datetime
    staff_only: bool
    restricted: bool


class Rest(msgspec.Struct, frozen=True):
    """One locked case, as much of it as closing it needs."""

    key: UUID
    state: CaseState
    severity: int
    origin: CaseOrigin
    platform: str
    subject: UUID


_queries = Queries(__package__)
_around = _queries.rows("around", Around)
_open_cases = _queries.run("open_cases")
_put_steps = _queries.run("put_steps")
_weigh = _queries.rows("weigh", Load)
_score = _queries.run("score")
_wake = _queries.run("wake")
_join_former = _queries.run("join_former")
_recount = _queries.row("recount", Rest)
_is_needed = _queries.value("is_needed", bool)
_emptied = _queries.rows("emptied", Rest)
_close_now = _queries.run("close_now")
_weigh_open = _queries.rows("weigh_open", Load)
_reprioritise = _queries.run("reprioritise")
_standing_of_subject = _queries.row("standing_of_subject", Rest)
_open_of_author = _queries.rows("open_of_author", Rest)


async def around(
    connection: Connection, contents: Mapping[UUID, bytes], grave_since: datetime
) -> dict[UUID, Around]:
    """Return what stands about locked subjects; `contents` maps each to the hash of what is seen of it now."""
    rows = await _around(connection, list(contents), list(contents.values()), grave_since)
    return {row.subject: row for row in rows}


async def open_cases(connection: Connection, cases: Sequence[NewCase]) -> None:
    """Open cases; a second one of a subject raises a unique violation (at most one before it takes effect)."""
    if cases:
        await _open_cases(connection, [_row(case) for case in cases])


def _row(case: NewCase) -> tuple[object, ...]:
    place, score = case.place, case.score
    return (
        case.key, case.number, case.platform, case.subject, case.state.value, case.origin.value, int(case.severity),
        place.surface.value, place.part, place.board, place.group, place.thread,
        case.staff_only, case.restricted, sorted(case.not_for), case.audience.value if case.audience else None,
        case.opened_at, case.wakes_at, case.names_case, case.opened_grave_hash,
        *((score.voices, score.counted, score.priority, score.reason, score.due_at) if score
          else ((), 0, 0.0, "", case.opened_at)),
    )  # fmt: skip


async def append_steps(connection: Connection, steps: Sequence[Step], ids: Ids) -> None:
    """Append steps to the history of their cases."""
    if steps:
        await _put_steps(
            connection,
            [
                (ids.key(), one.case, one.at, one.arrow, one.source, one.target, one.actor, one.reason)
                for one in steps
            ],
        )


async def weigh(connection: Connection, cases: Sequence[UUID]) -> list[Load]:
    """Lock cases and return what their priority is made from."""
    return await _weigh(connection, cases)


async def score(connection: Connection, scores: Sequence[Score]) -> None:
    """Write what cases grew to and where they stand in the queue."""
    if scores:
        await _score(connection, [structs.astuple(one) for one in scores])


async def wake(
    connection: Connection, moves: Sequence[tuple[UUID, CaseState, CaseState]], claim_until: datetime
) -> None:
    """Move cases from one state to another because a flag came in; one that left meanwhile stays where it is."""
    if moves:
        await _wake(
            connection,
            [case for case, _, _ in moves],
            [target.value for _, _, target in moves],
            [source.value for _, source, _ in moves],
            claim_until,
        )


async def count_joiners(connection: Connection, cases: Sequence[UUID]) -> None:
    """Count one more independent flag that joined each verdict."""
    if cases:
        await _join_former(connection, cases)


async def hold(connection: Connection, case: UUID) -> Rest | None:
    """Lock one case."""
    return await _recount(connection, case)


async def is_needed(connection: Connection, case: UUID) -> bool:
    """Tell whether a flag, a hold or a measure still hangs on a case."""
    return bool(await _is_needed(connection, case))


async def emptied(connection: Connection, most: int) -> list[Rest]:
    """Lock open cases of which every flag was taken back, below severity 3; those that others hold are left out."""
    return await _emptied(connection, most)


async def close_now(connection: Connection, case: UUID, at: datetime, sources: Sequence[str]) -> bool:
    """Close a case without a verdict if it is in one of these states; returns whether it was."""
    return bool(await _close_now(connection, case, at, sources))


async def weigh_open(connection: Connection, after: UUID, most: int) -> list[Load]:
    """Lock a batch of open cases beyond a key; cases that others hold are left out."""
    return await _weigh_open(connection, after, most)


async def reprioritise(connection: Connection, places: Sequence[tuple[UUID, float, str]]) -> None:
    """Write places in the queue that only the passing of time has changed."""
    if places:
        await _reprioritise(
            connection, [p[0] for p in places], [p[1] for p in places], [p[2] for p in places]
        )


async def standing_of(connection: Connection, subject: UUID) -> Rest | None:
    """Lock the case of a subject that has not taken effect, if there is one."""
    return await _standing_of_subject(connection, subject)


async def open_of_author(connection: Connection, author: UUID) -> list[Rest]:
    """Lock the cases about one author's subjects that have not taken effect."""
    return await _open_of_author(connection, author)
