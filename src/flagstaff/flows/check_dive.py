"""Make a run that is ready again from what is kept, and say whether its table is what was stored.

The comments it counted are opened once more, a hundred at a time and after a committed line of the log says so; nothing
of what is made is kept. Comments that were erased since cannot be read, so that such a run cannot come out the same.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
import structlog

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.corpus.apart import Begin, Done, Far, Given, Read, Refused, RowsFound, apart
from flagstaff.flows.export_dive import NoTableYet
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record, opener_of
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight import dives
from flagstaff.insight.checking import DIGEST, Difference, differences
from flagstaff.insight.dive import Table
from flagstaff.insight.dives import Dive, DiveRow, DiveState
from flagstaff.insight.prompting import asked_of
from flagstaff.kernel.errors import Unavailable
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import answers as kept_answers, opening
from flagstaff.vault.model import Comment, Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_log = structlog.get_logger()
_BATCH: Final = 100
_LISTENS: Final = 0.5

Tell = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


class Verdict(StrEnum):
    """Say what came of it: the same bytes, another table, or none because comments are gone."""

    SAME = "same"
    DIFFERS = "differs"
    GONE = "gone"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is worth today. `gone`: comments it counted that cannot be read any more, of `read`."""

    verdict: Verdict
    gone: int
    read: int
    differences: tuple[Difference, ...]


async def check_dive(house: House, by: Account, number: str, tell: Tell) -> Checked:
    """Make a run again and compare; raises NoTableYet, NoSuchDive, Forbidden, Unavailable."""
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    if dive.state is not DiveState.READY:
        raise NoTableYet(f"it is {dive.state}", where="number", mend="wait until it is ready")
    opener_of(house)
    rows = await _rows(house, dive)
    gone = await _gone(house, rows)
    altered, table = _stored(dive)
    if gone or table is None:
        verdict = Verdict.DIFFERS if altered else Verdict.GONE
        return Checked(verdict=verdict, gone=gone, read=len(rows), differences=altered)
    entry = Entry(
        house.ids.key(), house.now, "dive.checked", by.actor, f"dive:{dive.key}", dive.platform,
        {"run": dive.number, "comments": len(rows)},
    )  # fmt: skip
    async with house.database.transaction(Role.CONSOLE) as connection:
        await audit.record(connection, [entry])
    made, found = await _made(house, by, dive, rows, table, tell)
    differ = (*altered, *_compared(dive, rows, table, made, found))
    verdict = Verdict.DIFFERS if differ else Verdict.SAME
    return Checked(verdict=verdict, gone=0, read=len(rows), differences=differ)


async def _rows(house: House, dive: Dive) -> list[DiveRow]:
    rows: list[DiveRow] = []
    while True:
        async with house.database.reading(Role.CONSOLE) as connection:
            page = await dives.rows_of(connection, dive.key, rows[-1].place if rows else b"")
        if not page:
            return rows
        rows += page


async def _gone(house: House, rows: Sequence[DiveRow]) -> int:
    there = 0
    for start in range(0, len(rows), 1000):
        flags = [one.flag for one in rows[start : start + 1000]]
        async with house.database.reading(Role.ANALYST) as connection:
            there += sum(one.ref is not None for one in await opening.comments_among(connection, flags))
    return len(rows) - there


def _stored(dive: Dive) -> tuple[tuple[Difference, ...], Table | None]:
    """Return the stored table, with what tells that it was changed since; None where it is none any more."""
    kept, now = (dive.digest or b"").hex(), sha256(dive.result or b"").hexdigest()
    altered = () if kept == now else (Difference(DIGEST, kept, now),)
    try:
        return altered, dive.table
    except msgspec.MsgspecError:
        return altered or (Difference(DIGEST, kept, ""),), None


async def _made(
    house: House, by: Account, dive: Dive, rows: Sequence[DiveRow], table: Table, tell: Tell
) -> tuple[Done, dict[UUID, tuple[str, str]]]:
    """Make the run again in a process that holds nothing; return what it told, and the themes of each comment."""
    async with house.database.reading(Role.CONSOLE) as connection:
        labels = await dives.labels_given(connection, dive.key)
    async with apart() as process:
        model = await process.ready(_LISTENS)
        answers: dict[UUID, str] = {}
        for start in range(0, len(rows), _BATCH):
            tell("read", start, len(rows))
            batch = rows[start : start + _BATCH]
            comments = await _open(house, by, dive, batch, model)
            answers |= await _answered(house, dive, comments)
            await process.give(Read(_given(batch, comments)))
        begin = Begin(
            lines=dive.lines, labels=labels, gone=table.gone, language=dive.selection.language,
            coder=dive.coder if answers else None, answers=answers,
        )  # fmt: skip
        await process.give(begin)
        found: dict[UUID, tuple[str, str]] = {}
        while not isinstance(told := await process.told(_LISTENS), Done):
            if isinstance(told, Refused):
                _log.warning(
                    "a deep dive broke", error=told.error or told.why, file=told.file, line=told.line
                )
                what = "it could not be made again"
                raise Unavailable(what, where="number", mend="see the log, and try again")
            if isinstance(told, RowsFound):
                found |= {one.row: (one.theme, one.second) for one in told.rows}
            elif isinstance(told, Far):
                tell(told.stage, told.done, told.total)
    return told, found


async def _open(house: House, by: Account, dive: Dive, batch: Sequence[DiveRow], model: str) -> list[Comment]:
    async with house.database.reading(Role.ANALYST) as connection:
        among = await opening.comments_among(connection, [one.flag for one in batch])
    refs = [one.ref for one in among if one.ref is not None]
    if not refs:
        return []
    asking = asked_by(house, by, Purpose.CHECK, refs, f"check of deep dive {dive.number}", dive.key)
    return await open_on_record(house, Role.ANALYST, asking, partial(opening.comments_for_check, model=model))


async def _answered(house: House, dive: Dive, comments: Sequence[Comment]) -> dict[UUID, str]:
    """Return what the model said that coded this run too: its answers are kept, and it is not asked again."""
    if dive.coder is None:
        return {}
    flags = {one.ref: one.flag for one in comments}
    async with house.database.reading(Role.ANALYST) as connection:
        known = await kept_answers.known(connection, asked_of(dive.coder, dive.lines), list(flags), dive.key)
    return {flags[ref]: theme for ref, theme in known.items()}


def _given(batch: Sequence[DiveRow], comments: Sequence[Comment]) -> tuple[Given, ...]:
    rows = {one.flag: one for one in batch}
    return tuple(
        Given(
            one.flag, rows[one.flag].kind, rows[one.flag].month, one.person, rows[one.flag].place, one.text,
            one.vector or b"",
        )
        for one in comments
    )  # fmt: skip


def _compared(
    dive: Dive, rows: Sequence[DiveRow], table: Table, made: Done, found: dict[UUID, tuple[str, str]]
) -> tuple[Difference, ...]:
    now = msgspec.json.decode(made.table, type=Table)
    differ = list(differences(table, now))
    moved = sum(found.get(one.flag) != (one.theme, one.second) for one in rows)
    if moved:
        differ.append(Difference("comments with another theme", "0", str(moved)))
    if made.proposed != dive.proposals:
        differ.append(Difference("proposed lines", str(len(dive.proposals)), str(len(made.proposed))))
    digest = sha256(made.table).hexdigest()
    if not differ and digest != sha256(dive.result or b"").hexdigest():
        differ.append(Difference(DIGEST, sha256(dive.result or b"").hexdigest(), digest))
    return tuple(differ)
