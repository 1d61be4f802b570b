"""Let the weekly watches rest for which somebody stood who may run no deep dive any more.

No run is asked for in their name. It is no silent end: whoever may run one is told on every page, until somebody
watches again or ends the watch.
"""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.insight import watching
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def rest_watches(house: House, connection: Connection, changed: Account) -> None:
    """Let those watches of an account rest that it may not stand for any more, as it is from now on. Role console."""
    for platform in await watching.watched_by(connection, changed.key):
        if staff_rules.may(changed, Permission.RUN_DEEP_DIVE, None, Platform(platform)):
            continue
        await watching.rest(connection, platform, house.now)
        entry = Entry(house.ids.key(), house.now, "themes.rest", "house", f"watch:{platform}", platform)
        await audit.record(connection, [entry])
