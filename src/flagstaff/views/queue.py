"""The queue: which cases wait, in the order in which they are to be taken, a page at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.kernel.errors import Refusal
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries
from flagstaff.subjects.model import SubjectState
from flagstaff.views.sight import Sight
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState

PER_PAGE: Final = 30
COUNTED_AT_MOST: Final = 1000
IN_HAND: Final = (
    CaseState.CLAIMED, CaseState.PARKED, CaseState.ASKED, CaseState.AWAITING_SECOND, CaseState.DECIDED,
)  # fmt: skip


class BadQueueCursor(Refusal):
    """A page of the queue was asked for with a place that this house did not name."""

    slug = "bad-queue-cursor"
    title = "This page of the queue cannot be found"


class Spot(msgspec.Struct, frozen=True):
    """A place in the order of the queue; the first one stands before every case."""

    front: bool = True
    priority: float = 1e300
    due_at: datetime = datetime(2, 1, 1, tzinfo=UTC)
    key: UUID = UUID(int=0)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What of the queue is wanted; `place` names a part, board or group, `mine` keeps what the account has in hand."""

    state: CaseState = CaseState.OPEN
    surface: Surface | None = None
    severities: frozenset[Severity] = frozenset(Severity)
    place: str = ""
    mine: bool = False


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One case of the queue; `labels` are the options most flags in it named, its times are those of full hours."""

    key: UUID
    number: str
    platform: str
    state: CaseState
    severity: int
    surface: Surface
    part: str | None
    board: str | None
    community_group: str | None
    thread: str | None
    staff_only: bool
    restricted: bool
    front: bool
    priority: float
    priority_reason: str
    flags_counted: int
    opened_at: datetime
    due_at: datetime
    wakes_at: datetime | None
    claimed_until: datetime | None
    origin: CaseOrigin
    claimed_by: str | None
    kind: str
    subject_state: SubjectState
    title: str | None
    language: str | None
    labels: tuple[str, ...] | None

    @property
    def place(self) -> Place:
        """Return where its subject lives."""
        return Place(self.surface, self.part, self.board, self.community_group, self.thread)


class Count(msgspec.Struct, frozen=True):
    """How many cases of a state there are, at most COUNTED_AT_MOST, and how many of them this account has.

    Beside the states of cases there are `appeals` nobody took, `seconds` (decisions that wait for a second person other
    than this account) and `todos`.
    """

    state: str
    cases: int
    own: int


class QueuePage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the queue; `next` opens the following one, "" on the last."""

    cases: Sequence[Waiting]
    counts: dict[str, Count]
    next: str


_queries = Queries(__package__, "queue.sql")
_spot = _queries.row("spot", Spot)
_open_cases = _queries.rows("open_cases", Waiting)
_cases_in_hand = _queries.rows("cases_in_hand", Waiting)
_counts = _queries.rows("counts", Count)
_late = _queries.value("late", int)


async def queue_page(database: Database, sight: Sight, wanted: Filter, after: str = "") -> QueuePage:
    """Return a page of the queue as it exists for somebody, behind the case with the number `after`.

    A page is named by a case's number, not by its place: when somebody flagged is not to be read off it.
    """
    async with database.reading(Role.VIEWS) as connection:
        spot = await _spot(connection, after) if after else Spot()
        if spot is None:
            msg = "the address names a case that does not exist"
            raise BadQueueCursor(msg, where="after", mend="go to the first page of the queue")
        surfaces = [one.value for one in sight.surfaces if wanted.surface in {None, one}]
        bounds = (
            surfaces,
            sorted(wanted.severities),
            wanted.place,
            spot.front,
            spot.priority,
            spot.due_at,
            spot.key,
        )
        if wanted.state is CaseState.OPEN:
            found = await _open_cases(connection, *sight.arguments, *bounds, PER_PAGE + 1)
        else:
            own = sight.account if wanted.mine else None
            found = await _cases_in_hand(
                connection, *sight.arguments, *bounds, PER_PAGE + 1, [wanted.state.value], own
            )
        counts = await _counts(connection, *sight.arguments, sight.account, COUNTED_AT_MOST)
    shown = found[:PER_PAGE]
    more = shown[-1].number if len(found) > PER_PAGE else ""
    return QueuePage(cases=shown, counts={one.state: one for one in counts}, next=more)


async def count_late(database: Database, sight: Sight, now: datetime) -> int:
    """Return how many undecided cases are past their target, at most COUNTED_AT_MOST; now is business time."""
    async with database.reading(Role.VIEWS) as connection:
        return await _late(connection, *sight.arguments, now, COUNTED_AT_MOST) or 0
