"""What came of a version, and what could be one, in a real browser: by keyboard, on a phone, in the dark, for axe."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

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
from tests.flows.counted_days import Line, plant_lines, plant_waits, publish_change, weeks
from tests.flows.desks import REMOVE, decided
from tests.flows.planted import OTHER, Planter
from tests.houses import build_house
from tests.people import hire

pytestmark = pytest.mark.browser

PAGES = (
    "menus/harborlane/4/effect",
    "rules",
    "usage?kind=job_post&since=2026-01-01&until=2026-12-31",
)
AD, VAGUE = "job_post.freelancer_ad", "job_post.unclear_incomplete"


@pytest_asyncio.fixture
async def planted(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock
) -> AsyncIterator[House]:
    house = await build_house(own_database, ids, clocks)
    planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
    business.move(timedelta(days=120))
    pia, random = await hire(house, StaffRole.POLICY_MANAGER, login="pia"), Random(5)
    await publish_change(house, pia)
    day = house.now.date()
    await plant_lines(house, *weeks(day, 16, lambda at: (70 if at < 0 else 35) + 7 * random.randint(-1, 1)))
    waits = {day + timedelta(days=away): {94: 20, 102: 12} for away in range(-90, 91) if away}
    await plant_waits(house, waits)
    menus = house.policy.menus("harborlane").option_by_key
    mine, other = menus[AD].clauses[0], menus[VAGUE].clauses[0]
    rows = [(AD, mine, 11), (AD, other, 9), (VAGUE, other, 23), (VAGUE, mine, 7)]
    await plant_lines(
        house,
        *(
            Line(
                day=day,
                option=one,
                clauses=menus[one].clauses,
                verdict="violation",
                decided=(rule,),
                flags=flags,
            )
            for one, rule, flags in rows
        ),
    )
    business.move(timedelta(days=110))
    for place, reason in enumerate(
        ("Posts written by a bot that answers every thread.", "A bot answers each thread with the same post.")
    ):
        case = await planter.flags(f"job {place}", (f"rita-{place}", OTHER))
        await decided(house, planter.by, case, clauses=("CG-12c",), measures=REMOVE, reason=reason)
    async with served(house) as at_home:
        yield at_home


async def test_what_came_of_a_version_is_read_and_undone_by_everybody(page: Page, planted: House) -> None:
    """Light, dark and on 320 pixels without a finding; read, filtered and led to a draft by keyboard alone."""
    await sign_in(page.context, planted, await hire(planted, StaffRole.POLICY_MANAGER, login="petra"))
    url = f"{planted.settings.address}/console"
    for path in PAGES[:2]:  # the third is looked at by test_menu_figures
        for scheme, width in (("light", 1280), ("dark", 320)):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            await page.set_viewport_size({"width": width, "height": 800})
            await page.goto(f"{url}/{path}")
            await page.evaluate(
                "document.querySelectorAll('main details').forEach((one) => { one.open = true })"
            )
            assert await violations(page) == [], (path, scheme)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{url}/{PAGES[0]}")
    await expect(page.get_by_role("img", name=re.compile("week by week"))).to_be_visible()
    await page.get_by_role("button", name="Begin the draft").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Undo version 4")
    await page.goto(f"{url}/{PAGES[2]}")
    await page.get_by_role("button", name=re.compile("^Prepare the merge")).first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#operations")).to_contain_text(f"{AD} → {VAGUE}")
