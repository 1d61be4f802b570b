"""The flag dialog in a real browser, against a stand-in that speaks the contract."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.ease import violations, violations_in_both_schemes
from tests.browser.stand_in import EXPIRED, FLAG_JS, MENU, StandIn, problem

pytestmark = pytest.mark.browser

FREE_WORK = "Client is asking for free work"
OTHER = "It's something else"


async def opened(page: Page, stand_in: StandIn) -> None:
    """Go to the host's page and open the dialog with the mouse."""
    await page.goto(stand_in.page + "/page")
    await page.get_by_role("button", name="Flag as inappropriate").click()
    await expect(page.get_by_role("radio").first).to_be_visible()


def test_it_weighs_at_most_30_kilobytes() -> None:
    assert len(FLAG_JS.read_bytes()) <= 30_000


async def test_a_flag_is_sent_with_its_version_ticket_and_answers(page: Page, stand_in: StandIn) -> None:
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_label("What should be made without pay?").fill("a whole home page")
    await page.get_by_role("radio", name="Yes").check()
    await page.get_by_label("Anything to add?").fill("By Friday, for all five of us.")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_text("F-8K2M-Q4TZ-9HWN")).to_be_visible()
    assert stand_in.flags == [
        {
            "ticket": "h.eyJpZCI6ImpvYi0xIn0.s",
            "option": "job_post.free_work",
            "menu_version": 3,
            "language": "en",
            "details": "By Friday, for all five of us.",
            "answers": {"what_is_asked": "a whole home page", "made_for_this_job": "yes"},
        }
    ]
    assert stand_in.bearers == ["Bearer token-1"]


async def test_the_keyboard_alone_is_enough_and_the_focus_comes_back(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.page + "/page")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("radio").first).to_be_focused()
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_label(FREE_WORK)).to_be_checked()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Thank you")).to_be_focused()
    assert [flag["option"] for flag in stand_in.flags] == ["job_post.free_work"]
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Flag as inappropriate")).to_be_focused()


async def test_arrows_reach_other_without_opening_more(page: Page, stand_in: StandIn) -> None:
    await opened(page, stand_in)
    await page.get_by_label("Job post is unclear or incomplete").check()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_label(OTHER)).to_be_checked()
    await expect(page.get_by_label("Asks for a fee or deposit")).not_to_be_visible()
    await page.get_by_text("More options").click()
    await expect(page.get_by_label("Asks for a fee or deposit")).to_be_visible()


async def test_other_needs_ten_graphemes_and_says_so_where_it_is_missing(
    page: Page, stand_in: StandIn
) -> None:
    await opened(page, stand_in)
    await page.get_by_label(OTHER).check()
    box = page.get_by_label("What happened? Say what, where and when.")
    await box.fill("👩‍👩‍👧‍👦" * 9)  # nine graphemes, though sixty-three code points
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_text("Please say more: at least 10 characters")).to_be_visible()
    await expect(box).to_be_focused()
    assert stand_in.flags == []
    await box.fill("👩‍👩‍👧‍👦" * 10)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_an_expired_token_is_fetched_again_and_the_same_flag_sent(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.answers = [EXPIRED]
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stand_in.bearers == ["Bearer token-1", "Bearer token-2"]
    assert stand_in.flags[0] == stand_in.flags[1]
    assert len(set(stand_in.keys)) == 1


async def test_a_lost_connection_keeps_the_words_and_the_key_even_over_a_reload(
    page: Page, stand_in: StandIn
) -> None:
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_label("Anything to add?").fill("Work for nothing.")
    sent: list[str] = []

    async def lose(route: Any) -> None:
        sent.append(route.request.headers.get("idempotency-key", ""))
        await route.abort()

    await page.route("**/v1/flags", lose)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("alert")).to_contain_text("The connection failed. Nothing was sent.")
    await expect(page.get_by_role("alert")).to_be_focused()
    await page.unroute("**/v1/flags")
    await opened(page, stand_in)
    await expect(page.get_by_label(FREE_WORK)).to_be_checked()
    await expect(page.get_by_label("Anything to add?")).to_have_value("Work for nothing.")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stand_in.keys == [key for key in sent if key]
    assert await page.evaluate("sessionStorage.length") == 0


async def test_a_draft_is_gone_after_an_hour(page: Page, stand_in: StandIn) -> None:
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_label("Anything to add?").fill("Work for nothing.")
    await page.evaluate(
        "for (const k of Object.keys(sessionStorage)) { const d = JSON.parse(sessionStorage[k]);"
        " sessionStorage[k] = JSON.stringify({...d, at: d.at - 3600001}); }"
    )
    await opened(page, stand_in)
    await expect(page.get_by_label(FREE_WORK)).not_to_be_checked()


