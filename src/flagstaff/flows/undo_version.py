"""Begin a draft that undoes a version: it goes the way of every draft, and nothing is undone before it is published."""

from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.draft_menu import begin_in, change_in
from flagstaff.flows.house import House
from flagstaff.flows.release_notes import NoSuchVersion
from flagstaff.kernel.errors import Refusal
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import GOAL_METRICS, Draft
from flagstaff.menus.model import Goal, MenuVersion
from flagstaff.menus.undoing import Undoing, undo
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_REVISION: Final = 1


class NothingToUndo(Refusal):
    """The first version has none before it, or the live menus hold nothing of what a version changed."""

    slug = "nothing-to-undo"
    status = 409
    title = "There is nothing to undo"


async def show_undoing(house: House, by: Account, platform: Platform, number: int) -> Undoing:
    """Return what would undo a version now; raises NoSuchVersion, NothingPublished, Forbidden."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    return await _undoing(house, platform, _version(house, platform, number))


async def undo_version(house: House, by: Account, platform: Platform, number: int, title: str) -> UUID:
    """Begin a draft that undoes a version and return its key; raises NothingToUndo, NoSuchVersion, Forbidden.

    Its goal is the version's own where that is still measured: what was meant to move shall move by other means. Why
    it is undone has to be written before it can be proposed.
    """
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    version = _version(house, platform, number)
    found = await _undoing(house, platform, version)
    if not found.operations:
        what = f"the live menus hold nothing that version {number} changed"
        raise NothingToUndo(what, where="version", mend="see what changed since")

    def undone(draft: Draft) -> Draft:
        return msgspec.structs.replace(draft, operations=found.operations, goal=_goal(version))

    async with house.database.transaction(Role.CONSOLE) as connection:
        key = await begin_in(house, connection, by, platform, title)
        await change_in(house, connection, by, key, _REVISION, undone)
    return key


async def _undoing(house: House, platform: Platform, version: MenuVersion) -> Undoing:
    before = house.policy.menus_version(platform, version.number - 1)
    if before is None:
        return Undoing((), ())
    async with house.database.reading(Role.CONSOLE) as connection:
        edges = await menus.lineage(connection, platform)
    return undo(version, before, house.policy.menus(platform), edges)


def _version(house: House, platform: Platform, number: int) -> MenuVersion:
    version = house.policy.menus_version(platform, number)
    if version is None:
        msg = f"version {number} of the menus was never published"
        raise NoSuchVersion(msg, where="version", mend="see the list")
    return version


def _goal(version: MenuVersion) -> Goal | None:
    if version.goal is None or version.goal.primary not in GOAL_METRICS:
        return None
    watch = tuple(one for one in version.goal.watch if one in GOAL_METRICS)
    return msgspec.structs.replace(version.goal, watch=watch)
