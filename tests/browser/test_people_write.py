"""Suggesting, writing to the team and answering both, in a real browser: without script, by keyboard, at any width."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

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
from tests.browser.console import served, sign_in
from tests.browser.ease import violations_in_both_schemes
from tests.doors.platform import Harborlane, open_harborlane
from tests.doors.test_console_people import suggested, written
from tests.houses import build_house
from tests.people import hire

pytestmark = pytest.mark.browser

LETTER = "Why may this group lift the rule about links?"


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    """Serve every door of a house at one port."""
    async with served(await build_house(own_database, ids, clocks), every_door=True) as at_home:
        yield at_home


@pytest_asyncio.fixture
async def platform(house: House) -> AsyncIterator[Harborlane]:
    host = await open_harborlane(house)
    async with host.client:
        yield host
    await host.door.close()


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def mia(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR, login="mia")


def host_page(house: House, path: str, token: str) -> str:
    """Return what a platform's page holds: a form that sends its token along."""
    return (
        f'<form method="post" action="{house.settings.address}{path}"><input type="hidden" name="token" '
        f'value="{token}"><button>Open</button></form>'
    )


async def by_keyboard(page: Page, target: str) -> None:
    """Go to a field or button by the tabulator alone."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement?.matches(wanted)", target):
            return
    message = f"{target} is not reached by keyboard"
    raise AssertionError(message)


async def test_a_letter_goes_out_and_its_answer_is_found_without_script_by_keyboard(
    chromium: Browser, house: House, mia: Account
) -> None:
    """Row 42: from the help article to the answer, with no account and no script."""
    visitor = await (await chromium.new_context(java_script_enabled=True)).new_page()
    await visitor.context.route(re.compile(r"\.js"), lambda route: route.abort())
    await visitor.goto(f"{house.settings.address}/help/flags?platform=harborlane")
    await visitor.get_by_role("link", name="write to the team").press("Enter")
    await by_keyboard(visitor, "#text")
    await visitor.keyboard.type(LETTER)
    await by_keyboard(visitor, "button")
    await visitor.keyboard.press("Enter")
    await expect(visitor.get_by_role("heading", name="We have your letter")).to_be_visible()
    number, code = await visitor.locator("dd code").all_inner_texts()
    assert code not in visitor.url
    while await redact_words(house):
        pass
    team = await (await chromium.new_context(java_script_enabled=False)).new_page()
    await sign_in(team.context, house, mia)
    await team.goto(f"{house.settings.address}/console/contact")
    await team.get_by_role("link", name=number).click()
    await expect(team.get_by_text(LETTER)).to_be_visible()
    await team.get_by_label("Your answer").fill("Its members asked for it.")
    await team.get_by_role("button", name="Answer", exact=True).click()
    await expect(team.get_by_text("Answered")).to_be_visible()
    await visitor.goto(f"{house.settings.address}/contact?platform=harborlane")
    await by_keyboard(visitor, "#number")
    await visitor.keyboard.type(number.lower())
    await visitor.keyboard.press("Tab")
    await visitor.keyboard.type(code)
    await visitor.keyboard.press("Enter")
    await expect(visitor.get_by_text("Its members asked for it.")).to_be_visible()
    assert code not in visitor.url
    for one in (visitor, team):
        await one.context.close()


async def test_a_suggestion_is_made_answered_and_followed_without_script(
    chromium: Browser, house: House, platform: Harborlane, pia: Account, business: StoppedClock
) -> None:
    """Rows 41 and 43: from the platform's page, with its token in no address, to the answer with its reason."""
    token = platform.token("rita")
    visitor = await (await chromium.new_context(java_script_enabled=False)).new_page()
    await visitor.set_content(host_page(house, "/suggest", token))
    await visitor.get_by_role("button", name="Open").click()
    await visitor.get_by_label("On the menu for").select_option("job_post")
    await visitor.get_by_label("The option").fill("Asks for my password")
    await visitor.get_by_role("button", name="Suggest it").click()
    await expect(visitor.get_by_text("We have your suggestion")).to_be_visible()
    assert token[:20] not in visitor.url
    while await redact_words(house):
        pass
    team = await (await chromium.new_context(java_script_enabled=False)).new_page()
    await sign_in(team.context, house, pia)
    await team.goto(f"{house.settings.address}/console/suggestions")
    await team.get_by_role("link", name="Asks for my password").click()
    await team.get_by_label("Label in English", exact=False).fill("Asks for a password")
    await team.get_by_label("Help one sentence in English", exact=False).fill("Wants to sign in as you.")
    await team.get_by_label("Label in Spanish", exact=False).fill("Pide una contraseña")
    await team.get_by_label("Help one sentence in Spanish", exact=False).fill("Quiere entrar con tu cuenta.")
    await team.get_by_text("It means something new").click()
    await team.get_by_label("Key of the new reason").fill("asks_for_password")
    await team.get_by_label("Why, for whoever suggested it").fill("Many of you asked for it.")
    await team.get_by_role("button", name="Accept").click()
    await expect(team.get_by_text("what people suggested, G-")).to_be_visible()
    business.move(timedelta(days=1))
    await visitor.set_content(host_page(house, "/suggest", token))
    await visitor.get_by_role("button", name="Open").click()
    await expect(visitor.get_by_text("We are preparing an option for it.")).to_be_visible()
    await expect(visitor.get_by_text("Many of you asked for it.")).to_be_visible()
    for one in (visitor, team):
        await one.context.close()


async def furnished(house: House, business: StoppedClock) -> list[str]:
    """Fill a house, and return the paths of its console pages; one thing of each waits past its day."""
    paths = [await suggested(house, "Asks for my password", "rita", "tom", "ann", "ben", "eve")]
    thread = await written(house, LETTER + " " + "It troubles many of us here. " * 12)
    business.move(timedelta(days=20))
    await suggested(house, "Wants my login and my password, and says that it is for my own good", "tom")
    return ["/console/suggestions", *paths, "/console/contact", thread]


async def test_axe_finds_nothing_and_every_page_fits_320_pixels(
    page: Page, house: House, platform: Harborlane, business: StoppedClock
) -> None:
    both = await hire(house, StaffRole.POLICY_MANAGER, StaffRole.MODERATOR, login="both")
    paths = await furnished(house, business)
    await sign_in(page.context, house, both)
    for path in [*paths, "/contact?platform=harborlane", "/suggest?platform=harborlane"]:
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(f"{house.settings.address}{path}")
        assert await violations_in_both_schemes(page) == [], path
        await page.set_viewport_size({"width": 320, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
    for path in ("/contact", "/suggest"):
        await page.set_content(host_page(house, path, platform.token("rita")))
        await page.get_by_role("button", name="Open").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        found = await violations_in_both_schemes(page)
        assert found == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
