"""Tell who a browser's session key belongs to, on every page."""

from flagstaff.flows.house import House
from flagstaff.staff import rules, storage
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.roles import Role


async def recognise_session(house: House, key: str) -> Account | None:
    """Return the account of a living session; an unknown, idle or ended one is nobody."""
    if not key:
        return None
    now = house.clocks.wall.now()
    async with house.database.reading(Role.CONSOLE) as connection:
        session = await storage.find_session(connection, key)
        if session is None or not rules.alive(session, now):
            return None
        account = await storage.find_account(connection, session.account)
    if account is None or account.state is not AccountState.ACTIVE:
        return None
    if now - session.seen_at >= rules.SEEN_STEP:
        async with house.database.transaction(Role.CONSOLE) as connection:
            await storage.touch_session(connection, key, now)
    return account
