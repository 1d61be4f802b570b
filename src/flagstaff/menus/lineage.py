"""Follow options through their versions, so that a series of figures stays continuous; no count is lost or doubled.

Forwards, what was counted under an option that is gone is counted under the one it went into. Backwards, what was
counted under an option that came later is told under those it came from: together, where a merge joined several, for
nobody can say which of them it would have been.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flagstaff.menus.model import LineageEdge, MenuVersion
from flagstaff.menus.rules import successor_of

_COMES = frozenset({"merge", "split"})


def rolled_forward(
    counts: Mapping[str, int], version: MenuVersion, lineage: Sequence[LineageEdge]
) -> dict[str, int]:
    """Return counts by the options of `version`; what has no successor there stays under its own key."""
    totals: dict[str, int] = defaultdict(int)
    for key, count in counts.items():
        totals[successor_of(key, version, lineage) or key] += count
    return dict(totals)


def rolled_back(
    counts: Mapping[str, int], version: MenuVersion, lineage: Sequence[LineageEdge]
) -> dict[tuple[str, ...], int]:
    """Return counts by what `version` offered: under several keys together where a later merge joined them.

    An option without any ancestor in that version stays under its own key: it is new.
    """
    totals: dict[tuple[str, ...], int] = defaultdict(int)
    for key, count in counts.items():
        totals[ancestors_of(key, version, lineage) or (key,)] += count
    return dict(totals)


def ancestors_of(key: str, version: MenuVersion, lineage: Iterable[LineageEdge]) -> tuple[str, ...]:
    """Return the options of `version` that an option came from, itself where it was there already."""
    came: dict[str, set[str]] = defaultdict(set)
    for edge in lineage:
        if edge.edge in _COMES and edge.version > version.number:
            came[edge.to_option].add(edge.from_option)
    found, open_, seen = set(), [key], set()
    while open_:
        here = open_.pop()
        if here in seen:
            continue
        seen.add(here)
        if here in version.option_by_key:
            found.add(here)
        else:
            open_ += came[here]
    return tuple(sorted(found))
