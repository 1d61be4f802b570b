"""Say how many of a theme's comments a live option would have caught: what people did not find is not missing.

Comments are opened fifty at a time after a committed line of the log says so, run through the hints that reporters get
while they write, and forgotten. Nothing is kept; one to four are told as too few to tell.
"""

import asyncio
from collections import Counter
from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.know_theme import shelf_of
from flagstaff.flows.show_dive import show_dive, theme_of
from flagstaff.flows.show_examples import TooFewPersons, open_comments
from flagstaff.insight import dives
from flagstaff.menus.hints import propose
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

AT_ONCE: Final = 200
"""Comments of one theme that are read, in the order of the audit, which is at random."""
_BATCH: Final = 50
_TOLD_AT_LEAST: Final = 5


class HeardTheme(msgspec.Struct, frozen=True, kw_only=True):
    """How many comments of a theme on one menu were read, and to how many each live option would have come first."""

    kind: str
    read: int
    proposed: dict[str, int]


async def hear_theme(house: House, by: Account, number: str, theme: str, kind: str) -> HeardTheme:
    """Return how many of a theme's comments on one menu each of its live options would have been proposed to first.

    Raises TooFewPersons, NoSuchDive, NoSuchTheme, Forbidden, Unavailable where this process cannot open.
    """
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    row, _ = theme_of(dive, theme)
    if row.persons is None:
        what = "fewer than five persons wrote about this"
        raise TooFewPersons(what, where="theme", mend="read the themes of more persons")
    async with house.database.reading(Role.CONSOLE) as connection:
        flags = await dives.flags_of_theme(connection, dive.key, row.key, kind, AT_ONCE)
    index = shelf_of(house, dive.platform).live_index(kind)
    counts: Counter[str] = Counter()
    read = 0
    for start in range(0, len(flags) if index else 0, _BATCH):
        said = await open_comments(house, by, dive, flags[start : start + _BATCH], "dive.theme_heard")
        for text in said.values():
            await asyncio.sleep(0)
            first = next((one.option.key for one in propose(index, text)), None) if index else None
            counts.update([first] if first else [])
        read += len(said)
    told = {key: count for key, count in sorted(counts.items()) if count >= _TOLD_AT_LEAST}
    return HeardTheme(kind=kind, read=read, proposed=told)
