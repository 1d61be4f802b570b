"""Decide who may do what where, which passwords do, how long a session lives, and when guessing must wait."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flagstaff.kernel.errors import Forbidden, Refusal, Unauthorised
from flagstaff.staff.model import Account, AccountState, ApiKey, Invitation, Reach, Session
from flagstaff.vocabulary.references import Place, Platform
from flagstaff.vocabulary.roles import PERMISSIONS, SCOPED_ROLES, Permission, StaffRole
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.scopes import ApiScope

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)
SEEN_STEP: Final = timedelta(minutes=1)
"""How stale a session's last use may be written: not every page view becomes a write."""
INVITATION: Final = timedelta(hours=24)

# NIST SP 800-63B-4, section 3.1.1.2: length counts, composition rules do not; at least 64 must be accepted.
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 128
_COMMONEST: Final = re.compile(
    "(password|passwort|contrase|qwerty|qwertz|azerty|letmein|welcome|iloveyou|admin|flagstaff|changeme|monkey|dragon|"
    "football|baseball|sunshine|princess|trustno|abc|secret|login|master)+[a-z]{0,3}"
)

FREE_TRIES: Final = 5
TRY_WINDOW: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(minutes=5)
_FIRST_WAIT: Final = timedelta(seconds=15)

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,79}")
_REACH: Final = re.compile(r"(board|group|part):([^\s:][^:]{0,99})")


class WeakPassword(Refusal):
    """The password is easy to guess."""

    slug = "weak-password"
    status = 422
    title = "This password will not do"


class BadLogin(Refusal):
    """A login name, a role or a place is not written as the house needs it."""

    slug = "bad-account"
    status = 422
    title = "This account cannot be made"


class SpentInvitation(Refusal):
    """The one-time link was used or has run out."""

    slug = "spent-invitation"
    status = 410
    title = "This link no longer works"


class NotSignedIn(Unauthorised):
    """Nobody is signed in, or login and password do not belong together."""

    slug = "not-signed-in"
    title = "Please sign in"


class TooManyTries(Refusal):
    """Somebody guesses, or forgot: the next try must wait. The fact `retry_after` counts seconds."""

    slug = "too-many-tries"
    status = 429
    title = "Please wait before the next try"


def may(account: Account, permission: Permission, place: Place | None, platform: Platform | None) -> Ruling:
    """Say whether an account may do a thing at a place of a platform, and why.

    A role that is bound to places needs to know the place: None is refused to it. `platform` None stands for
    what belongs to no platform, such as the list of accounts.
    """
    holding = _roles_with(account, permission)
    if not holding:
        return refuse(f"none of this account's roles allows '{permission}'")
    if platform is not None and account.platforms and platform not in account.platforms:
        return refuse(f"this account does not work for '{platform}'")
    if holding - SCOPED_ROLES:
        return allow(f"{_spoken(min(holding - SCOPED_ROLES))} may do this everywhere")
    inside = place is not None and any(reach.covers(place) for reach in account.places)
    if inside:
        return allow(f"{_spoken(min(holding))} may do this in their own places")
    return refuse("this lies outside the places of this community moderator")


def may_somewhere(account: Account, permission: Permission) -> Ruling:
    """Say whether a page may be opened at all; what it then shows is checked by place with `may`."""
    if _roles_with(account, permission):
        return allow("a role allows it")
    return refuse(f"none of this account's roles allows '{permission}'")


def demand(
    account: Account | None, permission: Permission, place: Place | None, platform: Platform | None
) -> None:
    """Raise Forbidden with the reason unless `may` allows; None is the operator at the command line, who may."""
    if account is not None and not (ruling := may(account, permission, place, platform)):
        raise Forbidden(ruling.reason, mend="ask an administrator of this house")


def actor_of(account: Account | None) -> str:
    """Return how the audit names who acts: an account by key, or the operator at the command line."""
    return account.actor if account else "operator"


def _roles_with(account: Account, permission: Permission) -> frozenset[StaffRole]:
    if account.state is not AccountState.ACTIVE:
        return frozenset()
    return frozenset(role for role in account.roles if permission in PERMISSIONS[role])


def _spoken(role: StaffRole) -> str:
    return f"the role {role.replace('_', ' ')}"


