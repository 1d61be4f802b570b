"""What the dialog does beyond a list of options: hints, care, neighbours, risk, and peace from the page round it."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.ease import violations, violations_in_both_schemes
from tests.browser.stand_in import HINT, MENU, StandIn
from tests.browser.test_dialog import FREE_WORK, OTHER, opened

pytestmark = pytest.mark.browser

STORY = "They want three finished logos as a sample and nobody gets paid."


async def written_under_other(page: Page, stand_in: StandIn, text: str = STORY) -> None:
    """Choose Other and write, with one option that fits."""
    stand_in.hints = [HINT]
    await opened(page, stand_in)
    await page.get_by_label(OTHER).check()
    await page.get_by_label("What happened?").fill(text)


# -- hints


async def test_a_hint_proposes_with_its_reason_and_choosing_it_converts(
    page: Page, stand_in: StandIn
) -> None:
    await written_under_other(page, stand_in)
    hint = page.get_by_role("button", name=FREE_WORK)
    await expect(hint).to_contain_text("Because of: nobody gets paid · sample")
    await expect(page.get_by_label(OTHER)).to_be_checked()  # nothing converts by itself
    await hint.click()
    await expect(page.get_by_role("radio", name=FREE_WORK)).to_be_checked()
    await expect(page.get_by_label("Tell us more").or_(page.get_by_label("Anything to add?"))).to_have_value(
        STORY
    )
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    sent = stand_in.flags[0]
    assert (sent["option"], sent["hinted"], sent["details"]) == ("job_post.free_work", True, STORY)
    assert stand_in.hints_asked == [{"kind": "job_post", "text": STORY, "language": "en"}]


async def test_a_hint_that_was_taken_can_be_given_back(page: Page, stand_in: StandIn) -> None:
    await written_under_other(page, stand_in)
    await page.get_by_role("button", name=FREE_WORK).click()
    await page.get_by_role("button", name=f"Back to “{OTHER}”").click()
    await expect(page.get_by_label(OTHER)).to_be_checked()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stand_in.flags[0]["option"] == "job_post.something_else"
    assert "hinted" not in stand_in.flags[0]


async def test_what_is_not_sent_reaches_the_hints_alone_and_rests_in_this_tab(
    page: Page, stand_in: StandIn
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    await written_under_other(page, stand_in)
    await expect(page.get_by_role("button", name=FREE_WORK)).to_be_visible()
    await expect(page.get_by_text("Nothing is kept before you send.")).to_be_visible()
    assert [line for line in asked if line.startswith("POST")] == [f"POST {stand_in.house}/v1/hints"]
    assert all(line.partition(" ")[2].startswith((stand_in.house, stand_in.page)) for line in asked)
    assert await page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert await page.evaluate("sessionStorage.length") == 1
    assert STORY not in await page.evaluate("location.href + document.title")


@pytest.mark.parametrize("trouble", ["down", "refused", "nothing fits"])
async def test_without_hints_the_dialog_goes_on(page: Page, stand_in: StandIn, trouble: str) -> None:
    if trouble == "down":
        await page.route("**/v1/hints", lambda route: route.abort())
    elif trouble == "refused":
        await page.route("**/v1/hints", lambda route: route.fulfill(status=429, body="{}"))
    await opened(page, stand_in)
    await page.get_by_label(OTHER).check()
    await page.get_by_label("What happened?").press_sequentially(STORY[:20])
    await page.wait_for_timeout(800)
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.get_by_label("What happened?")).to_be_focused()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_a_hint_is_taken_by_the_keyboard_alone(page: Page, stand_in: StandIn) -> None:
    stand_in.hints = [HINT]
    await page.goto(stand_in.page + "/page")
    for key in ("Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("radio").first).to_be_focused()
    await page.keyboard.press("ArrowUp")  # from the first to the last, which is always Other
    await page.keyboard.press("ArrowUp")
    for _ in range(12):
        if await page.get_by_label(OTHER).is_checked():
            break
        await page.keyboard.press("ArrowUp")
    await page.get_by_label("What happened?").focus()
    await page.keyboard.type(STORY)
    await expect(page.get_by_role("status").filter(has_text="Options that may fit: 1.")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=FREE_WORK)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("radio", name=FREE_WORK)).to_be_checked()
    await expect(page.get_by_role("textbox").last).to_be_focused()


# -- what happened, first

FIRST = "Say what happened, and we look for the option"


async def written_first(page: Page, stand_in: StandIn, text: str = STORY) -> None:
    """Write before anything is chosen, with one option that fits."""
    stand_in.hints = [HINT]
    await opened(page, stand_in)
    await page.get_by_role("button", name=FIRST).click()
    await expect(page.get_by_label("What happened?")).to_be_focused()
    await page.keyboard.type(text)


async def test_who_writes_first_is_shown_options_and_chooses_one_with_the_words_kept(
    page: Page, stand_in: StandIn
) -> None:
    await written_first(page, stand_in)
    await page.get_by_role("button", name=FREE_WORK).wait_for()
    await expect(page.get_by_role("radio", checked=True)).to_have_count(0)  # nothing is chosen by itself
    await page.get_by_role("button", name=FREE_WORK).click()
    await expect(page.get_by_role("radio", name=FREE_WORK)).to_be_checked()
    await expect(page.get_by_role("button", name=FIRST)).to_be_hidden()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    sent = stand_in.flags[0]
    assert (sent["option"], sent["hinted"], sent["details"]) == ("job_post.free_work", True, STORY)


async def test_what_was_written_first_goes_to_other_without_a_choice_and_must_be_long_enough(
    page: Page, stand_in: StandIn
) -> None:
    await written_first(page, stand_in, "Too few")
    await expect(page.get_by_text(f"Without a choice this goes to “{OTHER}”.")).to_be_visible()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_text("Please say more: at least 10 characters.")).to_be_visible()
    assert stand_in.flags == []
    await page.keyboard.type(" words, and a few more of them")
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    (sent,) = stand_in.flags
    assert sent["option"] == "job_post.something_else"
    assert sent["details"] == "Too few words, and a few more of them"
    assert "hinted" not in sent


async def test_what_was_written_first_stays_when_an_option_is_chosen_from_the_list_or_the_page_comes_anew(
    page: Page, stand_in: StandIn
) -> None:
    await written_first(page, stand_in)
    await page.reload()
    await page.get_by_role("button", name="Flag as inappropriate").click()
    await expect(page.get_by_label(OTHER)).to_be_checked()
    await expect(page.get_by_label("What happened?")).to_have_value(STORY)
    await page.get_by_label("This is a Freelancer ad").check()
    await expect(page.get_by_label("Anything to add?")).to_have_value(STORY)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stand_in.flags[0]["option"] == "job_post.freelancer_ad"
    assert "hinted" not in stand_in.flags[0]


async def test_writing_first_is_done_by_the_keyboard_alone(page: Page, stand_in: StandIn) -> None:
    stand_in.hints = [HINT]
    await page.goto(stand_in.page + "/page")
    for key in ("Tab", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("radio").first).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name=FIRST)).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type(STORY)
    await expect(page.get_by_role("status").filter(has_text="Options that may fit: 1.")).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("radio", name=FREE_WORK)).to_be_checked()
    await page.get_by_role("button", name="Send flag").press("Enter")
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_a_menu_that_proposes_nothing_offers_no_writing_first(page: Page, stand_in: StandIn) -> None:
    stand_in.menu = MENU | {"last": MENU["last"] | {"hints": 0}}
    await opened(page, stand_in)
    await expect(page.get_by_role("button", name=FIRST)).to_have_count(0)


async def test_a_token_is_fetched_anew_only_where_it_was_refused(page: Page, stand_in: StandIn) -> None:
    """A hint that is not answered, or given up because somebody types on, says nothing about a token."""
    await page.route("**/v1/hints", lambda route: route.abort())
    await opened(page, stand_in)
    await page.get_by_label(OTHER).check()
    for words in ("They want three ", "finished logos ", "for nothing."):
        await page.get_by_label("What happened?").press_sequentially(words)
        await page.wait_for_timeout(750)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stand_in.tokens == 1


# -- care


async def test_a_severe_choice_shows_help_at_once_and_covers_the_quote(page: Page, stand_in: StandIn) -> None:
    await opened(page, stand_in)
    await expect(page.get_by_text("Poster for our open day").last).to_be_visible()
    await page.get_by_text("More options").click()
    await page.get_by_label("It threatens somebody").check()
    await expect(page.get_by_role("heading", name="Where to find help now")).to_be_visible()
    await expect(page.get_by_role("link", name="Victim Support")).to_have_attribute(
        "href", "https://help.example/"
    )
    assert "0" not in (await page.locator("flagstaff-flag .about").inner_text()).splitlines()
    covered = page.locator(".covered blockquote")
    await expect(covered).to_have_attribute("aria-hidden", "true")
    await page.get_by_role("button", name="Show it").click()
    await expect(covered).to_have_count(0)
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await expect(page.get_by_role("link", name="Victim Support")).to_be_visible()


async def test_what_may_not_be_copied_is_neither_quoted_nor_added_to(page: Page, stand_in: StandIn) -> None:
    beside(stand_in)
    await opened(page, stand_in)
    await page.get_by_text("More options").click()
    await page.get_by_label("It endangers a child").check()
    await expect(page.get_by_text("We keep only where it stands")).to_be_visible()
    await expect(page.locator("flagstaff-flag blockquote")).to_have_count(0)
    await expect(page.get_by_role("checkbox")).to_have_count(0)


async def test_where_few_can_see_it_the_risk_is_told_before_sending(page: Page, stand_in: StandIn) -> None:
    risk = page.get_by_text("Few people can see this.")
    for claims, told in (
        ({}, 0), ({"audience": 20}, 0), ({"audience": "5-19"}, 0), ({"audience": 3}, 1), ({"audience": "2-4"}, 1),
        ({"audience": 1}, 1), ({"participant": "p-2"}, 1),
    ):  # fmt: skip
        stand_in.ticket = {"id": "job-1", **claims}
        await opened(page, stand_in)
        await expect(risk).to_have_count(told)


async def test_a_group_that_lifts_a_rule_says_so_at_the_option(page: Page, stand_in: StandIn) -> None:
    lifted = {**MENU["top"][4], "allowed": ["Spanish and English are both fine here."]}
    stand_in.menu = MENU | {"top": [*MENU["top"][:4], lifted]}
    stand_in.ticket = {"id": "job-1", "place": {"surface": "community", "group": "español"}}
    stand_in.attributes = 'country="GB"'
    await opened(page, stand_in)
    option = page.get_by_role("radio", name="Job post is unclear or incomplete")
    told = "Allowed here if this fits: Spanish and English are both fine here."
    await expect(option).to_have_accessible_description(f"Key facts are missing. {told}")
    assert stand_in.menus_asked[-1].endswith("lang=en&group=espa%C3%B1ol&country=GB")


# -- neighbours


def beside(stand_in: StandIn, count: int = 7) -> None:
    """Put messages round the button, one of them empty."""
    lines = "".join(
        f'<p id="m{n}" data-id="msg-{n}" data-by="Ann">  Line {n}: pay <b>me</b> outside.  </p>'
        for n in range(count)
    )
    stand_in.around = (lines + '<p id="empty"> </p>', "")
    stand_in.attributes = f'neighbours="{" ".join(f"m{n}" for n in range(count))} empty gone"'


async def test_neighbours_are_shared_only_where_ticked_and_shown_word_for_word(
    page: Page, stand_in: StandIn
) -> None:
    beside(stand_in)
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await expect(page.get_by_role("checkbox")).to_have_count(7)
    for n in (1, 3):
        await page.get_by_role("checkbox", name=f"Ann: Line {n}").check()
    shown = await page.locator("#beside blockquote").all_inner_texts()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    sent = stand_in.flags[0]["neighbours"]
    assert [one["id"] for one in sent] == ["msg-1", "msg-3"]
    assert shown == [one["text"] for one in sent] == ["Line 1: pay me outside.", "Line 3: pay me outside."]


async def test_no_neighbour_goes_along_by_itself_and_five_are_the_most(page: Page, stand_in: StandIn) -> None:
    beside(stand_in)
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    boxes = page.get_by_role("checkbox")
    for n in range(5):
        await boxes.nth(n).check()
    await expect(boxes.nth(6)).to_be_disabled()
    await boxes.nth(0).uncheck()
    await expect(boxes.nth(6)).to_be_enabled()
    for n in range(1, 5):
        await boxes.nth(n).uncheck()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert "neighbours" not in stand_in.flags[0]


# -- the page round it


async def test_a_common_flag_takes_three_taps(chromium: Browser, stand_in: StandIn) -> None:
    context = await chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page = await context.new_page()
    await page.goto(stand_in.page + "/page")
    for target in (
        page.get_by_role("button", name="Flag as inappropriate"),
        page.get_by_text(FREE_WORK, exact=True),
        page.get_by_role("button", name="Send flag"),
    ):
        await target.tap()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await context.close()


HOSTILE = """
document.querySelector("article").addEventListener("click", () => { location.hash = "card-opened"; });
addEventListener("keydown", (event) => { if (event.key === "j") location.hash = "shortcut"; });
window.replaced = () => { const old = document.querySelector("flagstaff-flag"); old.replaceWith(old.cloneNode(true)); };
"""


async def test_a_card_with_shortcuts_and_hard_styles_leaves_the_dialog_alone(
    page: Page, stand_in: StandIn
) -> None:
    """As inside another framework's page: it listens to everything, styles every element, and renders anew."""
    stand_in.around = ('<article class="card">', "</article>")
    stand_in.host_files = {
        "/host.js": HOSTILE,
        "/host.css": "* { color: red !important; font-size: 7px } dialog { display: none } button { display: none }",
    }
    await opened(page, stand_in)
    await page.get_by_label(OTHER).check()
    await page.get_by_label("What happened?").press_sequentially("just a joke of a job")
    assert await page.evaluate("location.hash") == ""
    await expect(page.get_by_label("What happened?")).to_have_css("font-size", "16px")
    await page.evaluate("replaced()")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Flag as inappropriate").click()
    await expect(page.get_by_label("What happened?")).to_have_value("just a joke of a job")


