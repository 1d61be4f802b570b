"""One real Chromium for all tests of pages, and a page of it per test that remembers what went wrong."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.stand_in import StandIn, standing_in

CHROMIUM = Path("/usr/bin/chromium")
IS_HERE = CHROMIUM.exists()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's chromium once."""
    if not IS_HERE:
        pytest.skip("no /usr/bin/chromium here; mend: apt-get install -y --no-install-recommends chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """Open a page that fails its test when a script breaks or the page's own policy refuses something."""
    context = await chromium.new_context()
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield opened
    await context.close()
    assert wrong == []


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """Run a stand-in for Flagstaff and a host page beside it."""
    with standing_in() as running:
        yield running
