"""The life of a menu in a real browser: without script, in the dialog itself, and with nothing for axe to find."""

from collections.abc import AsyncIterator
from importlib.resources import files

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.menus.drafts import Add, Merge, Remove, Restore
from flagstaff.menus.model import Wording
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.browser.console import served, sign_in
from tests.browser.ease import violations_in_both_schemes
from tests.flows.test_menu_drafts import drafted
from tests.houses import HARBORLANE, build_house
from tests.people import hire

pytestmark = pytest.mark.browser

WORDS = {"en": Wording(label="Asks for money", help="Any kind of fee.")}


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    async with served(await build_house(own_database, ids, clocks)) as at_home:
        yield at_home


@pytest_asyncio.fixture
async def petra(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="petra")


async def changed(house: House, by: Account) -> str:
    """Return the path of a draft with a bit of everything, one of it wrong."""
    key = await drafted(
        house, by, Remove(option="job_post.low_pay", into="job_post.something_else", why="Nobody chose it."),
        Merge(sources=("job_post.upfront_fee",), into="job_post.looks_like_scam"),
        Add(kind="review", reason="upfront_fee", words=WORDS, row="top"), Restore(option="private_message.never"),
    )  # fmt: skip
    return f"{house.settings.address}/console/menus/drafts/{key}"


async def test_axe_finds_nothing_on_the_pages_of_a_draft(page: Page, house: House, petra: Account) -> None:
    draft = await changed(house, petra)
    await sign_in(page.context, house, petra)
    paths = ["", "/words?kind=review&language=es", "/preview?kind=review", "/backtest"]
    paths += [f"?do={do}&kind=private_message" for do in ("remove", "merge", "restore", "reword", "reorder")]
    for path in paths:
        await page.goto(f"{draft}{path}")
        assert await violations_in_both_schemes(page) == [], path
    for path in ("/console/menus/drafts", "/console/menus"):
        await page.goto(f"{house.settings.address}{path}")
        assert await violations_in_both_schemes(page) == [], path


@pytest.mark.parametrize("path", ["", "?do=merge&kind=job_post", "/words", "/preview", "/backtest"])
async def test_a_draft_fits_a_screen_of_320_pixels(
    page: Page, house: House, petra: Account, path: str
) -> None:
    draft = await changed(house, petra)
    await sign_in(page.context, house, petra)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.goto(f"{draft}{path}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_menu_goes_from_draft_to_live_without_script(
    chromium: Browser, house: House, petra: Account
) -> None:
    """Begin, take away, say why, propose; a second person publishes: every step is a plain form."""
    second = await hire(house, StaffRole.POLICY_MANAGER)
    mine, theirs = [await chromium.new_context(java_script_enabled=False) for _ in range(2)]
    await sign_in(mine, house, petra)
    await sign_in(theirs, house, second)
    page = await mine.new_page()
    await page.goto(f"{house.settings.address}/console/menus")
    await page.get_by_role("link", name="Drafts").click()
    await page.get_by_label("Title").fill("Fewer lines")
    await page.get_by_role("button", name="Begin").click()
    change = page.get_by_role("region", name="Next change")
    await change.get_by_label("What", exact=True).select_option("remove")
    await page.get_by_role("button", name="Choose").click()
    await change.get_by_label("Option", exact=True).select_option("job_post.low_pay")
    await page.get_by_role("button", name="Add this change").click()
    await page.get_by_role("button", name="Propose to a second person").click()
    await expect(page.get_by_text("the draft states no goal").first).to_be_visible()
    await page.get_by_label("Goal").select_option("option_use")
    await page.get_by_label("Why, for readers").fill("Nobody chose it.")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Propose to a second person").click()
    await expect(page.get_by_text("Somebody", exact=False).first).to_be_visible()
    other = await theirs.new_page()
    await other.goto(page.url)
    await other.get_by_role("button", name="Publish").click()
    await other.goto(page.url)
    await expect(other.get_by_text("published as version 4").first).to_be_visible()
    assert "job_post.low_pay" not in house.policy.menus(HARBORLANE).option_by_key
    await mine.close()
    await theirs.close()


async def test_the_preview_opens_the_dialog_that_reporters_get(
    page: Page, house: House, petra: Account
) -> None:
    """It is filled from the draft, and what is sent there goes nowhere."""

    async def dialog(route: Route) -> None:
        script = files("flagstaff.api").joinpath("static", "flag.js").read_text(encoding="utf-8")
        await route.fulfill(body=script, content_type="text/javascript")

    await page.route("**/static/flag.js", dialog)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/v1/" in request.url else None)
    draft = await changed(house, petra)
    await sign_in(page.context, house, petra)
    await page.goto(f"{draft}/preview?kind=review")
    await page.locator("flagstaff-flag").get_by_role("button").first.click()
    await page.get_by_label("Asks for money").check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_text("This is a preview: nothing was sent.")).to_be_visible()
    assert sent == []