async def test_the_draft_of_one_person_is_not_shown_to_the_next(page: Page, stand_in: StandIn) -> None:
    stand_in.person = "ann"
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_label("Anything to add?").fill("Only mine.")
    await opened(page, stand_in)
    await expect(page.get_by_label("Anything to add?")).to_have_value("Only mine.")
    stand_in.person = "bob"
    await opened(page, stand_in)
    await expect(page.get_by_label(FREE_WORK)).not_to_be_checked()


async def test_a_block_says_that_it_is_seen_by_the_other_side(page: Page, stand_in: StandIn) -> None:
    """The words are the policy's; the dialog makes the offer where the page declared it."""
    stand_in.offers = "block_user"
    await opened(page, stand_in)
    await page.get_by_label(FREE_WORK).check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("button", name="they may notice, and guess")).to_be_visible()
    await expect(page.get_by_role("button", name="Hide this for me")).to_have_count(0)


async def test_motion_is_left_out_where_it_is_not_wanted(chromium: Browser, stand_in: StandIn) -> None:
    found = []
    for wish in ("reduce", "no-preference"):
        context = await chromium.new_context(reduced_motion=wish)
        page = await context.new_page()
        await opened(page, stand_in)
        dialog = page.locator("flagstaff-flag dialog")
        found.append(await dialog.evaluate("one => getComputedStyle(one).animationName"))
        await context.close()
    assert found == ["none", "in"]


LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 1000}},
    "phone": {"viewport": {"width": 320, "height": 700}, "is_mobile": True, "has_touch": True},
    "rtl": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("look", list(LOOKS))
async def test_hints_neighbours_and_help_are_easy_to_use_in_every_look(
    chromium: Browser, stand_in: StandIn, look: str
) -> None:
    context = await chromium.new_context(**LOOKS[look], reduced_motion="reduce")
    faults = violations_in_both_schemes if look == "desktop" else violations
    page = await context.new_page()
    beside(stand_in)
    stand_in.ticket = {"id": "job-1", "audience": 1}
    stand_in.page_lang = 'lang="ar" dir="rtl"' if look == "rtl" else 'lang="en"'
    await written_first(page, stand_in)
    await expect(page.get_by_role("button", name=FREE_WORK)).to_be_visible()
    assert await faults(page) == []
    await page.get_by_label(OTHER).check()
    await page.get_by_label("What happened?").fill(STORY + "!")
    await page.get_by_role("checkbox").first.check()
    await expect(page.get_by_role("button", name=FREE_WORK)).to_be_visible()
    assert await faults(page) == []
    await page.get_by_text("More options").click()
    await page.get_by_label("It threatens somebody").check()
    assert await faults(page) == []
    body = "document.querySelector('flagstaff-flag').shadowRoot.querySelector('.body')"
    assert await page.evaluate(f"{body}.scrollWidth <= {body}.clientWidth")
    await context.close()
