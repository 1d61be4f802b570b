"""Comments are labelled by keyboard alone, faster than they can be read, on any screen and without a finding of axe."""

from collections.abc import AsyncIterator
from time import monotonic

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from flagstaff.flows.change_codebook import Words, name_themes
from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.browser.console import press, served, sign_in
from tests.browser.ease import violations_in_both_schemes
from tests.coding import ready_run
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, build_house
from tests.people import hire

pytestmark = pytest.mark.browser

COMMENTS = [f"They ask for a finished sample before anything is paid, the {n}th of them." for n in range(30)]


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    async with served(await build_house(own_database, ids, clocks)) as at_home:
        yield at_home


async def test_a_reviewer_labels_by_keyboard(page: Page, house: House) -> None:
    """One key per comment: choose, accept, fits none, not usable; name a theme, go back, undo, read on."""
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    run = await ready_run(house, pia, COMMENTS)
    await sign_in(page.context, house, pia)
    await page.goto(f"{house.settings.address}/console/dives/{run}/code")
    now = page.locator(".asked.now .said")
    await expect(now).to_have_text(COMMENTS[0])
    await page.keyboard.press("n")
    await page.keyboard.type("Free work")
    await page.keyboard.press("Enter")
    await expect(now).to_have_text(COMMENTS[1])
    start = monotonic()
    for key in ("1", "o", "x", "j", "k", "1", "Enter", "1", "1", "1"):
        await page.keyboard.press(key)
    await expect(now).to_have_text(COMMENTS[9])
    assert (monotonic() - start) / 8 < 3, "twenty comments a minute, and more"
    await expect(page.get_by_text("9 of 30 comments drawn at random")).to_be_visible()
    said = await rows_of(house, "select theme from insight.label order by key")
    free = "theme-1"
    assert [row["theme"] for row in said] == [
        free,
        free,
        "other",
        "not_usable",
        free,
        "other",
        free,
        free,
        free,
    ]
    await page.keyboard.press("u")
    await expect(now).to_have_text(COMMENTS[8])
    # With arrows an answer is chosen, and Enter says that it is meant.
    await page.locator(".asked.now").get_by_label("Free work").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(now).to_have_text(COMMENTS[9])
    await page.keyboard.press("r")
    await expect(now).to_have_text(COMMENTS[16])
    for path in (f"dives/{run}/code", "codebook/harborlane"):
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{house.settings.address}/console/{path}")
            assert await violations_in_both_schemes(page) == [], (path, width)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_themes_are_reworded_merged_split_and_taken_back_by_key_without_leaving_the_comment(
    page: Page, house: House
) -> None:
    """Each change is a key, its theme's key and Enter; the comment that is asked stays before the reviewer."""
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    run = await ready_run(house, pia, COMMENTS)
    await name_themes(house, pia, HARBORLANE, [Words("Free work", ""), Words("Free tests", "")])
    await sign_in(page.context, house, pia)
    await page.goto(f"{house.settings.address}/console/dives/{run}/code")
    now = page.locator(".asked.now .said")
    await expect(now).to_have_text(COMMENTS[0])
    for key in ("1", "2", "o"):
        await press(page, key)
    await press(page, "y")
    for key in ("2", "Tab", "1", "Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("The themes are one.")).to_be_visible()
    await expect(now).to_have_text(COMMENTS[3])
    await press(page, "z")
    await expect(page.get_by_text("The last change of the codebook is taken back.")).to_be_visible()
    await press(page, "w")
    await expect(page.locator("#reword-name")).to_have_value("Free work")
    await page.keyboard.press("Escape")
    await expect(page.locator(".asked.now")).to_be_focused()
    await press(page, "s")
    for key in ("1", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("Samples")
    for key in ("Tab", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("Trial days")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("1 earlier row drawn at random is asked again")).to_be_visible()
    await expect(now).to_have_text(COMMENTS[3])
    await expect(page.locator(".asked.now")).to_be_focused()
    await press(page, "?")
    listed = await page.locator("dialog .keys dt").all_inner_texts()
    assert {*"123oxujknwysztr"} <= {*listed}
