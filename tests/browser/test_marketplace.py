"""Harborlane in a real browser: where the buttons are, how they are reached, and what stays without script."""

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, expect
from standardwebhooks import Webhook

from examples.marketplace.app import build_app
from examples.marketplace.settings import Settings
from tests.browser.ease import violations, violations_in_both_schemes
from tests.browser.stand_in import HINT, MENU, RECEIPT, StandIn, problem

pytestmark = pytest.mark.browser


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Run Harborlane in a thread of its own for the length of a test."""
    config = uvicorn.Config(build_app(settings), port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def harborlane(tmp_path: Path, stand_in: StandIn) -> Iterator[str]:
    """Run Harborlane beside the stand-in for Flagstaff."""
    settings = Settings(
        flagstaff=stand_in.house,
        api_key="fs_demo_key",
        token_kid="k1",
        token_secret="t" * 40,
        folder=tmp_path,
    )
    with serving(settings) as address:
        stand_in.page = address
        yield address


async def as_person(page: Page, address: str, person: str) -> None:
    """Be one of the invented persons."""
    await page.context.add_cookies([{"name": "harborlane_person", "value": person, "url": address}])


@pytest.mark.parametrize("path", ["/jobs/job-garden-poster", "/profiles/dario"])
async def test_flag_as_inappropriate_stands_at_the_top_right(page: Page, harborlane: str, path: str) -> None:
    await as_person(page, harborlane, "ines")
    await page.goto(harborlane + path)
    button = page.locator("main").get_by_role("button", name="Flag as inappropriate").first
    box, title = await button.bounding_box(), await page.get_by_role("heading", level=1).bounding_box()
    assert box
    assert title
    assert box["x"] > title["x"] + title["width"] / 2
    assert abs(box["y"] - title["y"]) < 60


@pytest.mark.parametrize(("path", "kind"), [("/jobs?q=poster", "job_post"), ("/profiles?q=brand", "profile")])
async def test_cards_in_a_search_carry_the_button_too(
    page: Page, harborlane: str, path: str, kind: str
) -> None:
    await as_person(page, harborlane, "ines")
    await page.goto(harborlane + path)
    cards = await page.locator("article.card").count()
    buttons = page.locator(f'flagstaff-flag[kind="{kind}"]').get_by_role(
        "button", name="Flag as inappropriate"
    )
    assert cards > 0
    await expect(buttons).to_have_count(cards)


@pytest.mark.parametrize("path", ["/community/threads/post-first-proposal", "/community/groups/networking"])
async def test_notify_moderator_stands_on_posts_replies_and_groups(
    page: Page, harborlane: str, path: str
) -> None:
    await as_person(page, harborlane, "priya")
    await page.goto(harborlane + path)
    subjects = await page.locator("article.post, .sheet, article.row").count()
    await expect(page.get_by_role("button", name="Notify Moderator")).to_have_count(subjects)
    await expect(
        page.get_by_text("What you post may stay public for good, unless you or we delete it.")
    ).to_be_visible()


async def test_a_message_is_flagged_from_its_gear_menu_in_three_key_presses(
    page: Page, harborlane: str
) -> None:
    await as_person(page, harborlane, "yusuf")
    await page.goto(harborlane + "/messages/talk-graham-yusuf")
    await page.locator("#msg-abuse").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#msg-abuse").get_by_role("button", name="Flag message")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Flag message")).to_be_visible()


async def test_the_dialog_flags_and_the_page_itself_hides_the_card(
    page: Page, harborlane: str, stand_in: StandIn
) -> None:
    await as_person(page, harborlane, "ines")
    await page.goto(harborlane + "/jobs?q=poster")
    await page.get_by_role("button", name="Flag as inappropriate").click()
    await page.get_by_label("Client is asking for free work").check()
    await page.get_by_role("button", name="Send flag").click()
    async with page.expect_response("**/preferences"):
        await page.get_by_role("button", name="Hide this for me").click()
    assert len(stand_in.flags) == 1
    assert stand_in.bearers[0].count(".") == 2
    await page.goto(harborlane + "/jobs?q=poster")
    await expect(page.locator("article.card")).to_have_count(0)


@pytest_asyncio.fixture(loop_scope="session")
async def plain(chromium: Browser, harborlane: str) -> AsyncIterator[Page]:
    """Open a page without script as Ines."""
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await as_person(page, harborlane, "ines")
    yield page
    await context.close()


async def test_without_script_a_plain_form_sends_the_flag_through_the_host(
    plain: Page, harborlane: str, stand_in: StandIn
) -> None:
    short = problem(
        "details-missing", 422, "Please say more", "tell us what happened", "write 10 characters or more"
    )
    stand_in.answers = [short, (202, RECEIPT)]
    await plain.goto(harborlane + "/jobs/job-garden-poster")
    await plain.get_by_role("button", name="Flag as inappropriate").click()
    await expect(plain.get_by_role("link", name="See the rule").first).to_be_visible()
    await plain.get_by_label(MENU["last"]["label"], exact=True).check()
    await plain.get_by_role("button", name="Next").click()
    await plain.get_by_role("button", name="Send flag").click()
    await expect(plain.get_by_role("alert")).to_contain_text("write 10 characters or more")
    await plain.get_by_label("What happened?").fill("They want it for nothing.")
    await plain.get_by_role("button", name="Send flag").click()
    await expect(plain.get_by_text(RECEIPT["number"])).to_be_visible()
    sent = stand_in.flags[-1]
    assert (sent["reporter"]["id"], sent["subject"]["id"]) == ("ines", "job-garden-poster")
    assert stand_in.bearers[-1] == "Bearer fs_demo_key"
    assert len(set(stand_in.keys)) == 2
    assert plain.url == harborlane + "/flag"  # neither a token nor what was flagged stands in an address
    await expect(plain.get_by_role("button", name="Block this person")).to_have_count(0)
    await plain.get_by_role("button", name="Hide this for me").click()
    await plain.goto(harborlane + "/jobs?q=poster")
    await expect(plain.locator("article.card")).to_have_count(0)


@pytest.mark.parametrize("first", ["what is wrong", "what happened"])
async def test_without_script_hints_are_a_step_of_their_own_and_convert_nothing_by_themselves(
    plain: Page, harborlane: str, stand_in: StandIn, first: str
) -> None:
    stand_in.hints = [HINT]
    await plain.goto(harborlane + "/jobs/job-garden-poster")
    await plain.get_by_role("button", name="Flag as inappropriate").click()
    if first == "what happened":
        await plain.get_by_role("button", name="Say what happened").click()
        await expect(plain.get_by_role("heading", name="Say what happened")).to_be_visible()
    else:
        await plain.get_by_label(MENU["last"]["label"], exact=True).check()
        await plain.get_by_role("button", name="Next").click()
    await plain.get_by_label("What happened?").fill("Three logos, nobody gets paid.")
    await plain.get_by_role("button", name="Which options fit?").click()
    await expect(plain.get_by_text("Because of: nobody gets paid")).to_be_visible()
    await expect(plain.get_by_label(MENU["last"]["label"], exact=True)).to_be_checked()
    assert stand_in.flags == []
    await plain.get_by_label(HINT["label"]).check()
    await plain.get_by_role("button", name="Send flag").click()
    await expect(plain.get_by_text(RECEIPT["number"])).to_be_visible()
    sent = stand_in.flags[-1]
    assert (sent["option"], sent["hinted"]) == (HINT["key"], True)
    assert sent["details"] == "Three logos, nobody gets paid."


async def test_without_script_questions_are_answered_and_options_changed(
    plain: Page, harborlane: str, stand_in: StandIn
) -> None:
    await plain.goto(harborlane + "/jobs/job-garden-poster")
    await plain.get_by_role("button", name="Flag as inappropriate").click()
    await plain.get_by_label("Client is asking for free work").check()
    await plain.get_by_role("button", name="Next").click()
    await plain.get_by_label("What should be made without pay?").fill("A whole home page")
    await plain.get_by_label("Would it be made new").select_option("yes")
    await plain.get_by_role("button", name="Back", exact=True).click()
    await expect(plain.get_by_label("Client is asking for free work")).to_be_checked()
    await plain.get_by_role("button", name="Next").click()
    await plain.get_by_role("button", name="Send flag").click()
    await expect(plain.get_by_text(RECEIPT["number"])).to_be_visible()
    assert stand_in.flags[-1]["answers"] == {"what_is_asked": "A whole home page", "made_for_this_job": "yes"}


@pytest.mark.parametrize("script", [True, False])
async def test_messages_beside_a_flagged_one_go_along_only_where_ticked(
    chromium: Browser, harborlane: str, stand_in: StandIn, *, script: bool
) -> None:
    context = await chromium.new_context(java_script_enabled=script)
    page = await context.new_page()
    await as_person(page, harborlane, "yusuf")
    await page.goto(harborlane + "/messages/talk-graham-yusuf")
    message = page.locator("#msg-abuse")
    await message.locator("summary").click()
    await message.get_by_role("button", name="Flag message").click()
    await expect(page.get_by_text("Few people can see this.")).to_be_visible()
    await page.get_by_label("Client is asking for free work").check()
    if not script:
        await page.get_by_role("button", name="Next").click()
    boxes = page.get_by_role("checkbox")
    assert 0 < await boxes.count() <= 6
    await boxes.first.check()
    words = await page.locator("flagstaff-flag #beside blockquote, .option .prose").first.inner_text()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_text(RECEIPT["number"])).to_be_visible()
    (sent,) = stand_in.flags[-1]["neighbours"]
    assert sent["text"] == words
    assert sent["id"].startswith("msg-")
    await context.close()


PAGES = [
    "/",
    "/jobs",
    "/jobs/job-garden-poster",
    "/profiles",
    "/profiles/ines",
    "/portfolio/work-lighthouse-copied",
    "/messages",
    "/messages/talk-cookbook",
    "/community",
    "/community/groups/espanol",
    "/community/threads/post-first-proposal",
    "/trust",
    "/trust/appeal",
    "/nothing-here",
]
SECRET = "whsec_" + "cmVwb3J0ZXJzLXJlcG9ydGVycy1yZXBvcnRlcnM="


async def test_who_suggested_or_wrote_reads_the_answer_and_finds_their_flags(
    plain: Page, tmp_path: Path, stand_in: StandIn
) -> None:
    """What came by webhook stands on the page of notices; the way to one's own flags sends a token by POST."""
    settings = Settings(
        flagstaff=stand_in.house, api_key="fs_demo_key", token_kid="k1", token_secret="t" * 40,
        folder=tmp_path / "told", reporters_secret=SECRET,
    )  # fmt: skip
    about = {"person": "ines", "about": "suggestion", "number": "S-1", "status": "accepted"}
    event = {
        "type": "notice.person",
        "at": "2026-03-02T10:00:00Z",
        "data": about | {"text": "An option is made."},
    }
    now, body = datetime.now(UTC), json.dumps(event)
    signed = Webhook(SECRET).sign("evt-1", now, body)
    head = {
        "webhook-id": "evt-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signed,
    }
    with serving(settings) as address:
        told = await plain.request.post(address + "/flagstaff/hooks/reporters", headers=head, data=body)
        assert told.status == 204
        await as_person(plain, address, "ines")
        await plain.goto(address + "/")
        await plain.get_by_role("link", name="Trust & Safety").first.click()
        await expect(plain.get_by_role("heading", name="About an option you suggested")).to_be_visible()
        await expect(plain.get_by_text("An option is made.")).to_be_visible()
        await plain.get_by_role("link", name="My flags").first.click()
        form = plain.locator(f'form[action="{stand_in.house}/my-flags"]')
        await expect(form.get_by_role("button", name="Everything you were told")).to_be_visible()
        assert await form.get_attribute("method") == "post"
        assert "token" not in plain.url


LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {"viewport": {"width": 320, "height": 700}, "is_mobile": True, "has_touch": True},
}


@pytest.mark.parametrize("look", list(LOOKS))
async def test_no_page_is_hard_to_use_or_cut_off(chromium: Browser, harborlane: str, look: str) -> None:
    context = await chromium.new_context(**LOOKS[look])
    faults = violations_in_both_schemes if look == "desktop" else violations
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    await as_person(page, harborlane, "ines")
    found = {}
    for path in PAGES:
        await page.goto(harborlane + path)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        found[path] = await faults(page)
        if wide > LOOKS[look].get("viewport", {"width": 1280})["width"]:
            found[path].append(f"{wide} pixels wide")
    await page.goto(harborlane + "/jobs/job-garden-poster")
    async with page.expect_navigation():
        await page.locator("flagstaff-flag form").first.evaluate("form => form.submit()")
    found["the plain form"] = await faults(page)
    await page.get_by_label("It threatens somebody").check()
    await page.get_by_role("button", name="Next").click()
    found["its second step"] = await faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert refused == []
    await context.close()
