"""Tell somebody how a suggestion ended or that a letter was answered; the postman finds them, nobody else does."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flagstaff.delivery.model import NewNotice
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import reporter_notice, told_in


def person_notice(
    house: House,
    thing: UUID,
    *,
    platform: str,
    text_key: str,
    about: str,
    number: str,
    values: Mapping[str, str],
    not_before: datetime,
) -> NewNotice:
    """Return a notice to whoever is behind a suggestion or a thread, to be read from `not_before` on.

    In the platform's first language: neither keeps which one its writer reads.
    """
    return reporter_notice(
        house, platform=platform, flag=thing, text_key=text_key, guidelines=told_in(house, platform, None),
        values={**values, "about": about, "number": number}, at=house.now, not_before=not_before,
    )  # fmt: skip


def contact_page(house: House, platform: str) -> str:
    """Return where anybody writes to the team of a platform."""
    return f"{house.settings.address}/contact?platform={platform}"
