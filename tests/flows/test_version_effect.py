"""What came of a version is told by lines that hold, or by a plain difference and why; a draft undoes it."""

from datetime import date, timedelta
from random import Random

import pytest
import pytest_asyncio

from flagstaff.flows.draft_menu import Aim, look_at_draft, set_aim
from flagstaff.flows.house import House
from flagstaff.flows.propose_draft import propose_draft
from flagstaff.flows.publish_version import AnswerProposal, answer_proposal
from flagstaff.flows.release_notes import NoSuchVersion
from flagstaff.flows.undo_version import NothingToUndo, show_undoing, undo_version
from flagstaff.flows.version_effect import EVERY, MEASURES, AsksEffect, VersionEffect, version_effect
from flagstaff.insight import storage as insight
from flagstaff.insight.model import Asked, Counting, Fact
from flagstaff.insight.rules import ACTED, counted, ending
from flagstaff.insight.segments import Asks
from flagstaff.insight.series import Measure
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.menus.drafts import Remove, Restore
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.counted_days import (
    FEE,
    FREE,
    GOAL,
    OTHER,
    Line,
    plant_lines,
    plant_waits,
    publish_change,
    weeks,
)
from tests.houses import HARBORLANE, build_house
from tests.people import hire


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(own_database, ids, clocks)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


def asks(version: int = 4, measure: Measure = "something_else_share", kind: str = "changed") -> AsksEffect:
    return AsksEffect(platform=HARBORLANE, version=version, measure=measure, kind=kind)


def failed(found: VersionEffect) -> set[Asks]:
    assert found.judged is not None
    return {one.asks for one in found.judged.checks if not one.holds}


async def published_in_july(house: House, pia: Account, business: StoppedClock) -> date:
    """Publish version 4 four months on, and let four more go by."""
    business.move(timedelta(days=120))
    await publish_change(house, pia)
    day = house.now.date()
    business.move(timedelta(days=120))
    return day


async def test_a_planted_jump_is_told_with_its_interval_week_by_week(
    house: House, pia: Account, business: StoppedClock
) -> None:
    """Sixteen weeks on each side at a third under Other, then a sixth; the menu that was changed, nothing else."""
    day, random = await published_in_july(house, pia, business), Random(5)
    await plant_lines(
        house,
        *weeks(day, 16, lambda at: (70 if at < 0 else 35) + 7 * random.randint(-1, 1)),
        Line(day=day, flags=500, option=OTHER, option_kind="open"),
        Line(day=day - timedelta(days=9), flags=500, option="profile.something_else", option_kind="open"),
    )
    found = await version_effect(house, pia, asks())
    assert (found.kinds, found.window is not None and found.window.weeks) == (("job_post",), True)
    assert len(found.stretches) == 32
    assert failed(found) == set()
    assert found.judged is not None
    assert found.judged.fit is not None
    assert found.judged.holds
    level = found.judged.fit.level
    assert level.low < 35 / 210 - 70 / 210 < level.high < 0
    assert not found.judged.fit.slope.moved
    (three, four) = [one for one in found.versions if one.version in {3, 4}]
    assert four.shares["something_else_share"].value == pytest.approx(1 / 6, abs=0.01)
    assert three.shares["something_else_share"].of > four.shares["something_else_share"].of
    assert (await version_effect(house, pia, asks(kind=EVERY))).stretches != found.stretches


async def test_too_few_weeks_are_told_as_a_plain_difference_and_why(
    house: House, pia: Account, business: StoppedClock
) -> None:
    day = await published_in_july(house, pia, business)
    lines = weeks(day, 16, lambda at: 70 if at < 0 else 35)
    await plant_lines(house, *(one for one in lines if abs((one.day - day).days) <= 5))
    found = await version_effect(house, pia, asks())
    assert failed(found) == {Asks.POINTS}
    assert found.judged is not None
    assert not found.judged.holds
    assert found.judged.plain is not None
    assert found.judged.plain.difference.high < 0


