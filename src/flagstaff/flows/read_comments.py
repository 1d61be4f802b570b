"""Read what readers wrote about a release note: redacted copies, opened for whoever prepares the next draft."""

from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record
from flagstaff.menus import storage as menus
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def read_comments(house: House, by: Account, platform: Platform, version: int) -> list[str | None]:
    """Return the comments on a version, oldest first; None while the copy without names is being made.

    Raises Forbidden, and Unavailable where this process cannot open.
    """
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        key = await menus.comments_key(connection, platform, version)
        refs = await opening.refs_of(connection, key) if key else []
    if key is None or not refs:
        return []
    why = f"comments on version {version} of the menus"
    asking = asked_by(house, by, Purpose.READ, [one.ref for one in refs], why, key)
    words = await open_on_record(house, Role.READER, asking, opening.read)
    return [one.text for one in sorted(words, key=lambda one: one.ref)]
