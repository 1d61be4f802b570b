"""Name themes after what a run proposes, in the words of a person: a name is kept in plain, so it is no comment's."""

from collections.abc import Mapping

from flagstaff.flows.change_codebook import Words, name_themes
from flagstaff.flows.house import House
from flagstaff.flows.open_proposals import open_proposals
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight.codebook import SAME_WORDS, Name, WordsOfAComment
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
    if any(one.needs_comments for words in names.values() for one in _taken_apart(words)):
        quotes = await open_proposals(house, by, dive)
        for line, words in names.items():
            if any(one.repeats(quote) for quote in quotes.get(line, ()) for one in _taken_apart(words)):
                what = f"{SAME_WORDS} words in a row of this theme stand in a comment"
                raise WordsOfAComment(what, where="name", mend="say it in your own words")
    proposals = [f"{dive.number}.{line}" for line in names]
    return await name_themes(house, by, Platform(dive.platform), tuple(names.values()), proposals)


def _taken_apart(words: Words) -> tuple[Name, Name]:
    return Name(words.name), Name(words.meaning)
