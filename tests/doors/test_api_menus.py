"""Menus are open to every page, cacheable, filled in, and say when a language is a fallback."""

import re
from importlib.resources import files

import pytest

from flagstaff.flows.policy_book import PolicyBook
from flagstaff.language.tongues import tongue_of
from flagstaff.menus.dialog import dialog_words
from tests.doors.platform import ORIGIN, Harborlane
from tests.houses import default_policy


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
    ("language", "fallback"), [("en", False), ("en-GB", False), ("", False), ("fr", True), ("%00", True)]
)
async def test_a_language_that_is_not_there_is_said_so(
    harborlane: Harborlane, language: str, *, fallback: bool
) -> None:
    answer = await harborlane.client.get(f"/v1/menus/review?lang={language}")
    assert (answer.json()["language"], answer.json()["fallback"]) == ("en", fallback)
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize("language", ["es", "es-MX", "ES"])
async def test_a_menu_is_read_in_spanish_with_all_that_is_round_it(
    harborlane: Harborlane, language: str
) -> None:
    answer = await harborlane.client.get(f"/v1/menus/job_post?lang={language}")
    menu = answer.json()
    assert (menu["language"], menu["fallback"], answer.headers["content-language"]) == ("es", False, "es")
    assert menu["button"] == "Reportar como inapropiado"
    assert menu["top"][0]["label"] == "Pide pagar o cobrar fuera de Harborlane"
    assert menu["top"][0]["rule"]["title"] == "Paga y cobra aquí"
    assert menu["prompts"]["where_asked"]["pick"][0] == "en el texto"
    assert menu["tips"]["be_specific"].startswith("Di qué, dónde y cuándo.")
    assert menu["last"]["label"] == "Es otra cosa"
    english = (await harborlane.client.get("/v1/menus/job_post")).json()
    assert [one["key"] for one in menu["top"]] == [one["key"] for one in english["top"]]


async def test_what_a_group_allows_is_said_in_spanish_where_one_reads_spanish(harborlane: Harborlane) -> None:
    menu = (await harborlane.client.get("/v1/menus/community_post?lang=es&group=espanol")).json()
    told = {sentence for one in (*menu["top"], *menu["more"]) for sentence in one["allowed"]}
    assert told == {"Aquí valen tanto el español como el inglés."}


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


async def test_every_menu_brings_the_words_of_the_dialog_and_the_way_to_help(harborlane: Harborlane) -> None:
    """The dialog itself has hardly any words: each that it asks for is in the document."""
    script = files("flagstaff.api").joinpath("static", "flag.js").read_text()
    shown = (await harborlane.client.get("/v1/menus/review?platform=harborlane")).json()
    few = set(re.findall(r"^\t(\w+):", script[: script.index("const sheet")], re.MULTILINE))
    words = dialog_words(tongue_of("en"))
    assert set(re.findall(r'#t\("(\w+)"', script)) <= set(words) | few
    elsewhere = ("link_", "step_", "no_hints")  # told by name of the link; of the form without script
    called = {name.partition(".")[0] for name in words if not name.startswith(elsewhere)}
    assert [name for name in called if f'"{name}"' not in script] == []
    assert (shown["texts"], shown["spoken"]) == (words, "en")
    assert shown["links"]["help"].endswith("/help/flags?platform=harborlane")
    assert shown["links"]["suggest"].endswith("/suggest?platform=harborlane")
    assert shown["links"]["contact"].endswith("/contact?platform=harborlane")
    assert {f"link_{name}" for name in shown["links"]} <= set(words)


async def test_the_words_of_the_dialog_come_in_the_readers_language_also_where_the_options_do_not(
    harborlane: Harborlane,
) -> None:
    """Who reads Spanish sees it on the buttons; in a language that is not spoken here all is in the policy's own."""
    spanish = (await harborlane.client.get("/v1/menus/review?lang=es-AR")).json()
    assert (spanish["spoken"], spanish["texts"]["close"]) == ("es", "Cerrar")
    unknown = (await harborlane.client.get("/v1/menus/review?lang=xx")).json()
    assert (unknown["spoken"], unknown["fallback"], unknown["texts"]["close"]) == ("en", True, "Close")


async def test_a_group_that_lifts_a_rule_is_told_at_the_option_and_the_option_stays(
    harborlane: Harborlane,
) -> None:
    plain = (await harborlane.client.get("/v1/menus/community_post?platform=harborlane")).json()
    there = (
        await harborlane.client.get("/v1/menus/community_post?platform=harborlane&group=showcase")
    ).json()
    said = {
        line["key"]: line["allowed"]
        for row in ("top", "more", "preference")
        for line in there[row]
        if line["allowed"]
    }
    sentence = "You may show your profile or portfolio on Harborlane, once a week, without contact details."
    assert said
    assert all(words == [sentence] for words in said.values())
    bare = [{**line, "allowed": []} for row in ("top", "more", "preference") for line in there[row]]
    assert bare == [line for row in ("top", "more", "preference") for line in plain[row]]


async def test_an_unknown_group_or_country_fills_no_shelf(harborlane: Harborlane) -> None:
    first = await harborlane.client.get("/v1/menus/community_post?platform=harborlane")
    for query in ("group=no-such-group", "country=ZZ", "group=%00&country=%F0%9F%8F%B4"):
        again = await harborlane.client.get(f"/v1/menus/community_post?platform=harborlane&{query}")
        assert again.headers["etag"] == first.headers["etag"]


async def test_a_severe_option_brings_help_and_what_may_not_be_copied_says_so(harborlane: Harborlane) -> None:
    live = harborlane.house.policy.menus("harborlane")
    for menu in live.menus:
        shown = (await harborlane.client.get(f"/v1/menus/{menu.subject}?platform=harborlane")).json()
        lines = {line["key"]: line for row in ("top", "more", "preference") for line in shown[row]}
        for option in menu.options[:-1]:
            line = lines[option.key]
            assert line["severe"] == (option.severity >= 3)
            assert [one["key"] for one in line["resources"]] == list(option.resources)
            assert line["copied"] == (option.reason != "child_safety"), option.key
        assert (shown["last"]["hints"], shown["last"]["key"].endswith(".something_else")) == (3, True)


def test_a_block_says_in_the_policys_own_words_that_it_may_be_noticed() -> None:
    offers = {offer.key: offer for offer in default_policy().menu_versions[-1].texts.offers}
    assert "they may notice" in offers["block_user"].text
    assert all(
        offers[key].by == "platform" for key in ("hide_item", "mute_user", "block_user", "leave_group")
    )
