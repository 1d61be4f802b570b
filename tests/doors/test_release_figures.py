"""A figure of a release note leads to its query, which stays as it was; one typed by hand says that it has none."""

import re
from datetime import timedelta

import pytest_asyncio

from flagstaff.flows.count_use import count_again, count_use
from flagstaff.flows.draft_menu import Aim, add_operations, begin_draft, set_aim
from flagstaff.flows.house import House
from flagstaff.flows.measure_versions import measure_versions
from flagstaff.flows.propose_draft import propose_draft
from flagstaff.flows.publish_version import AnswerProposal, answer_proposal
from flagstaff.flows.saved_queries import Wanted, add_figure
from flagstaff.kernel.clock import StoppedClock
from flagstaff.menus.drafts import Remove
from flagstaff.menus.model import Figure, Goal
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from tests.doors.platform import Harborlane
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import hire

GOAL = Goal(primary="something_else_share", direction="down", watch=(), window_days=28)
CHANGES = f"/help/flags/changes?platform={HARBORLANE}"


async def flagged(house: House, other: int, free: int) -> None:
    options = ["something_else"] * other + ["free_work"] * free
    flags = [
        sent(f"r{n}-{house.now:%j}", seen(id_=f"job-{n}-{house.now:%j}"), f"job_post.{one}",
             details="Nothing fits what this is." * (one == "something_else"))
        for n, one in enumerate(options)
    ]  # fmt: skip
    for start in range(0, len(flags), 60):
        await flag(house, *flags[start : start + 60])


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


async def counted(house: House, by: Account) -> None:
    await count_use(house)
    await count_again(house, by, HARBORLANE)
    while await count_use(house):
        pass


async def published(house: House, pia: Account) -> str:
    """Publish a version with one figure by a query and one by hand, and return the query's number."""
    key = await begin_draft(house, pia, HARBORLANE, "A change")
    gone = Remove(option="job_post.upfront_fee", into="job_post.something_else", why="Nobody chose it.")
    await add_operations(house, pia, key, 1, [gone])
    by_hand = Figure(says="Letters about it", value="12")
    await set_aim(house, pia, key, 2, Aim("A change", GOAL, str(pia.key), "Readers asked.", (by_hand,)))
    number = await add_figure(house, pia, key, 3, Wanted(name="something_else_share", months=1))
    second = await hire(house, StaffRole.POLICY_MANAGER)
    await answer_proposal(
        house, second, AnswerProposal(await propose_draft(house, pia, key, 4), publish=True)
    )
    return number


async def test_the_number_in_the_note_is_the_number_of_its_query_and_stays_so(
    house: House, pia: Account, platform: Harborlane, business: StoppedClock
) -> None:
    await flagged(house, 40, 80)
    business.move(timedelta(days=35))
    await counted(house, pia)
    number = await published(house, pia)
    note = (await platform.client.get(CHANGES)).text
    link = f"/help/flags/figures/{number}?platform={HARBORLANE}"
    assert re.search(rf"<dd>33 % · <a href=\"{re.escape(link)}\">", note)
    assert re.search(r"<dd>12 <span class=\"soft\">\(typed by hand, no query behind it\)", note)
    assert "too few yet" in note
    shown = await platform.client.get(link)
    assert shown.status_code == 200
    assert "<strong>33 %</strong>" in shown.text
    assert "at least 120 flags" in shown.text
    assert "whole months" in shown.text
    spoken = await platform.client.get(f"{link}&language=es")
    assert "<strong>33 %</strong>" in spoken.text
    assert "at least" not in spoken.text
    await flagged(house, 60, 0)
    await counted(house, pia)
    assert (await platform.client.get(link)).text == shown.text
    assert (
        await platform.client.get(f"/help/flags/figures/Q-0000-0000-0000?platform={HARBORLANE}")
    ).status_code == 404


async def test_what_came_of_a_version_is_told_once_and_pinned(
    house: House, pia: Account, platform: Harborlane, business: StoppedClock
) -> None:
    await flagged(house, 60, 60)
    business.move(timedelta(days=35))
    await counted(house, pia)
    await published(house, pia)
    business.move(timedelta(days=30))
    await flagged(house, 20, 100)
    business.move(timedelta(days=40))
    await counted(house, pia)
    assert await measure_versions(house) == 1
    note = (await platform.client.get(CHANGES)).text
    assert "50 % before, 17 % since" in note
    for number in re.findall(r"/help/flags/figures/(Q-[0-9A-Z-]+)", note):
        assert (
            await platform.client.get(f"/help/flags/figures/{number}?platform={HARBORLANE}")
        ).status_code == 200
    await flagged(house, 100, 0)
    await counted(house, pia)
    assert await measure_versions(house) == 0
    assert (await platform.client.get(CHANGES)).text == note
