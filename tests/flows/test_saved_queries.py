"""A figure in a release note is what its saved query found, word for word, and stays so whatever happens later."""

import re
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from flagstaff.flows.count_use import count_use
from flagstaff.flows.draft_menu import Aim, add_operations, begin_draft, look_at_draft, set_aim
from flagstaff.flows.house import House
from flagstaff.flows.measure_versions import effects_of, measure_versions, told_effects
from flagstaff.flows.propose_draft import propose_draft
from flagstaff.flows.publish_version import AnswerProposal, answer_proposal
from flagstaff.flows.saved_queries import (
    NoSuchQuery,
    NotToBeTold,
    Wanted,
    add_figure,
    compare_query,
    drop_figure,
    show_figure,
)
from flagstaff.insight.queries import QueryName
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Forbidden, Refusal
from flagstaff.menus.drafts import Remove
from flagstaff.menus.model import Figure, Goal
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import hire

OTHER, FREE, FEE = "job_post.something_else", "job_post.free_work", "job_post.upfront_fee"
GOAL = Goal(primary="something_else_share", direction="down", watch=("misroute_rate",), window_days=28)
SHARE = Wanted(name="something_else_share", months=1)


async def flagged(house: House, **counts: int) -> None:
    """Let so many flags come in on each option of job posts, and have them counted."""
    number = str(house.now.date())
    flags = [
        sent(f"{option}-{n}-{number}", seen(id_=f"{option}-{n}-{number}"), f"job_post.{option}",
             details="Something that no option says." if option == "something_else" else "")
        for option, count in counts.items() for n in range(count)
    ]  # fmt: skip
    for start in range(0, len(flags), 50):
        await flag(house, *flags[start : start + 50])
    await counted(house)


async def counted(house: House) -> None:
    while await count_use(house):
        pass
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute("update insight.turn set due_at = '2020-01-01'")
    while await count_use(house):
        pass


async def a_month_of(house: House, business: StoppedClock, **counts: int) -> None:
    """Let a whole month be over in which so many flags came in on each option."""
    await flagged(house, **counts)
    business.move(timedelta(days=35))
    await counted(house)


async def drafted(house: House, by: Account) -> UUID:
    key = await begin_draft(house, by, HARBORLANE, "A change")
    await add_operations(house, by, key, 1, [Remove(option=FEE, into=OTHER, why="Nobody chose it.")])
    await set_aim(house, by, key, 2, Aim("A change", GOAL, str(by.key), "Readers asked for it."))
    return key


async def with_a_figure(house: House, by: Account, business: StoppedClock) -> tuple[UUID, str]:
    """Return a draft that tells a share of 40 in 120 flags, and the number of that figure."""
    await a_month_of(house, business, something_else=40, free_work=80)
    key = await drafted(house, by)
    return key, await add_figure(house, by, key, 3, SHARE)


async def published(house: House, by: Account, key: UUID) -> int:
    revision = (await look_at_draft(house, by, key)).kept.revision
    proposal = await propose_draft(house, by, key, revision)
    second = await hire(house, StaffRole.POLICY_MANAGER)
    await answer_proposal(house, second, AnswerProposal(proposal, publish=True))
    return house.policy.menus(HARBORLANE).number


async def test_the_note_tells_what_the_query_found_and_readers_may_look_at_it(
    house: House, pia: Account, business: StoppedClock
) -> None:
    key, number = await with_a_figure(house, pia, business)
    with pytest.raises(NoSuchQuery):
        await show_figure(house, HARBORLANE, number)
    version = await published(house, pia, key)
    note = house.policy.menus(HARBORLANE).release_note
    assert note is not None
    (figure,) = note.figures
    shown = await show_figure(house, HARBORLANE, number)
    assert (figure.query, figure.says, figure.value) == (number, shown.says, shown.told)
    assert (shown.told, shown.found.part, shown.found.of, shown.version) == ("33 %", 40, 120, version)
    assert shown.says == 'Share of flags under "It\'s something else", all menus, March 2026'
    assert (shown.query.since, shown.query.until) == (date(2026, 3, 1), date(2026, 3, 31))
    assert re.fullmatch("[0-9a-f]{12}", shown.code)


async def test_what_happens_later_changes_what_is_found_now_and_never_what_was_told(
    house: House, pia: Account, business: StoppedClock
) -> None:
    key, number = await with_a_figure(house, pia, business)
    await published(house, pia, key)
    before = await show_figure(house, HARBORLANE, number)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute("update flags.flag set state = 'withdrawn' where option = $1", OTHER)
    await counted(house)
    compared = await compare_query(house, pia, number)
    assert (compared.saved.found.part, compared.now.found.part) == (40, 0)
    assert await show_figure(house, HARBORLANE, number) == before
    for role in (Role.CONSOLE, Role.WORKER):
        for change in ("update insight.saved set told = 'x'", "delete from insight.saved",
                       "update insight.published_figure set version = 1"):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with house.database.transaction(role) as connection:
                    await connection.execute(change)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"free_work": 99}, "99 flags"),
        ({"something_else": 4, "free_work": 100}, "fewer than 5"),
        ({}, "0 flags"),
    ],
)
async def test_too_little_becomes_no_figure(
    house: House, pia: Account, business: StoppedClock, counts: dict[str, int], why: str
) -> None:
    await a_month_of(house, business, **counts)
    key = await drafted(house, pia)
    with pytest.raises(NotToBeTold, match=why):
        await add_figure(house, pia, key, 3, SHARE)
    assert (await look_at_draft(house, pia, key)).draft.figures == ()


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(name="something_else_share", months=2),
        Wanted(name="something_else_share", months=1, kind="nothing"),
        Wanted(name="something_else_share", months=1, option=FREE),
        Wanted(name="option_use", months=1),
        Wanted(name="option_use", months=1, option="job_post.nothing"),
    ],
)
async def test_what_is_not_offered_is_refused(house: House, pia: Account, wanted: Wanted) -> None:
    key = await drafted(house, pia)
    with pytest.raises(Refusal):
        await add_figure(house, pia, key, 3, wanted)


