"""Read what people suggest: copies without names, opened for whoever prepares the menus, and how many they are."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import asked_by, open_on_record
from flagstaff.flows.suggest_option import words_lie_under
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening, reporters
from flagstaff.vault.model import Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


class SaidWords(msgspec.Struct, frozen=True):
    """What one suggestion says; `label` None: the copy without names is being made, or the writer was erased."""

    label: str | None = None
    details: str = ""


async def read_suggestions(
    house: House, by: Account, platform: Platform, keys: Sequence[UUID]
) -> Mapping[UUID, SaidWords]:
    """Return the words of some suggestions; what is opened, why and for whom is committed first. Raises Forbidden."""
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    under, wanted = words_lie_under(platform), set(keys)
    async with house.database.reading(Role.CONSOLE) as connection:
        refs = [one.ref for one in await opening.refs_of(connection, under) if one.owner in wanted]
    if not refs:
        return {}
    asking = asked_by(house, by, Purpose.READ, refs, "suggested options", under)
    words = await open_on_record(house, Role.READER, asking, opening.read)
    return {one.owner: _said(one.text) for one in words}


async def persons_behind(house: House, by: Account, platform: Platform, keys: Sequence[UUID]) -> int | None:
    """Return how many persons are behind some suggestions; None below the floor. Raises Forbidden."""
    staff_rules.demand(by, Permission.EDIT_MENUS, None, platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        return await reporters.persons_behind(connection, keys)


def _said(text: str | None) -> SaidWords:
    if text is None:
        return SaidWords()
    try:
        return msgspec.json.decode(text, type=SaidWords)
    except msgspec.DecodeError:
        return SaidWords(text)
