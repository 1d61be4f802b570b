"""Keep standing watches, the weekly runs that belong to them, and what rose in each."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from flagstaff.insight.dive import Table
from flagstaff.insight.dives import DiveState
from flagstaff.insight.rising import Rising
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """A standing watch. `account`: in whose name comments are opened; `kinds`: none for all menus."""

    platform: str
    kinds: tuple[str, ...]
    account: UUID
    began_at: datetime
    next_at: datetime


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly run that is over. `week`: the first day of what is compared with the weeks before."""

    dive: UUID
    platform: str
    week: date
    number: str
    state: DiveState
    result: bytes | None

    @property
    def table(self) -> Table | None:
        """Read the table of a run that is ready."""
        return None if self.result is None else msgspec.json.decode(self.result, type=Table)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Comments of one theme in the last week, or before it."""

    theme: str
    recent: bool
    comments: int


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What rose on a watched platform in the newest week that was judged; `number` is blank where none was yet.

    `rests`: nobody stands for the watch any more, and no run is asked for.
    """

    platform: str
    number: str
    week: date | None
    rising: tuple[Rising, ...]
    rests: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A watch as its page shows it, with its newest run, if there was one: number, state, week, and what rose in it."""

    kinds: tuple[str, ...]
    account: UUID
    began_at: datetime
    next_at: datetime
    rests_since: datetime | None
    number: str | None
    state: DiveState | None
    week: date | None
    rising: tuple[Rising, ...] | None


_queries = Queries(__package__, "watching.sql")
_put_watch = _queries.run("put_watch")
_end_watch = _queries.run("end_watch")
_rest = _queries.run("rest")
_watched_by = _queries.values("watched_by", str)
_find_watch = _queries.row("find_watch", Standing)
_take_due = _queries.row("take_due", Watch)
_put_next = _queries.run("put_next")
_next_due = _queries.value("next_due", datetime)
_put_watched = _queries.run("put_watched")
_take_over = _queries.row("take_over", Over)
_counts_of = _queries.rows("counts_of", Count)
_judge = _queries.run("judge")
_newest = _queries.rows("newest", Week)


async def put(connection: Connection, watch: Watch) -> None:
    """Watch a platform from now on. Role console."""
    await _put_watch(
        connection, watch.platform, list(watch.kinds), watch.account, watch.began_at, watch.next_at
    )


async def end(connection: Connection, platform: str, at: datetime) -> bool:
    """Watch a platform no longer; False where nobody did. Role console."""
    return bool(await _end_watch(connection, platform, at))


async def rest(connection: Connection, platform: str, at: datetime) -> None:
    """Let a watch rest: no run is asked for until somebody watches again. Role console."""
    await _rest(connection, platform, at)


async def watched_by(connection: Connection, account: UUID) -> list[str]:
    """List the platforms that are watched in somebody's name. Role console."""
    return await _watched_by(connection, account)


async def find(connection: Connection, platform: str) -> Standing | None:
    """Return the watch of a platform; None where nobody watches it. Role console."""
    return await _find_watch(connection, platform)


async def take_due(connection: Connection, at: datetime) -> Watch | None:
    """Return a watch whose week is over, held until the transaction ends. Role worker."""
    return await _take_due(connection, at)


async def put_next(connection: Connection, platform: str, at: datetime) -> None:
    """Say when a watch is due again. Role worker."""
    await _put_next(connection, platform, at)


async def next_due(connection: Connection) -> datetime | None:
    """Return when a watch is due next, by business time. Role worker."""
    return await _next_due(connection)


async def put_watched(connection: Connection, dive: UUID, platform: str, week: date) -> None:
    """Keep that a run belongs to a watch. Role worker."""
    await _put_watched(connection, dive, platform, week)


async def take_over(connection: Connection) -> Over | None:
    """Return a weekly run that is over and not judged, held until the transaction ends. Role worker."""
    return await _take_over(connection)


async def counts_of(connection: Connection, dive: UUID, since: datetime) -> list[Count]:
    """Count the comments of a run by theme, in the last week and before it. Role worker."""
    return await _counts_of(connection, dive, since)


async def judge(connection: Connection, dive: UUID, found: Sequence[Rising], at: datetime) -> None:
    """Keep what rose in a run. Role worker."""
    await _judge(connection, dive, at, msgspec.to_builtins(tuple(found)))


async def newest(connection: Connection, platforms: Sequence[str]) -> list[Week]:
    """Return what rose in the newest week of each platform that is watched, and which watches rest. Role console."""
    return await _newest(connection, list(platforms))
