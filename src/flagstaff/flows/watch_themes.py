"""Watch what people write under Other: a deep dive each week, and an alert when a theme is new or rises.

A run reads nine whole weeks in the name of whoever set the watch; the last week is then compared with the eight before.
The alert stands on the console's pages of who may run a deep dive, until the next week is judged.
"""

from datetime import datetime, time, timedelta
from typing import Final

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.ask_dive import BadSelection, enter
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.insight import watching
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, Selection
from flagstaff.insight.rising import WEEKS_BEFORE, Rising, rising
from flagstaff.insight.watching import Over, Standing, Watch, Week
from flagstaff.kernel.errors import NotFound
from flagstaff.staff import rules as staff_rules, storage as staff
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_WEEK: Final = timedelta(days=7)
_AT: Final = time(3)
"""Monday's hour at which the week before is looked at: its last comments have their copies by then."""
_NOT_SPOKEN_OF: Final = frozenset({NOT_USABLE, POOLED})


class NoWatch(NotFound):
    """Nobody watches the themes of this platform."""

    slug = "no-watch"
    title = "There is no such watch"


# ---------------------------------------------------------------- by staff
async def begin_watch(house: House, by: Account, platform: Platform, kinds: tuple[str, ...] = ()) -> Watch:
    """Watch some menus of a platform, all without a kind, from the next Monday on and in the name of this account.

    Raises BadSelection, Forbidden, NothingPublished.
    """
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    there = house.policy.menus(platform).menu_by_kind
    if strange := sorted(set(kinds) - set(there)):
        what = f"there is no menu for {', '.join(strange)}"
        raise BadSelection(what, where="kinds", mend=f"choose among {', '.join(sorted(there))}")
    watch = Watch(
        platform=platform, kinds=tuple(sorted(set(kinds))), account=by.key, began_at=house.now,
        next_at=_next(house, platform),
    )  # fmt: skip
    async with house.database.transaction(Role.CONSOLE) as connection:
        # Whose right goes at this very moment would leave a watch behind that nobody lets rest.
        await staff.lock_accounts(connection)
        staff_rules.demand(
            await staff.find_account(connection, by.key) or by, Permission.RUN_DEEP_DIVE, None, platform
        )
        await watching.put(connection, watch)
        await _record(house, connection, "themes.watched", by.actor, platform, {})
    return watch


async def end_watch(house: House, by: Account, platform: Platform) -> None:
    """Watch a platform no longer; raises NoWatch, Forbidden."""
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        if not await watching.end(connection, platform, house.now):
            raise NoWatch("nobody watches it", where="platform", mend="begin one first")
        await _record(house, connection, "themes.unwatched", by.actor, platform, {})


async def find_watch(house: House, by: Account, platform: Platform) -> Standing | None:
    """Return who watches a platform, which menus and with what outcome; None where nobody does. Raises Forbidden."""
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        return await watching.find(connection, platform)


async def look_at_watches(house: House, by: Account) -> list[Week]:
    """Return watches that rest or whose newest week shows something, of the platforms this account may dive into."""
    hosts = [
        host.key
        for host in house.policy.hosts()
        if staff_rules.may(by, Permission.RUN_DEEP_DIVE, None, host.key)
    ]
    if not hosts:
        return []
    async with house.database.reading(Role.CONSOLE) as connection:
        return [one for one in await watching.newest(connection, hosts) if one.rising or one.rests]


# ---------------------------------------------------------------- by the worker
async def watch_themes(house: House) -> int:
    """Ask for one weekly run that is due, or judge one that is over; return 1, or 0 where there is neither."""
    async with house.database.transaction(Role.WORKER) as connection:
        due = await watching.take_due(connection, house.now)
        if due is not None:
            await _ask(house, connection, due)
            return 1
        over = await watching.take_over(connection)
        if over is not None:
            await _judge(house, connection, over)
            return 1
    return 0


async def _ask(house: House, connection: Connection, watch: Watch) -> None:
    """Ask for the nine weeks that ended last Sunday."""
    today = house.now.astimezone(zone_of(house, watch.platform)).date()
    monday = today - timedelta(days=today.weekday())
    kinds = watch.kinds or tuple(sorted(house.policy.menus(watch.platform).menu_by_kind))
    selection = Selection(
        platform=watch.platform, kinds=kinds, first=monday - (WEEKS_BEFORE + 1) * _WEEK,
        last=monday - timedelta(days=1),
    )  # fmt: skip
    asked = await enter(house, connection, selection, watch.account)
    await watching.put_watched(connection, asked.key, watch.platform, monday - _WEEK)
    await watching.put_next(connection, watch.platform, _next(house, watch.platform))
    facts: dict[str, str | int | bool | None] = {"run": asked.number, "week": str(monday - _WEEK)}
    await _record(house, connection, "dive.asked", "house", watch.platform, facts)


async def _judge(house: House, connection: Connection, over: Over) -> None:
    """Compare the last week of a run with those before; a run without a table shows nothing."""
    found: tuple[Rising, ...] = ()
    if (table := over.table) is not None:
        zone = zone_of(house, over.platform)
        since = datetime.combine(over.week, time(0), zone)
        counts = await watching.counts_of(connection, over.dive, since)
        names = {
            one.key: one.name
            for one in table.rows
            if one.key not in _NOT_SPOKEN_OF and (one.persons is not None or one.key == OTHER)
        }
        found = rising(
            names,
            {one.theme: one.comments for one in counts if one.recent},
            {one.theme: one.comments for one in counts if not one.recent},
        )
    await watching.judge(connection, over.dive, found, house.now)
    if found:
        facts: dict[str, str | int | bool | None] = {"run": over.number, "themes": len(found)}
        await _record(house, connection, "themes.rose", "house", over.platform, facts)


def _next(house: House, platform: str) -> datetime:
    """Return the first Monday after now, at three in the platform's zone."""
    zone = zone_of(house, platform)
    today = house.now.astimezone(zone).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), _AT, zone)


async def _record(
    house: House,
    connection: Connection,
    deed: str,
    actor: str,
    platform: str,
    facts: dict[str, str | int | bool | None],
) -> None:
    entry = Entry(house.ids.key(), house.now, deed, actor, f"watch:{platform}", platform, facts)
    await audit.record(connection, [entry])
