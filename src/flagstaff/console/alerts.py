"""Tell whom it concerns, on every page, that a suggestion or a letter waits past its day."""

from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.language.tongues import spoken
from flagstaff.staff.model import Account
from flagstaff.staff.rules import may
from flagstaff.views.people_write import overdue
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_WORK: Final = frozenset({Permission.EDIT_MENUS, Permission.ANSWER_CONTACT})


class Alert(msgspec.Struct, frozen=True):
    """One line on top of a page; `yours`: this account answers for it by name."""

    text: str
    path: str
    yours: bool = False


async def alerts_for(house: House, account: Account) -> tuple[Alert, ...]:
    """Return what an account has to know, in its language; nothing is asked for those who could do nothing."""
    if not account.permissions & _WORK:
        return ()
    hosts = [str(host.key) for host in house.policy.hosts()]
    late = [(one, Platform(one.platform)) for one in await overdue(house.database, hosts, house.now)]
    suggestions = [one for one, host in late if may(account, Permission.EDIT_MENUS, None, host)]
    letters = sum(one.letters for one, host in late if may(account, Permission.ANSWER_CONTACT, None, host))
    found = []
    waiting = sum(one.suggestions for one in suggestions)
    if waiting:
        yours = any(one.owner == account.key for one in suggestions)
        text = spoken().ngettext(
            "{n} suggestion waits past the day of the answer",
            "{n} suggestions wait past the day of the answer",
            waiting,
        )
        found.append(Alert(text, "/console/suggestions", yours))
    if letters:
        text = spoken().ngettext(
            "{n} letter waits past the day of the answer",
            "{n} letters wait past the day of the answer",
            letters,
        )
        found.append(Alert(text, "/console/contact"))
    return tuple(found)
