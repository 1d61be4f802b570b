"""The steps of the demo's third story: a thousand comments under Other become four options, and what came of them."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, expect

from flagstaff.console.coding import NOT_USABLE_KEY, THEME_KEYS
from flagstaff.flows.count_use import count_again as count_flags_again, count_use
from flagstaff.flows.house import House
from flagstaff.flows.measure_versions import measure_versions
from flagstaff.flows.run_dive import Diver
from flagstaff.insight.dive import NOT_USABLE
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from tests.browser.console import press
from tests.browser.reviewer import THEMES, Reviewer
from tests.houses import flag, seen, sent

TUTORIAL: Final = (Path(__file__).parents[2] / "docs" / "tutorial" / "a-thousand-comments.md").read_text(
    "utf-8"
)
TITLE: Final = "What people wrote under Other"
WHY: Final = "Nobody should have to work before there is a contract."
NOTE: Final = "You told us what was missing. We read all of it."
FOUR: Final = ("unpaid", "crooked", "advert", "vague")
"""The themes that become options, the largest first."""
ADDED: Final = {
    "crooked": (
        "illegal_or_unethical", "On top: first", "Job post is illegal or unethical", "Cheating, fake reviews, hacking.",
        "La oferta es ilegal o poco ética", "Trampas, reseñas falsas, intrusiones.",
    ),
    "advert": (
        "freelancer_ad", "Under More: at the end", "A freelancer's ad, not a job",
        "Someone offers services instead.", "Es un anuncio, no una oferta", "Alguien ofrece sus servicios.",
    ),
    "vague": (
        "unclear_incomplete", "Under More: at the end", "Job post is unclear or incomplete",
        "You cannot tell what is wanted.", "La oferta es confusa o incompleta", "No se entiende qué se pide.",
    ),
}  # fmt: skip
"""Reason, place, and the words in English and Spanish."""
BACK: Final = "Client is asking for free work"


# ---------------------------------------------------------------- runs
async def make_runs(house: House) -> None:
    """Make what was asked for, as a worker would."""
    diver = Diver()
    try:
        while await diver.step(house):
            pass
    finally:
        await diver.close(house)


async def ask(page: Page, house: House, first: str, last: str) -> str:
    """Ask for a deep dive of some days, have it made, open it and return its number."""
    await page.goto(f"{house.settings.address}/console/dives")
    await page.get_by_label("From").fill(first)
    await page.get_by_label("To", exact=True).fill(last)
    await page.get_by_role("button", name="Ask for it").click()
    await expect(page.get_by_text("Waits for its turn.")).to_be_visible()
    await make_runs(house)
    await _is_over(page)
    return _number(page)


async def count_again(page: Page, house: House, number: str) -> str:
    """Ask for the same comments with the labels of now, have it made, open it and return its number."""
    await page.goto(f"{house.settings.address}/console/dives/{number}")
    await page.get_by_role("button", name="Count again").click()
    await expect(page.get_by_text("Waits for its turn.")).to_be_visible()
    await make_runs(house)
    await _is_over(page)
    return _number(page)


async def _is_over(page: Page) -> None:
    """Wait until a page that watches a run has seen by itself that it is over."""
    await expect(page.get_by_role("region", name="The table")).to_be_visible(timeout=15_000)


def _number(page: Page) -> str:
    return page.url.rpartition("/")[2]


async def table_of(page: Page) -> list[tuple[str, str]]:
    """Return the name and the share of each row of the table, as the page prints them."""
    rows = page.get_by_role("region", name="The table").get_by_role("row")
    found = []
    for cells in [one.split("\t") for one in await rows.all_inner_texts()][1:]:
        name, share = cells[0].strip().split("\n")[0], cells[1].strip().replace("\n", " ")
        found.append((name.removesuffix(" New").strip(), share))
    return found


# ---------------------------------------------------------------- the reviewer
async def label_some(page: Page, reviewer: Reviewer, run: str, keys: int, until: int) -> None:
    """Name a theme where it shows and the others in the codebook; answer some by single keys, the rest by flows."""
    house, order = reviewer.house, await reviewer.order(run)
    first = order[0][1]
    platform = house.policy.hosts()[0].key
    at = f"{house.settings.address}/console/dives/{run}/code"
    await page.goto(at)
    await press(page, "n")
    await page.keyboard.type(THEMES[first].name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(THEMES[first].meaning)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(re.compile("^Comments drawn at random and answered: 1;"))).to_be_visible()
    reviewer.keys[first] = "theme-1"
    rest = [one for one in THEMES if one != first]
    await reviewer.name(platform, rest)
    # A new theme could have been the answer to what was answered before it.
    await page.goto(f"{at}?stack=again")
    await press(page, "a")
    await expect(page.get_by_text("No answer waits for a second look.")).to_be_visible()
    await page.goto(at)
    single = dict(zip([first, *rest], THEME_KEYS, strict=False)) | {NOT_USABLE: NOT_USABLE_KEY}
    for _, theme in order[1 : 1 + keys]:
        await press(page, single[theme])
    await expect(
        page.get_by_text(f"Comments drawn at random and answered: {1 + keys}", exact=False)
    ).to_be_visible()
    await reviewer.answer(run, order[1 + keys : until])


async def name_publicly(page: Page, house: House, themes: Sequence[str]) -> None:
    """Type how readers may be told of each theme."""
    for theme in themes:
        await page.goto(f"{house.settings.address}/console/codebook/{house.policy.hosts()[0].key}")
        card = page.get_by_role("article", name=THEMES[theme].name)
        await card.get_by_text("Change", exact=True).click()
        await card.get_by_label("Readers are told").fill(THEMES[theme].public)
        await card.get_by_role("button", name="Keep this name").click()
        await expect(card.get_by_text("Readers are told:")).to_be_visible()


# ---------------------------------------------------------------- from themes to a version
async def draft_all(page: Page, house: House, run: str) -> str:
    """Bring one option back and make three, all in one draft; return its address."""
    form = await _theme(page, house, run, "unpaid")
    await expect(form.get_by_text(f"“{BACK}” was on this menu until version 1.")).to_be_visible()
    await _choose(form, "Where", "On top: first")
    await form.get_by_label("Title of a new draft").fill(TITLE)
    await form.get_by_label("Why, for readers").fill(WHY)
    await form.get_by_role("button", name="Bring it back in a draft").click()
    await page.wait_for_url("**/drafts/**")
    draft = page.url.partition("#")[0]
    for theme, (reason, place, *words) in ADDED.items():
        form = await _theme(page, house, run, theme)
        for field, text in zip(("label_en", "help_en", "label_es", "help_es"), words, strict=True):
            await form.locator(f"#{field}").fill(text)
        await _choose(form, "Reason", reason)
        await _choose(form, "Where", place)
        if theme == "crooked":  # so few of it on that menu beside fewer elsewhere that nothing is ticked
            await form.get_by_role("checkbox", name="Private message").check()
        await form.get_by_role("button", name="Make it an option in a draft").click()
        await page.wait_for_url(f"{draft}#operations")
    return draft


async def _theme(page: Page, house: House, run: str, theme: str) -> Locator:
    await page.goto(f"{house.settings.address}/console/dives/{run}")
    await page.get_by_role("link", name=THEMES[theme].name).first.click()
    await expect(page.get_by_role("heading", name=THEMES[theme].name, level=1)).to_be_visible()
    await expect(page.get_by_text(f"for readers: “{THEMES[theme].public}”")).to_be_visible()
    return page.get_by_role("region", name="What it asks for")


async def _choose(where: Locator, label: str, beginning: str) -> None:
    box = where.get_by_label(label, exact=True)
    words = [one for one in await box.locator("option").all_inner_texts() if one.startswith(beginning)]
    await box.select_option(label=words[0])


async def finish(page: Page, draft: str) -> None:
    """Say why, look at what it makes, and hand it to a second person."""
    await page.goto(draft)
    await page.get_by_label("Why, for readers").fill(NOTE)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("It may be proposed.")).to_be_visible()
    await page.goto(f"{draft}/preview?kind=job_post")
    narrow = page.get_by_role("region", name="On a narrow screen")
    for label in (BACK, *(words[2] for words in ADDED.values())):
        await expect(narrow.get_by_text(label)).to_be_visible()
    await page.goto(f"{draft}/backtest?days=366")
    await expect(page.get_by_text("No past flag would have gone under another option.")).to_be_visible()
    await page.goto(draft)
    await page.get_by_role("button", name="Propose to a second person").click()
    await expect(page.get_by_role("button", name="Publish")).to_be_visible()


async def publish(page: Page, address: str) -> None:
    """Publish what waits, as somebody else."""
    await page.goto(f"{address}/console/publications")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published by", exact=False).first).to_be_visible()


# ---------------------------------------------------------------- afterwards
async def live_on(house: House, by: Account, business: StoppedClock, weeks: int) -> None:
    """Let people flag job posts for some weeks: the new options take most of what was written under Other."""
    chosen = (["free_work"] * 5 + ["illegal_or_unethical"] * 4 + ["freelancer_ad"] * 3 + ["unclear_incomplete"] * 2
              + ["something_else"] * 3 + ["off_platform_payment"] * 3)  # fmt: skip
    for week in range(weeks):
        business.move(timedelta(days=7))
        await flag(
            house,
            *(
                sent(f"later-{week}-{n}", seen(id_=f"later-{week}-{n}", posted_at=house.now), f"job_post.{reason}",
                     details="Something is wrong with this post.", menu_version=3)
                for n, reason in enumerate(chosen)
            ),
        )  # fmt: skip
    business.move(timedelta(days=8))
    await count_all(house, by)
    await measure_versions(house)


async def count_all(house: House, by: Account) -> None:
    """Count what came in, as the jobs of a running house do."""
    await count_flags_again(house, by, house.policy.hosts()[0].key)
    while await count_use(house):
        pass


def told(text: str) -> list[str]:
    """Return every percentage of a text."""
    return re.findall(r"\d+(?:\.\d+)? %", text)
