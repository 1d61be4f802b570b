"""Say how readers may be told of a theme, in words of whoever types it and of nobody who wrote a comment.

A name of six words or more is compared with every comment of the newest run, opened fifty at a time after a committed
line of the log says so; where six in a row stand in one of them the name is refused.
"""

import asyncio
from typing import Final

from flagstaff.flows.change_codebook import change_codebook, show_codebook
from flagstaff.flows.house import House
from flagstaff.flows.show_examples import open_comments
from flagstaff.insight import dives
from flagstaff.insight.codebook import NamePublicly, after
from flagstaff.insight.dives import Dive
from flagstaff.insight.naming import may_repeat, refuse_words_of
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_BATCH: Final = 50


async def name_theme(house: House, by: Account, platform: Platform, key: str, public: str) -> None:
    """Keep what readers may be told of a theme; blank takes it back.

    Raises WordsOfAComment, SaysWho, NoSuchTheme, BadTheme, Forbidden, Unavailable where this process cannot open.
    """
    shown = await show_codebook(house, by, platform)
    after(shown.kept.book, NamePublicly(key=key, public=public, at=house.now))
    await refuse_words_of_run(house, by, shown.newest, public=public)
    await change_codebook(house, by, platform, lambda _, at: [NamePublicly(key=key, public=public, at=at)])


async def refuse_words_of_run(house: House, by: Account, dive: Dive | None, **texts: str) -> None:
    """Raise WordsOfAComment where a text, by the name of its field, has six words in a row with a comment of a run."""
    place = b""
    while dive is not None and may_repeat(*texts.values()):
        async with house.database.reading(Role.CONSOLE) as connection:
            rows = await dives.rows_of(connection, dive.key, place, _BATCH)
        if not rows:
            break
        said = await open_comments(house, by, dive, [one.flag for one in rows], "dive.name_compared")
        await asyncio.sleep(0)
        refuse_words_of(said.values(), **texts)
        place = rows[-1].place
