"""What was promised about the Community and about taking things away, shown at the doors and on the example host."""

import dataclasses
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from examples.marketplace.community import BOARDS
from examples.marketplace.trust import catch_up
from flagstaff.decisions.model import Chosen
from flagstaff.decisions.rules import DecisionIncomplete
from flagstaff.flows.case_desk import NoSuchCase
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.open_case import Opening, UnknownSubject, open_case
from flagstaff.flows.publish import publish
from flagstaff.flows.push_content import push_content
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account, Reach
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import ClauseId, MeasureKind
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.case_work import GENERAL, decide, job as open_job, number_of, post_in
from tests.desks import rows
from tests.doors.platform import Harborlane
from tests.doors.shop import Shop
from tests.houses import HARBORLANE, flag, person, seen, sent
from tests.notices import show_notices
from tests.people import ADDRESS, Browser, browser, hire

REMOVAL: list[tuple[str, int | None]] = [("remove_content", None), ("educate", None)]


@pytest_asyncio.fixture
async def moderator(harborlane: Harborlane) -> Account:
    """Give a moderator."""
    return await hire(harborlane.house, StaffRole.MODERATOR)


def with_console(house: House) -> House:
    """Return the house at the address that browsers of the console use."""
    return dataclasses.replace(house, settings=Settings(public_url=ADDRESS))


@pytest_asyncio.fixture
async def lead(harborlane: Harborlane) -> AsyncIterator[tuple[Account, Browser]]:
    """Give a community moderator of the board "general" at their browser."""
    account = await hire(harborlane.house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("board", "general")])
    async with browser(with_console(harborlane.house), account) as page:
        await page.get("/console/me")
        yield account, page


async def hidden_on(shop: Shop, business: StoppedClock) -> None:
    """Let what was decided take effect, and the host read what it asks for."""
    business.move(timedelta(days=2))
    house = shop.door.house
    await take_effect(house)
    while (await publish(house)).events:
        pass
    await catch_up(shop.house)


async def case_about(house: House, id_: str) -> dict[str, Any]:
    """Return the newest case about a subject, with where the subject stands."""
    found = await rows(
        house,
        "select c.number, c.state, c.surface, c.board, s.state as subject, s.cause "
        "from subjects.subject s left join cases.case c on c.subject = s.key where s.outside_id = $1 "
        "order by c.opened_at desc nulls last, c.key desc limit 1",
        id_,
    )
    return dict(found[0])


# -- the rules, and the button


async def test_every_member_reads_the_whole_guidelines_by_anchors_that_stay(harborlane: Harborlane) -> None:
    """Nobody needs to sign in; each rule stands once, under its own key, with its words."""
    page = await harborlane.client.get("/guidelines?platform=harborlane")
    live = harborlane.house.policy.guidelines(HARBORLANE)
    assert page.status_code == 200
    anchors = re.findall(r'<section class="rule" id="((?:cg|mt)-[^"]+)"', page.text)
    assert sorted(anchors) == sorted(clause.key.lower() for clause in live.clauses)
    text = page.text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    for clause in live.clauses:
        rule = text.split(f'id="{clause.key.lower()}"')[1].split("</section>")[0]
        assert clause.title.replace("{platform}", "Harborlane") in rule, clause.key
        assert clause.summary.replace("{platform}", "Harborlane") in rule, clause.key


async def test_every_post_and_reply_has_notify_moderator(shop: Shop) -> None:
    """Whatever stands in any thread, opening or reply: its reader finds exactly this button on it."""
    seen_posts = 0
    threads = shop.house.books.rows("select distinct thread from item where kind = 'community_post'")
    for row in threads:
        page = (await shop.ask("GET", f"/community/threads/{row['thread']}", "oskar")).text
        posts = re.findall(r'<article class="card post".*?</article>', page, re.DOTALL)
        others = [post for post in posts if "Delete<span" not in post]
        for post in others:
            label = re.search(r'label="([^"]+)"', post)
            without_script = re.search(
                r"<button class=\"small\">([^<]+)</button></form></flagstaff-flag>", post
            )
            assert label
            assert without_script
            assert (label[1], without_script[1]) == ("Notify Moderator", "Notify Moderator")
        seen_posts += len(others)
    live = len(shop.house.books.items("kind = 'community_post' and author <> 'oskar'"))
    assert seen_posts == live > 30


