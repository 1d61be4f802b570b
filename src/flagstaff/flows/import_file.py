"""Import a file of history: a transaction per batch, on from where it was cut off, and never a row twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.import_past import ACTOR, keep_persons, keep_subjects, keep_verdicts
from flagstaff.flows.import_past_flags import keep_past_flags
from flagstaff.flows.import_policy import Options
from flagstaff.flows.import_rows import Row, RowReader, Sorted, sort_out
from flagstaff.imports import storage as imports
from flagstaff.imports.files import Source
from flagstaff.imports.model import Content, Fault, PastFlag, PastPerson, PastVerdict, Plan, Record
from flagstaff.imports.plan import read_plan
from flagstaff.imports.rejects import Rejects
from flagstaff.imports.storage import Run
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role

_ROWS: Final = 500
_BYTES: Final = 4 << 20
"""Rows and bytes of one transaction: what a kill throws away, and what memory holds."""
_KINDS: Final = 50
_REST: Final = "?"
_NONE: Final = (0, 0, 0)

Sum = tuple[int, int, int]


class Wanted(msgspec.Struct, frozen=True):
    """What to import: the file, its mapping, and where rejects go (None: beside the file)."""

    file: Path
    mapping: Path
    rejects: Path | None = None
    check: bool = False


class Reached(msgspec.Struct, frozen=True):
    """What whoever watches is told after each batch: bytes of the file, rows so far, what was turned down in it."""

    size: int
    reached: int
    rows: int
    down: Sequence[tuple[int, Fault]]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file: per kind the rows taken, there before, and rejected.

    `resumed_at`: the line at which a run that was cut off went on. `strange`: options that no menu of this house had,
    with how often each came, of this run alone.
    """

    rows: str
    sums: Mapping[str, Sum]
    resumed_at: int | None
    rejects: Path | None
    reasons: Path | None
    strange: Mapping[str, int]

    @property
    def total(self) -> Sum:
        """Return the sums over all kinds."""
        return _added(self.sums.values())


class NoSuchPlatform(FlagstaffError):
    """The mapping names a platform that this house does not serve."""

    slug = "unknown-import-platform"
    title = "There is no such platform"


async def import_file(house: House, wanted: Wanted, tell: Callable[[Reached], None]) -> Summary:
    """Import what `wanted` names and return the sums; with `check` everything is read and nothing written.

    Raises an error for what no row could mend; rows that were committed until then stay, and the same call goes on.
    """
    plan = read_plan(wanted.mapping, wanted.file)
    if plan.platform not in {host.key for host in house.policy.hosts()}:
        known = ", ".join(host.key for host in house.policy.hosts()) or "none yet: flagstaff platform add"
        what = f"this house serves no platform {plan.platform!r}"
        raise NoSuchPlatform(what, where=f"{wanted.mapping}: platform", mend=f"it serves {known}")
    reader = RowReader(house, plan)
    with Source(wanted.file, plan) as source:
        rejects = Rejects(source, wanted.rejects or _beside(wanted.file))
        fresh = Run(
            reader.run_key(source.fingerprint()), source.rows_begin, source.first_line, {}, 0, 0, house.now
        )
        run = fresh if wanted.check else await _begin(house, plan, fresh, rejects)
        work = _Work(house, plan, reader, run, rejects)
        try:
            for records, reached, line in _batches(source, run.reached, run.line):
                down = await work.take(records, reached, line, check=wanted.check)
                rows = sum(_added(work.run.sums.values()))
                tell(Reached(source.size, reached, rows, [(row.record.line, fault) for row, fault in down]))
            if not wanted.check:
                await work.finish()
        finally:
            work.rejects.close()
    return work.summary(resumed_at=run.line if run.reached > fresh.reached else None)


async def _begin(house: House, plan: Plan, fresh: Run, rejects: Rejects) -> Run:
    """Go on where an earlier run was cut off, or begin; the files of rejects follow."""
    async with house.database.transaction(Role.IMPORTER) as connection:
        found = await imports.find_run(connection, fresh.key)
        if found is not None and found.finished_at is None:
            rejects.back_to(found.rejects_length, found.reasons_length)
            return found
        rejects.refuse_strangers()
        await imports.begin(connection, fresh, plan.platform, plan.rows)
    return fresh


def _batches(source: Source, offset: int, line: int) -> Iterator[tuple[list[Record], int, int]]:
    """Yield the rows of one transaction after the other, with the place behind the last of them."""
    batch: list[Record] = []
    size = 0
    for record in source.records(offset, line):
        batch.append(record)
        size += record.end - record.start if record.fault is None else 0
        if len(batch) >= _ROWS or size >= _BYTES:
            yield batch, *source.where()
            batch, size = [], 0
    if batch:
        yield batch, *source.where()


