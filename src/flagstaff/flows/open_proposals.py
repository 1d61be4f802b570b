"""Show the comments that a run's proposals for a codebook quote, opened on the record for who edits one."""

from typing import Final

from flagstaff.flows.house import House
from flagstaff.flows.show_examples import open_comments
from flagstaff.insight.dives import Dive
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_QUOTES: Final = 2
"""A title and one more: with twenty lines, forty comments are opened at once."""


async def open_proposals(house: House, by: Account, dive: Dive) -> dict[str, tuple[str, ...]]:
    """Return the comments that each proposed line quotes, by its key, the one that says it best first.

    Those erased since are left out. Raises Forbidden, Unavailable where this process cannot open.
    """
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    quoted = {one.key: one.quotes[:_QUOTES] for one in dive.proposals}
    wanted = [row for some in quoted.values() for row in some]
    said = await open_comments(house, by, dive, wanted, "dive.proposals_shown") if wanted else {}
    return {
        key: tuple(dict.fromkeys(said[row] for row in some if row in said)) for key, some in quoted.items()
    }