async def test_notify_moderator_opens_a_case_in_the_communitys_queue(
    shop: Shop, lead: tuple[Account, Browser]
) -> None:
    """For an opening post and for a reply: who looks after its board finds the case, people of other boards do not."""
    _, page = lead
    house = shop.door.house
    general = shop.house.books.items("kind = 'community_post' and board = 'general' and author <> 'priya'")
    opening = next(item for item in general if item.id == item.thread)
    reply = next(item for item in general if item.id != item.thread)
    elsewhere = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("board", "craft")])
    async with browser(with_console(house), elsewhere) as others:
        for item in (opening, reply):
            answer = await shop.flag_by_form("priya", "community_post", item.id, "community_post.disrespect")
            assert answer.status_code == 200, answer.text
            case = await case_about(house, item.id)
            assert (case["state"], case["surface"], case["board"]) == ("open", "community", "general")
            assert case["number"] in (await page.get("/console/queue?place=general")).text
            assert case["number"] not in (await others.get("/console/queue")).text


async def test_a_community_moderator_meets_nothing_of_the_marketplace(
    harborlane: Harborlane, job: str, lead: tuple[Account, Browser], business: StoppedClock
) -> None:
    """Jobs, messages and people outside their board are in no list, under no address and no number of theirs."""
    account, page = lead
    house = harborlane.house
    words = f"logo-words-{job}"
    shown = seen(id_=job, author="market-ann", words=words)
    await flag(house, sent("rita", shown))
    market = await number_of(house, job)
    decided = await open_job(house, f"{job}-decided", author="market-ann")
    await decide(house, await hire(house, StaffRole.MODERATOR), decided, "MT-6", *REMOVAL)
    business.move(timedelta(days=1))
    await take_effect(house)
    mine = await post_in(house, f"{job}-post", GENERAL, author="market-ann")
    lists = [
        "queue",
        "queue?surface=marketplace",
        "queue?show=decided",
        "decisions",
        "todos",
        f"cases/{mine}",
    ]
    for path in lists:
        answer = await page.get(f"/console/{path}")
        assert answer.status_code == 200, path
        for trace in (market, decided, words, f"{job}-decided"):
            assert trace not in answer.text, (path, trace)
    assert mine in (await page.get("/console/queue")).text
    for number in (market, decided):
        for below in ("", "/words"):
            assert (await page.get(f"/console/cases/{number}{below}")).status_code == 404
        assert (await page.post(f"/console/cases/{number}/claim")).status_code == 404
    for path in ("second", "appeals", "health", "log", "accounts", "platforms", "publications"):
        assert (await page.get(f"/console/{path}")).status_code == 403, path
    with pytest.raises(UnknownSubject):
        await open_case(house, account, Opening(shown.ref, "I saw it somewhere."))
    with pytest.raises(NoSuchCase):
        await decide(house, account, market, "MT-6", *REMOVAL)


async def test_who_writes_is_told_that_it_may_last(shop: Shop) -> None:
    """The sentence of the policy stands beside every box in which somebody writes for the Community."""
    said = shop.door.house.policy.guidelines(HARBORLANE).screens["composer_lasts"]
    boards = [f"/community/boards/{board}" for board in BOARDS if board != "groups"]
    groups = [item.path for item in shop.house.books.items("kind = 'community_group'")]
    threads = [
        item.path.partition("#")[0]
        for item in shop.house.books.items("kind = 'community_post' and id = thread")
    ]
    assert len(boards) + len(groups) + len(threads) > 20
    for path in (*boards, *groups, *threads):
        page = (await shop.ask("GET", path, "ines")).text
        box = re.search(r'<textarea id="text"[^>]*aria-describedby="(\w+)"', page)
        assert box, path
        told = re.search(rf'<p[^>]*id="{box[1]}"[^>]*>([^<]*)<', page)
        assert told, path
        assert told[1].startswith(said), path


