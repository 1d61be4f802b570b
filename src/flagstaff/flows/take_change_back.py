"""Take the newest change of a codebook back, as long as nobody answered anything by it.

Nothing is deleted: one more change says that the one before it counts for nothing. Where comments were answered since,
what they say rests on the change; the way back is then another change, such as bringing a theme back.
"""

from flagstaff.audit import storage as audit
from flagstaff.flows.change_codebook import entry_of
from flagstaff.flows.house import House
from flagstaff.insight import labels
from flagstaff.insight.codebook import Deed, NothingToTakeBack, TakeBack, may_take_back
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def take_change_back(house: House, by: Account, platform: Platform) -> Deed:
    """Take this account's newest change of a codebook back and return it; raises NothingToTakeBack, Forbidden."""
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    house.policy.host(platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await labels.hold_codebook(connection, platform)
        history = await labels.history_of(connection, platform)
        change = may_take_back(
            by.key, ((one.change, one.by) for one in history), await labels.labels_of(connection, platform)
        )
        if change is None:
            what = "the newest change is not yours, or comments were answered since"
            raise NothingToTakeBack(what, where="change", mend="merge, rename or bring a theme back instead")
        back = TakeBack(key=change.key, at=house.now)
        await labels.put_change(connection, house.ids.key(), platform, back, by.key)
        await audit.record(connection, [entry_of(house, by, platform, back)])
    return change
