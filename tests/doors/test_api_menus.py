"""Menus are open to every page, cacheable, filled in, and say when a language is a fallback."""

import pytest

from flagstaff.flows.policy_book import PolicyBook
from tests.doors.platform import ORIGIN, Harborlane


async def test_every_kind_has_a_menu_with_other_last(harborlane: Harborlane) -> None:
    live = harborlane.house.policy.menus("harborlane")
    assert len(live.menus) == 8
    for menu in live.menus:
        shown = (await harborlane.client.get(f"/v1/menus/{menu.subject}?platform=harborlane&lang=en")).json()
        assert shown["last"]["key"] == f"{menu.subject}.something_else"
        keys = [line["key"] for row in ("top", "more", "preference") for line in shown[row]] + [
            shown["last"]["key"]
        ]
        assert keys == [option.key for option in menu.options]
        assert shown["details"] == {"min": 10, "max": 4000}
        assert set(shown["prompts"]) == {key for option in menu.options for key in option.prompts}


async def test_labels_name_the_platform(harborlane: Harborlane) -> None:
    shown = (await harborlane.client.get("/v1/menus/job_post")).json()
    assert shown["top"][0]["label"] == "Person is requesting payment outside of Harborlane"
    assert "{platform}" not in str(shown)
    assert shown["top"][0]["rule"]["url"].startswith("https://harborlane.example/rules#mt-")


async def test_an_unchanged_menu_is_not_sent_again(harborlane: Harborlane) -> None:
    first = await harborlane.client.get("/v1/menus/profile")
    again = await harborlane.client.get("/v1/menus/profile", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = await harborlane.client.get("/v1/menus/profile", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("language", "fallback"), [("en", False), ("en-GB", False), ("", False), ("es", True), ("%00", True)]
)
async def test_a_language_that_is_not_there_is_said_so(
    harborlane: Harborlane, language: str, *, fallback: bool
) -> None:
    answer = await harborlane.client.get(f"/v1/menus/review?lang={language}")
    assert (answer.json()["language"], answer.json()["fallback"]) == ("en", fallback)
    assert answer.headers["content-language"] == "en"


async def test_any_page_may_read_a_menu_and_only_declared_ones_the_rest(harborlane: Harborlane) -> None:
    menu = await harborlane.client.get("/v1/menus/review", headers={"origin": "https://anywhere.example"})
    assert menu.headers["access-control-allow-origin"] == "*"
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    fine = await harborlane.client.options("/v1/flags", headers=ask | {"origin": ORIGIN})
    assert fine.status_code == 204
    assert fine.headers["access-control-allow-origin"] == ORIGIN
    assert "authorization" in fine.headers["access-control-allow-headers"]
    other = await harborlane.client.options("/v1/flags", headers=ask | {"origin": "https://anywhere.example"})
    assert "access-control-allow-origin" not in other.headers


async def test_the_help_article_lists_exactly_the_live_options(harborlane: Harborlane) -> None:
    """`GET /help/flags` is rendered from the live version; the difference is nothing."""
    import re

    page = await harborlane.client.get("/help/flags?platform=harborlane")
    listed = re.findall(r'data-option="([^"]+)"', page.text)
    assert listed == [
        option.key for menu in harborlane.house.policy.menus("harborlane").menus for option in menu.options
    ]
    assert "Private messages can be flagged too" in page.text
    assert "Not sure? Flag it." in page.text
    assert "<script" not in page.text


async def test_every_rule_has_an_anchor_that_stays(harborlane: Harborlane) -> None:
    page = await harborlane.client.get("/guidelines?platform=harborlane")
    live = harborlane.house.policy.guidelines("harborlane")
    assert all(f'id="{clause.key.lower()}"' in page.text for clause in live.clauses)
    assert "{platform}" not in page.text
    assert "<script" not in page.text


async def test_the_dialog_is_served_to_any_page_with_an_etag(harborlane: Harborlane) -> None:
    script = await harborlane.client.get("/static/flag.js", headers={"origin": "https://anywhere.example"})
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["content-type"].startswith("text/javascript")
    again = await harborlane.client.get("/static/flag.js", headers={"if-none-match": script.headers["etag"]})
    assert again.status_code == 304


async def test_a_version_published_elsewhere_is_shown_after_a_refresh(harborlane: Harborlane) -> None:
    """Nothing is cached beyond its version: a book read anew is what is rendered."""
    book: PolicyBook = harborlane.house.policy
    before = (await harborlane.client.get("/v1/menus/review")).json()["version"]
    await book.refresh()
    assert (await harborlane.client.get("/v1/menus/review")).json()["version"] == before
    assert (await harborlane.client.get("/health")).json() == {"status": "ok"}
