"""Invite somebody to work here by a one-time link; the first administrator comes in the same way."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Conflict, NotFound
from flagstaff.kernel.unguessable import secret_text
from flagstaff.staff import rules, storage
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import Permission, StaffRole


class InviteAccount(msgspec.Struct, frozen=True):
    """Whom to invite; places are written `board:help`, no platforms means all."""

    login: str
    name: str
    roles: frozenset[StaffRole]
    places: tuple[str, ...] = ()
    platforms: frozenset[Platform] = frozenset()


class Invited(msgspec.Struct, frozen=True):
    """An account with its one-time link, which is shown once and kept as a digest."""

    account: Account
    link: str
    until: datetime


class LoginTaken(Conflict):
    """Somebody has this login already."""

    slug = "login-taken"
    title = "This login is taken"


class AdminExists(Conflict):
    """The house has an administrator; another one is invited by them."""

    slug = "admin-exists"
    title = "There is an administrator already"


async def invite_account(house: House, by: Account | None, wanted: InviteAccount) -> Invited:
    """Add an invited account and return its link; `by` None is the operator at the command line."""
    rules.demand(by, Permission.MANAGE_ACCOUNTS, None, None)
    account = _new_account(house, wanted)
    async with house.database.transaction(Role.CONSOLE) as connection:
        return await _invite(house, connection, by, account)


async def invite_first_admin(house: House, login: str = "admin", name: str = "Administrator") -> Invited:
    """Return the one-time link of the first administrator.

    Asked again before anybody used it, it makes a new link and closes the former. Raises AdminExists once an
    active account may manage accounts.
    """
    # Whoever comes first is alone: without the desk they could not decide the first flag.
    everything = frozenset({StaffRole.ADMIN, StaffRole.MODERATOR, StaffRole.POLICY_MANAGER})
    wanted = InviteAccount(login, name, everything)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await storage.lock_accounts(connection)
        accounts = await storage.list_accounts(connection)
        if any(rules.may_somewhere(account, Permission.MANAGE_ACCOUNTS) for account in accounts):
            msg = "an administrator has come in already"
            raise AdminExists(msg, mend="ask them for an invitation")
        waiting = _waiting(accounts, rules.read_login(login))
        if waiting:
            return await _link(house, connection, None, waiting)
        return await _invite(house, connection, None, _new_account(house, wanted))


async def invite_again(house: House, by: Account | None, key: AccountKey) -> Invited:
    """Give an account a new one-time link: not come in yet, or a password forgotten. Its sessions end."""
    rules.demand(by, Permission.MANAGE_ACCOUNTS, None, None)
    async with house.database.transaction(Role.CONSOLE) as connection:
        account = await storage.find_account(connection, key)
        if account is None or account.state is AccountState.LEFT:
            msg = "there is no such account"
            raise NotFound(msg)
        await storage.end_sessions_of(connection, key)
        return await _link(house, connection, by, account)


def _new_account(house: House, wanted: InviteAccount) -> Account:
    places = tuple(rules.read_reach(place) for place in wanted.places)
    rules.check_roles(wanted.roles, places)
    login = rules.read_login(wanted.login)
    return Account(
        key=AccountKey(house.ids.key()),
        login=login,
        name=wanted.name.strip() or login,
        roles=wanted.roles,
        places=places,
        platforms=wanted.platforms,
        state=AccountState.INVITED,
        made_at=house.now,
    )


def _waiting(accounts: Sequence[Account], login: str) -> Account | None:
    invited = (account for account in accounts if account.state is AccountState.INVITED)
    return next((account for account in invited if account.login == login), None)


async def _invite(house: House, connection: Connection, by: Account | None, account: Account) -> Invited:
    if not await storage.add_account(connection, account):
        msg = f"the login {account.login!r} is taken"
        raise LoginTaken(msg, where="login", mend="choose another one")
    return await _link(house, connection, by, account)


async def _link(house: House, connection: Connection, by: Account | None, account: Account) -> Invited:
    secret, now = secret_text(), house.clocks.wall.now()
    until = now + rules.INVITATION
    await storage.add_invitation(connection, secret, account.key, now, until)
    entry = Entry(
        house.ids.key(),
        house.now,
        "account.invited",
        rules.actor_of(by),
        f"account:{account.key}",
        facts={"roles": " ".join(sorted(account.roles))},
    )
    await audit.record(connection, [entry])
    # The secret stands behind the '#': no server log, proxy or Referer header ever carries it.
    return Invited(account, f"{house.settings.address}/console/invitation#{secret}", until)
