"""Begin a draft that merges two options which the figures suggest might be one; whoever reads it decides."""

from uuid import UUID

import msgspec

from flagstaff.flows.draft_menu import begin_in, change_in, with_operations
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Refusal
from flagstaff.menus.drafts import Merge
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform


class CannotJoin(Refusal):
    """Two options cannot be one: they stand on different menus, are not live, or one of them stays for good."""

    slug = "cannot-join"
    status = 422
    title = "These options cannot be joined"


class Joined(msgspec.Struct, frozen=True):
    """Which option would go into which; `why` is for readers of the release note."""

    option: str
    into: str
    why: str


async def join_options(house: House, by: Account, platform: Platform, wanted: Joined, title: str) -> UUID:
    """Begin a draft with one merge in it and return its key; raises CannotJoin, NothingPublished, Forbidden."""
    live = house.policy.menus(platform)
    goes, stays = (live.option_by_key.get(key) for key in (wanted.option, wanted.into))
    if goes is None or stays is None or goes == stays or goes.subject != stays.subject:
        what = "only two live options of one menu can be joined"
        raise CannotJoin(what, where="into", mend="load the page again; the menus may have changed")
    if goes.permanent or live.rules.last in {goes.reason, stays.reason}:
        what = f"{wanted.option!r} stays for good" if goes.permanent else "nothing is joined with Other"
        raise CannotJoin(what, where="option", mend="reword it instead")
    merge = Merge(sources=(wanted.option,), into=wanted.into, why=wanted.why)
    async with house.database.transaction(Role.CONSOLE) as connection:
        key = await begin_in(house, connection, by, platform, title)
        await change_in(house, connection, by, key, 1, lambda draft: with_operations(draft, [merge]))
    return key
