"""Name themes after what a run proposes, in the words of a person: a name is kept in plain, so it is no comment's."""

from collections.abc import Mapping

from flagstaff.flows.change_codebook import Words, name_themes
from flagstaff.flows.house import House
from flagstaff.flows.open_proposals import open_proposals
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight.naming import may_repeat, refuse_words_of
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform


async def take_proposals(
    house: House, by: Account, number: str, names: Mapping[str, Words]
) -> tuple[str, ...]:
    """Name themes by the key of each line they come from, and return their keys.

    Raises WordsOfAComment where a name or meaning repeats what its line quotes, NoSuchDive, Forbidden without the right
    to a deep dive, Unavailable, BadTheme, CodebookFull.
    """
    dive = await show_dive(house, by, number)
    if any(may_repeat(words.name, words.meaning) for words in names.values()):
        quotes = await open_proposals(house, by, dive)
        for line, words in names.items():
            refuse_words_of(quotes.get(line, ()), name=words.name, meaning=words.meaning)
    proposals = [f"{dive.number}.{line}" for line in names]
    return await name_themes(house, by, Platform(dive.platform), tuple(names.values()), proposals)