@pytest.mark.parametrize("lineage", [True, False])
async def test_an_option_that_was_joined_is_counted_as_the_query_asks(
    house: House, pia: Account, business: StoppedClock, lineage: bool
) -> None:
    """Saved before the option went into Other: found now under Other, or as its reporters saw it."""
    await a_month_of(house, business, upfront_fee=30, free_work=80)
    key = await drafted(house, pia)
    wanted = Wanted(name="option_use", months=1, option=FEE, lineage=lineage)
    number = await add_figure(house, pia, key, 3, wanted)
    await published(house, pia, key)
    compared = await compare_query(house, pia, number)
    assert (compared.saved.found.part, compared.saved.found.of) == (30, 110)
    assert (compared.now.found.part, compared.now.found.of) == (30, 110)


async def test_figures_typed_by_hand_never_borrow_a_query_and_leave_those_with_one(
    house: House, pia: Account, business: StoppedClock
) -> None:
    key, number = await with_a_figure(house, pia, business)
    forged = Figure(says="Everybody is happy", value="100 %", query=number)
    await set_aim(house, pia, key, 4, Aim("A change", GOAL, str(pia.key), "Why.", (forged,)))
    told, typed = (await look_at_draft(house, pia, key)).draft.figures
    assert (told.query, typed.query, typed.value) == (number, "", "100 %")
    await drop_figure(house, pia, key, 5, number)
    assert [one.value for one in (await look_at_draft(house, pia, key)).draft.figures] == ["100 %"]


async def test_who_may_not_read_figures_runs_no_query(
    house: House, pia: Account, business: StoppedClock
) -> None:
    _, number = await with_a_figure(house, pia, business)
    volunteer = await hire(house, StaffRole.COMMUNITY_MODERATOR)
    with pytest.raises(Forbidden):
        await compare_query(house, volunteer, number)
    with pytest.raises(NoSuchQuery):
        await compare_query(house, pia, "Q-0000-0000-0000")


class TestWhatCameOfAVersion:
    async def version(self, house: House, pia: Account, business: StoppedClock, *, share: int = 60) -> int:
        """March: 60 of 120 under Other; published on 6 April; May: `share` of 120."""
        await flagged(house, something_else=60, free_work=60)
        business.move(timedelta(days=35))
        number = await published(house, pia, await drafted(house, pia))
        business.move(timedelta(days=30))
        await flagged(house, something_else=share, free_work=120 - share)
        return number

    async def test_staff_see_equal_windows_before_and_since_without_the_day_itself(
        self, house: House, pia: Account, business: StoppedClock
    ) -> None:
        number = await self.version(house, pia, business, share=20)
        version = house.policy.menus(HARBORLANE)
        assert version.number == number
        share, misroute = await effects_of(house, pia, version, HARBORLANE)
        # Twenty-eight days before 6 April begin after 2 March, and twenty-eight since end before 6 May.
        assert (share.days, share.before.of, share.since.of, share.change.direction) == (28, 0, 0, "few")
        assert (misroute.metric, misroute.change.direction) == ("misroute_rate", "few")

    async def test_readers_are_told_of_whole_months_once_both_sides_are_over_and_enough(
        self, house: House, pia: Account, business: StoppedClock
    ) -> None:
        number = await self.version(house, pia, business, share=20)
        assert await measure_versions(house) == 0, "May is not over"
        business.move(timedelta(days=27))
        await counted(house)
        assert await measure_versions(house) == 0, "what came in last is not decided yet"
        business.move(timedelta(days=10))
        await counted(house)
        assert await measure_versions(house) == 1
        told = (await told_effects(house, HARBORLANE))[number]
        assert (told.before.told, told.since.told, told.change.direction) == ("50 %", "17 %", "down")
        assert (told.before.query.since, told.since.query.until) == (date(2026, 3, 1), date(2026, 5, 31))
        assert (await show_figure(house, HARBORLANE, told.since.number)).part == "since"
        await flagged(house, something_else=100)
        business.move(timedelta(days=60))
        await counted(house)
        assert await measure_versions(house) == 0, "it is told once"
        assert (await told_effects(house, HARBORLANE))[number] == told

    async def test_where_too_little_was_seen_readers_are_told_nothing(
        self, house: House, pia: Account, business: StoppedClock
    ) -> None:
        await flagged(house, something_else=40, free_work=40)
        business.move(timedelta(days=35))
        await published(house, pia, await drafted(house, pia))
        business.move(timedelta(days=70))
        await counted(house)
        assert await measure_versions(house) == 0
        assert await told_effects(house, HARBORLANE) == {}

    async def test_a_version_without_a_goal_measures_nothing(self, house: House, pia: Account) -> None:
        for version in house.policy.menus_history(HARBORLANE):
            if version.goal is None:
                assert await effects_of(house, pia, version, HARBORLANE) == []


@pytest.mark.parametrize(
    "name", ["something_else_share", "hint_conversion", "misroute_rate", "time_to_decision_p50"]
)
async def test_each_known_query_runs_on_a_house_in_which_nothing_was_counted(
    house: House, pia: Account, name: QueryName
) -> None:
    with pytest.raises(NotToBeTold, match="0 flags"):
        await add_figure(house, pia, await drafted(house, pia), 3, Wanted(name=name, months=12))
