"""List drafts of the menus, how a proposal ended, and who answers for a version."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries

_MOST: Final = 50


class DraftLine(msgspec.Struct, frozen=True):
    """One draft in the list. `dives`: the deep dives whose themes it answers."""

    key: UUID
    platform: str
    base: int
    title: str
    operations: int
    state: str
    author: UUID
    author_name: str | None
    changed_at: datetime
    published: int | None
    dives: tuple[str, ...]


class ProposalEnd(msgspec.Struct, frozen=True):
    """How a proposal stands: who made it and when, who answered it, and why."""

    state: str
    note: str
    author: UUID
    author_name: str | None
    made_at: datetime
    answered_by: str | None
    answer: str | None
    answered_at: datetime | None


class Named(msgspec.Struct, frozen=True):
    """An account by name."""

    key: UUID
    name: str
    state: str


class Owned(msgspec.Struct, frozen=True):
    """Who answers for a version since `at`."""

    version: int
    account: UUID
    name: str | None
    state: str | None
    at: datetime


class Reactions(msgspec.Struct, frozen=True):
    """How many readers found the note of a version clear, and how many did not."""

    clear: int
    unclear: int


class OptionUse(msgspec.Struct, frozen=True):
    """How many flags named an option."""

    option: str
    flags: int


_queries = Queries(__package__, "drafts.sql")
_list_drafts = _queries.rows("list_drafts", DraftLine)
_answer_of = _queries.row("answer_of", ProposalEnd)
_names_of = _queries.rows("names_of", Named)
_owners_of = _queries.rows("owners_of", Owned)
_flags_by_option = _queries.rows("flags_by_option", OptionUse)
_reactions_of = _queries.row("reactions_of", Reactions)


async def list_drafts(database: Database, platforms: Sequence[str]) -> list[DraftLine]:
    """Return what is open or waits first, then the latest others, fifty at most."""
    async with database.reading(Role.VIEWS) as connection:
        return await _list_drafts(connection, platforms, _MOST)


async def answer_of(database: Database, proposal: UUID | None) -> ProposalEnd | None:
    """Return how a proposal stands."""
    if proposal is None:
        return None
    async with database.reading(Role.VIEWS) as connection:
        return await _answer_of(connection, proposal)


async def names_of(database: Database) -> list[Named]:
    """Return all accounts by name, also those that left."""
    async with database.reading(Role.VIEWS) as connection:
        return await _names_of(connection)


async def owners_of(database: Database, platform: str) -> dict[int, Owned]:
    """Return who answers for each version of a platform's menus."""
    async with database.reading(Role.VIEWS) as connection:
        return {one.version: one for one in await _owners_of(connection, platform)}


async def reactions_of(database: Database, platform: str, version: int, at_least: int) -> Reactions | None:
    """Return what readers said of a version's note; None where fewer than `at_least` of them did."""
    async with database.reading(Role.VIEWS) as connection:
        return await _reactions_of(connection, platform, version, at_least)


async def flags_by_option(database: Database, platform: str, since: date) -> dict[str, int]:
    """Return how many flags since a day named each option."""
    async with database.reading(Role.VIEWS) as connection:
        return {one.option: one.flags for one in await _flags_by_option(connection, platform, since)}
