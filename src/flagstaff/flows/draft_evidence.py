"""Say what the figures know of the options that a draft changes: rarely used, often confused, could be one."""

from datetime import timedelta
from typing import Final

import msgspec

from flagstaff.flows.draft_menu import Looked
from flagstaff.flows.house import House
from flagstaff.flows.menu_figures import lists
from flagstaff.flows.policy_terms import zone_of
from flagstaff.insight.model import Asked, Lists
from flagstaff.menus.drafts import keys_of
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_LOOK_BACK: Final = timedelta(days=89)


async def evidence_of(house: House, by: Account, looked: Looked) -> Lists | None:
    """Return the lists of the last 90 days, of what the draft changes alone; None for who may not read figures."""
    platform = looked.kept.platform
    if not staff_rules.may(by, Permission.READ_FIGURES, None, Platform(platform)):
        return None
    touched = {key for operation in looked.draft.operations for key in keys_of(operation)}
    today = house.now.astimezone(zone_of(house, platform)).date()
    found = await lists(house, by, Asked(platform=platform, since=today - _LOOK_BACK, until=today))
    return msgspec.structs.replace(
        found,
        rare=tuple(one for one in found.rare if one.option in touched),
        joinings=tuple(one for one in found.joinings if {one.option, one.into} <= touched),
        confused=tuple(
            one for one in found.confused if one.option in touched or touched.intersection(one.instead)
        ),
    )