async def test_a_side_ends_at_the_next_version_of_the_same_menus(
    house: House, pia: Account, business: StoppedClock
) -> None:
    day = await published_in_july(house, pia, business)
    await publish_change(house, pia, Remove(option="job_post.account_rental", into=OTHER))
    business.move(timedelta(days=80))
    await plant_lines(house, *weeks(day, 27, lambda at: 70 if at < 0 else 35))
    four, five = await version_effect(house, pia, asks(4)), await version_effect(house, pia, asks(5))
    assert four.window is not None
    assert five.window is not None
    assert (four.window.cut_by, five.window.cut_by) == ((5,), (4,))
    assert four.window.since is not None
    assert four.window.since[1] < day + timedelta(days=120)
    assert five.window.before is not None
    assert five.window.before[0] > day
    elsewhere = await version_effect(house, pia, asks(4, kind="review"))
    assert elsewhere.window is not None
    assert elsewhere.window.cut_by == (), "the other version did not touch that menu"


async def test_times_and_misroutes_wait_until_both_sides_are_decided(
    house: House, pia: Account, business: StoppedClock
) -> None:
    day, random = await published_in_july(house, pia, business), Random(5)
    around = [day + timedelta(days=away) for away in range(-112, 113) if away]
    await plant_waits(house, {one: ({94: 10, 110: 10} if one < day else {78: 10, 94: 10}) for one in around})
    await plant_lines(
        house,
        *(
            Line(day=one, flags=count, verdict="violation", decided=(rule,))
            for one in around
            for rule, count in (("MT-6", 15 if one < day else 11), ("MT-9", random.randint(3, 7)))
        ),
        *(Line(day=one, flags=4) for one in around if one > day),
    )  # fmt: skip
    times = await version_effect(house, pia, asks(measure="time_to_decision_p50"))
    assert times.judged is not None
    assert times.judged.fit is not None
    assert times.judged.fit.level.value == pytest.approx(-2), "sixteen steps are two doublings"
    assert failed(times) == {Asks.DECIDED}
    assert times.window is not None
    assert times.window.since is not None
    assert times.window.since[1] < house.now.date() - timedelta(days=7)
    misroutes = await version_effect(house, pia, asks(measure="misroute_rate"))
    assert failed(misroutes) == {Asks.DECIDED}
    assert failed(await version_effect(house, pia, asks())) == {Asks.FLAGS}, "nothing stands under Other"


async def test_what_sql_counts_of_a_day_is_what_the_rules_say_of_its_flags(house: House) -> None:
    """Four hundred lines of every sort; one rule in two languages would drift apart unseen."""
    random, day = Random(11), date(2026, 5, 4)
    options = [(OTHER, "open", ("CG-12c",)), (FREE, "violation", ("MT-6",)), ("job_post.vague", "housekeeping", ()),
               ("job_post.low_pay", "preference", ())]  # fmt: skip
    lines = []
    for place in range(400):
        option, kind, clauses = random.choice(options)
        verdict = random.choice(
            ["", "violation", "no_violation", "could_not_verify", "housekeeping", "care", "referred"]
        )
        decided = (
            tuple(random.sample(["MT-6", "MT-9", "CG-12c"], random.randint(1, 2)))
            if verdict == "violation"
            else ()
        )
        lines.append(
            Line(
                day=day, option=option, option_kind=kind, clauses=clauses, version=1 + place % 3,
                flags=random.randint(1, 9), verdict=verdict, decided=decided,
                counting=random.choice(list(Counting)), imported=random.random() < 0.2,
                converted_from=OTHER if option == FREE and random.random() < 0.3 else "",
            )
        )  # fmt: skip
    await plant_lines(house, *lines)
    facts = [
        Fact(
            option=one.option, kind="job_post", option_kind=one.option_kind, version=one.version, clauses=one.clauses,
            counting=Counting(one.counting), imported=one.imported, converted_from=one.converted_from,
            verdict=one.verdict, decided=one.decided, flags=one.flags, cases=one.flags,
        )
        for one in lines
    ]  # fmt: skip
    mine = [
        one for one in counted(facts, Asked(platform=HARBORLANE, since=day, until=day))
        if one.option_kind != "preference"
    ]  # fmt: skip
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await insight.use_by_day(connection, HARBORLANE, day, day, (), [OTHER])
    for one in found:
        of = [fact for fact in mine if fact.version == one.version]
        named = [fact for fact in of if fact.option != OTHER]
        assert one.used == sum(fact.flags for fact in of)
        assert one.other == sum(fact.flags for fact in of if fact.option == OTHER)
        assert one.converted == sum(fact.flags for fact in of if fact.converted_from == OTHER)
        for part, ended in (("as_chosen", "as_chosen"), ("elsewhere", "as_something_else")):
            assert getattr(one, part) == sum(fact.flags for fact in named if ending(fact) == ended), part
        assert one.open == sum(fact.flags for fact in of if ending(fact) == "open")
    assert len(found) == 3
    assert "as_chosen" in ACTED


