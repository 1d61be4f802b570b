"""My flags in a real browser: opened from the platform's page, worked by keyboard alone, readable at any width."""

import asyncio
import dataclasses
import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Page, expect

from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.house import House
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.menus.drafts import Add
from flagstaff.menus.model import Wording
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.browser.ease import violations
from tests.doors.platform import open_harborlane
from tests.flows.desks import decided, flagged
from tests.flows.test_menu_drafts import published
from tests.houses import build_house, person, seen, sent
from tests.people import hire

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("FLAGSTAFF_SHOTS")
"""A folder to leave pictures in, for people to look at."""
OTHER = {"option": "review.something_else", "details": "They want a fee for a review."}
FEE = Add(
    kind="review",
    reason="upfront_fee",
    words={
        "en": Wording(label="Asks for money", help="Any kind of fee."),
        "es": Wording(label="Pide dinero", help="Cualquier tipo de cuota."),
    },
    split_from="review.something_else",
)


@pytest_asyncio.fixture(loop_scope="session")
async def opened(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock, page: Page
) -> AsyncIterator[Page]:
    """Open the page of somebody with four flags: new, asked about, one that helped, one where no rule was broken."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()  # whoever comes before the server waits for it
        address = f"http://127.0.0.1:{line.getsockname()[1]}"
        house = dataclasses.replace(
            await build_house(own_database, ids, clocks), settings=Settings(public_url=address)
        )
        platform = await open_harborlane(house)
        await _four(house, business)
        server = uvicorn.Server(uvicorn.Config(platform.door, log_level="error", lifespan="off"))
        task = asyncio.create_task(server.serve([line]))
        try:
            await page.set_content(
                f'<form method="post" action="{address}/my-flags"><button name="token" '
                f'value="{platform.token("rita", origin=None)}">My flags</button></form>'
            )
            await page.get_by_role("button", name="My flags").click()
            await expect(page.get_by_role("heading", name="Your flags")).to_be_visible()
            yield page
        finally:
            server.should_exit = True
            await task
            await platform.client.aclose()
            await platform.door.close()


async def _four(house: House, business: StoppedClock) -> None:
    mia = await hire(house, StaffRole.MODERATOR, login="mia")
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    quin = await hire(house, StaffRole.POLICY_MANAGER, login="quin")
    helpful = await flagged(house, sent("rita", seen("review", "r-1"), **OTHER))
    await decided(house, mia, helpful, clauses=["MT-3"])
    fine = await flagged(house, sent("rita", seen(id_="job-fine")))
    await decided(house, mia, fine, verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(days=2))
    await take_effect(house)
    await published(house, pia, quin, FEE)
    asked = await flagged(house, sent("rita", seen(id_="job-asked")))
    newest = (await show_my_flags(house, person("rita")))[0]
    await claim_case(house, mia, asked)
    await ask_reporter(house, mia, Question(asked, "Which of the three samples was it?", newest.number))
    business.move(timedelta(minutes=5))
    await flagged(house, sent("rita", seen(id_="job-new"), "job_post.unclear_incomplete"))


async def _tab_to(page: Page, name: str) -> None:
    """Press Tab until a control of that name has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if name in await page.evaluate(
            "(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || '')"
        ):
            return
    pytest.fail(f"Tab never reached {name!r}")


async def test_by_keyboard_alone_a_question_is_answered_an_outcome_appealed_and_a_flag_taken_back(
    opened: Page,
) -> None:
    await _tab_to(opened, "Take it back")
    await opened.keyboard.press("Enter")
    await expect(opened.get_by_role("status")).to_contain_text("You took this flag back")
    await expect(opened.get_by_text("You took it back.")).to_be_visible()
    await _tab_to(opened, "Your answer")
    await opened.keyboard.type("The second one.")
    await _tab_to(opened, "Send the answer")
    await opened.keyboard.press("Enter")
    await expect(opened.get_by_role("status")).to_contain_text("We have your answer")
    await expect(opened.get_by_label("Your answer")).to_have_count(0)
    await _tab_to(opened, "I see it differently")
    await opened.keyboard.press("Enter")
    await _tab_to(opened, "What should be looked at again")
    await opened.keyboard.type("Read the second line again.")
    await _tab_to(opened, "Ask for a second look")
    await opened.keyboard.press("Enter")
    await expect(opened.get_by_role("status")).to_contain_text("We have your appeal")
    assert "eyJ" not in opened.url


async def test_it_says_what_was_told_when_to_expect_an_answer_and_what_it_helped(opened: Page) -> None:
    await expect(opened.get_by_text("Your flag helped add a new option: “Asks for money”.")).to_be_visible()
    await expect(opened.get_by_text("Which of the three samples was it?")).to_be_visible()
    await expect(opened.get_by_text("Expected: 3 days (our target).")).to_be_visible()
    await opened.get_by_role("link", name="What changed in version 4").click()
    await expect(opened.get_by_role("heading", name="Version 4")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("desktop", 1100, "light"), ("dark", 1100, "dark"), ("phone", 320, "light")]
)
async def test_axe_finds_nothing_and_nothing_is_cut_off(
    opened: Page, name: str, width: int, scheme: str
) -> None:
    await opened.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await opened.set_viewport_size({"width": width, "height": 900})
    await opened.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert await violations(opened) == []
    assert await opened.evaluate("document.documentElement.scrollWidth") <= width
    if SHOTS:
        await opened.screenshot(path=Path(SHOTS) / f"my-flags-{name}.png", full_page=True)
