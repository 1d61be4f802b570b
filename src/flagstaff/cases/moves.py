"""Move cases along their life, each move seen by nobody halfway and lost by nobody's haste."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.cases.model import Desk, Viewer
from flagstaff.kernel.errors import Conflict
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import AccountKey, Place, Surface
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, Verdict


class CaseChanged(Conflict):
    """Somebody or something moved the case since it was looked at."""

    slug = "case-changed"
    title = "This case changed meanwhile"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its life needs it; `revision` grows with every change."""

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
    front: bool
    claimed_by: UUID | None
    claimed_until: datetime | None
    wakes_at: datetime | None
    waiting_note: str | None
    names_case: UUID | None
    verdict: Verdict | None
    decision: UUID | None
    decided_by: tuple[UUID, ...]
    revision: int

    @property
    def place(self) -> Place:
        """Return where its subject lives."""
        return Place(self.surface, self.part, self.board, self.community_group, self.thread)

    @property
    def gravity(self) -> Severity:
        """Return how grave it is."""
        return Severity(self.severity)

    def desk(self) -> Desk:
        """Return it as the rules about who may take it need it."""
        return Desk(
            self.state,
            self.place,
            self.staff_only,
            self.restricted,
            frozenset(map(AccountKey, self.not_for)),
            AccountKey(self.claimed_by) if self.claimed_by else None,
            self.claimed_until,
        )


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided on a case; clauses and reasons are those judged: the decision's and those on the table."""

    state: CaseState
    verdict: Verdict
    decision: UUID
    clauses: Sequence[str]
    reasons: Sequence[str]
    content_hash: bytes
    decided_by: UUID


_queries = Queries(__package__, "moves.sql")
_hold_case = _queries.row("hold_case", Held)
_look_at_case = _queries.row("look_at_case", Held)
_find_case = _queries.row("find_case", Held)
_next_open = _queries.values("next_open", UUID)
_move_case = _queries.run("move_case")
_judge_case = _queries.run("judge_case")
_unjudge_case = _queries.run("unjudge_case")
_decide_waiting = _queries.run("decide_waiting")
_take_effect = _queries.run("take_effect")
_lapsed = _queries.rows("lapsed", Held)
_waking = _queries.rows("waking", Held)
_next_waking = _queries.value("next_waking", datetime)
_effective = _queries.rows("effective", Held)
_close_case = _queries.run("close_case")
_to_front = _queries.run("to_front")
_wake_now = _queries.run("wake_now")


async def hold(connection: Connection, case: UUID) -> Held | None:
    """Lock one case."""
    return await _hold_case(connection, case)


async def look(connection: Connection, case: UUID) -> Held | None:
    """Return one case without holding it."""
    return await _look_at_case(connection, case)


async def find(connection: Connection, number: str) -> Held | None:
    """Return a case by its outside number."""
    return await _find_case(connection, number)


async def next_open(
    connection: Connection, viewer: Viewer, platforms: Sequence[str], surfaces: Sequence[Surface], most: int
) -> list[UUID]:
    """Return the most urgent open cases that a viewer's roles and places reach, the first to be taken first."""
    places = viewer.places or ()
    return await _next_open(
        connection,
        platforms,
        [surface.value for surface in surfaces],
        viewer.account,
        Permission.RESTRICTED_DESK in viewer.permissions,
        viewer.places is None,
        [place.part for place in places if place.part and not place.board],
        [place.board for place in places if place.board and not place.group],
        [place.group for place in places if place.group],
        most,
    )


async def move(
    connection: Connection,
    case: Held,
    state: CaseState,
    *,
    claimed_by: UUID | None = None,
    claimed_until: datetime | None = None,
    wakes_at: datetime | None = None,
    note: str | None = None,
) -> None:
    """Move a case that was locked or looked at; raises CaseChanged where its revision is no longer that one."""
    moved = await _move_case(
        connection, case.key, case.revision, state.value, claimed_by, claimed_until, wakes_at, note
    )
    if not moved:
        msg = "the case was changed by somebody else"
        raise CaseChanged(msg, mend="load it again and look at what is new")


async def judge(connection: Connection, case: UUID, judged: Judged) -> None:
    """Note a decision on a locked case; nobody holds it any more."""
    await _judge_case(
        connection, case, judged.state.value, judged.verdict.value, judged.decision, list(judged.clauses),
        list(judged.reasons), judged.content_hash, judged.decided_by,
    )  # fmt: skip


async def unjudge(connection: Connection, case: UUID, claimed_by: UUID, until: datetime) -> None:
    """Give a locked case back to somebody: its decision was undone or refused."""
    await _unjudge_case(connection, case, claimed_by, until)


async def decide_waiting(connection: Connection, case: UUID) -> None:
    """Let a case that waited for a second person be decided."""
    await _decide_waiting(connection, case)


async def take_effect(connection: Connection, case: UUID, at: datetime) -> None:
    """Let the decision on a case be in effect."""
    await _take_effect(connection, case, at)


async def lapsed(connection: Connection, at: datetime, most: int) -> list[Held]:
    """Lock cases whose claim ran out."""
    return await _lapsed(connection, at, most)


async def waking(connection: Connection, at: datetime, most: int) -> list[Held]:
    """Lock parked or asked cases that waited long enough."""
    return await _waking(connection, at, most)


async def next_waking(connection: Connection) -> datetime | None:
    """Return when the next claim runs out or the next waiting ends."""
    return await _next_waking(connection)


async def effective(connection: Connection, most: int) -> list[Held]:
    """Lock cases in effect of which everything has arrived or been given up."""
    return await _effective(connection, most)


async def close(connection: Connection, case: UUID) -> None:
    """Close a case whose decision is in effect."""
    await _close_case(connection, case)


async def to_front(connection: Connection, case: UUID) -> None:
    """Let a case be the next one taken."""
    await _to_front(connection, case)


async def wake_now(connection: Connection, case: UUID) -> bool:
    """Let a case be open, whatever it waited for; False where it was not waiting."""
    return bool(await _wake_now(connection, case))
