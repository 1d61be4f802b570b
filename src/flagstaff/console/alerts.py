"""Tell whom it concerns, on every page, what waits past its day, and which themes rose."""

from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.watch_themes import look_at_watches
from flagstaff.language.tongues import spoken
from flagstaff.staff.model import Account
from flagstaff.staff.rules import may
from flagstaff.views.people_write import overdue
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_WORK: Final = frozenset({Permission.EDIT_MENUS, Permission.ANSWER_CONTACT, Permission.RUN_DEEP_DIVE})


class Alert(msgspec.Struct, frozen=True):
    """One line on top of a page. `yours`: this account answers for it by name; `answer`: somebody waits for one."""

    text: str
    path: str
    yours: bool = False
    answer: bool = True


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
    for week in await look_at_watches(house, account):
        if week.rests:
            rests = spoken().gettext(
                "The weekly watch of {name} rests: who began it may run no deep dive any more"
            )
            name = house.policy.host(week.platform).name
            found.append(
                Alert(rests.format(name=name), f"/console/dives?platform={week.platform}#watch", answer=False)
            )
        if not week.rising:
            continue
        text = spoken().ngettext(
            "{n} theme is new or rises among what people write under Other",
            "{n} themes are new or rise among what people write under Other",
            len(week.rising),
        )
        found.append(Alert(text, f"/console/dives/{week.number}", answer=False))
    return tuple(found)
