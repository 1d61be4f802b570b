"""Send past flags through a draft: where each would have gone, to the flag, and none of them lost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from flagstaff.menus.drafts import Applied
from flagstaff.menus.lineage import rolled_forward
from flagstaff.menus.model import LineageEdge, MenuVersion


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """How many past flags of an option of the live menus would have gone where."""

    before: str
    after: str
    flags: int


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft does to past flags. `added`: options of which the past cannot tell; `other_*`: flags on Other."""

    routes: tuple[Route, ...]
    added: tuple[str, ...]
    flags: int
    other_before: int
    other_after: int


def backtest(
    counts: Mapping[str, int], live: MenuVersion, lineage: Sequence[LineageEdge], applied: Applied
) -> Backtest:
    """Count past flags by the option that counts for them today, then by the one that would after the draft.

    Exact for every removal, merge and restoration. An added option gets nothing: who would have chosen it, no past
    flag says.
    """
    today = rolled_forward(counts, live, lineage)
    known = [*lineage, *applied.lineage]
    then: dict[tuple[str, str], int] = defaultdict(int)
    for key, count in today.items():
        for after, flags in rolled_forward({key: count}, applied.version, known).items():
            then[key, after] += flags
    ends = _by_end(then)
    return Backtest(
        routes=tuple(Route(before=one, after=other, flags=n) for (one, other), n in sorted(then.items())),
        added=tuple(sorted(key for key in applied.version.option_by_key if key not in live.option_by_key)),
        flags=sum(then.values()),
        other_before=_on_other(today, live),
        other_after=_on_other(ends, applied.version),
    )


def _by_end(then: Mapping[tuple[str, str], int]) -> dict[str, int]:
    ends: dict[str, int] = defaultdict(int)
    for (_, after), flags in then.items():
        ends[after] += flags
    return ends


def _on_other(counts: Mapping[str, int], version: MenuVersion) -> int:
    return sum(n for key, n in counts.items() if key.partition(".")[2] == version.rules.last)
