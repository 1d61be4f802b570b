"""Case work through the pages: who sees what, and decide, undo, second person, appeal, step by step."""

import dataclasses
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
import pytest_asyncio

from flagstaff.decisions.model import Chosen
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.house import House
from flagstaff.flows.push_content import push_content
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account, LinkedPerson, Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import MeasureKind, Platform
from flagstaff.vocabulary.roles import StaffRole
from tests.case_work import ESPANOL, GENERAL, decide, job, number_of, open_on, post_in
from tests.flows.desks import decided
from tests.houses import HARBORLANE, build_house, person, seen
from tests.people import ADDRESS, Browser, browser, hire

CANARY = "zz-canary-rita"
RAW = "call me on 0170 555 01 23, signed canary-in-words"
MT6: dict[str, str | list[str]] = {
    "clause": "MT-6",
    "proposed_for": "MT-6",
    "measure": ["remove_content", "educate"],
}


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    house = await build_house(database, ids, clocks)
    return dataclasses.replace(house, settings=Settings(public_url=ADDRESS))


@pytest_asyncio.fixture
async def moderator(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR)


@pytest_asyncio.fixture
async def page(house: House, moderator: Account) -> AsyncIterator[Browser]:
    async with browser(house, moderator) as opened:
        await opened.get("/console/me")
        yield opened


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W+", "-", request.node.name)[:80]


async def linked(house: House, account: Account, name: str) -> Account:
    """Link an account to a person of Harborlane."""
    ref = person(name)
    link = LinkedPerson(Platform(HARBORLANE), house.sealer.person_hash(ref), house.sealer.staff_hash(ref))
    async with house.database.transaction(Role.CONSOLE) as connection:
        await staff.set_link(connection, account.key, link)
    return msgspec.structs.replace(account, linked=link)


async def test_decide_undo_and_decide_again(page: Browser, house: House, subject: str) -> None:
    case = f"/console/cases/{await job(house, subject)}"
    assert "Take it" in (await page.get(case)).text
    assert (await page.post(f"{case}/claim")).status_code == 303
    assert "Which rule leads" in (await page.get(case)).text
    decided = await page.post(f"{case}/decide", verdict="violation", reason="It asks for samples.", **MT6)
    assert decided.status_code == 303
    shown = (await page.get(case)).text
    assert "Nothing leaves the house before" in shown
    assert "Undo" in shown
    assert (await page.post(f"{case}/undo")).status_code == 303
    assert "Which rule leads" in (await page.get(case)).text
    again = await page.post(f"{case}/decide", verdict="no_violation", reason="It is paid after all.")
    assert again.status_code == 303
    assert "No rule is broken" in (await page.get(case)).text


async def test_an_incomplete_decision_comes_back_with_everything_typed(
    page: Browser, house: House, subject: str
) -> None:
    case = f"/console/cases/{await job(house, subject)}"
    await page.post(f"{case}/claim")
    back = await page.post(
        f"{case}/decide",
        verdict="violation",
        clause="MT-6",
        proposed_for="MT-6",
        measure=["warning"],
        reason="My words.",
    )
    assert back.status_code == 422
    assert "leaves the ladder" in back.text.lower()
    assert "My words." in back.text
    nothing = await page.post(f"{case}/decide", reason="x")
    assert nothing.status_code == 422


async def test_without_script_another_rule_brings_its_own_proposal(
    page: Browser, house: House, subject: str
) -> None:
    """The boxes still hold what the first rule proposed; nobody is told that this leaves the ladder."""
    case = f"/console/cases/{await job(house, subject, 'rita', option='job_post.looks_like_scam')}"
    await page.post(f"{case}/claim")
    first = (await page.get(case)).text
    before = re.findall(r'name="measure" value="(\w+)" checked', first)
    proposed_for = re.search(r'name="proposed_for" value="([^"]*)"', first)
    assert proposed_for
    days = {
        f"days_{kind}": value for kind, value in re.findall(r'name="days_(\w+)" [^>]*value="(\d*)"', first)
    }
    answer = await page.post(
        f"{case}/decide",
        verdict="violation",
        other="MT-6 · No free work",
        proposed_for=proposed_for[1],
        measure=before,
        reason="",
        **days,
    )
    assert answer.status_code == 303, answer.text


async def test_a_preview_is_the_notice_without_a_word_of_a_reporter(
    page: Browser, house: House, subject: str
) -> None:
    case = f"/console/cases/{await job(house, subject, CANARY)}"
    await page.post(f"{case}/claim")
    shown = await page.post(
        f"{case}/preview", verdict="violation", reason="x", facts="It asks for three logos.", **MT6
    )
    assert shown.status_code == 200
    assert "It asks for three logos." in shown.text
    assert "statement" not in shown.url.path
    assert CANARY not in shown.text


