"""Harborlane and Flagstaff understand each other: the example host against the real door, not against a stand-in."""

import pytest

from examples.marketplace.content import seed_items
from tests.doors.shop import FLAGGERS, KINDS, Shop


@pytest.mark.parametrize("kind", list(KINDS))
async def test_what_the_host_signs_is_a_flag_of_a_browser(shop: Shop, kind: str) -> None:
    item, who = shop.item(kind), FLAGGERS.get(kind, "priya")
    details = "I cannot find the option that fits."
    answer = await shop.flag_by_token(who, item, f"{kind}.something_else", details)
    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("kind", list(KINDS))
async def test_the_plain_form_flags_through_the_server(shop: Shop, kind: str) -> None:
    who = FLAGGERS.get(kind, "sabine")
    form = await shop.ask("POST", "/flag", who, data={"kind": kind, "id": KINDS[kind]})
    assert form.status_code == 200, form.text
    chosen = {"kind": kind, "id": KINDS[kind], "option": f"{kind}.something_else", "menu_version": "3"}
    short = await shop.ask("POST", "/flag", who, data=chosen)
    assert short.status_code == 422, short.text
    sent = await shop.ask(
        "POST", "/flag", who, data=chosen | {"details": "I cannot find the option that fits."}
    )
    assert sent.status_code == 200, sent.text
    assert "F-" in sent.text


async def test_my_flags_show_the_flag_and_take_it_back(shop: Shop) -> None:
    item, who = shop.item("job_post"), shop.person("leo")
    choice = {"option": "job_post.free_work", "menu_version": 3, "language": "en"}
    receipt = await shop.house.flagstaff.flag(who, item, choice, "leo-flags-a-job")
    page = await shop.ask("GET", "/trust/flags", "leo")
    assert receipt["number"] in page.text
    assert "Client is asking for free work" in page.text
    assert "Take it back" in page.text
    await shop.ask("POST", "/trust/flags/withdraw", "leo", data={"number": receipt["number"]})
    assert "Take it back" not in (await shop.ask("GET", "/trust/flags", "leo")).text


async def test_edits_deletions_and_new_posts_are_understood(shop: Shop) -> None:
    """Nothing stays behind in the host's queue, so nothing of it was refused."""
    where = "/items/community_post/post-rant"
    await shop.ask("POST", where + "/edit", "ivo", data={"title": "Search", "text": "It loses my filters."})
    await shop.ask("POST", where + "/delete", "ivo")
    await shop.ask("POST", "/community/boards/general", "ivo", data={"title": "New", "text": "A new post."})
    await shop.ask("POST", "/messages/talk-cookbook", "ines", data={"text": "Third draft tomorrow."})
    assert shop.house.books.rows("select * from outgoing") == []


async def test_every_invented_item_can_be_pushed(shop: Shop) -> None:
    for item in seed_items(shop.house.books.now()):
        shop.house.flagstaff.tell_new(item)
    for _ in range(10):
        await shop.house.flagstaff.send_kept()
    assert shop.house.books.rows("select * from outgoing") == []


async def test_the_feed_can_be_read_from_the_beginning(shop: Shop) -> None:
    page = await shop.house.flagstaff.measures_after("")
    assert set(page) == {"items", "next"}
