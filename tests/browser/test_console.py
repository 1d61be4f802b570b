"""Case work in a real browser: by keyboard alone, without script, on a phone, and with nothing for axe to find."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.browser.console import press, served, sign_in
from tests.browser.ease import violations_in_both_schemes
from tests.case_work import busy_house, job
from tests.houses import build_house
from tests.people import hire

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)

PAGES = ("queue", "second", "appeals", "decisions", "todos", "health", "log", "guidelines", "menus", "cases")


@pytest_asyncio.fixture
async def house(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock
) -> AsyncIterator[House]:
    """Serve a house on a believable day."""
    built = await build_house(own_database, ids, clocks)
    colleague = await hire(built, StaffRole.MODERATOR, login="olu")
    await busy_house(built, colleague, business)
    await redact_words(built)
    async with served(built) as at_home:
        yield at_home


@pytest_asyncio.fixture
async def moderator(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR, StaffRole.AUDITOR, StaffRole.POLICY_MANAGER, login="mara")


async def take(page: Page) -> None:
    """Claim the case that is shown by its key, and wait for the panel."""
    await expect(page.get_by_role("button", name="Take it")).to_be_visible()
    await press(page, "c")
    await expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()


async def test_three_keys_claim_and_decide_the_next_case_and_a_fourth_takes_it_back(
    page: Page, house: House, moderator: Account
) -> None:
    await sign_in(page.context, house, moderator)
    await page.goto(f"{house.settings.address}/console/queue?severity=3")
    await job(house, "the-next", "rita", option="job_post.off_platform_payment")
    await page.keyboard.press("j")
    await expect(page.locator("[data-case]").first).to_be_focused()
    await press(page, "c")
    await page.wait_for_url("**/console/cases/C-*")
    first = await page.locator("input[name=clause][data-key='1']").count()
    await press(page, "1" if first else "n")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing leaves the house before")).to_be_visible()
    await press(page, "u")
    await expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()


async def test_the_panel_follows_the_rule_and_says_when_it_leaves_the_ladder(
    page: Page, house: House, moderator: Account
) -> None:
    case = await job(house, "follows", "rita", "sam")
    await sign_in(page.context, house, moderator)
    await page.goto(f"{house.settings.address}/console/cases/{case}")
    await take(page)
    await page.keyboard.press("1")
    await expect(page.locator("[name=verdict][value=violation]")).to_be_checked()
    await expect(page.locator("[name=measure][value=remove_content]")).to_be_checked()
    await expect(page.locator("#reason")).to_have_value("It breaks MT-6 (No free work).")
    await page.keyboard.press("w")
    await expect(page.locator("[name=measure][value=warning]")).to_be_checked()
    await expect(page.locator("#code")).to_be_visible()
    await page.keyboard.press("n")
    await expect(page.locator("#reason")).to_have_value(
        "A person looked at it under: No free work. None of them is broken."
    )
    await expect(page.get_by_text("Which rule leads")).to_be_hidden()
    await page.keyboard.press("v")
    await page.locator("summary", has_text="What the author reads").click()
    await page.keyboard.press("p")
    await expect(page.locator("#preview")).to_contain_text("About your job post")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("A rule is broken")
    await page.get_by_role("button", name="Turn keys off").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator("[name=verdict][value=violation]")).to_be_checked()


async def test_words_come_as_a_fragment_and_blurring_is_kept(
    page: Page, house: House, moderator: Account
) -> None:
    await sign_in(page.context, house, moderator)
    await page.goto(f"{house.settings.address}/console/queue")
    await page.get_by_role("link", name="Logo and brand kit").click()
    await take(page)
    await expect(page.locator("#words")).to_contain_text("Reporter")
    await expect(page.locator("#words")).to_contain_text("three finished logos")
    assert "kay@mail.example" not in await page.content()
    await page.get_by_label("Blur").check()
    await page.reload()
    await expect(page.get_by_label("Blur")).to_be_checked()
    await expect(page.locator("ins")).to_contain_text(["Added", "one rough sketch"])


async def test_it_works_without_script(chromium: Browser, house: House, moderator: Account) -> None:
    case = await job(house, "no-script")
    context = await chromium.new_context(java_script_enabled=False)
    await sign_in(context, house, moderator)
    page = await context.new_page()
    await page.goto(f"{house.settings.address}/console/cases/{case}")
    await page.get_by_role("button", name="Take it").click()
    await page.get_by_label("A rule is broken").check()
    await page.get_by_role("button", name="Decide").click()
    await expect(page.get_by_text("Nothing leaves the house before")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("link", name="Read what they wrote").click()
    await expect(page.get_by_text("Nobody wrote anything")).to_be_visible()
    await context.close()


async def test_axe_finds_nothing(chromium: Browser, house: House, moderator: Account) -> None:
    # Tall, so that the bar at the foot of the window covers nothing: a page that scrolls is checked as a whole.
    context = await chromium.new_context(viewport={"width": 1280, "height": 4000})
    await sign_in(context, house, moderator)
    page = await context.new_page()
    for name in PAGES:
        await page.goto(f"{house.settings.address}/console/{name}")
        assert await violations_in_both_schemes(page) == [], name
    case = await job(house, "axe", "rita", "sam")
    await page.goto(f"{house.settings.address}/console/cases/{case}")
    assert await violations_in_both_schemes(page) == []
    await take(page)
    await page.keyboard.press("1")
    await expect(page.locator("[name=verdict][value=violation]")).to_be_checked()
    for details in await page.locator("details:visible").all():
        await details.evaluate("one => { one.open = true; }")
    assert await violations_in_both_schemes(page) == []
    await context.close()


@pytest.mark.parametrize("locale", ["en-GB", "es-MX"])
async def test_nothing_is_wider_than_a_phone(
    chromium: Browser, house: House, moderator: Account, locale: str
) -> None:
    case = await job(house, f"phone-{locale}", "rita", "sam")
    context = await chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale=locale
    )
    await sign_in(context, house, moderator)
    page = await context.new_page()
    for name in (*PAGES, f"cases/{case}"):
        await page.goto(f"{house.settings.address}/console/{name}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, name
    await context.close()
