"""A standing watch asks for a run each week in somebody's name, and alerts what rose until the next is judged."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from flagstaff.console.alerts import alerts_for
from flagstaff.flows.ask_dive import BadSelection
from flagstaff.flows.change_roles import ChangeRoles, change_roles, let_leave
from flagstaff.flows.house import House
from flagstaff.flows.watch_themes import (
    NoWatch,
    begin_watch,
    end_watch,
    find_watch,
    look_at_watches,
    watch_themes,
)
from flagstaff.insight import dives
from flagstaff.insight.dive import Basis, Sized, Table, ThemeRow
from flagstaff.insight.dives import DiveRow, DiveState, Result
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, build_house, flag, seen, sent
from tests.people import hire

OTHER = "job_post.something_else"
NEXT = datetime(2026, 3, 9, 3, tzinfo=UTC)


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    yield await build_house(own_database, ids, clocks)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


async def found(house: House, sql: str) -> list[dict[str, Any]]:
    return list(await rows_of(house, sql))


async def written(house: House, name: str, many: int) -> None:
    await flag(
        house,
        *(
            sent(f"{name}{n}", seen(id_=f"{name}-{n}"), OTHER, details="They want something else entirely")
            for n in range(many)
        ),
    )


async def counted(house: House, theme: dict[bool, str]) -> None:
    """Let the run be ready that is asked for: comments of before this week are of one theme, those of it of another."""
    (asked,) = await found(house, "select key from insight.dive where state = 'asked'")
    flags = await found(house, "select key, received_at from flags.flag order by key")
    me, now = house.ids.key(), house.clocks.wall.now()
    rows = tuple(
        DiveRow(
            flag=one["key"], kind="job_post", language="en", month=date(2026, 3, 1), place=one["key"].bytes,
            theme=theme[one["received_at"] >= NEXT - timedelta(days=7, hours=3)], probability=0.9, second="other",
        )
        for one in flags
    )  # fmt: skip
    sized = Sized(share=0.5, low=0.4, high=0.6, basis=Basis.UNVERIFIED, audited=0)
    table = Table(
        rows=tuple(
            ThemeRow(key=key, name=key, sized=sized, rows=9, persons=9, kinds={}, languages={}, months={}, examples=())
            for key in dict.fromkeys(theme.values())
        ),
        of=len(rows), labels=0, audit=0, gone=0, inputs="", model="", parameters={}, code="", narrow=None,
        accuracy=None,
    )  # fmt: skip
    async with house.database.transaction(Role.WORKER) as connection:
        assert await dives.claim(connection, me, now, now + timedelta(minutes=1))
        told = ("code", 1, 1)
        await dives.keep_on(connection, asked["key"], me, DiveState.CODING, told, now + timedelta(minutes=1))
        result = Result(table=msgspec.json.encode(table), proposed=(), unsure=(), rows=rows)
        assert await dives.finish(connection, asked["key"], me, result, house.now)


async def test_each_monday_a_run_reads_nine_weeks_and_look_at_watches_is_alerted_until_the_next(
    house: House, pia: Account, business: StoppedClock
) -> None:
    business.move(NEXT - timedelta(days=20) - business.now())
    await written(house, "before", 12)
    business.move(NEXT - timedelta(days=3) - business.now())
    await begin_watch(house, pia, HARBORLANE, ("job_post",))
    await written(house, "this", 8)
    assert not await watch_themes(house), "the week is not over"
    business.move(NEXT - business.now())
    assert await watch_themes(house)
    assert not await watch_themes(house), "one run a week"
    (asked,) = await found(house, "select selection, asked_by from insight.dive")
    assert (asked["selection"]["first"], asked["selection"]["last"]) == ("2026-01-05", "2026-03-08")
    assert asked["asked_by"] == pia.key
    await counted(house, {False: "unpaid", True: "deposit"})
    assert await look_at_watches(house, pia) == []
    assert await watch_themes(house)
    (week,) = await look_at_watches(house, pia)
    (rose,) = week.rising
    assert (week.week, rose.theme, rose.comments, rose.new) == (date(2026, 3, 2), "deposit", 8, True)
    (alert,) = await alerts_for(house, pia)
    assert (alert.path, alert.text.startswith("1 theme")) == (f"/console/dives/{week.number}", True)
    deeds = await rows_of(
        house, "select deed from audit.entry where object = 'watch:harborlane' order by key"
    )
    assert [row["deed"] for row in deeds] == ["themes.watched", "dive.asked", "themes.rose"]

    business.move(NEXT + timedelta(days=7) - business.now())
    assert await watch_themes(house)
    await counted(house, {False: "unpaid", True: "unpaid"})
    assert await watch_themes(house)
    assert await look_at_watches(house, pia) == [], "the next week shows nothing"


async def test_a_run_without_a_table_shows_nothing_and_the_watch_goes_on(
    house: House, pia: Account, business: StoppedClock
) -> None:
    await begin_watch(house, pia, HARBORLANE)
    business.move(NEXT - business.now())
    assert await watch_themes(house)
    await rows_of(house, "update insight.dive set state = 'cancelled', ended_at = asked_at returning 1")
    assert await watch_themes(house)
    assert not await watch_themes(house)
    assert await look_at_watches(house, pia) == []
    await end_watch(house, pia, HARBORLANE)
    business.move(NEXT + timedelta(days=30) - business.now())
    assert not await watch_themes(house)
    with pytest.raises(NoWatch):
        await end_watch(house, pia, HARBORLANE)


async def test_who_watches_needs_the_right_to_a_deep_dive(house: House, pia: Account) -> None:
    mia = await hire(house, StaffRole.MODERATOR, login="mia")
    with pytest.raises(Forbidden):
        await begin_watch(house, mia, HARBORLANE)
    with pytest.raises(Forbidden):
        await end_watch(house, mia, HARBORLANE)
    with pytest.raises(BadSelection):
        await begin_watch(house, pia, HARBORLANE, ("carrier_pigeon",))
    assert await look_at_watches(house, mia) == []


async def test_a_watch_rests_aloud_once_who_began_it_may_dive_no_more_and_another_takes_it_over(
    house: House, pia: Account, business: StoppedClock
) -> None:
    boss = await hire(house, StaffRole.ADMIN, login="boss")
    ann = await hire(house, StaffRole.POLICY_MANAGER, login="ann")
    await begin_watch(house, pia, HARBORLANE, ("job_post",))
    key = AccountKey(pia.key)
    await change_roles(
        house, boss, ChangeRoles(key, frozenset({StaffRole.POLICY_MANAGER, StaffRole.MODERATOR}))
    )
    assert await look_at_watches(house, ann) == []
    await let_leave(house, boss, key)
    business.move(NEXT - business.now())
    assert not await watch_themes(house), "no comment is opened in the name of somebody who left"
    with pytest.raises(Forbidden):
        await begin_watch(house, pia, HARBORLANE)  # by a page that was opened before
    assert await found(house, "select 1 from insight.dive") == []
    (week,) = await look_at_watches(house, ann)
    assert (week.platform, week.rests, week.rising) == (HARBORLANE, True, ())
    (alert,) = await alerts_for(house, ann)
    assert (alert.path, alert.text) == (
        "/console/dives?platform=harborlane#watch",
        "The weekly watch of Harborlane rests: who began it may run no deep dive any more",
    )
    assert await alerts_for(house, boss) == ()
    standing = await find_watch(house, ann, HARBORLANE)
    assert standing is not None
    assert (standing.account, standing.rests_since is not None) == (pia.key, True)
    await begin_watch(house, ann, HARBORLANE)
    assert await alerts_for(house, ann) == ()
    business.move(timedelta(days=7))
    assert await watch_themes(house)
    (asked,) = await found(house, "select asked_by from insight.dive")
    assert asked["asked_by"] == ann.key
    deeds = await rows_of(
        house, "select deed, actor from audit.entry where object = 'watch:harborlane' order by key"
    )
    assert [row["deed"] for row in deeds] == ["themes.watched", "themes.rest", "themes.watched", "dive.asked"]


async def test_a_role_less_is_a_watch_less_and_an_ended_watch_alerts_no_more(
    house: House, pia: Account
) -> None:
    boss = await hire(house, StaffRole.ADMIN, login="boss")
    ann = await hire(house, StaffRole.POLICY_MANAGER, login="ann")
    await begin_watch(house, pia, HARBORLANE)
    await change_roles(house, boss, ChangeRoles(AccountKey(pia.key), frozenset({StaffRole.MODERATOR})))
    assert [one.rests for one in await look_at_watches(house, ann)] == [True]
    await end_watch(house, ann, HARBORLANE)
    assert await look_at_watches(house, ann) == []
    assert await find_watch(house, ann, HARBORLANE) is None
