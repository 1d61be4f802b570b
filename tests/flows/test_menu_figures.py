"""What the menus were used for is counted right to the flag, on flags and decisions that were planted."""

from datetime import date, timedelta

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.count_use import count_again
from flagstaff.flows.menu_figures import confusion, lists, overview, usage
from flagstaff.flows.take_effect import take_effect
from flagstaff.insight.model import LeftOut, Limits, RepeatVictims, Span
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.flows.planted import (
    AD,
    FREE,
    LINK_OR_SPAM,
    LOW_PAY,
    MARCH,
    OTHER,
    SPAM,
    VAGUE,
    Planter,
    cells,
    plant_confusion,
    plant_menu,
    row_of,
)
from tests.houses import HARBORLANE, build_house
from tests.people import hire

WHOLE = msgspec.structs.replace(MARCH, until=date(2026, 12, 31))


@pytest_asyncio.fixture
async def planter(database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock) -> Planter:
    """Give a house in which everything is planted; it is planted once for the file."""
    house = await build_house(database, ids, clocks, zone="Pacific/Auckland")
    planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
    async with database.reading(Role.OWNER) as connection:
        there = await connection.fetchval("select exists (select from flags.flag)")
    if not there:
        await plant_menu(planter)
        await plant_confusion(planter)
        await planter.counted()
    return planter


async def test_row_31_usage_is_told_per_option_with_what_became_of_every_flag(planter: Planter) -> None:
    """Withdrawn and kept flags stand beside the table, not in it; a decision that was reversed is none."""
    told = await usage(planter.house, planter.by, WHOLE)
    free = row_of(told, FREE)
    assert (free.used, free.converted, free.as_chosen, free.as_something_else) == (10, 1, 5, 1)
    assert (free.otherwise, free.no_violation, free.could_not_verify, free.open) == (0, 2, 1, 1)
    vague = row_of(told, VAGUE)
    assert (vague.used, vague.as_chosen, vague.as_something_else, vague.otherwise) == (2, 0, 1, 1)
    other = row_of(told, OTHER)
    assert (other.used, other.as_something_else, other.left_for_hint) == (1, 1, 1)
    assert (row_of(told, LOW_PAY).used, row_of(told, LOW_PAY).never_a_case) == (2, 2)
    assert row_of(told, "job_post.upfront_fee").used == 0
    assert told.left_out == LeftOut(withdrawn=1, kept=1, imported=0)
    assert told.used == sum(row.used for row in told.rows) == 10 + 2 + 1 + 2 + 2 + 48
    assert told.as_of is not None


async def test_row_30_the_matrix_says_what_was_decided_on_the_flags_of_each_option(planter: Planter) -> None:
    """Every cell is known; of two clauses the one that the option leads to is told."""
    told = await confusion(planter.house, planter.by, WHOLE)
    assert cells(told) == {
        (FREE, "MT-6"): (5, 3, 5),
        (FREE, "MT-9"): (1, 1, 0),
        (FREE, "no_violation"): (2, 2, 0),
        (FREE, "could_not_verify"): (1, 1, 0),
        (FREE, "open"): (1, 1, 0),
        (VAGUE, "MT-6"): (1, 1, 0),
        (VAGUE, "housekeeping"): (1, 1, 0),
        (OTHER, "MT-8"): (1, 1, 0),
        (LOW_PAY, "never_a_case"): (2, 0, 0),
        (LINK_OR_SPAM, "CG-8a"): (1, 1, 1),
        (LINK_OR_SPAM, "CG-5d"): (1, 1, 0),
        (AD, "MT-9"): (28, 14, 0),
        (AD, "MT-8"): (20, 10, 20),
    }
    assert told.endings == ("housekeeping", "no_violation", "could_not_verify", "open", "never_a_case")


async def test_row_30_the_pair_that_was_planted_is_found_with_its_exact_share(planter: Planter) -> None:
    """It is told in cases: two flags on each are one decision; what is too seldom, and Other, is left out."""
    (pair,) = (await lists(planter.house, planter.by, WHOLE)).confused
    assert (pair.option, pair.clause, pair.share.part, pair.share.of, pair.flags) == (AD, "MT-9", 14, 24, 28)
    assert (round(pair.share.low, 4), round(pair.share.high, 4)) == (0.3883, 0.7553)
    assert pair.instead == ("job_post.duplicate_or_miscategorised", VAGUE)
    lower = Limits(confused_of=1, confused_part=1, confused_share=0.01)
    found = (await lists(planter.house, planter.by, WHOLE, lower)).confused
    assert [(one.option, one.clause) for one in found] == [
        (AD, "MT-9"), (VAGUE, "MT-6"), (LINK_OR_SPAM, "CG-5d"), (FREE, "MT-9"),
    ]  # fmt: skip


