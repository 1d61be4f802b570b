"""Sign a browser out, or every browser of an account."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.staff import storage
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


async def sign_out(house: House, account: Account, session: str, *, everywhere: bool = False) -> None:
    """End this session, or with `everywhere` all sessions of the account."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        if everywhere:
            await storage.end_sessions_of(connection, account.key)
        else:
            await storage.end_session(connection, session)
        deed = "account.signed_out_everywhere" if everywhere else "account.signed_out"
        entry = Entry(house.ids.key(), house.now, deed, account.actor, f"account:{account.key}")
        await audit.record(connection, [entry])
