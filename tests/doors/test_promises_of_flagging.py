"""What was promised about flagging, each shown through the doors: who may flag what, in which words, and at no risk."""

import asyncio
import itertools
import re
from typing import Any

import httpx
import msgspec
import pytest

from flagstaff.flows.house import House
from flagstaff.flows.publish_version import NotSound, ProposeVersion, propose_version
from flagstaff.flows.show_menu import rule_of
from flagstaff.menus.model import Menu, MenuVersion
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import rows
from tests.doors.platform import Harborlane
from tests.doors.shop import FLAGGERS, KINDS, WORDS, Shop, subject
from tests.houses import HARBORLANE, default_policy
from tests.people import hire

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
SHARED = "Person is requesting payment outside of Harborlane"
LABELS = {
    "job_post": {
        SHARED,
        "Client is asking for free work",
        "Job post is Illegal or Unethical",
        "This is a Freelancer ad not a job",
        "Job post is unclear or incomplete",
    },
    "profile": {SHARED, "Profile looks fake or contains stolen/plagiarized content"},
    "private_message": {
        SHARED,
        "Message contains a suspicious link or looks like spam",
        "Message is threatening or abusive",
    },
}


async def menu_of(harborlane: Harborlane, kind: str) -> dict[str, Any]:
    """Read a menu as a page does."""
    answer = await harborlane.client.get(f"/v1/menus/{kind}?platform=harborlane&lang=en")
    assert answer.status_code == 200, answer.text
    menu: dict[str, Any] = answer.json()
    return menu


