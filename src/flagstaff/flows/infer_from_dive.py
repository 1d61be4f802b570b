"""Let old flags under Other be counted for an option whose draft rests on a deep dive, by what the run said of each.

No comment is opened: the run read them and gave each to a theme. What the reporter chose stays as it is.
"""

from typing import Final

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flags import inferring
from flagstaff.flags.inferring import Inferred
from flagstaff.flows.house import House
from flagstaff.flows.infer_options import Backfill, NothingBroughtIn, brought_by, old_flags, show_backfill
from flagstaff.insight import dives
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import Add, DraftOperation, Restore
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

AT_ONCE: Final = 20_000
"""Comments of one theme on one menu that are looked at; a platform with more runs its next deep dive later anyway."""
_BATCH: Final = 1000


async def rests_on_dives(house: House, platform: Platform, number: int) -> tuple[str, ...]:
    """Return the deep dives that options of a version rest on, by number."""
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await _pinned(connection, platform, number)
    return tuple(sorted({one.pinned.dive for one in found if one.pinned}))


async def infer_from_dive(house: House, by: Account, platform: Platform, number: int) -> Backfill:
    """Keep, of each old flag that a pinned theme holds, the option that the theme became; return what is known then.

    A flag that was looked at before keeps what was found first. Raises NothingBroughtIn where no option of the version
    rests on a deep dive, NoSuchVersion, Forbidden without the right to a deep dive.
    """
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    version, _ = brought_by(house, platform, number)
    old = old_flags(house, platform, number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        pinned = await _pinned(connection, platform, number)
        if not pinned:
            what = f"no option of version {number} rests on a deep dive"
            raise NothingBroughtIn(what, where="version", mend="look at the old flags by hints instead")
        for one in pinned:
            option, run = version.option_by_key.get(one.option), None
            if one.pinned is not None and option is not None:
                run = await dives.find(connection, one.pinned.dive)
            if run is None or option is None or one.pinned is None:
                continue
            kind = option.subject
            flags = await dives.flags_of_theme(connection, run.key, one.pinned.theme, kind, AT_ONCE)
            for start in range(0, len(flags), _BATCH):
                batch = await inferring.open_among(connection, old, flags[start : start + _BATCH])
                found = [Inferred(flag, option.key, option.label) for flag in batch]
                await inferring.put(connection, found, number, "dive", house.now)
        await audit.record(connection, [_entry(house, by, platform, number)])
    return await show_backfill(house, by, platform, number)


async def _pinned(connection: Connection, platform: Platform, number: int) -> list[Add | Restore]:
    """Return what brought options in with a theme as evidence."""
    kept = await menus.draft_of_version(connection, platform, number)
    operations: tuple[DraftOperation, ...] = kept.draft.operations if kept else ()
    return [one for one in operations if isinstance(one, Add | Restore) and one.pinned]


def _entry(house: House, by: Account, platform: Platform, number: int) -> Entry:
    return Entry(
        house.ids.key(), house.now, "flags.inferred", by.actor, f"menus:{platform}:{number}", platform,
        {"version": number, "source": "dive"},
    )  # fmt: skip