async def test_a_second_person_confirms_what_nobody_orders_alone(
    page: Browser, house: House, subject: str, moderator: Account
) -> None:
    case = await job(house, subject, option="job_post.illegal_or_unethical")
    await page.post(f"/console/cases/{case}/claim")
    text = (await page.get(f"/console/cases/{case}")).text
    clause = re.search(r'name="clause" value="([^"]+)"', text)
    assert clause
    asked = await page.post(
        f"/console/cases/{case}/decide",
        verdict="violation",
        clause=clause[1],
        proposed_for=clause[1],
        measure=["remove_content", "suspend_site"],
        days_suspend_site="30",
        code="danger_now",
        why="Somebody loses money every hour that it stands.",
        reason="A known swindle.",
    )
    assert asked.status_code == 303, asked.text
    assert "A second person is asked" in (await page.get(f"/console/cases/{case}")).text
    async with browser(house, await hire(house, StaffRole.MODERATOR)) as second:
        assert case in (await second.get("/console/second")).text
        assert "You are asked as second person" in (await second.get(f"/console/cases/{case}")).text
        unsaid = await second.post(f"/console/cases/{case}/second", answer="refuse", reason="")
        assert unsaid.status_code == 400
        answered = await second.post(
            f"/console/cases/{case}/second", answer="refuse", reason="Not proven yet."
        )
        assert answered.status_code == 303
    assert "Not proven yet." in (await page.get(f"/console/cases/{case}")).text


async def test_a_decision_in_effect_is_reversed_with_a_reason(
    page: Browser, house: House, subject: str, moderator: Account, business: StoppedClock
) -> None:
    case = await job(house, subject)
    await decide(house, moderator, case, "MT-6", ("remove_content", None), ("educate", None))
    business.move(timedelta(hours=2))
    await take_effect(house)
    assert "Reverse the decision" in (await page.get(f"/console/cases/{case}")).text
    assert (
        await page.post(f"/console/cases/{case}/reverse", reason="It was a paid test.")
    ).status_code == 303
    assert "Reversed" in (await page.get("/console/decisions")).text


async def test_what_an_author_mended_returns_after_a_look(
    page: Browser, house: House, subject: str, moderator: Account, business: StoppedClock
) -> None:
    case = await job(house, subject)
    await decided(house, moderator, case, measures=[Chosen(MeasureKind("request_edit"))])
    business.move(timedelta(hours=2))
    await take_effect(house)
    mended = seen(id_=subject, author="ann", words="Logo wanted, the samples are paid.")
    await follow_content(house, [ContentEvent(ContentEventKind.EDITED, mended)])
    form = re.search(r'name="measure" value="([^"]+)"', (await page.get(f"/console/cases/{case}")).text)
    assert form is not None
    returned = await page.post(
        f"/console/cases/{case}/mend", measure=form[1], reason="The samples are paid now."
    )
    assert returned.status_code == 303, returned.text
    assert 'name="measure"' not in (await page.get(f"/console/cases/{case}")).text


async def test_a_case_is_parked_released_and_held(page: Browser, house: House, subject: str) -> None:
    case = f"/console/cases/{await job(house, subject)}"
    await page.post(f"{case}/claim")
    held = await page.post(f"{case}/hold", clause="MT-6", reason="People answer it right now.")
    assert held.status_code == 303, held.text
    assert "Held: only its author and staff see it" in (await page.get(case)).text
    assert (await page.post(f"{case}/lift", reason="It was mended.")).status_code == 303
    parked = await page.post(f"{case}/park", until="2026-03-05", why="The client answers on Thursday.")
    assert parked.status_code == 303
    assert "The client answers on Thursday." in (await page.get(case)).text
    assert (await page.post(f"{case}/claim")).status_code == 303
    assert (await page.post(f"{case}/ask", whom="1", question="Where did you see it?")).status_code == 303
    assert "Asked" in (await page.get(case)).text


async def test_staff_open_a_case_on_what_nobody_flagged(page: Browser, house: House, subject: str) -> None:
    await push_content(house, [seen(id_=subject)])
    fields = {"platform": HARBORLANE, "kind": "job_post", "id": subject, "clause": "MT-6"}
    opened = await page.post("/console/cases", reason="Seen while looking at another one.", **fields)
    assert opened.status_code == 303, opened.text
    assert opened.headers["location"].endswith(await number_of(house, subject))
    again = await page.post("/console/cases", reason="Once more.", **fields)
    assert again.headers["location"] == opened.headers["location"]
    unknown = await page.post("/console/cases", reason="?", **{**fields, "id": "nowhere"})
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "deed", ["", "/words", "/claim", "/release", "/park", "/decide", "/undo", "/hold", "/ask"]
)
async def test_cases_of_other_places_do_not_exist_for_a_community_moderator(
    house: House, subject: str, deed: str
) -> None:
    helper = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("group", "espanol")])
    mine, others = (
        await post_in(house, f"{subject}-1", ESPANOL),
        await post_in(house, f"{subject}-2", GENERAL),
    )
    async with browser(house, helper) as page:
        assert (await page.get(f"/console/cases/{mine}")).status_code == 200
        send = page.get if deed in {"", "/words"} else page.post
        typed = {"until": "2026-03-05", "why": "x", "verdict": "no_violation", "reason": "x"}
        fields = typed if send == page.post else {}
        answer = await send(f"/console/cases/{others}{deed}", **fields)
        nowhere = await send(f"/console/cases/C-NONE-NONE-NONE{deed}", **fields)
    assert answer.status_code == nowhere.status_code == 404
    assert re.sub(r'value="\w+"|content="\w+"', "", answer.text) == re.sub(
        r'value="\w+"|content="\w+"', "", nowhere.text
    ).replace("C-NONE-NONE-NONE", others)


