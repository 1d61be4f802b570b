"""The steps of the demo's second story: what people miss under Other becomes an option again."""

import re
import subprocess
from pathlib import Path
from typing import Final

import httpx
import msgspec
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.ease import violations

JOB: Final = "/jobs/job-free-homepage"
OTHER: Final = "It's something else"
FREE_WORK: Final = "Client is asking for free work"
MISSED: Final = "Each of five designers builds the whole home page first, unpaid, and one gets the contract."
TITLE: Final = "Bring back what people miss"
NOTE: Final = "You told us under “It's something else” what was missing. We heard you."
WHY: Final = "Most of what you wrote under “It's something else” on jobs was some form of it."
KINDS: Final = (
    "job_post", "profile", "portfolio_item", "private_message", "proposal", "review", "community_post",
    "community_group",
)  # fmt: skip
Words = dict[str, tuple[str, str]]

TUTORIAL: Final = (Path(__file__).parents[2] / "docs" / "tutorial" / "from-other-to-option.md").read_text(
    "utf-8"
)


class Added(msgspec.Struct, frozen=True):
    """One option as the tutorial's table has it added: its words by language are label and help."""

    kind: str
    reason: str
    place: str
    words: Words


def _added() -> tuple[Added, ...]:
    """Read the table: on, reason, where, label, help, and both in Spanish."""
    rows = [
        line.strip("| ").split(" | ")
        for line in TUTORIAL.splitlines()
        if line.startswith(("| Job", "| Priv"))
    ]
    return tuple(
        Added(
            on.lower().replace(" ", "_"),
            reason.strip("`"),
            place,
            {"en": (label, help_), "es": (rotulo, ayuda)},
        )
        for on, reason, place, label, help_, rotulo, ayuda in rows
    )


ADDED: Final = _added()
"""The three others and a few more, as whoever follows the tutorial adds them."""
MOVED: Final = ("Duplicate or in the wrong category", "Trades or threatens feedback")
"""Seven options stand on top at most, so these make room."""


# -- people


async def flag_under_other(page: Page, market: str) -> None:
    """Find no option that fits, and say so."""
    await page.goto(market + JOB)
    await page.get_by_role("button", name="Flag as inappropriate").first.click()
    await expect(page.get_by_role("dialog").get_by_label(FREE_WORK)).to_have_count(0)
    await page.get_by_label(OTHER).check()
    await page.get_by_label("What happened?", exact=False).fill(MISSED)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def suggest(page: Page, market: str) -> None:
    """Go by the dialog's own link to the page that takes suggestions, and say how the option would read."""
    await page.goto(market + JOB)
    await page.get_by_role("button", name="Flag as inappropriate").first.click()
    link = page.get_by_role("dialog").get_by_role("link", name="Suggest an option", exact=False)
    await page.goto(await link.get_attribute("href") or "")
    await page.get_by_role("button", name="Suggest an option").click()
    await page.get_by_label("On the menu for").select_option("job_post")
    await page.get_by_label("The option").fill(FREE_WORK)
    await page.get_by_label("What is it for?", exact=False).fill(
        "Home pages for a contest. It was there before!"
    )
    await page.get_by_role("button", name="Suggest it").click()
    await expect(page.get_by_text("We have your suggestion")).to_be_visible()


async def my_suggestions(page: Page, market: str) -> None:
    """Open what became of one's suggestions."""
    await page.goto(f"{market}/trust/suggest")
    await page.get_by_role("button", name="Suggest an option").click()
    await expect(page.get_by_role("heading", name="Your suggestions")).to_be_visible()


# -- the policy manager


async def read_the_evidence(page: Page, address: str) -> None:
    """See that most flags on jobs say nothing of themselves."""
    await page.goto(f"{address}/console/menus")
    await page.get_by_role("link", name="Use of the menus").click()
    await choose(page, "Menu", "Job post")
    await page.get_by_role("button", name="Count", exact=True).click()
    used = page.get_by_role("region", name="Use of each option").get_by_role("row")
    await expect(used.nth(1)).to_contain_text(OTHER)
    assert await violations(page) == []


async def begin_from_suggestion(page: Page, address: str) -> str:
    """Bring back what people ask for, into a new draft, and return the draft's address."""
    await page.goto(f"{address}/console/suggestions")
    waiting = page.get_by_role("link", name=FREE_WORK)
    while await waiting.count() == 0:  # the copy without names is made by a job of its own
        await page.reload()
    await waiting.first.click()
    back = page.get_by_role("region", name="Accept: bring an option back")
    await back.get_by_label("Option to bring back").select_option("job_post.free_work")
    await choose(back, "Where", "On top: first")
    await back.get_by_label("Title of a new draft").fill(TITLE)
    await back.get_by_label("Why, for whoever", exact=False).fill(WHY)
    await back.get_by_role("button", name="Bring it back").click()
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    return page.url.partition("#")[0]


