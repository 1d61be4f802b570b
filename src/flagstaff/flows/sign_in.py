"""Sign somebody in: wait out guessing, check the password, and give the browser a new key."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.unguessable import secret_text
from flagstaff.staff import passwords, rules, storage
from flagstaff.staff.model import Account, Session
from flagstaff.staff.rules import NotSignedIn, TooManyTries
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role


class SignedIn(msgspec.Struct, frozen=True):
    """A browser that is signed in: `session` goes into its cookie and nowhere else."""

    session: str
    account: Account
    until: datetime


async def sign_in(house: House, login: str, password: str, former: str = "") -> SignedIn:
    """Return a new session; raises NotSignedIn or TooManyTries, with one answer for unknown logins and wrong passwords.

    The try is counted and committed before the password is checked, so that tries at the same moment count too.
    `former` is the session the browser came with: it ends, and its key is never used again (fixation).
    """
    now = house.clocks.wall.now()
    name = login.strip().lower()
    async with house.database.transaction(Role.CONSOLE) as connection:
        await _count_try(house, connection, name, now)
        account = await storage.find_account_by_login(connection, name)
        stored = await storage.password_of(connection, account.key) if account else None
    good = await passwords.fits(stored, password)
    if account is None or not good:
        msg = "login and password do not belong together"
        raise NotSignedIn(msg, mend="check both; an administrator can send you a new one-time link")
    async with house.database.transaction(Role.CONSOLE) as connection:
        if former:
            await storage.end_session(connection, former)
        await storage.forgive_tries(connection, house.sealer.login_hash(name))
        return await open_session(house, connection, account)


async def _count_try(house: House, connection: Connection, login: str, now: datetime) -> None:
    digest = house.sealer.login_hash(login)
    tries = await storage.recent_tries(connection, digest, now - rules.TRY_WINDOW)
    wait = rules.wait_before_try(tries, now)
    if wait:
        seconds = int(wait.total_seconds()) + 1
        msg = "there were too many tries for this login"
        raise TooManyTries(msg, mend=f"wait {seconds} seconds and try again", retry_after=seconds)
    await storage.count_try(connection, digest, now, now - rules.TRY_WINDOW)


async def open_session(house: House, connection: Connection, account: Account) -> SignedIn:
    """Store a session under a new random key, and forget those that ran out."""
    now = house.clocks.wall.now()
    key = secret_text()
    await storage.forget_dead_sessions(connection, now, now - rules.IDLE)
    session = Session(account.key, now, now, now + rules.LONGEST)
    await storage.add_session(connection, key, session)
    entry = Entry(house.ids.key(), house.now, "account.signed_in", account.actor, f"account:{account.key}")
    await audit.record(connection, [entry])
    return SignedIn(key, account, session.until)