async def test_row_31_what_is_rarely_used_is_listed_with_its_share_of_its_menu(planter: Planter) -> None:
    """Options that nobody chose come first; a menu on which too little was chosen is told nothing of."""
    limits = Limits(rare_share=0.12, rare_of=60)
    found = (await lists(planter.house, planter.by, WHOLE, limits)).rare
    menu = planter.house.policy.menus(HARBORLANE).menu_by_kind["job_post"]
    chosen = {FREE, VAGUE, AD, LOW_PAY, OTHER}
    assert {one.option for one in found} == {one.key for one in menu.options} - chosen | {VAGUE, LOW_PAY}
    assert {(one.share.part, one.share.of) for one in found} == {(0, 63), (2, 63)}
    assert [one.share.part for one in found] == sorted(one.share.part for one in found)
    usual = (await lists(planter.house, planter.by, WHOLE)).rare
    assert usual == ()


async def test_row_28_counts_roll_up_either_way(planter: Planter) -> None:
    """What went into another option is told under it, or as it was seen; nothing is lost and nothing counted twice."""
    today = await usage(planter.house, planter.by, WHOLE)
    then = await usage(
        planter.house, planter.by, msgspec.structs.replace(WHOLE, today=False, by_version=True)
    )
    assert row_of(today, LINK_OR_SPAM).used == 2
    assert [row for row in today.rows if row.option == SPAM] == []
    assert (row_of(then, SPAM, 1).used, row_of(then, LINK_OR_SPAM, 3).used) == (1, 1)
    assert today.used == then.used
    seen_before = row_of(today, LINK_OR_SPAM).of_menu
    assert (seen_before.part, seen_before.of) == (2, 2)


async def test_days_weeks_and_months_run_in_the_zone_of_the_platform(planter: Planter) -> None:
    """The second job was flagged on 4 March at 11:00 UTC, which is the fifth in Auckland."""
    for span, first in ((Span.DAY, "2026-03-02"), (Span.WEEK, "2026-03-02"), (Span.MONTH, "2026-03-01")):
        told = await usage(planter.house, planter.by, msgspec.structs.replace(WHOLE, span=span))
        assert min(row.since for row in told.rows if row.since).isoformat() == first
        assert told.used == 65
    one_day = msgspec.structs.replace(WHOLE, since=date(2026, 3, 5), until=date(2026, 3, 5))
    assert row_of(await usage(planter.house, planter.by, one_day), FREE).used == 1


async def test_another_platform_and_another_kind_are_left_alone(planter: Planter) -> None:
    only = msgspec.structs.replace(WHOLE, kinds=("private_message",), versions=(3,))
    assert (await usage(planter.house, planter.by, only)).used == 1
    elsewhere = await usage(planter.house, planter.by, msgspec.structs.replace(WHOLE, kinds=("review",)))
    assert elsewhere.used == 0
    async with planter.house.database.transaction(Role.OWNER) as connection:
        await connection.execute("update insight.use_of_day set platform = 'else' where option = $1", OTHER)
    assert row_of(await usage(planter.house, planter.by, WHOLE), OTHER).used == 0
    await planter.counted()
    assert row_of(await usage(planter.house, planter.by, WHOLE), OTHER).used == 1


async def test_flags_from_before_flagstaff_are_counted_where_that_is_asked(planter: Planter) -> None:
    """Nobody who raised them saw these menus, so figures leave them out."""
    await _mark(planter, imported=True)
    told = await usage(planter.house, planter.by, WHOLE)
    asked = await usage(planter.house, planter.by, msgspec.structs.replace(WHOLE, imported=True))
    await _mark(planter, imported=False)
    assert (row_of(told, LINK_OR_SPAM).used, told.left_out.imported) == (1, 1)
    assert (row_of(asked, LINK_OR_SPAM).used, asked.left_out.imported) == (2, 0)


async def _mark(planter: Planter, *, imported: bool) -> None:
    """Let one flag be from before Flagstaff, or no longer."""
    async with planter.house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "update flags.flag set legacy = $2 where option = $1", LINK_OR_SPAM, imported
        )
    await planter.counted()


