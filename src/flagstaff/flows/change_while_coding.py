"""Change the codebook while a comment lies before the reviewer: say a theme better, merge two, split one.

What is typed there is compared with that comment, and a name for readers with all of the run.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from flagstaff.flows.answer_comments import refuse_words_in_front
from flagstaff.flows.change_codebook import (
    Words,
    change_codebook,
    merge_theme,
    split_theme,
)
from flagstaff.flows.coding_desk import ready_dive
from flagstaff.flows.house import House
from flagstaff.flows.name_theme import refuse_words_of_run
from flagstaff.insight.codebook import Codebook, Deed, NamePublicly, Rename
from flagstaff.insight.dives import Dive
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform


class Reword(msgspec.Struct, frozen=True):
    """Say a theme so, and tell it readers under a name; what is blank stays as it is."""

    theme: str
    words: Words
    public: str


class Merge(msgspec.Struct, frozen=True):
    """Count a theme under another one."""

    theme: str
    into: str


class Split(msgspec.Struct, frozen=True):
    """Put several themes in the place of one."""

    theme: str
    parts: tuple[Words, ...]


Wanted: TypeAlias = Reword | Merge | Split


async def change_while_coding(house: House, by: Account, number: str, row: UUID, wanted: Wanted) -> None:
    """Change the codebook of a run's platform, while the comment of this flag is asked.

    Raises WordsOfAComment, SaysWho, NoSuchTheme, BadTheme, CodebookFull, DiveNotReady, NoSuchDive, Forbidden.
    """
    dive = await ready_dive(house, by, number)
    platform = Platform(dive.platform)
    if isinstance(wanted, Merge):
        await merge_theme(house, by, platform, wanted.theme, wanted.into)
        return
    said: Sequence[Words] = wanted.parts if isinstance(wanted, Split) else (wanted.words,)
    for words in said:
        await refuse_words_in_front(house, by, dive, row, words)
    if isinstance(wanted, Split):
        await split_theme(house, by, platform, wanted.theme, wanted.parts)
    else:
        await _reword(house, by, dive, wanted)


async def _reword(house: House, by: Account, dive: Dive, wanted: Reword) -> None:
    if wanted.public:
        await refuse_words_of_run(house, by, dive, public=wanted.public)

    # What is blank stays as it is when the codebook is held: somebody else may have reworded it meanwhile.
    def deeds(book: Codebook, at: datetime) -> Iterator[Deed]:
        theme = book.theme(wanted.theme)
        name, meaning = wanted.words.name or theme.name, wanted.words.meaning or theme.meaning
        if (theme.name, theme.meaning) != (name, meaning):
            yield Rename(key=theme.key, name=name, meaning=meaning, at=at)
        if wanted.public and theme.public != wanted.public:
            yield NamePublicly(key=theme.key, public=wanted.public, at=at)

    await change_codebook(house, by, Platform(dive.platform), deeds)
