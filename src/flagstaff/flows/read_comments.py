"""Read what readers wrote about a release note: redacted copies, opened for whoever prepares the next draft."""

from flagstaff.flows.house import House
from flagstaff.kernel.errors import Unavailable
from flagstaff.menus import storage as menus
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Asking, Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def read_comments(house: House, by: Account, platform: Platform, version: int) -> list[str | None]:
    """Return the comments on a version, oldest first; None while the copy without names is being made.

    Two transactions: what is opened, why and for whom is committed before anything is served. Raises Forbidden.
    """
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    if house.opener is None:
        msg = "this process holds no private half of the house key"
        raise Unavailable(msg, where="keys", mend="open words in the console's process")
    async with house.database.reading(Role.CONSOLE) as connection:
        key = await menus.comments_key(connection, platform, version)
        refs = await opening.refs_of(connection, key) if key else []
    if key is None or not refs:
        return []
    why = f"comments on version {version} of the menus"
    asking = Asking(
        house.ids.key(), Purpose.READ, tuple(one.ref for one in refs), why, house.clocks.wall.now(),
        account=by.key, case=key,
    )  # fmt: skip
    async with house.database.transaction(Role.READER) as connection:
        await opening.ask(connection, asking)
    async with house.database.transaction(Role.READER) as connection:
        words = await opening.read(connection, house.opener, asking.key, house.clocks.wall.now())
    return [one.text for one in sorted(words, key=lambda one: one.ref)]
