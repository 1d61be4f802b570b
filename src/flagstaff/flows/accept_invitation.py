"""Let somebody in who holds a one-time link: they choose a password and are signed in."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.sign_in import SignedIn, open_session
from flagstaff.staff import passwords, rules, storage
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.roles import Role


async def look_at_invitation(house: House, secret: str) -> Account:
    """Return whom a link is for, without using it; raises SpentInvitation."""
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await storage.look_at_invitation(connection, secret)
        invitation = rules.check_invitation(found, house.clocks.wall.now())
        account = await storage.find_account(connection, invitation.account)
    if account is None or account.state is AccountState.LEFT:
        rules.check_invitation(None, house.clocks.wall.now())
        raise AssertionError
    return account


async def accept_invitation(house: House, secret: str, password: str, former: str = "") -> SignedIn:
    """Store the password, close the link and return a session; raises SpentInvitation or WeakPassword.

    Of two who use the same link at once, one gets in: the row of the invitation is held until the commit.
    """
    account = await look_at_invitation(house, secret)
    rules.check_password(password, account.login)
    hashed = await passwords.hash_password(password)
    now = house.clocks.wall.now()
    async with house.database.transaction(Role.CONSOLE) as connection:
        found = await storage.take_invitation(connection, secret)
        rules.check_invitation(found, now)
        await storage.spend_invitations(connection, account.key, now)
        await storage.set_password(connection, account.key, hashed)
        await storage.forgive_tries(connection, house.sealer.login_hash(account.login))
        await storage.end_sessions_of(connection, account.key)
        if former:
            await storage.end_session(connection, former)
        entry = Entry(house.ids.key(), house.now, "account.came_in", account.actor, f"account:{account.key}")
        await audit.record(connection, [entry])
        current = await storage.find_account(connection, account.key)
        return await open_session(house, connection, current or account)
