"""Say which pages the rail offers, and to whom; a page module adds its line here."""

from typing import Final

import msgspec

from flagstaff.language.marking import marked
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import Permission


class Line(msgspec.Struct, frozen=True):
    """One line of the rail; no permission means everybody who is signed in. `key` is its key on the keyboard."""

    title: str
    path: str
    permission: Permission | None = None


class Group(msgspec.Struct, frozen=True):
    """Some lines under a title; an empty title shows none."""

    title: str
    lines: tuple[Line, ...]


RAIL: Final = (
    Group(
        marked("Cases"),
        (
            Line(marked("Queue"), "/console/queue", Permission.SEE_QUEUE),
            Line(marked("Second person"), "/console/second", Permission.CONFIRM),
            Line(marked("Naming a reporter"), "/console/naming", Permission.UNMASK),
            Line(marked("Appeals"), "/console/appeals", Permission.REVIEW_APPEAL),
            Line(marked("Letters"), "/console/contact", Permission.ANSWER_CONTACT),
            Line(marked("Decisions"), "/console/decisions", Permission.SEE_QUEUE),
            Line(marked("To do by hand"), "/console/todos", Permission.DECIDE),
        ),
    ),
    Group(
        marked("House"),
        (
            Line(marked("People"), "/console/accounts", Permission.MANAGE_ACCOUNTS),
            Line(marked("Platforms"), "/console/platforms", Permission.MANAGE_PLATFORMS),
        ),
    ),
    Group(
        marked("Figures"),
        (
            Line(marked("Health"), "/console/health", Permission.READ_FIGURES),
            Line(marked("Use of the menus"), "/console/usage", Permission.READ_FIGURES),
            Line(marked("Use of the rules"), "/console/rules", Permission.READ_FIGURES),
            Line(marked("Deep dives"), "/console/dives", Permission.READ_FIGURES),
            Line(marked("Log"), "/console/log", Permission.READ_AUDIT),
        ),
    ),
    Group(
        marked("Policy"),
        (
            Line(marked("Guidelines"), "/console/guidelines"),
            Line(marked("Menus"), "/console/menus"),
            Line(marked("Suggestions"), "/console/suggestions", Permission.EDIT_MENUS),
            Line(marked("Publications"), "/console/publications", Permission.PUBLISH),
        ),
    ),
)


def rail_of(account: Account | None) -> tuple[Group, ...]:
    """Return what this account is offered; groups without a line are left out."""
    if account is None:
        return ()
    groups = (
        Group(group.title, tuple(line for line in group.lines if _offered(account, line))) for group in RAIL
    )
    return tuple(group for group in groups if group.lines)


def first_page(account: Account) -> str:
    """Return where somebody lands after signing in: the first page that is theirs."""
    lines = (line for group in rail_of(account) for line in group.lines)
    return next((line.path for line in lines), "/console/me")


def _offered(account: Account, line: Line) -> bool:
    return line.permission is None or line.permission in account.permissions
