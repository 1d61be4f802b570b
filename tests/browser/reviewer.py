"""A reviewer whose mind is made up: what they would say of each imported comment of the demo, and how they say it."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.answer_comments import answer_comments
from flagstaff.flows.change_codebook import Words, name_themes
from flagstaff.flows.house import House
from flagstaff.insight import dives
from flagstaff.insight.auditing import Stack
from flagstaff.insight.dive import NOT_USABLE
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_AT_ONCE: Final = 50
_FIRST: Final = "before-0000"
"""Under this number the demo keeps what the first imported comment is about."""


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """One theme as the reviewer means it; `public`: what readers may be told, blank where nobody asked for it."""

    name: str = ""
    meaning: str = ""
    public: str = ""
    comments: tuple[int, ...]


def _read() -> Mapping[str, Meant]:
    text = Path(__file__).with_name("reviewer.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Meant])


MIND: Final = _read()
THEMES: Final = {key: one for key, one in MIND.items() if key != NOT_USABLE}
_SAYS: Final = {number: key for key, one in MIND.items() for number in one.comments}


class Reviewer:
    """Somebody who labels the demo's imported comments in the order in which a run asks them."""

    def __init__(self, house: House, account: Account) -> None:
        """Begin with no theme named."""
        self.house = house
        self.account = account
        self.keys: dict[str, str] = {NOT_USABLE: NOT_USABLE}

    async def name(self, platform: Platform, themes: Sequence[str]) -> None:
        """Name themes in the codebook."""
        words = [Words(THEMES[one].name, THEMES[one].meaning) for one in themes]
        made = await name_themes(self.house, self.account, platform, words)
        self.keys |= dict(zip(themes, made, strict=True))

    async def order(self, run: str) -> list[tuple[UUID, str]]:
        """Return every comment of a run in the order of its audit, with what the reviewer means by it."""
        async with self.house.database.reading(Role.CONSOLE) as connection:
            dive = await dives.find(connection, run)
            assert dive is not None
            rows = await dives.rows_of(connection, dive.key, b"", 2000)
        async with self.house.database.reading(Role.WORKER) as connection:
            found = await connection.fetch(
                'select f.key, s.outside_id from flags.flag f join cases.case c on c.key = f."case"'
                " join subjects.subject s on s.key = c.subject where s.outside_id like 'before-%'"
            )
        number = {row["key"]: int(row["outside_id"].removeprefix("before-")) + 1 for row in found}
        return [(one.flag, _SAYS[number[one.flag]]) for one in rows]

    async def answer(self, run: str, comments: Sequence[tuple[UUID, str]]) -> None:
        """Answer comments that a run drew at random."""
        for start in range(0, len(comments), _AT_ONCE):
            said = {flag: self.keys[theme] for flag, theme in comments[start : start + _AT_ONCE]}
            await answer_comments(self.house, self.account, run, Stack.RANDOM, said)
