"""Change one's own password; every other browser of the account is signed out."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.sign_in import SignedIn, open_session
from flagstaff.staff import passwords, rules, storage
from flagstaff.staff.model import Account
from flagstaff.staff.rules import NotSignedIn
from flagstaff.store.roles import Role


async def change_password(house: House, account: Account, present: str, wanted: str) -> SignedIn:
    """Store a new password and return a new session; raises NotSignedIn for a wrong present one, WeakPassword."""
    async with house.database.reading(Role.CONSOLE) as connection:
        stored = await storage.password_of(connection, account.key)
    if not await passwords.fits(stored, present):
        msg = "this is not your present password"
        raise NotSignedIn(msg, where="present", mend="type it again")
    rules.check_password(wanted, account.login)
    hashed = await passwords.hash_password(wanted)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await storage.set_password(connection, account.key, hashed)
        await storage.end_sessions_of(connection, account.key)
        entry = Entry(
            house.ids.key(),
            house.now,
            "account.password_changed",
            account.actor,
            f"account:{account.key}",
        )
        await audit.record(connection, [entry])
        return await open_session(house, connection, account)
