"""What runs out by itself, and when: what the demo's clock lets happen at once."""

from datetime import datetime

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries


class Window(msgspec.Struct, frozen=True):
    """One thing that ends by itself: a decision that waits, a hold, a measure, a claim, a wait, an appeal's day."""

    what: str
    about: str
    until: datetime
    number: str


_queries = Queries(__package__, "windows.sql")
_running = _queries.rows("running", Window)


async def windows(database: Database, platform: str, now: datetime, most: int = 4) -> list[Window]:
    """Return what runs on one platform, at most so many of each sort, the soonest first; now is business time."""
    async with database.reading(Role.VIEWS) as connection:
        return await _running(connection, platform, now, most)