@pytest.mark.parametrize("measure", MEASURES)
async def test_a_house_in_which_nothing_was_counted_is_told_so(
    house: House, pia: Account, measure: Measure
) -> None:
    for version in (1, 3):
        found = await version_effect(house, pia, asks(version, measure))
        assert found.stretches == ()
        assert found.judged is not None
        assert not found.judged.holds
        assert found.judged.plain is None


async def test_only_who_may_read_figures_is_told(house: House) -> None:
    volunteer = await hire(house, StaffRole.COMMUNITY_MODERATOR)
    with pytest.raises(Forbidden):
        await version_effect(house, volunteer, asks(3))
    with pytest.raises(Forbidden):
        await show_undoing(house, volunteer, HARBORLANE, 3)
    auditor = await hire(house, StaffRole.AUDITOR)
    assert (await version_effect(house, auditor, asks(3))).version.number == 3
    with pytest.raises(Forbidden):
        await undo_version(house, auditor, HARBORLANE, 3, "Undo version 3")
    with pytest.raises(NoSuchVersion):
        await version_effect(house, auditor, asks(9))


class TestUndoing:
    async def test_one_click_prepares_a_draft_that_goes_the_ordinary_way(
        self, house: House, pia: Account
    ) -> None:
        """It brings the option back with its series, needs a reason in words, and is published by a second person."""
        before = house.policy.menus(HARBORLANE)
        number = await publish_change(house, pia)
        key = await undo_version(house, pia, HARBORLANE, number, "Undo version 4")
        looked = await look_at_draft(house, pia, key)
        assert (looked.draft.title, looked.draft.goal, looked.kept.state) == ("Undo version 4", GOAL, "open")
        (step,) = looked.draft.operations
        assert isinstance(step, Restore)
        assert step.option == FEE
        assert [one.at for one in looked.findings] == [("note",)], "only why it is undone is missing"
        await set_aim(
            house, pia, key, looked.kept.revision, Aim("Undo", GOAL, str(pia.key), "It did not help.")
        )
        proposal = await propose_draft(house, pia, key, looked.kept.revision + 1)
        second = await hire(house, StaffRole.POLICY_MANAGER)
        await answer_proposal(house, second, AnswerProposal(proposal, publish=True))
        after = house.policy.menus(HARBORLANE)
        assert after.number == number + 1
        assert [one.options for one in after.menus] == [one.options for one in before.menus]
        assert after.translations == before.translations
        with pytest.raises(NothingToUndo):
            await undo_version(house, pia, HARBORLANE, number, "Again")

    async def test_the_first_version_and_one_that_never_was_cannot_be_undone(
        self, house: House, pia: Account
    ) -> None:
        with pytest.raises(NothingToUndo):
            await undo_version(house, pia, HARBORLANE, 1, "Undo")
        with pytest.raises(NoSuchVersion):
            await undo_version(house, pia, HARBORLANE, 9, "Undo")