# -- two ways to take away


async def test_what_its_author_deletes_is_marked_as_theirs(shop: Shop) -> None:
    """The host shows that its author took it away, and Flagstaff keeps the cause beside the case."""
    await shop.flag_by_form("priya", "community_post", "post-rant", "community_post.disrespect")
    await shop.ask("POST", "/items/community_post/post-rant/delete", "ivo")
    case = await case_about(shop.door.house, "post-rant")
    assert (case["subject"], case["cause"]) == ("deleted_by_author", "by_author")
    page = await shop.ask("GET", "/community/threads/post-rant", "priya")
    assert "This post was deleted by its author." in page.text
    assert "removed by Trust" not in page.text


async def test_what_the_platform_removes_is_marked_as_policy_and_can_come_back(
    shop: Shop, moderator: Account, business: StoppedClock
) -> None:
    """Removed by a decision, with the cause kept; a reversal shows it again and keeps no cause."""
    house, id_ = shop.door.house, "post-politics"
    await shop.flag_by_form("priya", "community_post", id_, "community_post.disrespect")
    case = (await case_about(house, id_))["number"]
    await decide(house, moderator, case, "CG-6a", ("remove_content", None), ("warning", None))
    await hidden_on(shop, business)
    about = await case_about(house, id_)
    assert (about["subject"], about["cause"]) == ("removed", "by_policy")
    page = await shop.ask("GET", f"/community/threads/{id_}", "priya")
    assert "This post was removed by Trust &amp; Safety." in page.text
    await reverse_decision(house, moderator, Reversal(case, "It was about work after all."))
    await hidden_on(shop, business)
    about = await case_about(house, id_)
    assert (about["subject"], about["cause"]) == ("standing", None)
    page = await shop.ask("GET", f"/community/threads/{id_}", "priya")
    assert "removed by Trust" not in page.text


async def test_one_step_removes_a_post_and_its_author_is_told(
    shop: Shop, moderator: Account, business: StoppedClock
) -> None:
    """One form sent from the case page: at the next window the post is gone and its author has the reasons."""
    house, id_ = shop.door.house, "post-ad"
    author = shop.house.books.item("community_post", id_)
    assert author
    await shop.flag_by_form("priya", "community_post", id_, "community_post.disrespect")
    case = (await case_about(house, id_))["number"]
    async with browser(with_console(house), moderator) as page:
        await page.get("/console/me")
        assert (await page.post(f"/console/cases/{case}/claim")).status_code == 303
        one = await page.post(
            f"/console/cases/{case}/decide",
            verdict="violation",
            clause="CG-6a",
            proposed_for="CG-6a",
            measure=["remove_content", "warning"],
            reason="It puts others down.",
        )
        assert one.status_code == 303, one.text
    before = (await shop.ask("GET", f"/community/threads/{id_}", "priya")).text
    assert "removed by Trust" not in before
    await hidden_on(shop, business)
    assert (
        "removed by Trust &amp; Safety" in (await shop.ask("GET", f"/community/threads/{id_}", "priya")).text
    )
    told = await show_notices(house, person(author.author))
    assert [one.kind for one in told] == ["statement_of_reasons"]
    assert "Removed" in told[0].text


# -- at any time


async def _nobody_flagged_it(house: House, by: Account, shown: Seen, _: StoppedClock) -> str:
    await push_content(house, [shown])
    return await open_case(house, by, Opening(shown.ref, "Seen while looking at another one."))


async def _flagged(house: House, _: Account, shown: Seen, __: StoppedClock) -> str:
    await flag(house, sent("rita", shown))
    return await number_of(house, shown.ref.id)


async def _edited_since(house: House, by: Account, shown: Seen, clock: StoppedClock) -> str:
    case = await _flagged(house, by, shown, clock)
    edited = seen(id_=shown.ref.id, author=shown.author, words="Other words, the same samples.")
    await follow_content(house, [ContentEvent(ContentEventKind.EDITED, edited)])
    return case


