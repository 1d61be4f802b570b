"""Keep accounts, sessions, invitations and keys; what is secret arrives as text and is stored as a digest."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.staff.model import Account, AccountState, ApiKey, Invitation, LinkedPerson, Reach, Session
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import StaffRole


class _AccountRow(msgspec.Struct, frozen=True):
    key: UUID
    login: str
    name: str
    roles: list[str]
    places: list[str]
    platforms: list[str]
    state: AccountState
    linked_platform: str | None
    linked_hash: bytes | None
    linked_author_hash: bytes | None
    made_at: datetime
    language: str | None


_queries = Queries(__package__)
_insert_account = _queries.run("insert_account")
_account = _queries.row("account", _AccountRow)
_account_by_login = _queries.row("account_by_login", _AccountRow)
_accounts = _queries.rows("accounts", _AccountRow)
_password_of = _queries.value("password_of", str)
_set_password = _queries.run("set_password")
_set_roles = _queries.run("set_roles")
_set_state = _queries.run("set_state")
_set_link = _queries.run("set_link")
_set_language = _queries.run("set_language")
_lock_accounts = _queries.run("lock_accounts")
_insert_invitation = _queries.run("insert_invitation")
_invitation = _queries.row("invitation", Invitation)
_look_at_invitation = _queries.row("look_at_invitation", Invitation)
_spend_invitations = _queries.run("spend_invitations")
_insert_session = _queries.run("insert_session")
_session = _queries.row("session", Session)
_touch_session = _queries.run("touch_session")
_delete_session = _queries.run("delete_session")
_delete_sessions_of = _queries.run("delete_sessions_of")
_delete_dead_sessions = _queries.run("delete_dead_sessions")
_lock_login = _queries.run("lock_login")
_tries = _queries.values("tries", datetime)
_insert_try = _queries.run("insert_try")
_delete_tries = _queries.run("delete_tries")
_delete_old_tries = _queries.run("delete_old_tries")
_insert_api_key = _queries.run("insert_api_key")
_api_key = _queries.row("api_key", ApiKey)
_api_keys = _queries.rows("api_keys", ApiKey)
_revoke_api_key = _queries.run("revoke_api_key")


def digest(secret: str) -> bytes:
    """Return what is stored of a random secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


async def add_account(connection: Connection, account: Account) -> bool:
    """Add an account without a password; False where the login is taken."""
    added = await _insert_account(
        connection,
        account.key,
        account.login,
        account.name,
        sorted(account.roles),
        [str(place) for place in account.places],
        sorted(account.platforms),
        account.state,
        account.made_at,
    )
    return added == 1


async def find_account(connection: Connection, key: AccountKey) -> Account | None:
    """Return an account, also one that left."""
    row = await _account(connection, key)
    return _read_account(row) if row else None


async def find_account_by_login(connection: Connection, login: str) -> Account | None:
    """Return the account of a login in its stored spelling."""
    row = await _account_by_login(connection, login)
    return _read_account(row) if row else None


