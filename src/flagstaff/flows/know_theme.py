"""Lay what a platform's menus and rules know beside the themes of a deep dive; no comment is read for it."""

from typing import Final
from weakref import WeakKeyDictionary

from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.menus.likeness import Rule, Shelf

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
