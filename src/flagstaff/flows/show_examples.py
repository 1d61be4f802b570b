"""Open a few redacted comments of a theme for an analyst who asks: asked and committed first, then taken."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import comments_on_record, opener_of
from flagstaff.flows.sent_flag import UnknownKind
from flagstaff.flows.show_dive import show_dive, theme_of
from flagstaff.insight.dives import Dive
from flagstaff.kernel.errors import Refusal
from flagstaff.menus.model import Menu
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault.model import Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

AT_ONCE: Final = 8
"""Comments that are shown of one theme: enough to see what it is about."""
# What a page cannot show: control characters, and marks that would turn the writing of what stands around a comment.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class TooFewPersons(Refusal):
    """A theme is of so few persons that showing its comments would point to them."""

    slug = "too-few-persons"
    status = 422
    title = "Too few persons wrote about this"


class Example(msgspec.Struct, frozen=True):
    """One redacted comment, by the flag it came with."""

    flag: UUID
    words: str


async def show_examples(house: House, by: Account, number: str, theme: str) -> list[Example]:
    """Return the clearest comments of a theme on whichever menu they were written, those erased since left out.

    Raises TooFewPersons, NoSuchDive, NoSuchTheme, Forbidden without the right to a deep dive, Unavailable where this
    process cannot open.
    """
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    row, _ = theme_of(dive, theme)
    if row.persons is None:
        what = "fewer than five persons wrote about this"
        raise TooFewPersons(what, where="theme", mend="read the themes of more persons")
    said = await open_comments(house, by, dive, row.examples[:AT_ONCE], "dive.examples_shown", theme)
    return [Example(flag, said[flag]) for flag in row.examples[:AT_ONCE] if flag in said]


def menu_of(house: House, dive: Dive, kind: str) -> Menu:
    """Return the menu of a kind that the dive's platform has now; raises UnknownKind."""
    menus = house.policy.menus(dive.platform).menu_by_kind
    if kind not in menus:
        what = "this platform has no menu of this kind"
        raise UnknownKind(what, where="kind", mend=f"use one of: {', '.join(sorted(menus))}")
    return menus[kind]


async def open_comments(
    house: House, by: Account, dive: Dive, flags: Sequence[UUID], deed: str, theme: str = ""
) -> dict[UUID, str]:
    """Open redacted comments of a run, or of one theme of it, fifty at most, after a line of the log says so."""
    opener_of(house)
    facts: dict[str, str | int | bool | None] = {"run": dive.number, "comments": len(flags)}
    facts |= {"theme": theme} if theme else {}
    entry = Entry(house.ids.key(), house.now, deed, by.actor, f"dive:{dive.key}", dive.platform, facts)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await audit.record(connection, [entry])
    why = f"comments of {dive.number}"
    said = await comments_on_record(house, by, Purpose.CODING, flags, why, dive.key)
    return {flag: _UNSEEN.sub("", text) for flag, text in said.items()}
