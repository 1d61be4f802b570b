"""Deep dives in a real browser: watched, read by everybody, and led by keyboard alone from a theme to a draft."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from flagstaff.flows.house import House
from flagstaff.insight.dive import Basis
from flagstaff.insight.dives import DiveState
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.browser.console import press, served, sign_in
from tests.browser.ease import violations_in_both_schemes
from tests.dived import plant_dive, table_of, write_under_other
from tests.houses import build_house
from tests.people import hire

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    async with served(await build_house(database, ids, clocks)) as at_home:
        yield at_home


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER)


async def test_what_a_run_found_is_read_in_the_light_in_the_dark_and_on_a_phone(
    page: Page, house: House, pia: Account
) -> None:
    ready = await plant_dive(house, pia)
    unchecked = await plant_dive(house, pia, table_of({}, Basis.UNVERIFIED, labels=0))
    running = await plant_dive(house, pia, state=DiveState.CODING)
    await sign_in(page.context, house, pia)
    base = f"{house.settings.address}/console/dives"
    theme = f"/{ready}/themes/free"
    for path in ("", f"/{ready}", f"/{unchecked}", f"/{running}", theme):
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(base + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        if path in {f"/{ready}", theme}:
            assert await violations_in_both_schemes(page) == [], path
    await page.goto(f"{base}/{running}")
    await page.get_by_role("button", name="Cancel this run").click()
    await expect(page.get_by_text("Nothing of it was kept.")).to_be_visible()


async def test_a_page_that_watches_a_run_sees_by_itself_that_it_is_over(
    page: Page, house: House, pia: Account
) -> None:
    running = await plant_dive(house, pia, state=DiveState.CODING)
    await sign_in(page.context, house, pia)
    await page.goto(f"{house.settings.address}/console/dives/{running}")
    await expect(page.get_by_role("progressbar", name="Under way")).to_have_attribute("value", "340")
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.get_by_role("button", name="Cancel this run").click()
    await expect(page.get_by_text("This run was cancelled.")).to_be_visible(timeout=10_000)


async def test_a_theme_leads_to_a_draft_by_keyboard_alone(page: Page, house: House, pia: Account) -> None:
    said = [f"They want me to work for free first, an unpaid test project. Sample {n}." for n in range(6)]
    flags = await write_under_other(house, *said)
    number = await plant_dive(house, pia, flags={"free": flags})
    await sign_in(page.context, house, pia)
    await page.goto(f"{house.settings.address}/console/dives/{number}")
    await page.get_by_role("link", name="Asks for free work").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Asks for free work", level=1)).to_be_visible()
    await press(page, "e")
    await expect(page.locator(".examples > li")).to_have_count(6)
    label = page.get_by_label("Label in English").first
    await label.fill("They want work for free")
    await page.get_by_role("button", name="Reword it in a draft").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/console/menus/drafts/[0-9a-f-]+#operations"))
    await expect(page.locator("#operations")).to_contain_text(f"“Asks for free work” in deep dive {number}")
    await expect(page.locator("#operations")).to_contain_text("17.40 % (15.00–20.00) of 1,000")