async def _left_up_before(house: House, by: Account, shown: Seen, clock: StoppedClock) -> str:
    case = await _flagged(house, by, shown, clock)
    await decide(house, by, case, "", verdict=Verdict.NO_VIOLATION)
    clock.move(timedelta(days=2))
    await take_effect(house)
    return await open_case(house, by, Opening(shown.ref, "It was overlooked the first time."))


async def _restored_by_its_author(house: House, by: Account, shown: Seen, clock: StoppedClock) -> str:
    case = await _flagged(house, by, shown, clock)
    for kind in (ContentEventKind.DELETED_BY_AUTHOR, ContentEventKind.RESTORED):
        await follow_content(house, [ContentEvent(kind, shown)])
    return case


async def _removed_and_reversed(house: House, by: Account, shown: Seen, clock: StoppedClock) -> str:
    case = await _flagged(house, by, shown, clock)
    await decide(house, by, case, "MT-6", *REMOVAL)
    clock.move(timedelta(days=2))
    await take_effect(house)
    await reverse_decision(house, by, Reversal(case, "The samples were paid, it seemed."))
    clock.move(timedelta(minutes=1))
    return await open_case(house, by, Opening(shown.ref, "They were not paid after all."))


async def _appealed_by_its_reporter(house: House, by: Account, shown: Seen, clock: StoppedClock) -> str:
    (receipt,) = await flag(house, sent("rita", shown))
    case = await number_of(house, shown.ref.id)
    await decide(house, by, case, "", verdict=Verdict.NO_VIOLATION)
    clock.move(timedelta(days=2))
    await take_effect(house)
    await receive_appeal(house, Asked(str(receipt.number), "Please look at it again.", person("rita")))
    return await open_case(house, by, Opening(shown.ref, "Somebody asked for a second look."))


@pytest.mark.parametrize(
    "standing",
    [
        _nobody_flagged_it,
        _flagged,
        _edited_since,
        _left_up_before,
        _restored_by_its_author,
        _removed_and_reversed,
        _appealed_by_its_reporter,
    ],
)
async def test_what_breaks_a_rule_can_be_removed_at_any_time(
    harborlane: Harborlane, job: str, moderator: Account, business: StoppedClock, standing: Any
) -> None:
    """Wherever it stands: never without a rule and a reason, always told to its author, and always reversible."""
    house, author = harborlane.house, f"at-any-time-{job}"
    shown = seen(id_=job, author=author)
    case = await standing(house, moderator, shown, business)
    await _refuse_incomplete(house, moderator, case)
    await decide(house, moderator, case, "MT-6", *REMOVAL, claim=False)
    business.move(timedelta(days=2))
    await take_effect(house)
    about = await case_about(house, job)
    assert (about["number"], about["subject"], about["cause"]) == (case, "removed", "by_policy")
    statement = (await show_notices(house, person(author)))[0]
    assert statement.kind == "statement_of_reasons"
    assert "No free work" in statement.text
    (kept,) = await rows(
        house,
        "select d.clauses, d.reason from decisions.decision d join cases.case c on c.key = d.case "
        "where c.number = $1 and d.state = 'effective'",
        case,
    )
    assert "MT-6" in str(kept["clauses"])
    assert kept["reason"] == "It breaks this rule, plainly."
    await reverse_decision(house, moderator, Reversal(case, "It was no free work."))
    assert (await case_about(house, job))["subject"] == "standing"


async def _refuse_incomplete(house: House, by: Account, case: str) -> None:
    """Claim a case and try to remove without a rule, and without a reason."""
    await claim_case(house, by, case)
    measures = tuple(Chosen(MeasureKind(kind)) for kind, _ in REMOVAL)
    usual: dict[str, Any] = {"case": case, "verdict": Verdict.VIOLATION, "measures": measures}
    for lacking in ({"reason": "It has to go."}, {"reason": " ", "clauses": (ClauseId("MT-6"),)}):
        with pytest.raises(DecisionIncomplete):
            await decide_case(house, by, Judgement(**(usual | lacking)))