async def test_row_18_each_version_has_its_time_to_decision_and_its_action_rate(planter: Planter) -> None:
    """Half of the decisions came within the hour that was planted, to five per cent."""
    told = {one.version: one for one in (await overview(planter.house, planter.by, WHOLE)).versions.rows}
    assert sorted(told) == [1, 3]
    three = told[3]
    assert (three.used, three.decided, three.action.part, three.action.of) == (62, 61, 58, 61)
    assert three.half == pytest.approx(3600, rel=0.05)
    assert three.most == pytest.approx(3600, rel=0.05)
    assert (told[1].used, told[1].action.part) == (1, 1)


@pytest.mark.parametrize("role", list(StaffRole))
async def test_only_who_may_read_figures_reads_them(planter: Planter, role: StaffRole) -> None:
    places = [Reach("board", "help")] if role is StaffRole.COMMUNITY_MODERATOR else []
    account = await hire(planter.house, role, places=places)
    calls = [usage, confusion, lists, overview]
    if role is StaffRole.COMMUNITY_MODERATOR:
        for call in calls:
            with pytest.raises(Forbidden):
                await call(planter.house, account, WHOLE)
        with pytest.raises(Forbidden):
            await count_again(planter.house, account, HARBORLANE)
    else:
        for call in calls:
            await call(planter.house, account, WHOLE)
    stranger = msgspec.structs.replace(account, platforms=frozenset({"elsewhere"}))
    with pytest.raises(Forbidden):
        await usage(planter.house, stranger, WHOLE)


# ---------------------------------------------------------------- persons who were wronged again
async def wronged_again(planter: Planter, persons: int, again: int, *, version: int = 3) -> None:
    """Let so many persons be wronged by one author, and so many of them again; others are not counted as such."""
    p, option = planter, FREE if version == 3 else VAGUE
    who = [f"{version}-{place}" for place in range(persons)]
    author, rule = f"rogue-{version}", ["MT-6"]
    await p.both(
        f"first {version}", *((one, option) for one in who), clauses=rule, author=author, version=version
    )
    p.business.move(timedelta(hours=1))
    if again:
        once_more = [(one, option) for one in who[:again]]
        await p.both(f"second {version}", *once_more, clauses=rule, author=author, version=version)
    # A grudge that the desk does not share, somebody else's wrong, and one that came too late.
    grudge = await p.flags(f"grudge {version}", (who[-1], option), author=author, version=version)
    await p.decide(grudge, verdict=Verdict.NO_VIOLATION)
    p.business.move(timedelta(days=31))
    await p.both(f"late {version}", (who[-1], option), clauses=rule, author=author, version=version)


@pytest.mark.parametrize(
    ("persons", "again", "told"),
    [
        (4, 4, RepeatVictims(0, 0, 0, 0, 1)),
        (12, 6, RepeatVictims(12, 6, 6, 1, 0)),
        (12, 4, RepeatVictims(12, 0, 4, 1, 0)),
        (12, 0, RepeatVictims(12, 0, 4, 1, 0)),
        (12, 8, RepeatVictims(12, 8, 12, 1, 0)),
        (12, 7, RepeatVictims(12, 7, 7, 1, 0)),
    ],
)
async def test_row_18_persons_wronged_again_are_told_above_the_floor_alone(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock,
    persons: int, again: int, told: RepeatVictims,
) -> None:  # fmt: skip
    house = await build_house(own_database, ids, clocks)
    planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
    await wronged_again(planter, persons, again)
    await planter.counted()
    assert (await overview(house, planter.by, MARCH)).versions.rows[0].repeat == RepeatVictims(
        0, 0, 0, 0, 0
    ), "too early"
    business.move(timedelta(days=60))
    await planter.counted()
    (row,) = (await overview(house, planter.by, MARCH)).versions.rows
    assert row.repeat == told


async def test_row_18_the_vault_tells_of_a_month_once_and_to_the_worker_alone(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock
) -> None:
    """Two counts of a month would differ by one person; and no other role may count at all."""
    house = await build_house(own_database, ids, clocks)
    planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
    await wronged_again(planter, 12, 6)
    call = "select version, victims, at_least, at_most from vault.release_repeats($1, $2, 'UTC')"
    async with own_database.transaction(Role.WORKER) as connection:
        assert [tuple(row) for row in await connection.fetch(call, HARBORLANE, date(2026, 3, 1))] == [
            (3, 12, 6, 6)
        ]
    async with own_database.transaction(Role.WORKER) as connection:
        assert await connection.fetch(call, HARBORLANE, date(2026, 3, 1)) == []
        with pytest.raises(Exception, match="whole months"):
            await connection.fetch(call, HARBORLANE, date(2026, 3, 2))
    await take_effect(house)
