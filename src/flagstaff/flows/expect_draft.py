"""Say what a draft would do to Other and to the queue: exact where the past tells, else an estimate from hints."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from flagstaff.flags import sampling
from flagstaff.flags.sampling import Period
from flagstaff.flows.draft_menu import Looked
from flagstaff.flows.estimate_added import brought_in
from flagstaff.flows.house import House
from flagstaff.insight.added import Estimated, Load, Move, Range, Taken, estimate, load, moved, other_then
from flagstaff.menus import estimates
from flagstaff.menus.backtest import Backtest, Route
from flagstaff.menus.estimates import HintEstimate
from flagstaff.menus.estimating import TOLD_AT_LEAST, Heard
from flagstaff.menus.model import Option
from flagstaff.store.roles import Role


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft is expected to do.

    `kept`: the newest count of comments, None where nobody counted; `outdated`: the draft changed since. `thin`: menus
    with too few comments to say anything. `share_today`, `share_then`: of all flags, under Other.
    """

    kept: HintEstimate | None
    outdated: bool
    added: tuple[str, ...]
    estimates: tuple[Estimated, ...]
    thin: tuple[Heard, ...]
    other_then: Range
    share_today: float | None
    share_then: Range | None
    load: tuple[Load, ...]


async def expect_draft(
    house: House, looked: Looked, found: Backtest, counts: Mapping[str, int], days: int
) -> Expected:
    """Return what is expected of a draft; `counts`: flags of the last days by the option that reporters chose."""
    period = Period(looked.kept.platform, (house.now - timedelta(days=days)).date())
    async with house.database.reading(Role.CONSOLE) as connection:
        kept = await estimates.newest(connection, looked.kept.key, days)
        opened = await sampling.opened_by_flags(connection, period)
    outdated = kept is not None and kept.about != estimates.about(looked.draft, looked.live.number)
    heard = kept.found if kept and not outdated else ()
    enough = [one for one in heard if one.says_enough]
    estimated = tuple(estimate(one) for menu in enough for one in _taken(menu))
    then = other_then(found.other_after, {one.kind: one.under_other for one in enough}, estimated)
    flags: dict[str, int] = defaultdict(int)
    for key, count in counts.items():
        flags[key.partition(".")[0]] += count
    cases = {(one.kind, one.severity): one.cases for one in opened}
    moves = [*_exact(looked, found), *_likely(looked, estimated)]
    return Expected(
        kept=kept,
        outdated=outdated,
        added=tuple(key for keys in brought_in(looked).values() for key in keys),
        estimates=estimated,
        thin=tuple(one for one in heard if not one.says_enough),
        other_then=then,
        share_today=found.other_before / found.flags if found.flags else None,
        share_then=_of(then, found.flags),
        load=load(cases, flags, moves, days),
    )


def _taken(menu: Heard) -> list[Taken]:
    return [
        Taken(
            option=one.option, kind=menu.kind, flags=menu.under_other, read=menu.read, first=one.first,
            within=one.within, hidden=TOLD_AT_LEAST - 1,
        )
        for one in menu.options
    ]  # fmt: skip


def _of(count: Range, flags: int) -> Range | None:
    return Range(count.low / flags, count.likely / flags, count.high / flags) if flags else None


# ---------------------------------------------------------------- the queue
def _exact(looked: Looked, found: Backtest) -> list[Move]:
    """Return the flags whose severity merges, removals and restorations would have changed: to the flag."""
    return [move for route in found.routes if (move := _move(looked, route)) and move.before != move.after]


def _move(looked: Looked, route: Route) -> Move | None:
    before = looked.live.option_by_key.get(route.before)
    after = looked.applied.version.option_by_key.get(route.after)
    if before is None or after is None:
        return None
    flags = Range(route.flags, route.flags, route.flags)
    return Move(kind=before.subject, before=_severity(before), after=_severity(after), flags=flags)


def _likely(looked: Looked, estimated: tuple[Estimated, ...]) -> list[Move]:
    version = looked.applied.version
    return [
        moved(one, version.menu_by_kind[one.kind].last.severity, _severity(version.option_by_key[one.option]))
        for one in estimated
    ]


def _severity(option: Option) -> int | None:
    """Return how grave an option is; None where it never makes a case."""
    return None if option.kind == "preference" else option.severity
