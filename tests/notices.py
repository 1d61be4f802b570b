"""Read what was told to somebody, as author and as reporter, newest first, in the words that were in force."""

from datetime import datetime

import msgspec

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import Notice
from flagstaff.flows.house import House
from flagstaff.flows.read_event import links_for, notice_text, with_code
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import PersonRef


class ShownNotice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notice as its reader sees it; `code` opens /appeal to an author, `flag` names a reporter's own flag."""

    notice: str
    about: Party
    kind: str
    text: str
    at: datetime
    links: dict[str, str]
    code: str = ""
    flag: str = ""
    status: str = ""


async def show_notices(house: House, person: PersonRef) -> list[ShownNotice]:
    """Return a person's notices, as author and as reporter, newest first; what is not due yet is not there."""
    async with house.database.transaction(Role.INTAKE) as connection:
        own = await admission.flags_of(connection, house.sealer, person)
        notices = await delivery.notices_of_author(connection, person.platform, person.id, house.now)
        notices += await delivery.notices_of_flags(connection, own, house.now)
    shown = [_shown(house, one) for one in notices]
    return sorted(shown, key=lambda one: (one.at, one.notice), reverse=True)


def _shown(house: House, notice: Notice) -> ShownNotice:
    values = with_code(house, notice)
    return ShownNotice(
        notice=notice.number,
        about=notice.audience,
        kind=notice.text_key,
        text=notice_text(house, notice),
        at=notice.released_at or notice.made_at,
        links=links_for(house, notice.platform).filled(values),
        code=values["code"],
        flag=values["number"] if notice.audience is Party.REPORTER else "",
        status=notice.values.get("status", ""),
    )
