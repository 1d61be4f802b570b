"""Keep deep dives: what was asked, how far it came, what was found."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from flagstaff.insight.dive import Label, Line, Proposal, Selection, Table
from flagstaff.insight.prompting import Coder, Outcome
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class DiveState(StrEnum):
    """Say where a run stands; the last three are for good."""

    ASKED = "asked"
    READING = "reading"
    CODING = "coding"
    READY = "ready"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Failure(StrEnum):
    """Say why a run ended without a table."""

    NOTHING_TO_READ = "nothing_to_read"
    TOO_FEW_PERSONS = "too_few_persons"
    BROKEN = "broken"
    GAVE_UP = "gave_up"


OVER: Final = frozenset({DiveState.READY, DiveState.CANCELLED, DiveState.FAILED})


class AskedDive(msgspec.Struct, frozen=True, kw_only=True):
    """A run that somebody asks for, with codebook and labels as they stand. `coder`: a model that codes too."""

    key: UUID
    number: str
    selection: Selection
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    reviewer: UUID | None
    follows: UUID | None
    asked_by: UUID
    asked_at: datetime
    coder: Coder | None = None


class Dive(msgspec.Struct, frozen=True, kw_only=True):
    """One run as the database holds it. `follows`: the number of the run that it counts again."""

    key: UUID
    number: str
    platform: str
    selection_form: dict[str, Any]
    lines: tuple[Line, ...]
    reviewer: UUID | None
    state: DiveState
    stage: str
    done: int
    total: int
    follows: str | None
    asked_by: UUID
    asked_at: datetime
    ended_at: datetime | None
    failure: Failure | None
    result: bytes | None
    digest: bytes | None
    proposal_forms: list[dict[str, Any]] | None
    unsure: tuple[UUID, ...] | None
    coder_form: dict[str, Any] | None = None
    outcome_form: dict[str, Any] | None = None

    @property
    def selection(self) -> Selection:
        """Read which comments it is about."""
        return msgspec.convert(self.selection_form, Selection)

    @property
    def coder(self) -> Coder | None:
        """Read which model was chosen to code too."""
        return msgspec.convert(self.coder_form, Coder | None)

    @property
    def outcome(self) -> Outcome | None:
        """Read what came of asking that model; None where it was not asked, or not yet."""
        return msgspec.convert(self.outcome_form, Outcome | None)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Read the lines it proposes, by the comments they quote; `open_proposals` gives them words."""
        return msgspec.convert(self.proposal_forms or [], tuple[Proposal, ...])

    @property
    def table(self) -> Table | None:
        """Read the table of a run that is ready."""
        return None if self.result is None else msgspec.json.decode(self.result, type=Table)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One run in a list: without what it found."""

    number: str
    selection_form: dict[str, Any]
    state: DiveState
    stage: str
    done: int
    total: int
    asked_by: UUID
    asked_at: datetime
    ended_at: datetime | None
    failure: Failure | None
    lines: int
    labels: int

    @property
    def selection(self) -> Selection:
        """Read which comments it is about."""
        return msgspec.convert(self.selection_form, Selection)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A run that a worker took up. `attempts`: how often one did, this time included."""

    key: UUID
    number: str
    platform: str
    selection_form: dict[str, Any]
    lines: tuple[Line, ...]
    label_forms: list[dict[str, Any]]
    asked_by: UUID
    attempts: int
    coder_form: dict[str, Any] | None = None

    @property
    def selection(self) -> Selection:
        """Read which comments it is about."""
        return msgspec.convert(self.selection_form, Selection)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Read the labels as they stood when it was asked for."""
        return msgspec.convert(self.label_forms, tuple[Label, ...])

    @property
    def coder(self) -> Coder | None:
        """Read which model was chosen to code too."""
        return msgspec.convert(self.coder_form, Coder | None)


class DiveRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a finished run says of one comment. `month`: its first day; `place`: its turn in the audit."""

    flag: UUID
    kind: str
    language: str
    month: date
    place: bytes
    theme: str
    probability: float
    second: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found, as it is kept: the table's bytes, proposals for a codebook, rows to ask about next."""

    table: bytes
    proposed: tuple[Proposal, ...]
    unsure: tuple[UUID, ...]
    rows: tuple[DiveRow, ...]


_queries = Queries(__package__, "dives.sql")
_put = _queries.run("put_dive")
_find = _queries.row("find_dive", Dive)
_newest_ready = _queries.row("newest_ready", Dive)
_list = _queries.rows("list_dives", Listed)
_under_way = _queries.value("under_way", int)
_wait_in_line = _queries.run("wait_in_line")
_claim = _queries.row("claim", Claimed)
_keep_on = _queries.run("keep_on")
_is_held = _queries.value("is_held", bool)
_let_go = _queries.run("let_go")
_put_outcome = _queries.run("put_outcome")
_finish = _queries.run("finish")
_fail = _queries.run("fail")
_cancel = _queries.run("cancel")
_put_rows = _queries.run("put_rows")
_labels_given = _queries.value("labels_given", list[dict[str, Any]])
_rows_of = _queries.rows("rows_of", DiveRow)
_some_rows = _queries.rows("some_rows", DiveRow)
_flags_of_theme = _queries.values("flags_of_theme", UUID)
_put_seed = _queries.run("put_seed")
_seed_of = _queries.value("seed_of", bytes)

