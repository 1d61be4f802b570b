"""Lay what a platform's menus and rules know beside the themes of a deep dive; no comment is read for it."""

from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import Add, Restore, Reword
from flagstaff.menus.likeness import Rule, Shelf
from flagstaff.menus.model import Option
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_shelves: Final[WeakKeyDictionary[PolicyBook, dict[tuple[str, int, int], Shelf]]] = WeakKeyDictionary()
_MOST: Final = 64


def shelf_of(house: House, platform: str) -> Shelf:
    """Return what a platform knows, made ready once per live version; raises NothingPublished."""
    history, guidelines = house.policy.menus_history(platform), house.policy.guidelines(platform)
    at = (platform, history[-1].number, guidelines.version)
    made = _shelves.setdefault(house.policy, {})
    found = made.get(at)
    if found is None:
        if len(made) >= _MOST:
            made.clear()
        rules = [
            Rule(key=one.key, title=one.title, summary=one.summary, kinds=one.scope)
            for one in guidelines.clauses
            if one.decidable
        ]
        found = made[at] = Shelf(history, rules, house.policy.host(platform).languages)
    return found


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """A live option that a draft with this theme as evidence brought in or worded, and by which version."""

    option: Option
    version: int


async def came_of(house: House, platform: Platform, dive: str) -> dict[str, tuple[Became, ...]]:
    """Return by theme what came of a run and is live, the newest version first: comments were written before it."""
    live = house.policy.menus(platform)
    found: dict[str, dict[str, Became]] = {}
    async with house.database.reading(Role.CONSOLE) as connection:
        for version in reversed(house.policy.menus_history(platform)):
            kept = await menus.draft_of_version(connection, platform, version.number)
            for one in kept.draft.operations if kept else ():
                if (
                    not isinstance(one, Add | Restore | Reword)
                    or one.pinned is None
                    or one.pinned.dive != dive
                ):
                    continue
                option = live.option_by_key.get(one.option)
                if option is not None:
                    of_theme = found.setdefault(one.pinned.theme, {})
                    of_theme.setdefault(option.key, Became(option=option, version=version.number))
    return {theme: tuple(options.values()) for theme, options in found.items()}
