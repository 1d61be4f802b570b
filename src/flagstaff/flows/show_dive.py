"""Show the deep dives of a platform: the list, one of them, one of its themes. No comment is opened for it."""

from flagstaff.flows.house import House
from flagstaff.insight import dives, storage as insight
from flagstaff.insight.codebook import NoSuchTheme
from flagstaff.insight.dive import Table, ThemeRow
from flagstaff.insight.dives import Dive, Listed
from flagstaff.insight.storage import MonthOfOther
from flagstaff.kernel.errors import NotFound
from flagstaff.kernel.ids import read_number
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class NoSuchDive(NotFound):
    """There is no deep dive of this number."""

    slug = "no-such-dive"
    title = "There is no such deep dive"


async def list_dives(house: House, by: Account, platform: Platform) -> list[Listed]:
    """List the deep dives of a platform, the newest first; raises Forbidden, NothingPublished."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    house.policy.host(platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        return await dives.listed(connection, platform)


async def written_by_month(house: House, by: Account, platform: Platform) -> list[MonthOfOther]:
    """Return how much was written under Other in each month in which something was; raises as `list_dives`."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    house.policy.host(platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        return await insight.other_by_month(connection, platform)


async def show_dive(house: House, by: Account, number: str) -> Dive:
    """Return a deep dive as it stands, its number read as somebody typed it; raises NoSuchDive, Forbidden."""
    known = read_number(number)
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await dives.find(connection, known[1]) if known else None
    if found is None:
        what = "no deep dive has this number"
        raise NoSuchDive(what, where="number", mend="see the list of deep dives")
    staff_rules.demand(by, Permission.READ_FIGURES, None, Platform(found.platform))
    return found


def theme_of(dive: Dive, key: str) -> tuple[ThemeRow, Table]:
    """Return one row of a table, with the table; raises NoSuchTheme where the run is not ready or does not name it."""
    table = dive.table
    row = next((one for one in table.rows if one.key == key), None) if table else None
    if table is None or row is None:
        what = "this deep dive counted no such theme"
        raise NoSuchTheme(what, where="theme", mend="choose one of its table")
    return row, table