async def add(page: Page, draft: str, one: Added) -> None:
    """Add one option with its words in every language that the draft asks for."""
    await page.goto(f"{draft}?do=add&kind={one.kind}")
    for language in await languages(page):
        label, help_ = one.words[language]
        await page.locator(f"#label_{language}").fill(label)
        await page.locator(f"#help_{language}").fill(help_)
    await choose(next_change(page), "Reason", one.reason)
    await choose(next_change(page), "Where", one.place)
    await page.get_by_role("button", name="Add this change").click()
    done = page.get_by_role("button", name=re.compile(rf"Take out change .*add {one.kind}\.{one.reason}"))
    await expect(done).to_be_visible()


async def languages(page: Page) -> list[str]:
    """Return the languages in which the form asks for words."""
    names = await page.locator("input[name^=label_]").evaluate_all("all => all.map(one => one.name)")
    return [str(name).removeprefix("label_") for name in names]


async def make_room(page: Page, draft: str, label: str) -> None:
    """Move an option under More."""
    await page.goto(f"{draft}?do=reorder&kind=job_post")
    await choose(next_change(page), "Option", label)
    await choose(next_change(page), "Where", "Under More: at the end")
    await page.get_by_role("button", name="Add this change").click()
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def next_change(page: Page) -> Locator:
    """Return the part of a draft's page that adds a change."""
    return page.get_by_role("region", name="Next change")


async def choose(where: Page | Locator, label: str, beginning: str) -> None:
    """Choose the option of a list whose words begin so, as somebody who types does."""
    box = where.get_by_label(label, exact=True)
    words = [one for one in await box.locator("option").all_inner_texts() if one.startswith(beginning)]
    await box.select_option(label=words[0])


async def say_why(page: Page) -> None:
    """State goal, owner and the sentence for readers."""
    await page.get_by_label("Goal").select_option("something_else_share")
    await choose(page, "Shall go", "down")
    await choose(page, "Owner", "Petra Holm")
    await page.get_by_label("Why, for readers").fill(NOTE)
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_load_state()


async def has_no_way_to_scroll_sideways(page: Page) -> bool:
    """Tell whether a page fits its window."""
    fits: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return fits


# -- everybody


async def listed(page: Page) -> set[str]:
    """Return the keys that the help article lists."""
    keys = await page.locator("dt[data-option]").evaluate_all("all => all.map(one => one.dataset.option)")
    return set(keys)


def run_commands(address: str, tutorial: str = TUTORIAL) -> str:
    """Type a tutorial's last commands and ask for every address that it names, on a demo of another port."""
    page = tutorial.replace("http://127.0.0.1:8000", address)
    for named in re.findall(re.escape(address) + r"[^\s`\"]+", page):
        assert httpx.get(named).status_code == 200, named
    commands = page.rpartition("```sh\n")[2].partition("```")[0]
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


async def stranger(chromium: Browser) -> Page:
    """Open a browser that nobody is signed in to."""
    return await (await chromium.new_context(viewport={"width": 1280, "height": 900})).new_page()


async def fill_draft(page: Page, draft: str) -> None:
    """Add the three others and a few more, make room on top, and say what all of it is for."""
    for one in ADDED:
        await add(page, draft, one)
    await expect(page.get_by_text("It may be proposed.")).to_have_count(0)
    for label in MOVED:
        await make_room(page, draft, label)
    await say_why(page)
    await expect(page.get_by_text("It may be proposed.")).to_be_visible()


async def stand_on_a_figure(page: Page, draft: str) -> str:
    """Let the note stand on a figure, kept with the query that found it, and return its value."""
    await page.goto(draft)
    figures = page.get_by_role("region", name="Figures with their query")
    await figures.get_by_text("Add a figure").click()
    await figures.get_by_label("What", exact=True).select_option("something_else_share")
    # A figure for readers rests on a hundred flags; of one menu the demo has so many on some days only.
    await choose(figures, "On", "all menus")
    await figures.get_by_role("button", name="Add", exact=True).click()
    return await figures.get_by_role("link").first.inner_text()


