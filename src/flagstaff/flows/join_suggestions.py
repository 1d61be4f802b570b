"""Join suggestions by hand where no rule saw that they say the same, and take apart what was joined wrongly."""

from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.answer_suggestion import CannotEndSo, hold_open_group
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.suggest_option import new_group
from flagstaff.kernel.clock import end_of_day
from flagstaff.menus import suggested
from flagstaff.menus.suggestions import Joined, apply, check_reason
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


async def merge_into_group(house: House, by: Account, number: str, into: str, reason: str) -> None:
    """Let suggestions wait for the answer to others; raises CannotEndSo, SuggestionEnded, NoSuchSuggestion.

    Nobody is told: whoever suggested would learn that somebody else did. They hear how the others end.
    """
    said = check_reason(reason)
    async with house.database.transaction(Role.CONSOLE) as connection:
        held = {one: await hold_open_group(connection, by, one) for one in sorted({number, into})}
        group, target = held[number], held[into]
        if number == into or (group.platform, group.kind) != (target.platform, target.kind):
            what = "only other suggestions for the same menu can be joined"
            raise CannotEndSo(what, where="into", mend="choose one of the list")
        members = [one.key for one in await suggested.members(connection, group.key)]
        await suggested.move(connection, members, target.key, Joined.HAND)
        ended = msgspec.structs.replace(
            group, state=apply(group.state, "merge"), reason=said, into_group=target.key, ended_by=by.key,
            ended_at=house.now,
        )  # fmt: skip
        await suggested.end_group(connection, ended)
        entry = Entry(
            house.ids.key(), house.now, "suggestion.joined", by.actor, f"suggestion_group:{group.key}", group.platform,
            {"into": target.number},
        )  # fmt: skip
        await audit.record(connection, [entry])


async def take_apart(house: House, by: Account, number: str, suggestion: UUID) -> str:
    """Let one suggestion wait for an answer of its own and return its new group; raises as `merge_into_group`.

    It keeps its day: being joined wrongly makes nobody wait longer without an alert.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        group = await hold_open_group(connection, by, number)
        members = {one.key: one for one in await suggested.members(connection, group.key)}
        if suggestion not in members or len(members) == 1:
            what = "there is nothing to take apart"
            raise CannotEndSo(what, where="suggestion", mend="load the page again")
        days, zone = house.settings.suggestion_days, zone_of(house, group.platform)
        received = members[suggestion].received_at
        apart = msgspec.structs.replace(
            new_group(house, group.platform, group.kind), due_at=end_of_day(received, days, zone)
        )
        await suggested.open_group(connection, apart)
        await suggested.move(connection, [suggestion], apart.key, Joined.APART)
        entry = Entry(
            house.ids.key(), house.now, "suggestion.taken_apart", by.actor, f"suggestion_group:{group.key}",
            group.platform, {"into": apart.number},
        )  # fmt: skip
        await audit.record(connection, [entry])
    return apart.number