def lines_of(menu: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every option of a menu, as a reporter meets them."""
    return [*menu["top"], *menu["more"], *menu["preference"], menu["last"]]


# -- who flags, and what


async def test_a_freelancer_and_a_client_flag_with_one_and_the_same_menu(shop: Shop) -> None:
    """Both kinds of people are offered the same options on the same thing, and both flags are taken."""
    for kind in ("job_post", "profile", "portfolio_item", "review", "community_post"):
        offered, taken = [], []
        for key, role in (("priya", "freelancer"), ("hana", "client")):
            assert shop.person(key).role == role
            form = await shop.ask("POST", "/flag", key, data={"kind": kind, "id": KINDS[kind]})
            offered.append(re.findall(r'name="option" required id="[^"]+" value="([^"]+)"', form.text))
            answer = await shop.flag_by_token(key, shop.item(kind), f"{kind}.something_else", WORDS)
            taken.append((answer.status_code, answer.json()["status"]))
        assert offered[0] == offered[1] == [line["key"] for line in _as_form(await menu_of(shop.door, kind))]
        assert taken == [(202, "received")] * 2, kind


def _as_form(menu: dict[str, Any]) -> list[dict[str, Any]]:
    return [*menu["top"], *menu["more"], menu["last"], *menu["preference"]]


async def test_every_option_that_a_menu_offers_can_be_sent(harborlane: Harborlane, job: str) -> None:
    """Nothing is shown that the house then refuses; only what breaks no rule is noted without a number."""
    for kind in KINDS:
        menu = await menu_of(harborlane, kind)
        preferences = {line["key"] for line in menu["preference"]}
        assert len(lines_of(menu)) > 5, kind
        sending = [
            harborlane.flag(
                "", subject=subject(kind, f"{job}-{line['key']}"), option=line["key"], details=WORDS
            )
            for line in lines_of(menu)
        ]
        for line, receipt in zip(lines_of(menu), await asyncio.gather(*sending), strict=True):
            assert (receipt["number"] is None) == (line["key"] in preferences), line["key"]


async def test_a_flag_names_one_message_and_not_its_thread(shop: Shop) -> None:
    """Two messages of one talk are two subjects, each under its own id, with a case each."""
    talk = shop.house.books.items("kind = 'private_message' and thread = 'talk-graham-yusuf'")
    theirs = [item for item in talk if item.author == "graham"][:2]
    assert len(theirs) == 2
    for item in theirs:
        option = "private_message.threatening_or_abusive"
        assert (await shop.flag_by_token("yusuf", item, option)).status_code == 202
    found = await rows(
        shop.door.house,
        "select s.outside_id, c.number from subjects.subject s join cases.case c on c.subject = s.key "
        "where s.outside_id = any($1::text[])",
        [*(item.id for item in theirs), "talk-graham-yusuf"],
    )
    assert {row["outside_id"] for row in found} == {item.id for item in theirs}
    assert len({row["number"] for row in found}) == 2


async def test_a_message_that_does_not_exist_cannot_be_flagged(shop: Shop) -> None:
    """The host, who holds the messages, says that there is none; a thread is no message."""
    for id_ in ("msg-that-never-was", "talk-graham-yusuf"):
        form = await shop.ask("POST", "/flag", "yusuf", data={"kind": "private_message", "id": id_})
        chosen = {"kind": "private_message", "id": id_, "option": "private_message.something_else"}
        sent = await shop.ask("POST", "/flag", "yusuf", data=chosen | {"menu_version": "3", "details": WORDS})
        assert (form.status_code, sent.status_code) == (404, 404), id_
        known = "select 1 from subjects.subject where outside_id = $1"
        assert await rows(shop.door.house, known, id_) == []


async def test_who_takes_no_part_in_a_talk_flags_no_message_of_it(shop: Shop) -> None:
    """Even with a ticket that came into the wrong hands the door refuses; the host does not show that it exists."""
    item = shop.item("private_message")
    answer = await shop.flag_by_token("priya", item, "private_message.something_else", WORDS)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-a-participant")
    form = await shop.ask("POST", "/flag", "priya", data={"kind": "private_message", "id": item.id})
    assert form.status_code == 404


async def test_every_job_and_every_profile_has_its_button_at_the_head(shop: Shop) -> None:
    """On its own page beside the title, and on its card in every list: one button, named "Flag as inappropriate"."""
    for kind, where in (("job_post", "/jobs"), ("profile", "/profiles")):
        others = shop.house.books.items("kind = ? and author <> 'ines'", kind)
        assert len(others) > 20
        for item in others:
            page = (await shop.ask("GET", item.path, "ines")).text
            head = page.split('<article class="sheet">')[1].split("</div>")[0]
            assert "<h1" in head, item.path
            assert _buttons(head) == [(kind, item.id, "Flag as inappropriate")], item.path
        for path in (where, f"{where}?q=a"):
            cards = re.findall(
                r'<article class="card".*?</article>', (await shop.ask("GET", path, "ines")).text, re.DOTALL
            )
            theirs = [card.split("</div>")[0] for card in cards if "Delete<span" not in card]
            assert len(theirs) > 5, path
            for head in theirs:
                (button,) = _buttons(head)
                assert (button[0], button[2]) == (kind, "Flag as inappropriate"), path


def _buttons(text: str) -> list[tuple[str, str, str]]:
    """Return kind, id and name of each flag button; without script the form inside it has the same name."""
    found = re.findall(
        r'<flagstaff-flag [^>]*kind="(\w+)"[^>]*label="([^"]+)"[^>]*data-id="([^"]+)"[^>]*>'
        r"<form .*?<button [^>]*>([^<]+)</button>",
        text,
    )
    assert all(label == link for _, label, _, link in found)
    return [(kind, id_, label) for kind, label, id_, _ in found]


async def test_no_address_or_browser_of_a_reporter_is_kept(
    harborlane: Harborlane, job: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a flag came from stands in no table and in no log: there is nothing that anybody could be shown later."""
    traces = ("203.0.113.77", "198.51.100.9", "canary-browser")
    transport = httpx.ASGITransport(harborlane.door, client=("203.0.113.77", 4711))
    headers = harborlane.as_person("quiet-rita", **{"x-forwarded-for": "198.51.100.9"})
    headers |= {"user-agent": "canary-browser", "forwarded": "for=198.51.100.9"}
    body = {
        "ticket": harborlane.ticket(job, title=f"title-{job}"),
        "option": "job_post.free_work",
        "menu_version": 3,
    }
    async with httpx.AsyncClient(transport=transport, base_url="https://flagstaff.test") as client:
        assert (await client.post("/v1/flags", json=body, headers=headers)).status_code == 202
        assert (await client.get("/v1/my/flags", headers=headers)).status_code == 200
    tables = await rows(
        harborlane.house,
        "select c.oid::regclass::text as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
        "on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')",
    )
    kept = ""
    for table in tables:
        kept += str(await rows(harborlane.house, f"select t::text as row from {table['name']} t"))
    assert f"title-{job}" in kept, "the search finds what is there"
    assert [trace for trace in traces if trace in kept or trace in caplog.text] == []


# -- in which words


async def test_the_labels_that_were_asked_for_are_shown_word_for_word(harborlane: Harborlane) -> None:
    """Reporters read exactly these labels, first or under "more", with the platform's own name in them."""
    for kind, wanted in LABELS.items():
        menu = await menu_of(harborlane, kind)
        shown = [line["label"] for line in (*menu["top"], *menu["more"])]
        assert {label: shown.count(label) for label in wanted} == dict.fromkeys(wanted, 1)
    for kind in KINDS:
        assert (await menu_of(harborlane, kind))["last"]["label"] == "It's something else"


async def test_every_option_about_a_rule_leads_to_that_rule(harborlane: Harborlane) -> None:
    """No option points at a rule that is gone: each has its clauses, and the first one's link lands on the page."""
    live, policy = harborlane.house.policy.guidelines(HARBORLANE), harborlane.house.policy
    page = (await harborlane.client.get("/guidelines?platform=harborlane")).text
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for version in policy.menus_history(HARBORLANE):
        for option in version.option_by_key.values():
            assert set(option.clauses) <= set(live.clause_by_key), option.key
            assert option.clauses or option.kind not in {"violation", "legal", "open"}, option.key
            assert {key.lower() for key in option.clauses} <= set(ids), option.key
    linked = 0
    for kind in KINDS:
        for line in lines_of(await menu_of(harborlane, kind)):
            clauses = policy.menus(HARBORLANE).option_by_key[line["key"]].clauses
            assert bool(line["rule"]) == bool(clauses), line["key"]
            if clauses:
                assert line["rule"]["url"].partition("#")[2] == clauses[0].lower()
                assert line["rule"]["title"] == live.clause_by_key[clauses[0]].title
                linked += 1
    assert linked > 100


async def test_a_host_without_a_page_of_rules_links_to_ours(harborlane: Harborlane) -> None:
    """The link is one that opens, and its anchor is on the page that it opens."""
    policy = harborlane.house.policy
    bare = msgspec.structs.replace(policy.host(HARBORLANE), links={})
    live = policy.guidelines(HARBORLANE)
    option = policy.menus(HARBORLANE).option_by_key["job_post.free_work"]
    rule = rule_of(bare, live, option, "https://flagstaff.test")
    assert rule
    address, _, anchor = rule.url.partition("#")
    page = await harborlane.client.get(address)
    assert page.status_code == 200
    assert f'id="{anchor}"' in page.text


async def test_the_tips_stand_in_the_dialog_and_in_the_help_article(harborlane: Harborlane) -> None:
    """What we tell beside every menu is what the article says; messages have a chapter there that can be linked."""
    wanted = {
        "messages_too": "Private messages can be flagged too",
        "when_in_doubt": "Not sure? Flag it. An honest mistake costs you nothing.",
        "be_specific": "Say what, where and when.",
    }
    article = (await harborlane.client.get("/help/flags?platform=harborlane")).text
    assert all(text in article for text in wanted.values())
    for kind in KINDS:
        tips = (await menu_of(harborlane, kind))["tips"]
        assert {key: tips[key][: len(text)] for key, text in wanted.items()} == wanted, kind
    assert 'href="#private-message"' in article
    assert 'id="private-message"' in article


async def test_the_page_of_a_talk_says_that_messages_can_be_flagged(shop: Shop) -> None:
    """Where messages are read, people learn that each of them can be flagged."""
    page = await shop.ask("GET", "/messages/talk-graham-yusuf", "yusuf")
    assert "Private messages can be flagged too" in page.text


# -- "It's something else"


async def test_other_asks_for_ten_characters_as_people_count_them(harborlane: Harborlane, job: str) -> None:
    """Too little is refused at its field, ten are enough, whatever the alphabet."""
    known = "select 1 from subjects.subject where outside_id = $1"
    for kind in KINDS:
        for details in ("", "         \n", "123456789", FAMILY * 9):
            answer = await _send_other(harborlane, kind, job, details)
            told = answer.json()
            fault = (answer.status_code, told["type"], told["where"])
            assert fault == (422, "/problems/details-missing", "details"), (kind, details)
    assert await rows(harborlane.house, known, job) == []
    for kind in KINDS:
        for details in ("1234567890", FAMILY * 10):
            answer = await _send_other(harborlane, kind, job, details)
            assert answer.status_code == 202, (kind, details)


async def _send_other(harborlane: Harborlane, kind: str, id_: str, details: str) -> httpx.Response:
    body = harborlane.body("", subject=subject(kind, id_), option=f"{kind}.something_else", details=details)
    return await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_server())


