"""Let old flags under Other be counted for an option that came later: what their words point to is kept as a finding.

The reporter's choice, the label they saw, their answer and their case stay as they are. The words are opened a hundred
at a time after a committed line says so, run through the hints of the version that brought the options in, and
forgotten.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flags import inferring
from flagstaff.flags.inferring import Inferred, Old
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import comments_on_record, opener_of
from flagstaff.flows.release_notes import NoSuchVersion
from flagstaff.kernel.errors import Refusal
from flagstaff.menus.hints import HintIndex, index_of, propose
from flagstaff.menus.model import MenuVersion
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault.model import Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

AT_ONCE: Final = 1000
"""Flags that one go looks at: some three seconds; who asks again goes on where it ended."""
DAYS: Final = 366
_BATCH: Final = 100
_STEP: Final = 10


class NothingBroughtIn(Refusal):
    """This version offers nothing that the one before did not."""

    slug = "nothing-brought-in"
    status = 422
    title = "No option came with this version"


class Pointed(msgspec.Struct, frozen=True):
    """How many old flags under Other point to one option, by its key; `of`: those of its kind that were looked at."""

    option: str
    flags: int
    of: int


class Backfill(msgspec.Struct, frozen=True):
    """What is known of old flags for one version: by option, how many were looked at, and how many are left."""

    version: int
    pointed: tuple[Pointed, ...]
    looked_at: int
    left: int


def brought_in(history: Sequence[MenuVersion], number: int) -> dict[str, tuple[str, ...]]:
    """Return the options of a version that the one before did not offer, by kind; preferences are never a flag."""
    at = next((place for place, one in enumerate(history) if one.number == number), 0)
    if at == 0:
        return {}
    before, after = history[at - 1], history[at]
    found: dict[str, tuple[str, ...]] = {}
    for menu in after.menus:
        new = tuple(one.key for one in (*menu.top, *menu.more) if one.key not in before.option_by_key)
        if new:
            found[menu.subject] = new
    return found


async def show_backfill(house: House, by: Account, platform: Platform, number: int) -> Backfill:
    """Return what was found until now; raises NoSuchVersion."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    _, new = brought_by(house, platform, number)
    async with house.database.reading(Role.CONSOLE) as connection:
        counts = await inferring.counts(connection, platform, number)
        left = await inferring.left(connection, old_flags(house, platform, number), sorted(new)) if new else 0
    of: dict[str, int] = {}
    for one in counts:
        of[one.kind] = of.get(one.kind, 0) + one.flags
    by_option = {one.option: one.flags for one in counts if one.option}
    pointed = [Pointed(key, by_option.get(key, 0), of.get(kind, 0)) for kind in new for key in new[kind]]
    pointed.sort(key=lambda one: (-one.flags, one.option))
    return Backfill(number, tuple(pointed), sum(of.values()), left)


async def infer_options(house: House, by: Account, platform: Platform, number: int) -> Backfill:
    """Look at the next old flags for one version, and return what is known then.

    A flag that has no words, or whose words are erased, points to nothing. Raises Forbidden without the right to a deep
    dive, NoSuchVersion, NothingBroughtIn, Unavailable where this process cannot open.
    """
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    version, new = brought_by(house, platform, number)
    if not new:
        what = f"version {number} offers no option that the one before did not"
        raise NothingBroughtIn(what, where="version", mend="choose a version that added or restored one")
    opener_of(house)
    await _write_down(house, by, platform, number)
    rules = {clause.key: clause.title for clause in house.policy.guidelines(platform).clauses}
    why, room = f"old flags for menu version {number}", AT_ONCE
    for kind in sorted(new):
        async with house.database.reading(Role.CONSOLE) as connection:
            flags = await inferring.waiting(connection, old_flags(house, platform, number), kind, room)
        room -= len(flags)
        index = index_of(version, version.menu_by_kind[kind], rules)
        for start in range(0, len(flags), _BATCH):
            batch = flags[start : start + _BATCH]
            said = await comments_on_record(house, by, Purpose.ESTIMATE, batch, why)
            found = await _pointed(index, frozenset(new[kind]), batch, said)
            async with house.database.transaction(Role.CONSOLE) as connection:
                await inferring.put(connection, found, number, "hints", house.now)
    return await show_backfill(house, by, platform, number)


def brought_by(
    house: House, platform: Platform, number: int
) -> tuple[MenuVersion, dict[str, tuple[str, ...]]]:
    """Return a version with the options that it brought in; raises NoSuchVersion."""
    history = house.policy.menus_history(platform)
    version = next((one for one in history if one.number == number), None)
    if version is None:
        what = f"menu version {number} was never published here"
        raise NoSuchVersion(what, where="version", mend="choose one of the list")
    return version, brought_in(history, number)


def old_flags(house: House, platform: Platform, number: int) -> Old:
    """Say which flags are old for a version: those of a year, sent with a menu before it."""
    return Old(platform, number, (house.now - timedelta(days=DAYS)).date())


async def _write_down(house: House, by: Account, platform: Platform, number: int) -> None:
    entry = Entry(
        house.ids.key(), house.now, "flags.inferred", by.actor, f"menus:{platform}:{number}", platform,
        {"version": number, "most": AT_ONCE},
    )  # fmt: skip
    async with house.database.transaction(Role.CONSOLE) as connection:
        await audit.record(connection, [entry])


async def _pointed(
    index: HintIndex, new: frozenset[str], flags: Sequence[UUID], said: dict[UUID, str]
) -> list[Inferred]:
    found = []
    for place, flag in enumerate(flags):
        if place % _STEP == 0:
            await asyncio.sleep(0)
        first = next((one.option for one in propose(index, said.get(flag, ""))), None)
        points = first is not None and first.key in new
        found.append(Inferred(flag, first.key, first.label) if first and points else Inferred(flag, None, ""))
    return found
