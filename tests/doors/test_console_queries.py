"""Figures come into a draft by a known query, and staff see what it found then and finds now."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from flagstaff.flows.count_use import count_use
from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import Browser, browser, hire

QUERY = {
    "query": "something_else_share",
    "on": "",
    "option": "job_post.free_work",
    "months": "1",
    "lineage": "yes",
}


@pytest_asyncio.fixture
async def hers(house: House) -> AsyncIterator[Browser]:
    async with browser(house, await hire(house, StaffRole.POLICY_MANAGER, login="pia")) as page:
        yield page


@pytest_asyncio.fixture
async def march(house: House, business: StoppedClock) -> None:
    """Let forty flags of a hundred and twenty lie under Other in March, and be it April."""
    options = ["something_else"] * 40 + ["free_work"] * 80
    flags = [
        sent(
            f"r{n}", seen(id_=f"job-{n}"), f"job_post.{one}", details="Nothing fits what this is." * (n < 40)
        )
        for n, one in enumerate(options)
    ]
    for start in range(0, len(flags), 60):
        await flag(house, *flags[start : start + 60])
    business.move(timedelta(days=35))
    while await count_use(house):
        pass


async def begun(page: Browser) -> str:
    await page.get("/console/menus/drafts")
    answer = await page.post("/console/menus/drafts", platform=HARBORLANE, title="Fewer lines")
    return answer.headers["location"]


async def revision(page: Browser, draft: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', (await page.get(draft)).text)
    assert found
    return found[1]


@pytest.mark.usefixtures("march")
async def test_a_figure_is_chosen_saved_looked_at_and_taken_out(house: House, hers: Browser) -> None:
    draft = await begun(hers)
    answer = await hers.post(f"{draft}/figures", revision=await revision(hers, draft), **QUERY)
    assert answer.status_code == 303, answer.text
    page = (await hers.get(draft)).text
    found = re.search(r'href="(/console/queries/(Q-[0-9A-Z-]+))"', page)
    assert found
    assert "33 %" in page
    query = await hers.get(found[1])
    assert query.status_code == 200
    assert query.text.count("33 %") == 2, "then and now"
    assert "40 of 120 flags" in query.text
    assert "Readers see it once" in query.text
    await hers.post(f"{draft}/figures", revision=await revision(hers, draft), drop=found[2])
    assert found[2] not in (await hers.get(draft)).text
    async with browser(house, await hire(house, StaffRole.COMMUNITY_MODERATOR)) as volunteer:
        assert (await volunteer.get(found[1])).status_code == 403


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"on": "profile"}, "it rests on 0 flags"),
        ({"query": "nothing"}, "holds something that cannot be"),
        ({"months": "2"}, "so many months are not offered"),
    ],
)
async def test_what_cannot_be_told_is_refused_with_its_reason(
    hers: Browser, wanted: dict[str, str], says: str
) -> None:
    draft = await begun(hers)
    answer = await hers.post(f"{draft}/figures", revision=await revision(hers, draft), **(QUERY | wanted))
    assert answer.status_code in {400, 422}
    assert says in answer.text.lower()


async def test_a_query_that_nobody_saved_is_not_there(hers: Browser) -> None:
    assert (await hers.get("/console/queries/Q-0000-0000-0000")).status_code == 404


async def test_a_versions_page_says_what_came_of_it_and_what_nothing_measures(
    house: House, hers: Browser
) -> None:
    """Version 3 of the default policy named two metrics that were withdrawn since; it still says so."""
    page = await hers.get(f"/console/menus?platform={HARBORLANE}&version=3")
    assert page.status_code == 200
    assert "What came of it" in page.text
    assert "Too few yet" in page.text
    assert page.text.count("is measured by nothing") == 2
    draft = await begun(hers)
    assert "abandon_rate" not in (await hers.get(draft)).text
    async with browser(house, await hire(house, StaffRole.COMMUNITY_MODERATOR)) as volunteer:
        seen_by_all = await volunteer.get(f"/console/menus?platform={HARBORLANE}&version=3")
        assert "What came of it" not in seen_by_all.text
