"""Lay before a reviewer what a run asks next: a few comments, why they are asked, how far the audit reaches.

The comments are opened after a committed line of the log says so, and kept nowhere.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.change_codebook import Kept, made_from, read_codebook
from flagstaff.flows.house import House
from flagstaff.flows.show_dive import show_dive
from flagstaff.flows.show_examples import open_comments
from flagstaff.insight import dives, labels
from flagstaff.insight.auditing import Answered, Desk, Placed, Stack, Widest, desk_of, widest_of
from flagstaff.insight.codebook import ANSWERS, Deed, may_take_back
from flagstaff.insight.dive import Drawn, Label
from flagstaff.insight.dives import Dive, DiveRow, DiveState
from flagstaff.kernel.errors import Conflict
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

HANDFUL: Final = 8
"""Comments that are opened at once: what a reviewer answers in half a minute."""
FARTHEST: Final = 400
"""How far ahead somebody may read on without answering."""


class DiveNotReady(Conflict):
    """A run asks about its comments once it has counted them."""

    slug = "dive-not-ready"
    title = "This deep dive is not ready"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One comment as it is asked. `words`: None where they cannot be opened any more.

    `guess`: what the coder says, "" where it says nothing that can be answered. `former`: what this reviewer said
    before the codebook changed.
    """

    row: UUID
    words: str | None
    kind: str
    language: str
    month: date
    guess: str
    probability: float
    former: str


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """What lies before one reviewer. `of`: comments of the run. `widest`: by the audit alone, at its last look.

    `reopened`: comments drawn at random that they answered with a theme that was split or given up since: asked again.
    `last`: the change of the codebook that they may take back.
    """

    dive: Dive
    kept: Kept
    desk: Desk
    stack: Stack
    shown: tuple[Shown, ...]
    of: int
    widest: Widest | None
    skip: int
    reopened: int
    last: Deed | None


async def lay_out(house: House, by: Account, number: str, stack: Stack, skip: int = 0) -> Laid:
    """Return the next comments of a stack, `skip` of them left for later.

    Raises DiveNotReady, NoSuchDive, Forbidden without the right to a deep dive, Unavailable.
    """
    dive = await ready_dive(house, by, number)
    skip = min(max(skip, 0), FARTHEST)
    known = await _known(house, by, dive)
    desk = await _desk(house, by, dive, known, skip + HANDFUL)
    flags = await _readable(house, desk.stacks[stack], skip + HANDFUL)
    shown = await _show(house, by, dive, known.kept, flags[skip:], known.mine)
    table = dive.table
    of = table.of - table.gone if table else 0
    said = [known.mine[row].theme for row in desk.audited[: desk.look]]
    return Laid(
        dive=dive, kept=known.kept, desk=desk, stack=stack, shown=shown, of=of, widest=widest_of(said, of), skip=skip,
        reopened=known.reopened, last=known.last,
    )  # fmt: skip


async def turn_of(house: House, by: Account, number: str, stack: Stack, row: UUID) -> int:
    """Return how many comments of a stack are asked before this one; no word of any is opened.

    0 where it is not asked there, or farther away than anybody reads on. Raises as `lay_out`.
    """
    dive = await ready_dive(house, by, number)
    desk = await _desk(house, by, dive, await _known(house, by, dive), FARTHEST)
    flags = await _readable(house, desk.stacks[stack], FARTHEST)
    return flags.index(row) if row in flags else 0


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered of one run: by all, and by the one who is asked now."""

    kept: Kept
    answers: list[Answered]
    mine: dict[UUID, Label]
    reopened: int
    last: Deed | None


async def _known(house: House, by: Account, dive: Dive) -> _Known:
    async with house.database.reading(Role.CONSOLE) as connection:
        kept = await read_codebook(connection, dive.platform)
        rows = {one.row for one in (*kept.said, *kept.lost)}
        places = {one.flag: one.place for one in await dives.some_rows(connection, dive.key, list(rows))}
        history = await labels.history_of(connection, dive.platform)
    last = may_take_back(by.key, ((one.change, one.by) for one in history), (*kept.said, *kept.lost))
    answers = [Answered(one, places[one.row]) for one in kept.said if one.row in places]
    return _Known(
        kept=kept, answers=answers, last=last,
        mine={one.label.row: one.label for one in answers if one.label.reviewer == by.key},
        reopened=sum(
            one.reviewer == by.key and one.drawn is Drawn.RANDOM and one.row in places for one in kept.lost
        ),
    )  # fmt: skip


async def _desk(house: House, by: Account, dive: Dive, known: _Known, wanted: int) -> Desk:
    rows = await _first_rows(house, dive, set(known.mine), wanted)
    placed = [Placed(one.flag, one.place) for one in rows]
    return desk_of(placed, known.answers, dive.unsure or (), by.key)


async def ready_dive(house: House, by: Account, number: str) -> Dive:
    """Return a run that asks; raises as `lay_out`."""
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    if dive.state is not DiveState.READY:
        what = "its comments are asked about once it is ready"
        raise DiveNotReady(what, where="number", mend="wait until it is, or ask for another one")
    return dive


async def _first_rows(house: House, dive: Dive, mine: set[UUID], wanted: int) -> list[DiveRow]:
    """Return rows in the order of the audit, as far as the next ones to ask; what was erased since is left out."""
    most = len(mine) + 3 * wanted
    while True:
        async with house.database.reading(Role.CONSOLE) as connection:
            rows = await dives.rows_of(connection, dive.key, b"", most)
        new = [one.flag for one in rows if one.flag not in mine]
        readable = set(await _readable(house, new, len(new)))
        if len(readable) >= wanted or len(rows) < most:
            return [one for one in rows if one.flag in mine or one.flag in readable]
        most *= 2


async def _readable(house: House, flags: Sequence[UUID], wanted: int) -> list[UUID]:
    """Return the first flags whose comments still stand."""
    found: list[UUID] = []
    for start in range(0, len(flags), 200):
        if len(found) >= wanted:
            break
        some = flags[start : start + 200]
        async with house.database.reading(Role.ANALYST) as connection:
            there = {one.flag for one in await opening.comments_among(connection, some) if one.ref}
        found += [one for one in some if one in there]
    return found[:wanted]


async def _show(
    house: House, by: Account, dive: Dive, kept: Kept, flags: Sequence[UUID], mine: dict[UUID, Label]
) -> tuple[Shown, ...]:
    if not flags:
        return ()
    said = await open_comments(house, by, dive, flags, "dive.comments_shown")
    async with house.database.reading(Role.CONSOLE) as connection:
        rows = {one.flag: one for one in await dives.some_rows(connection, dive.key, flags)}
    lines = {one.key for one in dive.lines} or made_from(kept.changes, dive.number)
    can_be = {*ANSWERS, *(one.key for one in kept.book.live)}

    def guess(row: DiveRow) -> str:
        key = row.theme if row.theme in ANSWERS or isinstance(lines, set) else lines.get(row.theme, "")
        return key if key in can_be else ""

    return tuple(
        Shown(
            row=flag, words=said.get(flag), kind=row.kind, language=row.language, month=row.month,
            guess=guess(row), probability=row.probability, former=mine[flag].theme if flag in mine else "",
        )
        for flag in flags if (row := rows.get(flag))
    )  # fmt: skip