async def list_accounts(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    return [_read_account(row) for row in await _accounts(connection)]


def _read_account(row: _AccountRow) -> Account:
    linked = None
    if row.linked_platform and row.linked_hash and row.linked_author_hash:
        linked = LinkedPerson(Platform(row.linked_platform), row.linked_hash, row.linked_author_hash)
    return Account(
        key=AccountKey(row.key),
        login=row.login,
        name=row.name,
        roles=frozenset(StaffRole(role) for role in row.roles),
        places=tuple(Reach(*place.split(":", 1)) for place in row.places),
        platforms=frozenset(Platform(platform) for platform in row.platforms),
        state=row.state,
        linked=linked,
        made_at=row.made_at,
        language=row.language or "",
    )


async def password_of(connection: Connection, account: AccountKey) -> str | None:
    """Return the stored hash of an active account's password."""
    return await _password_of(connection, account)


async def set_password(connection: Connection, account: AccountKey, hashed: str) -> None:
    """Store a password hash; an invited account becomes active."""
    await _set_password(connection, account, hashed)


async def set_roles(connection: Connection, account: Account) -> None:
    """Store what an account may do and where."""
    places = [str(place) for place in account.places]
    await _set_roles(connection, account.key, sorted(account.roles), places, sorted(account.platforms))


async def set_state(connection: Connection, account: AccountKey, state: AccountState) -> None:
    """Store that an account left or came back."""
    await _set_state(connection, account, state)


async def set_link(connection: Connection, account: AccountKey, linked: LinkedPerson | None) -> bool:
    """Store which person an account also is; False where it is linked to another one already."""
    parts = (linked.platform, linked.hash, linked.author_hash) if linked else (None, None, None)
    return bool(await _set_link(connection, account, *parts))


async def set_language(connection: Connection, account: AccountKey, language: str) -> None:
    """Store in which language an account reads; "" for what its browser asks for."""
    await _set_language(connection, account, language or None)


async def lock_accounts(connection: Connection) -> None:
    """Wait until no other transaction changes who may manage accounts."""
    await _lock_accounts(connection)


async def add_invitation(
    connection: Connection, secret: str, account: AccountKey, at: datetime, until: datetime
) -> None:
    """Store a one-time way in; earlier ones of the same account close."""
    await _spend_invitations(connection, account, at)
    await _insert_invitation(connection, digest(secret), account, at, until)


async def take_invitation(connection: Connection, secret: str) -> Invitation | None:
    """Return a one-time way in and hold it until the transaction ends."""
    return await _invitation(connection, digest(secret))


async def look_at_invitation(connection: Connection, secret: str) -> Invitation | None:
    """Return a one-time way in, to show whom it is for."""
    return await _look_at_invitation(connection, digest(secret))


async def spend_invitations(connection: Connection, account: AccountKey, at: datetime) -> None:
    """Close every way in of an account."""
    await _spend_invitations(connection, account, at)


async def add_session(connection: Connection, secret: str, session: Session) -> None:
    """Remember a browser that signed in."""
    await _insert_session(connection, digest(secret), session.account, session.made_at, session.until)


async def find_session(connection: Connection, secret: str) -> Session | None:
    """Return a session, alive or not."""
    return await _session(connection, digest(secret))


async def touch_session(connection: Connection, secret: str, at: datetime) -> None:
    """Note that a session is in use."""
    await _touch_session(connection, digest(secret), at)


async def end_session(connection: Connection, secret: str) -> None:
    """End one session; an unknown one is no error."""
    await _delete_session(connection, digest(secret))


async def end_sessions_of(connection: Connection, account: AccountKey) -> None:
    """End every session of an account."""
    await _delete_sessions_of(connection, account)


async def forget_dead_sessions(connection: Connection, until: datetime, idle_since: datetime) -> None:
    """Delete sessions that ended by `until` or were last used by `idle_since`."""
    await _delete_dead_sessions(connection, until, idle_since)


async def recent_tries(connection: Connection, login_hash: bytes, since: datetime) -> Sequence[datetime]:
    """Return the tries for a login, one asker at a time until the transaction ends."""
    await _lock_login(connection, login_hash)
    return await _tries(connection, login_hash, since)


async def count_try(connection: Connection, login_hash: bytes, at: datetime, forget: datetime) -> None:
    """Count a try, and forget all tries up to `forget`, so that the table stays small."""
    await _delete_old_tries(connection, forget)
    await _insert_try(connection, login_hash, at)


async def forgive_tries(connection: Connection, login_hash: bytes) -> None:
    """Forget the tries for a login after a good one."""
    await _delete_tries(connection, login_hash)


async def add_api_key(connection: Connection, key: ApiKey) -> None:
    """Store the key of a machine."""
    scopes = sorted(key.scopes)
    await _insert_api_key(connection, key.id, key.platform, key.digest, scopes, key.label, key.made_at)


async def find_api_key(connection: Connection, key: str) -> ApiKey | None:
    """Return a key by its id, also a revoked one."""
    return await _api_key(connection, key)


async def list_api_keys(connection: Connection, platform: Platform) -> list[ApiKey]:
    """Return the keys of one platform, the newest first."""
    rows = await _api_keys(connection, platform)
    return [
        msgspec.convert(msgspec.structs.asdict(row), ApiKey, builtin_types=(bytes, datetime)) for row in rows
    ]


async def revoke_api_key(connection: Connection, key: str, at: datetime) -> bool:
    """Take back a key; False where it was revoked before or never existed."""
    return await _revoke_api_key(connection, key, at) == 1