class _Work:
    """One file under way: what it came to, committed batch by batch."""

    def __init__(self, house: House, plan: Plan, reader: RowReader, run: Run, rejects: Rejects) -> None:
        self.house, self.plan, self.reader, self.run, self.rejects = house, plan, reader, run, rejects
        self.options = Options(house.policy, plan.platform)
        self.strange: Counter[str] = Counter()

    async def take(
        self, records: Sequence[Record], reached: int, line: int, *, check: bool
    ) -> list[tuple[Row, Fault]]:
        """Take a batch in, or only look at it; returns what was turned down of it."""
        rows = [self.reader.read(record) for record in records]
        if check:
            async with self.house.database.reading(Role.IMPORTER) as connection:
                found = await sort_out(connection, rows, take=False)
            self.run = self._after(found, reached, line)
            self._note_strange(found.fresh)
            return found.down
        return await self._commit(rows, reached, line)

    async def _commit(self, rows: Sequence[Row], reached: int, line: int) -> list[tuple[Row, Fault]]:
        """Keep rows and progress in one transaction; where a row breaks it, halve until that row stands alone."""
        try:
            async with self.house.database.transaction(Role.IMPORTER) as connection:
                found = await sort_out(connection, rows, take=True)
                await self._keep(connection, found.fresh)
                after = self._after(found, reached, line)
                if found.down:
                    lengths = self.rejects.write([(row.record, fault) for row, fault in found.down])
                    after = msgspec.structs.replace(
                        after, rejects_length=lengths[0], reasons_length=lengths[1]
                    )
                await imports.advance(connection, self.run, after)
        except imports.ROW_IS_WRONG:
            self.rejects.back_to(self.run.rejects_length, self.run.reasons_length)
            if len(rows) == 1:
                return await self._commit([_refused(rows[0])], reached, line)
            half = len(rows) // 2
            between = rows[half].record
            down = await self._commit(rows[:half], between.start, between.line)
            return down + await self._commit(rows[half:], reached, line)
        self.run = after
        self._note_strange(found.fresh)
        return found.down

    async def _keep(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Keep rows by what they are; a file holds one kind."""
        if not rows:
            return
        house, platform = self.house, self.plan.platform
        past = [(row.past, row.identity) for row in rows]
        await keep_subjects(house, connection, platform, [one for one, _ in past if isinstance(one, Content)])
        await keep_persons(
            house, connection, platform, [one for one, _ in past if isinstance(one, PastPerson)]
        )
        verdicts = [(one, row) for one, row in past if isinstance(one, PastVerdict)]
        await keep_verdicts(house, connection, platform, verdicts)
        flags = [(one, self.options.chosen(one)) for one, _ in past if isinstance(one, PastFlag)]
        await keep_past_flags(house, connection, platform, flags)
        entry = Entry(
            house.ids.key(),
            house.now,
            f"{self.plan.rows.value}.imported",
            ACTOR,
            f"platform:{platform}",
            platform,
            {"count": len(rows)},
        )
        await audit.record(connection, [entry])

    def _note_strange(self, rows: Sequence[Row]) -> None:
        """Count options that no menu here had; after the commit, for a batch that breaks is tried again in halves."""
        flags = [row.past for row in rows]
        chosen = [self.options.chosen(one) for one in flags if isinstance(one, PastFlag)]
        self.strange.update(str(one.choice.option) for one in chosen if not one.on_menu)

    def _after(self, found: Sorted, reached: int, line: int) -> Run:
        sums = dict(self.run.sums)
        down = [row for row, _ in found.down]
        for rows, counted in ((found.fresh, (1, 0, 0)), (found.there, (0, 1, 0)), (down, (0, 0, 1))):
            for row in rows:
                kind = row.kind if row.kind in sums or len(sums) < _KINDS else _REST
                sums[kind] = _added((sums.get(kind, _NONE), counted))
        return msgspec.structs.replace(self.run, reached=reached, line=line, sums=sums)

    async def finish(self) -> None:
        """Note that the file was read to its end."""
        async with self.house.database.transaction(Role.IMPORTER) as connection:
            await imports.finish(connection, self.run, self.house.now)

    def summary(self, resumed_at: int | None) -> Summary:
        """Return what came of it all."""
        written = self.run.rejects_length > 0
        return Summary(
            rows=self.plan.rows.value,
            sums=self.run.sums,
            resumed_at=resumed_at,
            rejects=self.rejects.path if written else None,
            reasons=self.rejects.reasons if written else None,
            strange=dict(self.strange.most_common()),
        )


def _refused(row: Row) -> Row:
    fault = Fault(
        "", "the database refuses this row", "compare it with a row that came in; if it is sound, report it"
    )
    return msgspec.structs.replace(row, read=fault)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.stem}.rejects{file.suffix}")


def _added(sums: Iterable[Sum]) -> Sum:
    taken = there = rejected = 0
    for one in sums:
        taken, there, rejected = taken + one[0], there + one[1], rejected + one[2]
    return taken, there, rejected