def _without(menu: Menu) -> Menu:
    return msgspec.structs.replace(menu, last=menu.more[-1], more=menu.more[:-1])


def _not_last(menu: Menu) -> Menu:
    return msgspec.structs.replace(menu, top=(menu.last, *menu.top[1:]), last=menu.top[0])


def _among_preferences(menu: Menu) -> Menu:
    return msgspec.structs.replace(menu, preference=(menu.last,), last=menu.more[-1], more=menu.more[:-1])


def _renamed(menu: Menu) -> Menu:
    other = msgspec.structs.replace(menu.last, key=f"{menu.subject}.misc", reason="misc")
    return msgspec.structs.replace(menu, last=other)


async def test_no_menu_is_ever_published_without_other_at_its_end(harborlane: Harborlane) -> None:
    """On each of the eight kinds, to take Other away, move it up, hide or replace it is refused; nothing is kept."""
    house = harborlane.house
    pia = await hire(house, StaffRole.POLICY_MANAGER)
    live = house.policy.menus(HARBORLANE)
    for change, kind in itertools.product((_without, _not_last, _among_preferences, _renamed), KINDS):
        menus = tuple(change(menu) if menu.subject == kind else menu for menu in live.menus)
        with pytest.raises(NotSound) as refused:
            await _propose(house, pia, live, menus)
        wrong: Any = refused.value.facts["problems"]
        assert any(f"menus/{kind}" in one["where"] for one in wrong), (kind, change, wrong)
    assert await rows(house, "select 1 from guidelines.proposal where author = $1", pia.key) == []


