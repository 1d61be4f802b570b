"""Tell whether a flag helped an option to be added; it is said only where the published versions prove it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from flagstaff.menus.model import LineageEdge, MenuVersion, Option


class Heeded(msgspec.Struct, frozen=True, kw_only=True):
    """A flag under Other that was acted on: its option, when it came, and the clauses of its published decision."""

    option: str
    received_at: datetime
    clauses: frozenset[str]


class Helped(msgspec.Struct, frozen=True):
    """The option that a version offers because of flags like this one, in the words of that version."""

    version: int
    option: str
    label: str


def helped(flag: Heeded, history: Sequence[MenuVersion], lineage: Iterable[LineageEdge]) -> Helped | None:
    """Return the first option that a flag under Other helped to add, or None.

    True when all of this can be read off what is published: a version that came after the flag added an option to
    its menu, or brought one back; that version says that the option takes over a part of Other (a split, or figures
    counted from comments under Other); and the option stands for a clause under which this very flag was acted on.
    A flag about anything else under Other helped nothing, and is not told so.
    """
    splits = {(edge.version, edge.from_option, edge.to_option) for edge in lineage if edge.edge == "split"}
    for before, version in pairwise(history):
        if version.published_at is None or version.published_at <= flag.received_at:
            continue
        if not _is_other(flag.option, before):
            continue
        for option in _new(before, version):
            named = (version.number, flag.option, option.key) in splits or option.key in _counted(version)
            if named and _beside(flag.option, option) and flag.clauses.intersection(option.clauses):
                return Helped(version.number, option.key, option.label)
    return None


def _is_other(option: str, version: MenuVersion) -> bool:
    return option in {menu.last.key for menu in version.menus}


def _new(before: MenuVersion, version: MenuVersion) -> Iterator[Option]:
    known = before.option_by_key
    return (option for key, option in version.option_by_key.items() if key not in known)


def _counted(version: MenuVersion) -> frozenset[str]:
    return frozenset(version.evidence.became.values()) if version.evidence else frozenset()


def _beside(other: str, option: Option) -> bool:
    return other.partition(".")[0] == option.subject
