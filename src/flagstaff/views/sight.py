"""Who looks, and so which cases exist for them: every statement of this room filters by it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Surface
from flagstaff.vocabulary.roles import PERMISSIONS, SCOPED_ROLES, Permission


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What of all cases somebody may know of; `cases.desk.may_see` says the same of one case.

    `everywhere` False: only cases in these parts, boards and groups of the Community, and none that is for staff only.
    `linked_author`: keyed hash of the person whom the account also is; what that person wrote does not exist for it.
    """

    account: UUID
    platforms: tuple[str, ...]
    everywhere: bool
    parts: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    restricted: bool = False
    linked_platform: str | None = None
    linked_author: bytes | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Return the first eight parameters of every statement that lists cases."""
        return (
            list(self.platforms),
            self.everywhere,
            list(self.parts),
            list(self.boards),
            list(self.groups),
            self.restricted,
            self.linked_platform,
            self.linked_author,
        )

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        """Return the halves of a platform that are looked at."""
        return tuple(Surface) if self.everywhere else (Surface.COMMUNITY,)


def sight_of(
    account: Account, platforms: Sequence[str], permission: Permission = Permission.SEE_QUEUE
) -> Sight:
    """Return what an account sees of these platforms by its roles that hold a permission."""
    holding = {role for role in account.roles if permission in PERMISSIONS[role]}
    own = [one for one in platforms if not account.platforms or one in account.platforms]
    reach = account.places if holding & SCOPED_ROLES else ()
    return Sight(
        account=account.key,
        platforms=tuple(own) if holding and account.permissions else (),
        everywhere=bool(holding - SCOPED_ROLES),
        parts=tuple(one.key for one in reach if one.level == "part"),
        boards=tuple(one.key for one in reach if one.level == "board"),
        groups=tuple(one.key for one in reach if one.level == "group"),
        restricted=Permission.RESTRICTED_DESK in account.permissions,
        linked_platform=account.linked.platform if account.linked else None,
        linked_author=account.linked.author_hash if account.linked else None,
    )
