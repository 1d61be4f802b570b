"""The figures of the menus in a real browser: by keyboard, on a phone, in the dark, with nothing for axe to find."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.browser.console import served, sign_in
from tests.browser.ease import violations
from tests.flows.planted import Planter, plant_confusion, plant_menu
from tests.houses import build_house
from tests.people import hire

pytestmark = pytest.mark.browser

YEAR = "since=2026-01-01&until=2026-12-31"


@pytest_asyncio.fixture
async def planted(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock
) -> AsyncIterator[House]:
    house = await build_house(own_database, ids, clocks)
    planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
    await plant_menu(planter)
    await plant_confusion(planter)
    await planter.counted()
    async with served(house) as at_home:
        yield at_home


async def test_the_figures_are_read_and_mended_by_everybody(page: Page, planted: House) -> None:
    """Light, dark and on 320 pixels without a finding; filtered, scrolled and led to a draft by keyboard alone."""
    await sign_in(page.context, planted, await hire(planted, StaffRole.POLICY_MANAGER, login="petra"))
    url = f"{planted.settings.address}/console/usage"
    for query in (
        f"kind=job_post&{YEAR}",
        f"kind=every&by=version&told=then&span=month&{YEAR}",
        "kind=review",
    ):
        for scheme, width in (("light", 1280), ("dark", 320)):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{url}?{query}")
            assert await violations(page) == [], (query, scheme)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, query
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{url}?kind=job_post&{YEAR}")
    await page.get_by_label("Rows for").focus()
    await page.keyboard.press("M")
    await page.get_by_role("button", name="Count", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("span=month"))
    matrix = page.get_by_role("group", name="What was chosen, and what was decided")
    await matrix.focus()
    await expect(matrix).to_be_focused()
    await expect(matrix.get_by_role("row", name="This is a Freelancer ad not a job")).to_contain_text("28")
    await page.get_by_role("button", name="Reword: This is a Freelancer ad not a job").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#option")).to_have_value("job_post.freelancer_ad")
