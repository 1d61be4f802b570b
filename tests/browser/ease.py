"""What axe finds on a page against WCAG 2.2 AA: one set of rules for every page, in the light and in the dark."""

from typing import Final, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS: Final = ["color-contrast", "link-in-text-block"]


async def violations(page: Page) -> list[str]:
    """Return what axe finds, in words."""
    return await _found(page, {"type": "tag", "values": RULES})


async def violations_in_both_schemes(page: Page) -> list[str]:
    """Return what axe finds in the light, and in the dark where only colours differ; the page stays dark."""
    await _change_scheme(page, "light")
    found = await violations(page)
    await _change_scheme(page, "dark")
    return found + [f"dark: {one}" for one in await _found(page, {"type": "rule", "values": COLOURS})]


async def _change_scheme(page: Page, scheme: Literal["light", "dark"]) -> None:
    await page.emulate_media(color_scheme=scheme)
    # A colour on its way to another one is neither.
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished)).then(() => null)")


async def _found(page: Page, wanted: dict[str, object]) -> list[str]:
    # What passes is not told: describing it costs axe as much as finding what does not.
    found = await Axe().run(page, options={"runOnly": wanted, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"]
    ]