def read_login(text: str) -> str:
    """Return a login in the one spelling that is stored; raises BadLogin."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        msg = f"{login[:80]!r} is no login"
        mend = "use 2 to 80 letters, digits, dots, dashes or an e-mail address"
        raise BadLogin(msg, where="login", mend=mend)
    return login


def read_reach(text: str) -> Reach:
    """Return a place such as `board:help`; raises BadLogin."""
    found = _REACH.fullmatch(text.strip())
    if found is None:
        msg = f"{text!r} is no place"
        raise BadLogin(msg, where="places", mend="write board:<key>, group:<key> or part:<key>")
    return Reach(level=found[1], key=found[2])


def check_roles(roles: frozenset[StaffRole], places: Sequence[Reach]) -> None:
    """Refuse an account without a role, and a community moderator without a place (who could then do nothing)."""
    if not roles:
        msg = "an account needs at least one role"
        raise BadLogin(msg, where="roles", mend="choose what this person will do here")
    if roles & SCOPED_ROLES and not places:
        msg = "a community moderator needs at least one place"
        raise BadLogin(msg, where="places", mend="name a board or a group, such as board:help")
    if places and not roles & SCOPED_ROLES:
        msg = "places narrow down community moderators only"
        raise BadLogin(msg, where="places", mend="leave the places empty, or choose that role")


def check_password(password: str, login: str) -> None:
    """Refuse what guessing programs try first; raises WeakPassword with what to do instead."""
    lowered = password.lower()
    bare = re.sub(r"[\W\d_]+", "", lowered)
    weakness = ""
    if len(password) < SHORTEST_PASSWORD:
        weakness = f"it has fewer than {SHORTEST_PASSWORD} characters"
    elif len(password) > LONGEST_PASSWORD:
        weakness = f"it has more than {LONGEST_PASSWORD} characters"
    elif len(set(lowered)) < FREE_TRIES:
        weakness = "it repeats a few characters"
    elif not bare or _COMMONEST.fullmatch(bare):
        weakness = "it is a well-known word with trimmings, or digits only"
    elif login.lower() in lowered:
        weakness = "it contains the login"
    if weakness:
        msg = f"this password is easy to guess: {weakness}"
        raise WeakPassword(msg, where="password", mend="four or five random words make a good one")


def wait_before_try(tries: Sequence[datetime], now: datetime) -> timedelta:
    """Return how long somebody must wait before the next try: nothing at first, then twice as long each time.

    `tries` are failed or unfinished tries. The wait ends at LONGEST_WAIT, so that a stranger who knows a login cannot
    shut its owner out for longer than that.
    """
    recent = [at for at in tries if now - at < TRY_WINDOW]
    if len(recent) < FREE_TRIES:
        return timedelta(0)
    step: timedelta = _FIRST_WAIT * 2 ** min(len(recent) - FREE_TRIES, 8)
    return max(max(recent) + min(step, LONGEST_WAIT) - now, timedelta(0))


def alive(session: Session, now: datetime) -> bool:
    """Tell whether a session still holds: used within two hours, begun within twelve."""
    return now < session.until and now - session.seen_at < IDLE


def check_invitation(invitation: Invitation | None, now: datetime) -> Invitation:
    """Return an invitation that can still be used; one answer for unknown, used and late ones."""
    if invitation is None or invitation.used_at is not None or now >= invitation.until:
        msg = "this link was used already, has run out, or never existed"
        raise SpentInvitation(msg, mend="ask an administrator for a new one")
    return invitation


def check_key(label: str, scopes: frozenset[ApiScope]) -> None:
    """Refuse a key that nobody could tell from another one, or that opens nothing."""
    if not label.strip() or len(label) > 100:
        msg = "a key needs a name of at most 100 characters"
        raise BadLogin(msg, where="label", mend="say which program will hold it")
    if not scopes:
        msg = "a key without a scope opens nothing"
        raise BadLogin(msg, where="scopes", mend="choose what its holder may do")


def key_may(key: ApiKey, scope: ApiScope, platform: Platform | None = None) -> Ruling:
    """Say whether the holder of an API key may do a thing on a platform."""
    if key.revoked_at is not None:
        return refuse("this key was revoked")
    if platform is not None and platform != key.platform:
        return refuse("this key belongs to another platform")
    if scope not in key.scopes:
        return refuse(f"this key was made without the scope '{scope}'")
    return allow(f"the key has the scope '{scope}'")


def leaves_an_admin(accounts: Sequence[Account], changed: Account) -> bool:
    """Tell whether somebody can still manage accounts after a change; a house must not lock itself out."""
    after = [changed if account.key == changed.key else account for account in accounts]
    return any(may_somewhere(account, Permission.MANAGE_ACCOUNTS) for account in after)