async def test_a_refusal_is_shown_with_what_to_do_and_takes_the_focus(page: Page, stand_in: StandIn) -> None:
    what = "you wrote this yourself"
    stand_in.answers = [
        problem("own-content", 403, "Your own content cannot be flagged", what, "delete it instead")
    ]
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_role("button", name="Send flag").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text(what)
    await expect(alert).to_contain_text("delete it instead")
    await expect(alert).to_be_focused()
    await expect(page.get_by_label(FREE_WORK)).to_be_checked()


async def test_a_menu_that_changed_meanwhile_is_shown_with_the_words_kept(
    page: Page, stand_in: StandIn
) -> None:
    newer = MENU | {"version": 4}
    gone = problem(
        "unknown-menu-version", 409, "Never published", "no such version", "use the current", menu=newer
    )
    stand_in.answers = [gone]
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_label("Anything to add?").fill("Work for nothing.")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("alert")).to_contain_text("The options have changed")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [flag["menu_version"] for flag in stand_in.flags] == [3, 4]
    assert [flag["details"] for flag in stand_in.flags] == ["Work for nothing."] * 2


async def test_somebody_signed_out_is_told_and_loses_nothing(page: Page, stand_in: StandIn) -> None:
    stand_in.signed_in = False
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("alert")).to_contain_text("You seem to be signed out.")
    stand_in.signed_in = True
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_only_declared_offers_are_made_and_each_is_an_event_of_the_page(
    page: Page, stand_in: StandIn
) -> None:
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("button", name="Block this person")).to_have_count(0)
    await page.evaluate(
        "window.heard = []; addEventListener('flagstaff:mute_user', e => heard.push(e.detail))"
    )
    await page.get_by_role("button", name="Mute this person").click()
    assert await page.evaluate("heard") == [{"offer": "mute_user", "kind": "job_post", "id": "job-1"}]
    await page.get_by_role("button", name="Take this flag back").click()
    await expect(page.get_by_text("You took this flag back. It no longer counts.")).to_be_visible()
    assert stand_in.withdrawn == ["/v1/my/flags/F-8K2M-Q4TZ-9HWN"]


async def test_a_preference_asks_for_nothing_more(page: Page, stand_in: StandIn) -> None:
    noted = {"number": None, "status": "received", "status_text": "", "text": "Noted. This breaks no rule."}
    stand_in.answers = [(202, noted | {"received": True, "expected": None, "next": [], "resources": []})]
    await opened(page, stand_in)
    await page.get_by_label("The pay is too low for me").check()
    await expect(page.get_by_label("Anything to add?")).not_to_be_visible()
    await page.get_by_role("button", name="Tell us").click()
    await expect(page.get_by_text("Noted. This breaks no rule.")).to_be_visible()
    await expect(page.get_by_role("button", name="Take this flag back")).to_have_count(0)


async def test_without_a_menu_the_plain_form_is_offered(page: Page, stand_in: StandIn) -> None:
    await page.route("**/v1/menus/**", lambda route: route.abort())
    await page.goto(stand_in.page + "/page")
    await page.get_by_role("button", name="Flag as inappropriate").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_role("button", name="Use the plain form instead")).to_be_visible()
    await page.unroute("**/v1/menus/**")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_label(FREE_WORK)).to_be_visible()


LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "forced colours": {"forced_colors": "active"},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "390 px phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.mark.parametrize("look", list(LOOKS))
async def test_axe_finds_nothing_in_any_look_and_nothing_is_cut_off(
    chromium: Browser, stand_in: StandIn, look: str
) -> None:
    context = await chromium.new_context(**LOOKS[look], reduced_motion="reduce")
    faults = violations_in_both_schemes if look == "desktop" else violations
    page = await context.new_page()
    await opened(page, stand_in)
    assert await faults(page) == []
    await page.get_by_text("More options").click()
    await page.get_by_label("Person is requesting payment").check()
    assert await faults(page) == []
    await page.get_by_label(OTHER).check()
    await page.get_by_role("button", name="Send flag").click()
    assert await faults(page) == []
    width = LOOKS[look].get("viewport", {"width": 1280})["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    body = "document.querySelector('flagstaff-flag').shadowRoot.querySelector('.body')"
    assert await page.evaluate(f"{body}.scrollWidth <= {body}.clientWidth")
    await page.get_by_label("What happened?").fill("They want a whole shop for nothing.")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert await faults(page) == []
    await context.close()


async def test_it_reads_from_the_right_where_the_page_does(page: Page, stand_in: StandIn) -> None:
    stand_in.page_lang = 'lang="ar" dir="rtl"'
    await opened(page, stand_in)
    radio = await page.get_by_label(FREE_WORK).bounding_box()
    label = await page.get_by_text(FREE_WORK, exact=True).bounding_box()
    assert radio
    assert label
    assert radio["x"] > label["x"]


async def test_without_script_the_link_inside_stays(chromium: Browser, stand_in: StandIn) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(stand_in.page + "/page")
    await page.get_by_role("button", name="Flag").click()
    await expect(page.get_by_text("plain form: id=job-1")).to_be_visible()
    await context.close()
