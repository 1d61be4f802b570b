"""Change what an account may do and where, or let it leave."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.rest_watches import rest_watches
from flagstaff.kernel.errors import Conflict, NotFound
from flagstaff.staff import rules, storage
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import Permission, StaffRole


class ChangeRoles(msgspec.Struct, frozen=True):
    """What an account may do from now on; places are written `board:help`, no platforms means all."""

    account: AccountKey
    roles: frozenset[StaffRole]
    places: tuple[str, ...] = ()
    platforms: frozenset[Platform] = frozenset()


class LastAdmin(Conflict):
    """Nobody could manage accounts any more."""

    slug = "last-admin"
    title = "A house needs an administrator"


async def change_roles(house: House, by: Account | None, change: ChangeRoles) -> Account:
    """Store roles, places and platforms at once; raises LastAdmin where the house would lock itself out."""
    rules.demand(by, Permission.MANAGE_ACCOUNTS, None, None)
    places = tuple(rules.read_reach(place) for place in change.places)
    rules.check_roles(change.roles, places)
    async with house.database.transaction(Role.CONSOLE) as connection:
        former = await _find(connection, change.account)
        changed = msgspec.structs.replace(
            former, roles=change.roles, places=places, platforms=change.platforms
        )
        await _keep_an_admin(connection, changed)
        await storage.set_roles(connection, changed)
        await rest_watches(house, connection, changed)
        facts = {"before": " ".join(sorted(former.roles)), "after": " ".join(sorted(changed.roles))}
        await audit.record(connection, [_entry(house, by, "account.roles_changed", changed, facts)])
    return changed


async def let_leave(house: House, by: Account | None, key: AccountKey) -> Account:
    """Close an account and end its sessions; what it did stays under its name."""
    rules.demand(by, Permission.MANAGE_ACCOUNTS, None, None)
    async with house.database.transaction(Role.CONSOLE) as connection:
        left = msgspec.structs.replace(await _find(connection, key), state=AccountState.LEFT)
        await _keep_an_admin(connection, left)
        await storage.set_state(connection, key, AccountState.LEFT)
        await storage.end_sessions_of(connection, key)
        await storage.spend_invitations(connection, key, house.clocks.wall.now())
        await rest_watches(house, connection, left)
        await audit.record(connection, [_entry(house, by, "account.left", left, {})])
    return left


async def _find(connection: Connection, key: AccountKey) -> Account:
    await storage.lock_accounts(connection)
    account = await storage.find_account(connection, key)
    if account is None or account.state is AccountState.LEFT:
        msg = "there is no such account"
        raise NotFound(msg)
    return account


async def _keep_an_admin(connection: Connection, changed: Account) -> None:
    if not rules.leaves_an_admin(await storage.list_accounts(connection), changed):
        msg = "this is the last account that can manage accounts"
        raise LastAdmin(msg, mend="make somebody else an administrator first")


def _entry(house: House, by: Account | None, deed: str, account: Account, facts: dict[str, str]) -> Entry:
    at = house.now
    return Entry(house.ids.key(), at, deed, rules.actor_of(by), f"account:{account.key}", facts=facts)
