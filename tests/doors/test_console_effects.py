"""The page of a version says what came of it, shows what that takes for granted, and prepares its undoing."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest_asyncio

from flagstaff.console.effects import NAMES
from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.counted_days import plant_lines, plant_waits, publish_change, weeks
from tests.people import Browser, browser, hire

PAGE = "/console/menus/harborlane/4/effect"


@pytest_asyncio.fixture
async def planted(house: House, business: StoppedClock) -> House:
    """Give a house in which version 4 halved the share of Other, sixteen weeks on each side of it."""
    business.move(timedelta(days=120))
    pia, random = await hire(house, StaffRole.POLICY_MANAGER, login="pia"), Random(5)
    await publish_change(house, pia)
    day = house.now.date()
    await plant_lines(house, *weeks(day, 16, lambda at: (70 if at < 0 else 35) + 7 * random.randint(-1, 1)))
    await plant_waits(house, {day - timedelta(days=3): {94: 30}, day + timedelta(days=3): {78: 30}})
    business.move(timedelta(days=120))
    return house


@pytest_asyncio.fixture
async def hers(planted: House) -> AsyncIterator[Browser]:
    async with browser(planted, await hire(planted, StaffRole.POLICY_MANAGER, login="petra")) as page:
        yield page


async def test_the_page_tells_the_jump_and_every_assumption_with_its_numbers(hers: Browser) -> None:
    page = (await hers.get(PAGE)).text
    says = page.partition('id="says"')[2].partition("</section>")[0]
    jump = re.search(r"Jump at publication</dt><dd>(.[\d.]+) points \((.[\d.]+) to (.[\d.]+)\)", says)
    assert jump
    low, high = (float(jump[place].replace("−", "-")) for place in (2, 3))
    assert low < -100 * 35 / 210 < high < 0
    assert "Wagner, Soumerai, Zhang and Ross-Degnan 2002" in says
    checks = page.partition('id="checks"')[2].partition("</section>")[0]
    assert checks.count(">Holds<") == 7
    assert "Durbin-Watson" in checks
    assert "16 before, 16 since" in checks
    versions = page.partition('id="versions"')[2].partition("</section>")[0]
    assert "once enough has been seen" in page.partition('id="told"')[2]
    assert re.search(r'aria-current="true"><th scope="row"><a class="share" href="[^"]*/4/effect', versions)


async def test_the_picture_stands_beside_a_table_with_the_same_points(hers: Browser) -> None:
    page = (await hers.get(PAGE)).text
    drawn = page.partition('<svg class="chart effect"')[2].partition("</svg>")[0]
    table = page.partition(drawn)[2].partition("<tbody>")[2].partition("</tbody>")[0]
    assert drawn.count('class="dot"') == table.count("<tr>") == 32
    assert (drawn.count('class="trend"'), drawn.count('class="as-if"')) == (2, 1)
    assert "style=" not in drawn


async def test_where_an_assumption_fails_no_line_is_drawn_and_the_difference_stands_alone(
    hers: Browser,
) -> None:
    page = (await hers.get(f"{PAGE}?measure=time_to_decision_p50")).text
    assert "Only the plain difference is left" in page
    assert 'class="trend"' not in page
    assert "Jump at publication" not in page
    assert re.search(r"Plain difference</dt><dd>0\.25 times as long", page)
    assert "Does not hold" in page


async def test_every_figure_of_every_menu_is_a_page(hers: Browser) -> None:
    for measure in (*NAMES, "nonsense"):
        for kind in ("", "every", "review", "nonsense"):
            assert (await hers.get(f"{PAGE}?measure={measure}&kind={kind}")).status_code == 200


async def test_one_click_begins_the_draft_that_undoes_it(hers: Browser) -> None:
    page = (await hers.get(PAGE)).text
    undo = page.partition('id="undo"')[2].partition("</section>")[0]
    assert "Brings back" in undo
    assert "job_post.upfront_fee" in undo
    answer = await hers.post("/console/menus/harborlane/4/undo")
    assert answer.status_code == 303
    draft = (await hers.get(answer.headers["location"])).text
    assert "Undo version 4" in draft
    assert "job_post.upfront_fee" in draft


async def test_who_may_only_read_is_offered_no_draft_and_strangers_no_page(planted: House) -> None:
    async with browser(planted, await hire(planted, StaffRole.AUDITOR)) as page:
        assert "/undo" not in (await page.get(PAGE)).text
        assert (await page.post("/console/menus/harborlane/4/undo")).status_code == 403
        assert (await page.get("/console/menus/harborlane/9/effect")).status_code == 404
        assert (await page.get("/console/menus/elsewhere/4/effect")).status_code == 404
        assert 'href="/console/menus/harborlane/4/effect"' in (await page.get("/console/menus")).text
    async with browser(planted, await hire(planted, StaffRole.COMMUNITY_MODERATOR)) as page:
        assert (await page.get(PAGE)).status_code == 403
