"""Staff roles and, in one table, what each may do; database roles stand underneath."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class StaffRole(StrEnum):
    """Name what somebody does here; an account holds one or more."""

    ADMIN = "admin"
    POLICY_MANAGER = "policy_manager"
    MODERATOR = "moderator"
    COMMUNITY_MODERATOR = "community_moderator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """Allow one deed."""

    SEE_QUEUE = "see_queue"
    OPEN_CASE = "open_case"
    DECIDE = "decide"
    CONFIRM = "confirm"
    PLACE_HOLD = "place_hold"
    REVERSE = "reverse"
    REVIEW_APPEAL = "review_appeal"
    REVEAL_WORDS = "reveal_words"
    RESTRICTED_DESK = "restricted_desk"
    ANSWER_CONTACT = "answer_contact"
    UNMASK = "unmask"
    EDIT_MENUS = "edit_menus"
    PUBLISH = "publish"
    APPROVE_EXCEPTION = "approve_exception"
    READ_FIGURES = "read_figures"
    RUN_DEEP_DIVE = "run_deep_dive"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_PLATFORMS = "manage_platforms"
    ERASE_PERSON = "erase_person"
    READ_AUDIT = "read_audit"


_DESK = frozenset({Permission.SEE_QUEUE, Permission.OPEN_CASE, Permission.DECIDE, Permission.PLACE_HOLD})

PERMISSIONS: Mapping[StaffRole, frozenset[Permission]] = MappingProxyType(
    {
        StaffRole.ADMIN: frozenset(
            {
                Permission.MANAGE_ACCOUNTS,
                Permission.MANAGE_PLATFORMS,
                Permission.ERASE_PERSON,
                Permission.READ_FIGURES,
                Permission.PUBLISH,
                Permission.UNMASK,
            },
        ),
        StaffRole.POLICY_MANAGER: frozenset(
            {
                Permission.EDIT_MENUS,
                Permission.PUBLISH,
                Permission.APPROVE_EXCEPTION,
                Permission.READ_FIGURES,
                Permission.RUN_DEEP_DIVE,
            },
        ),
        StaffRole.MODERATOR: _DESK
        | {
            Permission.CONFIRM,
            Permission.REVERSE,
            Permission.REVIEW_APPEAL,
            Permission.REVEAL_WORDS,
            Permission.RESTRICTED_DESK,
            Permission.ANSWER_CONTACT,
            Permission.UNMASK,
            Permission.READ_FIGURES,
        },
        # Volunteers: their own boards and groups only, no raw words, no second looks, nothing of the marketplace.
        StaffRole.COMMUNITY_MODERATOR: _DESK,
        StaffRole.AUDITOR: frozenset({Permission.READ_AUDIT, Permission.READ_FIGURES}),
    },
)

SCOPED_ROLES = frozenset({StaffRole.COMMUNITY_MODERATOR})
"""Roles that reach only the places written beside the account."""


def permissions_of(roles: frozenset[StaffRole]) -> frozenset[Permission]:
    """Return what somebody with these roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
