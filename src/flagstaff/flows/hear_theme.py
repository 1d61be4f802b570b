"""Say how many of a theme's comments a live option would have caught: what people did not find is not missing.

Comments are opened fifty at a time after a committed line of the log says so, run through the hints that reporters get
while they write, and forgotten. Nothing is kept. A menu whose comments are not told alone is not counted alone; of one
to four comments nothing is told, nor by the sum: where so few are left over, the largest count is told from below.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.know_theme import shelf_of
from flagstaff.flows.show_dive import show_dive, theme_of
from flagstaff.flows.show_examples import TooFewPersons, menu_of, open_comments
from flagstaff.insight import dives
from flagstaff.insight.cells import FEWEST, REST, told_of
from flagstaff.menus.hints import propose
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

AT_ONCE: Final = 200
"""Comments of one theme that are read, in the order of the audit, which is at random."""
_BATCH: Final = 50


class HeardTheme(msgspec.Struct, frozen=True, kw_only=True):
    """How many comments of a theme on one menu were read, and to how many each live option would have come first.

    `read`: 0 where fewer than five can be read any more. `from_below`: the option whose count is the least it can be.
    """

    kind: str
    read: int
    proposed: dict[str, int]
    from_below: str = ""


async def hear_theme(house: House, by: Account, number: str, theme: str, kind: str) -> HeardTheme:
    """Return how many of a theme's comments on one menu each of its live options would have been proposed to first.

    Raises TooFewPersons, NoSuchDive, NoSuchTheme, UnknownKind, Forbidden, Unavailable where this process cannot open.
    """
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    row, _ = theme_of(dive, theme)
    menu_of(house, dive, kind)
    if row.persons is None:
        what = "fewer than five persons wrote about this"
        raise TooFewPersons(what, where="theme", mend="read the themes of more persons")
    flags: list[UUID] = []
    if kind != REST and kind in told_of(row).kinds:
        async with house.database.reading(Role.CONSOLE) as connection:
            flags = await dives.flags_of_theme(connection, dive.key, row.key, kind, AT_ONCE)
    if len(flags) < FEWEST:
        what = "too few comments of this theme on this menu to count them alone"
        raise TooFewPersons(what, where="kind", mend="choose a menu whose comments the page tells")
    index = shelf_of(house, dive.platform).live_index(kind)
    counts: Counter[str] = Counter()
    read = 0
    for batch in batches_of(flags) if index else ():
        said = await open_comments(house, by, dive, batch, "dive.theme_heard", row.key)
        for text in said.values():
            await asyncio.sleep(0)
            first = next((one.option.key for one in propose(index, text)), None) if index else None
            counts.update([first] if first else [])
        read += len(said)
    return told_as(kind, read, counts)


def batches_of(flags: Sequence[UUID]) -> list[Sequence[UUID]]:
    """Return flags in batches of much the same size: the log names each, and none of fewer than five."""
    parts = -(-len(flags) // _BATCH)
    ends = [len(flags) * part // parts for part in range(parts + 1)]
    return [flags[start:end] for start, end in pairwise(ends)]


def told_as(kind: str, read: int, counts: Mapping[str, int]) -> HeardTheme:
    """Return what is told of the comments read and of those each option came first for: of one to four, nothing.

    Where so few are left over that the sum would tell them, the largest count is told as the least that it can be;
    and no count where the others, and that it is the largest, would still say what it is.
    """
    if read < FEWEST:
        return HeardTheme(kind=kind, read=0, proposed={})
    told = {key: count for key, count in sorted(counts.items()) if count >= FEWEST}
    left = read - sum(told.values())
    if not told or not 0 < left < FEWEST:
        return HeardTheme(kind=kind, read=read, proposed=told)
    *others, largest = sorted(told, key=lambda one: told[one])
    least = told[largest] + left - (FEWEST - 1)
    known = max([FEWEST, *(told[one] for one in others)])
    if known > least + 1:
        return HeardTheme(kind=kind, read=read, proposed={})
    return HeardTheme(kind=kind, read=read, proposed=told | {largest: least}, from_below=largest)
