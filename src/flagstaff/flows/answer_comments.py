"""Keep what a reviewer says of comments, name a theme on the way, take the last answer back; rows are only added."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.change_codebook import Words, change_in
from flagstaff.flows.coding_desk import ready_dive
from flagstaff.flows.house import House
from flagstaff.flows.show_examples import open_comments
from flagstaff.insight import dives, labels
from flagstaff.insight.auditing import Stack, drawn_for
from flagstaff.insight.codebook import (
    ANSWERS,
    TAKEN_BACK,
    Codebook,
    New,
    codebook_of,
    new_keys,
)
from flagstaff.insight.dive import Label
from flagstaff.insight.dives import Dive
from flagstaff.insight.naming import may_repeat, refuse_words_of
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role

_AT_ONCE: Final = 50


class NoSuchComment(NotFound):
    """This run did not count such a comment."""

    slug = "no-such-comment"
    title = "This comment is not of this deep dive"


class NothingAnswered(Refusal):
    """There is no answer here to keep, or to take back."""

    slug = "nothing-answered"
    status = 422
    title = "There is no answer"


async def answer_comments(
    house: House, by: Account, number: str, stack: Stack, answers: Mapping[UUID, str]
) -> None:
    """Keep answers by flag: a theme's key, or one of `codebook.ANSWERS`.

    Raises NoSuchComment, NoSuchTheme, NothingAnswered, DiveNotReady, NoSuchDive, Forbidden.
    """
    dive = await ready_dive(house, by, number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await labels.hold_codebook(connection, dive.platform)
        book = codebook_of(await labels.changes_of(connection, dive.platform))
        _check(book, answers.values())
        await _keep(house, connection, by, dive, stack, answers)


async def answer_with_new_theme(
    house: House, by: Account, number: str, stack: Stack, row: UUID, words: Words
) -> str:
    """Name a theme, answer a comment with it and return its key; its words are kept in plain and not the comment's.

    Raises WordsOfAComment, BadTheme, CodebookFull and what `answer_comments` does.
    """
    dive = await ready_dive(house, by, number)
    await refuse_words_in_front(house, by, dive, row, words)

    def made(book: Codebook, at: datetime) -> list[New]:
        return [New(key=new_keys(book)[0], name=words.name, meaning=words.meaning, at=at)]

    async with house.database.transaction(Role.CONSOLE) as connection:
        (change,) = await change_in(house, connection, by, dive.platform, made)
        await _keep(house, connection, by, dive, stack, {row: change.key})
    return change.key


async def refuse_words_in_front(house: House, by: Account, dive: Dive, row: UUID, words: Words) -> None:
    """Raise WordsOfAComment where what is typed repeats the comment that lies before whoever types it."""
    if may_repeat(words.name, words.meaning):
        said = await open_comments(house, by, dive, [row], "dive.name_compared")
        refuse_words_of(said.values(), name=words.name, meaning=words.meaning)


async def take_answer_back(house: House, by: Account, number: str) -> UUID:
    """Take this reviewer's last answer in a run back, to what they said of that comment before; return its flag.

    Raises NothingAnswered, DiveNotReady, NoSuchDive, Forbidden.
    """
    dive = await ready_dive(house, by, number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        last = await labels.last_said(connection, dive.platform, by.key, dive.key)
        if last is None:
            raise NothingAnswered(
                "nothing was answered here yet", where="answer", mend="answer a comment first"
            )
        said = await labels.said_of(connection, dive.platform, by.key, last.row)
        blank = msgspec.structs.replace(last, theme=TAKEN_BACK)
        # With its own moment, so that it reads as it did, and what was answered before is taken back next.
        before = next((one for one in said if one.at < last.at), blank)
        await labels.put_label(connection, house.ids.key(), dive.platform, before)
    return last.row


async def _keep(
    house: House, connection: Connection, by: Account, dive: Dive, stack: Stack, answers: Mapping[UUID, str]
) -> None:
    if not answers:
        raise NothingAnswered("no comment was answered", where="answer", mend="choose what it is about")
    if len(answers) > _AT_ONCE:
        raise NothingAnswered("too many answers at once", where="answer", mend="save what the page shows")
    known = {one.flag for one in await dives.some_rows(connection, dive.key, list(answers))}
    if answers.keys() - known:
        raise NoSuchComment("this run did not count it", where="row", mend="load the page again")
    for row, theme in answers.items():
        earlier = await labels.said_of(connection, dive.platform, by.key, row)
        drawn = next((one.drawn for one in earlier[:1] if one.theme != TAKEN_BACK), drawn_for(stack))
        said = Label(row=row, theme=theme, reviewer=by.key, drawn=drawn, at=house.now)
        await labels.put_label(connection, house.ids.key(), dive.platform, said)


def _check(book: Codebook, themes: Iterable[str]) -> None:
    for theme in themes:
        if theme not in ANSWERS:
            book.theme(theme)
