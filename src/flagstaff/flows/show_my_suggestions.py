"""Show a person what became of the options they suggested; of others' suggestions nothing is told."""

from datetime import datetime

import msgspec

from flagstaff.flows.house import House
from flagstaff.menus import suggested, suggestions
from flagstaff.menus.rules import label_in
from flagstaff.menus.suggestions import SuggestionOutcome
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef


class OwnSuggestion(msgspec.Struct, frozen=True):
    """One suggestion as whoever made it sees it: when, for which menu, and how it ended; never the words.

    `offered`: the option that came of it is on the live menus by now.
    """

    number: str
    kind: str
    received_at: datetime
    told: SuggestionOutcome
    offered: bool


async def show_my_suggestions(house: House, person: PersonRef) -> list[OwnSuggestion]:
    """Return a person's own suggestions, newest first."""
    name = house.policy.host(person.platform).name
    live = house.policy.menus(person.platform).option_by_key
    async with house.database.transaction(Role.INTAKE) as connection:
        keys = await admission.flags_of(connection, house.sealer, person)
        found = await suggested.own(connection, keys)
    return [
        OwnSuggestion(
            number=one.number,
            kind=one.kind,
            received_at=one.received_at,
            told=suggestions.told(
                one.state, one.received_at, one.ended_at, house.now,
                why=SuggestionOutcome(one.state.value, one.reason, label_in(one.label, name)),
            ),
            offered=one.option in live,
        )
        for one in found
    ]  # fmt: skip
