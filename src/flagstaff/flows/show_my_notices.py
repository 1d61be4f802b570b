"""Show a person what they were told: as an author of what they wrote, as a reporter about their own flags."""

from datetime import datetime

import msgspec

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.answers import TEXTS
from flagstaff.delivery.model import Notice
from flagstaff.flows.house import House
from flagstaff.flows.read_event import links_for, notice_text, with_code
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import PersonRef


class OwnNotice(msgspec.Struct, frozen=True):
    """One notice as its reader sees it; `flag` is the number of their own flag, None for an author's."""

    number: str
    to: Party
    at: datetime
    text: str
    flag: str | None
    links: dict[str, str]


async def show_my_notices(house: House, person: PersonRef) -> list[OwnNotice]:
    """Return what a person may read by now, the newest first."""
    async with house.database.transaction(Role.INTAKE) as connection:
        keys = await admission.flags_of(connection, house.sealer, person)
        found = await delivery.notices_of_author(connection, person.platform, person.id, house.now)
        found += await delivery.notices_of_flags(connection, keys, house.now)
    return sorted((_own(house, one) for one in found), key=lambda one: (one.at, one.number), reverse=True)


def _own(house: House, notice: Notice) -> OwnNotice:
    to_author = notice.audience is Party.AUTHOR
    known = links_for(house, notice.platform).filled(with_code(house, notice))
    kept = ("appeal_link", "clause_link") if to_author else ("appeal_link", "status_link")
    return OwnNotice(
        number=notice.number,
        to=notice.audience,
        at=notice.released_at or notice.made_at,
        text=notice_text(house, notice),
        flag=None if to_author or notice.text_key in TEXTS else notice.values.get("number"),
        links={name.removesuffix("_link"): known[name] for name in kept if known[name]},
    )
