"""Keep how far each file was read, which rows came in, and which closed cases stand for past ones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from flagstaff.imports.model import RowKind
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import Verdict

ROW_IS_WRONG: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What the database raises where a row is to blame and not the moment."""


class SomebodyElseReads(FlagstaffError):
    """Two imports read the same file at the same time."""

    slug = "import-under-way"
    title = "This file is being imported already"


class Run(msgspec.Struct, frozen=True):
    """How far one file was read under one mapping; `sums` holds taken, there before and rejected per kind."""

    key: UUID
    reached: int
    line: int
    sums: Mapping[str, tuple[int, int, int]]
    rejects_length: int
    reasons_length: int
    started_at: datetime
    finished_at: datetime | None = None


class _Known(msgspec.Struct, frozen=True):
    identity: UUID
    content: UUID


class PastCase(msgspec.Struct, frozen=True):
    """The closed case that stands for a past one, with its imported decision where there is one."""

    subject: UUID
    name: UUID
    case: UUID
    decision: UUID | None = None
    verdict: Verdict | None = None


_queries = Queries(__package__)
_find_run = _queries.row("find_run", Run)
_begin_run = _queries.run("begin_run")
_advance = _queries.run("advance")
_finish_run = _queries.run("finish_run")
_known = _queries.rows("known", _Known)
_take = _queries.values("take", UUID)
_past_cases = _queries.rows("past_cases", PastCase)
_put_past_cases = _queries.run("put_past_cases")


async def find_run(connection: Connection, key: UUID) -> Run | None:
    """Return how far a file was read; None where it never was."""
    return await _find_run(connection, key)


async def begin(connection: Connection, run: Run, platform: str, rows: RowKind) -> None:
    """Begin to read a file from its first row."""
    await _begin_run(connection, run.key, platform, rows.value, run.reached, run.line, run.started_at)


async def advance(connection: Connection, before: Run, after: Run) -> None:
    """Note how far the file was read, in the transaction that keeps its rows; raises SomebodyElseReads."""
    moved = await _advance(
        connection,
        before.key,
        before.reached,
        after.reached,
        after.line,
        msgspec.to_builtins(after.sums),
        after.rejects_length,
        after.reasons_length,
    )
    if moved != 1:
        what = "another import of the same file is under way, or went past this point"
        raise SomebodyElseReads(what, where="import", mend="let that one end; nothing came in twice")


async def finish(connection: Connection, run: Run, at: datetime) -> None:
    """Note that the file was read to its end."""
    await _finish_run(connection, run.key, at)


async def known(connection: Connection, identities: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the contents of those rows that came in before."""
    return {row.identity: row.content for row in await _known(connection, list(identities))}


async def take(connection: Connection, rows: Mapping[UUID, UUID]) -> set[UUID]:
    """Note that rows (identity and content) come in; returns those that had not before."""
    return set(await _take(connection, list(rows), list(rows.values())))


async def past_cases(
    connection: Connection, names: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], PastCase]:
    """Return the closed cases of subjects by the names of their past cases."""
    rows = await _past_cases(connection, [one for one, _ in names], [one for _, one in names])
    return {(row.subject, row.name): row for row in rows}


async def put_past_cases(connection: Connection, cases: Sequence[PastCase]) -> None:
    """Remember which closed cases stand for past ones."""
    if cases:
        await _put_past_cases(
            connection,
            [one.subject for one in cases],
            [one.name for one in cases],
            [one.case for one in cases],
        )
