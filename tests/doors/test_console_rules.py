"""Colleagues' reasons where no rule fitted are read week by week as candidates; merges are prepared by one click."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from flagstaff.decisions.rules import DecisionIncomplete
from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.counted_days import Line, plant_lines
from tests.flows.desks import REMOVE, decided
from tests.flows.planted import FREE, OTHER, Planter
from tests.people import Browser, browser, hire

PAGE = "/console/rules"
BOTS = ("Posts written by a bot that answers every thread.", "A bot answers each thread with the same post.")
YEAR = "since=2026-01-01&until=2026-12-31"
LOW, VAGUE = "job_post.freelancer_ad", "job_post.unclear_incomplete"


@pytest_asyncio.fixture
async def planter(house: House, business: StoppedClock) -> Planter:
    return Planter(house, await hire(house, StaffRole.MODERATOR, login="mona"), business)


@pytest_asyncio.fixture
async def hers(house: House) -> AsyncIterator[Browser]:
    async with browser(house, await hire(house, StaffRole.POLICY_MANAGER, login="petra")) as page:
        yield page


async def discretion(planter: Planter, job: str, reason: str) -> None:
    case = await planter.flags(job, (f"rita-{job}", OTHER))
    await decided(planter.house, planter.by, case, clauses=("CG-12c",), measures=REMOVE, reason=reason)


async def test_row_75_reasons_of_discretion_are_listed_weekly_as_candidates(
    planter: Planter, hers: Browser
) -> None:
    for place, reason in enumerate((*BOTS, "Asks for a loan, which nothing here forbids.")):
        await discretion(planter, f"job {place}", reason)
        planter.business.move(timedelta(days=7))
    await planter.both("usual", ("sam", OTHER), clauses=["MT-8"])
    page = (await hers.get(PAGE)).text
    candidates = page.partition('id="candidates"')[2].partition("</section>")[0]
    groups = re.findall(r'<span class="strong">([^<]+)</span><span class="row">', candidates)
    assert len(groups) == 2
    assert groups[0] in BOTS
    assert "2 decisions" in candidates
    assert "New this week" not in candidates, "the last of them was a week ago and more"
    assert candidates.count("D-") >= 3
    assert "/console/cases/" not in candidates, "who has no desk is led to no case"
    async with browser(planter.house, planter.by) as desk:
        assert "/console/cases/" in (await desk.get(PAGE)).text.partition('id="candidates"')[2]


@pytest.mark.parametrize(
    "reason", ["It breaks CG-12c (The list is not exhaustive).", "Not nice.", "CG-12c CG-12c CG-12c!"]
)
async def test_row_75_a_rule_of_discretion_needs_a_reason_in_ones_own_words(
    planter: Planter, reason: str
) -> None:
    case = await planter.flags("job", ("rita", OTHER))
    with pytest.raises(DecisionIncomplete, match="leaves it to you"):
        await decided(planter.house, planter.by, case, clauses=("CG-12c",), measures=REMOVE, reason=reason)
    await decided(planter.house, planter.by, case, clauses=("CG-12c",), measures=REMOVE, reason=BOTS[0])


async def test_who_may_not_know_of_a_case_reads_no_reason_of_it(house: House, hers: Browser) -> None:
    assert "Nobody decided under such a rule" in (await hers.get(PAGE)).text
    for role, status in ((StaffRole.AUDITOR, 200), (StaffRole.COMMUNITY_MODERATOR, 403)):
        async with browser(house, await hire(house, role)) as page:
            assert (await page.get(PAGE)).status_code == status


async def test_two_rules_that_stand_for_one_another_are_prepared_as_a_change_of_files(
    planter: Planter, hers: Browser
) -> None:
    """Twenty decisions on record: those that named both rules lead to the pair, its interval and its file."""
    for place in range(20):
        clauses = ("MT-6", "MT-9") if place < 12 else ("MT-6",)
        await planter.both(f"job {place}", (f"rita-{place}", FREE), clauses=clauses)
    page = (await hers.get(PAGE)).text
    near = page.partition('id="near"')[2].partition("</section>")[0]
    assert (
        "Named together in 12 decisions, one put in place of the other in 0, of 20 that named either" in near
    )
    assert "60.0 %" in near
    link = re.search(r'href="(/console/rules/prepared[^"]+)"', near)
    assert link
    answer = await hers.get(link[1].replace("&amp;", "&"))
    assert answer.headers["content-type"].startswith("application/yaml")
    assert "# MT-9 (" in answer.text
    assert "flagstaff policy check" in answer.text
    for wrong in ("goes=MT-9&stays=MT-9", "goes=MT-9&stays=CG-12c", "goes=x&stays=MT-9"):
        assert (await hers.get(f"{PAGE}/prepared?platform=harborlane&{wrong}")).status_code == 404
    assert (await hers.get(f"{PAGE}/prepared?platform=elsewhere&goes=MT-9&stays=MT-6")).status_code == 404


async def test_options_that_are_mixed_up_are_proposed_as_a_merge_and_its_draft_is_prepared(
    house: House, hers: Browser
) -> None:
    """Both ways nine and seven cases of fifty; the draft holds the merge and says why."""
    menus = house.policy.menus("harborlane").option_by_key
    mine, other = menus[LOW].clauses, menus[VAGUE].clauses
    day = house.now.date()
    await plant_lines(
        house,
        *(
            Line(
                day=day, flags=count, option=option, clauses=menus[option].clauses, verdict="violation", decided=(rule,)
            )
            for option, rules in ((LOW, ((mine[0], 11), (other[-1], 9))), (VAGUE, ((other[0], 23), (mine[0], 7))))
            for rule, count in rules
        ),
    )  # fmt: skip
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    proposed = page.partition('id="joinings"')[2].partition("</section>")[0]
    assert f"{LOW} → {VAGUE}" in proposed
    assert "9 cases one way and 7 the other, of 50" in proposed
    fields = {"platform": "harborlane", "option": LOW, "into": VAGUE, "why": "mixed"}
    answer = await hers.post("/console/usage/join", **fields)
    assert answer.status_code == 303
    draft = (await hers.get(answer.headers["location"].partition("#")[0])).text
    assert f"{LOW} → {VAGUE}" in draft
    assert "and the other way round" in draft
    evidence = draft.partition('id="evidence"')[2].partition("</section>")[0]
    assert "9 cases one way and 7 the other, of 50" in evidence
    named = await hers.post("/console/usage/join", **{**fields, "into": "job_post.off_platform_payment"})
    draft = (await hers.get(named.headers["location"].partition("#")[0])).text
    assert "outside of Harborlane”, and the other way round" in draft, "readers are told the platform's name"
    for wrong in (
        {"into": "review.spam"},
        {"into": LOW},
        {"into": "job_post.nothing"},
        {"into": OTHER},
        {"option": OTHER},
    ):
        assert (await hers.post("/console/usage/join", **{**fields, **wrong})).status_code == 422
    assert (await hers.post("/console/usage/join", **{**fields, "platform": "elsewhere"})).status_code == 404
    async with browser(house, await hire(house, StaffRole.AUDITOR)) as page_:
        assert (await page_.post("/console/usage/join", **fields)).status_code == 403
