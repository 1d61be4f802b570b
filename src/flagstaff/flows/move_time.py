"""Move business time on in the demo: windows run out, measures end, duties fall due, as if the time had passed."""

from datetime import datetime, timedelta

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Conflict, Forbidden
from flagstaff.store.clockwork import move_clock
from flagstaff.store.marks import find_mark
from flagstaff.store.roles import Role

DEMO_MARK = "demo"
_FURTHEST = timedelta(days=20 * 366)


class NotTheDemo(Forbidden):
    """This database was not made by the demo."""

    slug = "not-the-demo"
    title = "Time is moved in the demo only"


async def is_demo(house: House) -> bool:
    """Tell whether the demo's seeding left its mark in this database."""
    async with house.database.reading(Role.CONSOLE) as connection:
        return await find_mark(connection, DEMO_MARK) is not None


async def move_time(house: House, by: timedelta) -> datetime:
    """Move business time on and return what time it then is; raises NotTheDemo, or Conflict for a step back."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        if await find_mark(connection, DEMO_MARK) is None:
            msg = "the demo's seeding left no mark here"
            raise NotTheDemo(msg, mend="run `flagstaff demo`; a real house keeps real time")
        ahead = await move_clock(connection, by)
        if ahead > _FURTHEST:
            msg = "that is more than twenty years from now"
            raise Conflict(msg, where="by", mend="begin again with --fresh")
        facts = {"hours": int(by / timedelta(hours=1))}
        entry = Entry(house.ids.key(), house.now, "clock.moved", "tour", "house:clock", None, facts)
        await audit.record(connection, [entry])
    return house.clocks.wall.now() + ahead