async def test_no_kind_loses_its_menu_and_other_stays_for_good(harborlane: Harborlane) -> None:
    """A version without a kind's menu is refused, and so is one in which Other could be taken away later."""
    house = harborlane.house
    pia = await hire(house, StaffRole.POLICY_MANAGER)
    live = house.policy.menus(HARBORLANE)
    for kind in KINDS:
        with pytest.raises(NotSound, match="problem"):
            await _propose(house, pia, live, tuple(menu for menu in live.menus if menu.subject != kind))
    reasons = tuple(
        msgspec.structs.replace(reason, permanent=False) if reason.kind == "open" else reason
        for reason in live.reasons
    )
    with pytest.raises(NotSound):
        await _propose(house, pia, msgspec.structs.replace(live, reasons=reasons), live.menus)


async def _propose(house: House, by: Any, live: MenuVersion, menus: tuple[Menu, ...]) -> None:
    next_ = msgspec.structs.replace(
        live, number=live.number + 1, menus=menus, published_at=None, approver=None
    )
    await propose_version(house, by, ProposeVersion(HARBORLANE, next_, "Tidying up."))


async def test_other_is_the_last_option_that_anybody_sees(shop: Shop) -> None:
    """In every version that was published it ends the menu, and on the plain form it is in sight, not folded away."""
    history = shop.door.house.policy.menus_history(HARBORLANE)
    numbers = [version.number for version in default_policy().menu_versions]
    assert [version.number for version in history] == numbers
    for version, kind in itertools.product(history, KINDS):
        keys = [option.key for option in version.menu_by_kind[kind].options]
        assert (keys[-1], keys.count(keys[-1])) == (f"{kind}.something_else", 1)
    for kind in KINDS:
        who = FLAGGERS.get(kind, "priya")
        form = (await shop.ask("POST", "/flag", who, data={"kind": kind, "id": KINDS[kind]})).text
        rules, *_ = re.findall(r"<fieldset>.*?</fieldset>", form, re.DOTALL)
        assert re.findall(r'value="([^"]+)"', rules)[-1] == f"{kind}.something_else"
        assert "<details" not in form[form.index("<main") :], kind
