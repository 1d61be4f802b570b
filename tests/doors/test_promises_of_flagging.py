"""What was promised about flagging, each shown through the doors: who may flag what, in which words, and at no risk."""

import asyncio
import dataclasses
import itertools
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from flagstaff.api.menu_shelf import rule_of
from flagstaff.decisions.model import Forbids
from flagstaff.flows.house import House
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.publish_version import NotSound, ProposeVersion, propose_version
from flagstaff.flows.show_standing import access_of, standing_of
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
from flagstaff.menus.model import Menu, MenuVersion
from flagstaff.staff.model import Reach
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.case_work import GENERAL, decide, job as open_job, number_of, post_in
from tests.desks import rows
from tests.doors.platform import Harborlane
from tests.doors.shop import FLAGGERS, KINDS, Shop
from tests.houses import HARBORLANE, default_policy, person
from tests.people import ADDRESS, Browser, browser, hire

WORDS = "I cannot find the option that fits."
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
VERDICTS = {
    "job_post": Verdict.VIOLATION,
    "profile": Verdict.NO_VIOLATION,
    "portfolio_item": Verdict.COULD_NOT_VERIFY,
    "private_message": Verdict.HOUSEKEEPING,
    "proposal": Verdict.CARE,
    "review": Verdict.REFERRED,
    "community_post": Verdict.NO_VIOLATION,
    "community_group": Verdict.NO_VIOLATION,
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


def subject(kind: str, id_: str, **more: Any) -> dict[str, Any]:
    """Describe something of Ann's that Rita can see."""
    both = {"participant": ["ann", "rita"]} if kind == "private_message" else {}
    return {"kind": kind, "id": id_, "author": "ann", "text": "Some words.", "audience": "20+"} | both | more


# -- who flags, and what


async def test_a_freelancer_and_a_client_flag_with_one_and_the_same_menu(shop: Shop) -> None:
    """Both kinds of people are offered the same options on the same thing, and both flags are taken."""
    for kind in ("job_post", "profile", "portfolio_item", "review", "community_post"):
        offered, taken = [], []
        for key, role in (("priya", "freelancer"), ("hana", "client")):
            assert shop.person(key).role == role
            form = await shop.ask("GET", f"/flag?kind={kind}&id={KINDS[kind]}", key)
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
        form = await shop.ask("GET", f"/flag?kind=private_message&id={id_}", "yusuf")
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
    form = await shop.ask("GET", f"/flag?kind=private_message&id={item.id}", "priya")
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
    """Return kind, id and name of each flag button; without script the link inside it has the same name."""
    found = re.findall(
        r'<flagstaff-flag [^>]*kind="(\w+)"[^>]*label="([^"]+)"[^>]*data-id="([^"]+)"[^>]*><a [^>]*>([^<]+)</a>',
        text,
    )
    assert all(label == link for _, label, _, link in found)
    return [(kind, id_, label) for kind, label, id_, _ in found]


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
        form = (await shop.ask("GET", f"/flag?kind={kind}&id={KINDS[kind]}", who)).text
        rules, *_ = re.findall(r"<fieldset>.*?</fieldset>", form, re.DOTALL)
        assert re.findall(r'value="([^"]+)"', rules)[-1] == f"{kind}.something_else"
        assert "<details" not in form[form.index("<main") :], kind


async def test_every_flag_under_other_reaches_a_case_and_an_answer(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """Whatever kind and verdict: a person decided with a reason, and the reporter is told how it ended."""
    house, who = harborlane.house, f"other-{job}"[:60]
    numbers = {}
    for kind in KINDS:
        about = subject(kind, f"{job}-{kind}")
        if kind == "private_message":
            about["participant"] = ["ann", who]
        receipt = await harborlane.flag(
            "", who, subject=about, option=f"{kind}.something_else", details=WORDS
        )
        numbers[receipt["number"]] = kind
        case = await number_of(house, about["id"])
        clause, measures = ("MT-6", [("remove_content", None), ("educate", None)]) if (
            VERDICTS[kind] is Verdict.VIOLATION
        ) else ("", [])  # fmt: skip
        moderator = await hire(house, StaffRole.MODERATOR)
        await decide(house, moderator, case, clause, *measures, verdict=VERDICTS[kind])
    business.move(timedelta(days=2))
    await take_effect(house)
    decided = await rows(
        house,
        "select f.number, d.state, d.reason from flags.flag f join decisions.decision d on d.case = f.case "
        "where f.number = any($1::text[])",
        list(numbers),
    )
    assert {row["number"] for row in decided} == set(numbers)
    assert {row["state"] for row in decided} == {"effective"}
    assert all(row["reason"] for row in decided)
    ended = {one["number"]: one for one in await _mine(harborlane, who)}
    assert {one["status"] for one in ended.values()} <= {"acted", "no_violation", "could_not_verify"}
    assert all(one["status_text"] and not one["open"] for one in ended.values())
    told = await rows(
        house,
        "select f.number from delivery.notice n join flags.flag f on f.key = n.flag "
        "where f.number = any($1::text[]) and n.text_key like 'outcome%' and n.released_at <= $2",
        list(numbers),
        house.now,
    )
    assert Counter(row["number"] for row in told) == Counter(numbers.keys())


async def _mine(harborlane: Harborlane, who: str) -> list[dict[str, Any]]:
    answer = await harborlane.client.get("/v1/my/flags", headers=harborlane.as_person(who))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


# -- taken seriously, and at no risk


async def test_no_flag_ends_in_silence_where_its_author_left(harborlane: Harborlane, job: str) -> None:
    """A flag that nobody needs to decide any more still ends with a status and with words that say why."""
    gone, who = f"gone-{job}"[:60], f"eye-{job}"[:60]
    await harborlane.flag(
        "", who, subject=subject("job_post", job, author=gone), option="job_post.unclear_incomplete"
    )
    leaving = [PersonEvent(PersonEventKind.CLOSED, person(gone))]
    await follow_persons(harborlane.house, leaving, "platform:harborlane")
    (mine,) = await _mine(harborlane, who)
    assert (mine["status"], mine["open"]) == ("could_not_verify", False)
    told = await harborlane.client.get("/v1/my/notices", headers=harborlane.as_person(who))
    assert any("is gone" in one["text"] for one in told.json()["items"])


async def test_what_nobody_decided_in_time_is_an_alert_on_the_first_page(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """Past its target a case is counted aloud, taken or not, to whoever may know of it, until it is decided."""
    house = dataclasses.replace(harborlane.house, settings=Settings(public_url=ADDRESS))
    moderator = await hire(house, StaffRole.MODERATOR)
    lead = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("board", GENERAL.board or "")])
    async with browser(house, moderator) as page, browser(house, lead) as theirs:
        before = await _late(page), await _late(theirs)
        cases = [await open_job(house, f"{job}-{place}", author=f"late-{place}") for place in range(2)]
        await post_in(house, f"{job}-post", GENERAL)
        assert (await _late(page), await _late(theirs)) == before
        business.move(timedelta(days=30))
        waiting = await _late(page)
        assert waiting["queue"] == waiting["health"] >= before[0]["queue"] + 3
        assert 1 <= (await _late(theirs))["queue"] <= waiting["queue"] - 2
        assert (await page.post(f"/console/cases/{cases[0]}/claim")).status_code == 303
        assert await _late(page) == waiting
        await decide(house, moderator, cases[0], "", verdict=Verdict.NO_VIOLATION, claim=False)
        after = await _late(page)
        assert (after["queue"], after["health"]) == (waiting["queue"] - 1, waiting["health"] - 1)


async def _late(page: Browser) -> dict[str, int]:
    """Read the alert off the first page, and the figure behind it where it may be seen."""
    home = await page.get("/console")
    first = (await page.get(home.headers["location"])).text
    figures = await page.get("/console/health")
    alert = re.search(r'class="notice bad late" role="status"><strong>(\d+) cases? (?:is|are) past', first)
    shown = re.search(r'Past their target</span><span class="value[^"]*">(\d+)<', figures.text)
    found = {"queue": int(alert[1]) if alert else 0}
    return found | ({"health": int(shown[1])} if shown else {})


async def test_twenty_honest_mistakes_cost_a_reporter_nothing(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """After twenty flags on what broke no rule nothing runs against the reporter; the next counts like anybody's."""
    house, who = harborlane.house, f"honest-{job}"[:60]
    moderator = await hire(house, StaffRole.MODERATOR)
    for place in range(22):
        fair = place % 11 == 5
        number = await open_job(house, f"{job}-{place}", who, author=f"poster-{place}")
        measures: list[tuple[str, int | None]] = [("remove_content", None), ("educate", None)]
        if fair:
            await decide(house, moderator, number, "MT-6", *measures)
        else:
            await decide(house, moderator, number, "", verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(days=2))
    await take_effect(house)
    ended = [one["status"] for one in await _mine(harborlane, who)]
    assert (ended.count("no_violation"), ended.count("acted")) == (20, 2)
    assert (await standing_of(house, person(who))).running == ()
    access = await access_of(house, person(who), Place(Surface.MARKETPLACE))
    assert all(access.may(deed) for deed in Forbids)
    assert await rows(house, "select 1 from flags.flag where state = 'kept'") == []
    said: list[str] = []
    for name in (who, f"new-{job}"[:60]):
        about = subject("job_post", f"{job}-next-{len(said)}")
        receipt = await harborlane.flag("", name, subject=about)
        said.append(str(receipt).replace(receipt["number"], "F"))
        number = await number_of(house, about["id"])
        query = "select state, flags_counted from cases.case where number = $1"
        (case,) = await rows(house, query, number)
        assert (case["state"], case["flags_counted"]) == ("open", 1), name
    assert said[0] == said[1]
