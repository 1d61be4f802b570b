"""Give a draft that came second back to its author, applied to what was published first."""

from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.flows.draft_menu import entry_of
from flagstaff.flows.house import House
from flagstaff.guidelines import storage as guidelines_storage
from flagstaff.kernel.errors import Conflict
from flagstaff.menus import storage as menus
from flagstaff.menus.model import OptionChange
from flagstaff.menus.rules import differences, once_offered
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


class Overtaken(Conflict):
    """Another version was published first; a draft behind this one is open again, applied to what is live now."""

    slug = "version-overtaken"
    title = "Another version was published first"


async def reapply_draft(house: House, by: Account, proposal: UUID, base: int) -> Overtaken | None:
    """Open the draft behind a proposal again and say what changed since `base`; None where files were proposed.

    What the second person read is no longer what would be published, so it is proposed and read once more.
    """
    await house.policy.refresh()
    async with house.database.transaction(Role.CONSOLE) as connection:
        kept = await menus.draft_behind(connection, proposal)
        if kept is None or kept.state != "proposed":
            return None
        live, before = house.policy.menus(kept.platform), house.policy.menus_version(kept.platform, base)
        words = f"version {live.number} was published first"
        await guidelines_storage.answer_proposal(connection, proposal, "refused", by.key, words, house.now)
        await menus.change_draft(
            connection, kept.key, msgspec.structs.replace(kept.draft, base=live.number), house.now
        )
        await menus.move_draft(connection, kept.key, "open", house.now, proposal=proposal)
        await audit.record(connection, [entry_of(house, by, "draft.reapplied", kept.platform, kept.key)])
    once = once_offered(one for one in house.policy.menus_history(kept.platform) if one.number <= base)
    changes = differences(before, live, once) if before else ()
    return Overtaken(
        f"{words}: {in_words(changes)}",
        where="version",
        mend=f"the draft was applied to version {live.number}; read it again and propose it",
        live_version=live.number,
        draft=str(kept.key),
        changed=[{"option": one.option, "change": one.change} for one in changes],
    )


def in_words(changes: tuple[OptionChange, ...]) -> str:
    """Say in one sentence what became of which options."""
    return ", ".join(dict.fromkeys(f"{one.option} {one.change}" for one in changes)) or "no option changed"