@pytest.mark.parametrize("side", ["author", "reporter"])
async def test_the_case_of_ones_own_person_does_not_exist(house: House, subject: str, side: str) -> None:
    name = f"own-{subject}"
    case = await job(
        house, subject, *([name] if side == "reporter" else []), author=name if side == "author" else "ann"
    )
    account = await linked(house, await hire(house, StaffRole.MODERATOR), name)
    async with browser(house, account) as page:
        assert (await page.get("/console/queue")).status_code == 200
        for path in ("", "/words"):
            assert (await page.get(f"/console/cases/{case}{path}")).status_code == 404
        assert (await page.post(f"/console/cases/{case}/claim")).status_code == 404


async def test_no_page_names_a_reporter_and_words_are_redacted(
    house: House, subject: str, moderator: Account
) -> None:
    case = await open_on(house, seen(id_=subject), (CANARY, "job_post.something_else", RAW))
    await redact_words(house)
    everyone = await hire(house, *StaffRole, places=[Reach("board", "help")])
    async with browser(house, everyone) as page:
        await page.get("/console/me")
        await page.post(f"/console/cases/{case}/claim")
        listed = [
            "queue",
            "queue?show=claimed",
            f"cases/{case}",
            "decisions",
            "second",
            "appeals",
            "log",
            "health",
        ]
        for path in listed:
            text = (await page.get(f"/console/{path}")).text
            assert CANARY not in text, path
            assert "canary-in-words" not in text, path
        words = (await page.get(f"/console/cases/{case}/words")).text
        assert "Reporter A" in words
        assert "0170 555" not in words
        unsaid = await page.post(f"/console/cases/{case}/words", reason="")
        assert "0170 555" not in unsaid.text
        raw = await page.post(f"/console/cases/{case}/words", reason="The number decides whether it is bait.")
        assert "0170 555 01 23" in raw.text
        assert "words.revealed" in (await page.get("/console/log?deed=words.")).text


async def test_words_are_for_whoever_holds_the_case(page: Browser, house: House, subject: str) -> None:
    case = f"/console/cases/{await job(house, subject)}"
    assert (await page.get(f"{case}/words")).status_code == 403
    await page.post(f"{case}/claim")
    assert (await page.get(f"{case}/words")).status_code == 200


async def test_the_next_case_is_taken_from_the_top(page: Browser, house: House, subject: str) -> None:
    await job(house, subject, "rita", "sam", option="job_post.off_platform_payment")
    taken = await page.post("/console/next")
    assert taken.status_code == 303
    assert "/console/cases/C-" in taken.headers["location"]
    assert "Which rule leads" in (await page.get(taken.headers["location"])).text


async def test_an_appeal_is_answered_by_somebody_else(
    page: Browser, house: House, subject: str, moderator: Account, business: StoppedClock
) -> None:
    author = f"author-{subject}"
    case = await job(house, subject, author=author)
    ruled = await decide(house, moderator, case, "MT-6", ("remove_content", None), ("educate", None))
    business.move(timedelta(hours=2))
    await take_effect(house)
    taken = await receive_appeal(house, Asked(ruled.decision, "The samples were paid for.", person(author)))
    here = f"/console/appeals/{taken.appeal}"
    assert "You took part in the first decision." in (await page.get(here)).text
    assert (await page.post(f"{here}/claim")).status_code == 403
    async with browser(house, await hire(house, StaffRole.MODERATOR)) as other:
        assert taken.appeal in (await other.get("/console/appeals")).text
        assert (await other.post(f"{here}/claim")).status_code == 303
        assert "They are right" in (await other.get(here)).text
        answered = await other.post(
            f"{here}/answer", answer="uphold", reason="The contract shows the payment."
        )
        assert answered.status_code == 303
        assert "The appellant was right" in (await other.get(here)).text
        assert (await other.post(f"{here}/undo")).status_code == 303
        assert "They are right" in (await other.get(here)).text