_ROWS_AT_ONCE: Final = 5000


# ---------------------------------------------------------------- asking and looking, by staff
async def put(connection: Connection, asked: AskedDive) -> None:
    """Ask for a run. Roles console and worker."""
    await _put(
        connection, asked.key, asked.number, asked.selection.platform, msgspec.to_builtins(asked.selection),
        msgspec.to_builtins(asked.lines), msgspec.to_builtins(asked.labels), asked.reviewer, asked.follows,
        asked.asked_by, asked.asked_at, msgspec.to_builtins(asked.coder),
    )  # fmt: skip


async def find(connection: Connection, number: str) -> Dive | None:
    """Return a run by its number."""
    return await _find(connection, number)


async def newest_ready(connection: Connection, platform: str) -> Dive | None:
    """Return the newest run of a platform that is ready: the one whose comments are asked about."""
    return await _newest_ready(connection, platform)


async def listed(connection: Connection, platform: str, most: int = 100) -> list[Listed]:
    """List the runs of a platform, the newest first."""
    return await _list(connection, platform, most)


async def under_way(connection: Connection, platform: str) -> int:
    """Count the runs of a platform that wait or are being made."""
    return await _under_way(connection, platform) or 0


async def cancel(connection: Connection, number: str, at: datetime) -> bool:
    """End a run that is not over; False where it is. Role console."""
    return bool(await _cancel(connection, number, at))


async def labels_given(connection: Connection, dive: UUID) -> tuple[Label, ...]:
    """Return the labels that a run was given when it was asked for. Role console."""
    return msgspec.convert(await _labels_given(connection, dive) or [], tuple[Label, ...])


async def rows_of(
    connection: Connection, dive: UUID, after: bytes = b"", most: int = _ROWS_AT_ONCE
) -> list[DiveRow]:
    """List rows of a finished run in the order of the audit, those after a turn."""
    return await _rows_of(connection, dive, after, most)


async def some_rows(connection: Connection, dive: UUID, flags: Sequence[UUID]) -> list[DiveRow]:
    """Return some rows of a finished run; what is not in it is left out."""
    return await _some_rows(connection, dive, list(flags))


async def flags_of_theme(connection: Connection, dive: UUID, theme: str, kind: str, most: int) -> list[UUID]:
    """Return up to `most` flags that a finished run gives to a theme, drawn in the order of the audit."""
    return await _flags_of_theme(connection, dive, theme, kind, most)


# ---------------------------------------------------------------- the work
async def claim(connection: Connection, by: UUID, at: datetime, until: datetime) -> Claimed | None:
    """Take up the run that waits longest, until a moment of the wall clock; None while another one is made. Worker."""
    await _wait_in_line(connection)
    return await _claim(connection, by, at, until)


async def keep_on(
    connection: Connection,
    dive: UUID,
    by: UUID,
    state: DiveState,
    told: tuple[str, int, int],
    until: datetime,
) -> bool:
    """Say the stage, how much of it is done and of how much; False where the run is no longer ours. Role worker."""
    return bool(await _keep_on(connection, dive, by, state.value, *told, until))


async def is_held(connection: Connection, dive: UUID, by: UUID) -> bool:
    """Tell whether a run is still ours: it may be cancelled, or another worker's by now. Role worker."""
    return bool(await _is_held(connection, dive, by))


async def let_go(connection: Connection, dive: UUID, by: UUID) -> None:
    """Give a run back to whoever takes it up next. Role worker."""
    await _let_go(connection, dive, by)


async def put_outcome(connection: Connection, dive: UUID, by: UUID, outcome: Outcome) -> None:
    """Say what came of asking the model that codes too; nothing where the run is no longer ours. Role worker."""
    await _put_outcome(connection, dive, by, msgspec.to_builtins(outcome))


async def finish(connection: Connection, dive: UUID, by: UUID, result: Result, at: datetime) -> bool:
    """Keep what was found, table and rows together; False where the run is no longer ours. Role worker."""
    kept = await _finish(
        connection, dive, by, at, result.table, sha256(result.table).digest(),
        msgspec.to_builtins(result.proposed), list(result.unsure),
    )  # fmt: skip
    if not kept:
        return False
    for start in range(0, len(result.rows), _ROWS_AT_ONCE):
        rows = result.rows[start : start + _ROWS_AT_ONCE]
        await _put_rows(
            connection, dive, [one.flag for one in rows], [one.kind for one in rows],
            [one.language for one in rows], [one.month for one in rows], [one.place for one in rows],
            [one.theme for one in rows], [one.probability for one in rows], [one.second for one in rows],
        )  # fmt: skip
    return True


async def fail(connection: Connection, dive: UUID, by: UUID, why: Failure, at: datetime) -> None:
    """Say why a run ended without a table; nothing where it is no longer ours. Role worker."""
    await _fail(connection, dive, by, at, why.value)


async def seed_of(connection: Connection, platform: str, fresh: bytes) -> bytes:
    """Return what orders a platform's audits; where it has nothing, `fresh` from now on: 32 random bytes. Worker."""
    await _put_seed(connection, platform, fresh)
    return await _seed_of(connection, platform) or fresh