async def look_around(page: Page, draft: str) -> None:
    """Look at what the draft makes: in every language, on a narrow screen, and sent through the past."""
    await page.goto(f"{draft}/preview?kind=job_post")
    narrow = page.get_by_role("region", name="On a narrow screen")
    for label in (FREE_WORK, *(one.words["en"][0] for one in ADDED if one.kind == "job_post")):
        await expect(narrow.get_by_text(label)).to_be_visible()
    named = {"English": "en", "Spanish": "es"}
    offered = page.get_by_role("navigation", name="Languages").get_by_role("link")
    for language in [named[name] for name in await offered.all_inner_texts()]:
        await page.goto(f"{draft}/preview?kind=job_post&language={language}")
        await expect(narrow.get_by_text(ADDED[0].words[language][0])).to_be_visible()
    await page.goto(f"{draft}/backtest?days=366")
    await expect(page.get_by_text("Under Other today")).to_be_visible()
    await page.get_by_role("button", name="Count what people wrote").click()
    estimated = page.get_by_role("row", name=re.compile(FREE_WORK))
    await expect(estimated.first).to_be_visible()
    for path in ("", "/preview?kind=job_post", "/backtest?days=366"):
        await page.goto(draft + path)
        assert await violations(page) == [], path


async def propose(page: Page, draft: str) -> None:
    """Hand it to a second person, and learn that nobody publishes alone what they wrote."""
    await page.goto(draft)
    await page.get_by_role("button", name="Propose to a second person").click()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_role("heading", name="This is not allowed")).to_be_visible()


async def publish(page: Page, address: str) -> None:
    """Read what waits, look at the draft behind it, and publish."""
    await page.goto(f"{address}/console/publications")
    assert await violations(page) == []
    await page.get_by_role("link", name="Preview").first.click()
    await expect(page.get_by_role("region", name="On a narrow screen")).to_be_visible()
    await page.goto(f"{address}/console/publications")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published by Robin Ferrante")).to_be_visible()


async def read_the_note(page: Page, help_article: str, figure: str) -> None:
    """Read what readers are told, and say whether it was clear."""
    await page.goto(f"{help_article}?platform=harborlane")
    await page.get_by_role("link", name="What changed").click()
    note = page.get_by_role("region", name=re.compile("^Version 3"))
    for words in (
        NOTE,
        WHY,
        figure,
        FREE_WORK,
        "New",
        "Back again",
        "Petra Holm answers",
        ADDED[2].words["en"][0],
    ):
        await expect(note.get_by_text(words).first).to_be_visible()
    assert await violations(page) == []
    await note.get_by_label("What was not", exact=False).fill("I had waited for this one.")
    await note.get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("Thank you. It is counted")).to_be_visible()


async def find_it_in_the_dialog(page: Page, market: str) -> None:
    """Flag with what came back."""
    await page.goto(market + JOB)
    await page.get_by_role("button", name="Flag as inappropriate").first.click()
    for one in ADDED[:3]:
        await expect(page.get_by_role("dialog").get_by_label(one.words["en"][0])).to_be_visible()
    await page.get_by_label(FREE_WORK).check()
    await page.keyboard.press("Escape")


# -- by keyboard alone


async def draft_by_keyboard(page: Page, address: str) -> str:
    """Move one option and propose it, with the tabulator, arrows and letters; return the draft's address."""
    await page.goto(f"{address}/console/menus")
    await page.keyboard.press("d")
    await expect(page.get_by_role("heading", name="Drafts of the menus")).to_be_visible()
    await reach(page, page.get_by_label("Title"))
    await page.keyboard.type("By keyboard")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
    await reach(page, next_change(page).get_by_label("What", exact=True))
    await page.keyboard.type("Move")
    await reach(page, page.get_by_role("button", name="Choose"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Move an option on Job post")).to_be_visible()
    await reach(page, page.get_by_role("button", name="Add this change"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Take out")).to_be_visible()
    await reach(page, page.get_by_label("Goal"))
    await page.keyboard.type("Share")
    await reach(page, page.get_by_label("Why, for readers"))
    await page.keyboard.type("It is found sooner there.")
    await reach(page, page.get_by_role("button", name="Save"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("It may be proposed.")).to_be_visible()
    await reach(page, page.get_by_role("button", name="Propose to a second person"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Publish")).to_be_visible()
    return page.url.partition("#")[0]


async def reach(page: Page, wanted: Locator) -> None:
    """Go to a field or button by the tabulator alone, from wherever the focus is."""
    for _ in range(150):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    message = f"{wanted} is not reached by keyboard"
    raise AssertionError(message)
