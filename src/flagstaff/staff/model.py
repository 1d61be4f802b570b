"""What is known of those who work here: accounts, where they reach, sessions, invitations and keys of machines."""

from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.references import AccountKey, Place, Platform, Surface
from flagstaff.vocabulary.roles import Permission, StaffRole, permissions_of
from flagstaff.vocabulary.scopes import ApiScope


class AccountState(StrEnum):
    """Tell whether somebody is on the way in, here, or gone; an account is never deleted, for the audit names it."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


class Reach(msgspec.Struct, frozen=True, order=True):
    """Name one place in which a scoped role works, written `board:help` or `group:espanol`."""

    level: str
    key: str

    def covers(self, place: Place) -> bool:
        """Tell whether a place lies inside; places of the marketplace never do."""
        return place.surface is Surface.COMMUNITY and getattr(place, self.level) == self.key

    def __str__(self) -> str:
        """Return it as it is stored."""
        return f"{self.level}:{self.key}"


class LinkedPerson(msgspec.Struct, frozen=True):
    """Say which person of a platform an account also is: keyed hashes, never the id.

    `hash` meets the flags of that person, `author_hash` what they wrote.
    """

    platform: Platform
    hash: bytes
    author_hash: bytes


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here. No platforms written means all of them; no language: as the browser asks."""

    key: AccountKey
    login: str
    name: str
    roles: frozenset[StaffRole]
    places: tuple[Reach, ...] = ()
    platforms: frozenset[Platform] = frozenset()
    state: AccountState = AccountState.ACTIVE
    linked: LinkedPerson | None = None
    made_at: datetime
    language: str = ""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what these roles allow somewhere; `rules.may` says where."""
        return permissions_of(self.roles) if self.state is AccountState.ACTIVE else frozenset()

    @property
    def actor(self) -> str:
        """Return how the audit names this account: by key, for names and logins change."""
        return str(self.key)


class Session(msgspec.Struct, frozen=True):
    """One browser signed in; `until` is the end that no use moves."""

    account: AccountKey
    made_at: datetime
    seen_at: datetime
    until: datetime


class Invitation(msgspec.Struct, frozen=True):
    """A way in for one account, once."""

    account: AccountKey
    until: datetime
    used_at: datetime | None


class ApiKey(msgspec.Struct, frozen=True):
    """The key of a machine; the secret itself is shown once and kept as a digest."""

    id: str
    platform: Platform
    digest: bytes
    scopes: frozenset[ApiScope]
    label: str
    made_at: datetime
    revoked_at: datetime | None = None
