"""The page of one's own flags: where each stands, what was told of it, and what can be done, without a script."""

import dataclasses
import re
from datetime import timedelta

import pytest
import pytest_asyncio

from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.end_questions import end_questions
from flagstaff.flows.house import House
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
from flagstaff.menus.drafts import Add
from flagstaff.menus.model import Wording
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.desks import rows
from tests.doors.platform import Harborlane, open_harborlane
from tests.flows.desks import decided
from tests.flows.test_menu_drafts import published
from tests.people import hire

ADD = Add(
    kind="review",
    reason="upfront_fee",
    words={
        "en": Wording(label="Asks for money", help="Any kind of fee."),
        "es": Wording(label="Pide dinero", help="Cualquier pago."),
    },
    split_from="review.something_else",
)


@pytest_asyncio.fixture
async def mia(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR, login="mia")


async def look(platform: Harborlane, who: str = "rita", **form: str) -> tuple[int, str]:
    answer = await platform.client.post("/my-flags", data={"token": platform.token(who)} | form)
    return answer.status_code, answer.text


async def case_of(house: House, number: str) -> str:
    (found,) = await rows(
        house,
        'select c.number from cases.case c join flags.flag f on f."case" = c.key where f.number = $1',
        number,
    )
    return str(found["number"])


async def test_the_page_shows_only_ones_own_flags_and_opens_from_the_platform(platform: Harborlane) -> None:
    mine = (await platform.flag("job-1", "rita"))["number"]
    theirs = (await platform.flag("job-1", "tom"))["number"]
    status, page = await look(platform)
    assert (status, mine in page, theirs in page) == (200, True, False)
    assert "We have your flag." in page
    assert "Expected: 1 day (our target)." in page
    assert "<script" not in page
    nobody = await platform.client.get("/my-flags?platform=harborlane")
    assert "Open this page from Harborlane" in nobody.text
    assert nobody.headers["cache-control"] == "no-store"


async def test_a_flag_is_taken_back_once_and_again(platform: Harborlane) -> None:
    number = (await platform.flag("job-1", "rita"))["number"]
    for _ in range(2):
        status, page = await look(platform, do="withdraw", number=number)
        assert status == 200
        assert "You took it back." in page
        assert 'value="withdraw"' not in page


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"do": "withdraw", "number": "F-0000-0000-0000"}, 404, "no flag of this number"),
        ({"do": "withdraw", "number": "nonsense"}, 404, "no number of a flag"),
        ({"do": "answer", "text": "It was Tuesday."}, 409, "No question about this flag is open"),
        ({"do": "answer", "text": "  "}, 400, "There is no answer"),
        ({"do": "appeal", "text": "Look again."}, 404, "nothing here to appeal"),
        ({"do": "erase"}, 400, "cannot do that"),
        ({"token": "forged"}, 401, "Open this page from Harborlane"),
    ],
)
async def test_what_cannot_be_done_is_said_on_the_page(
    platform: Harborlane, form: dict[str, str], status: int, words: str
) -> None:
    number = (await platform.flag("job-1", "rita"))["number"]
    got, page = await look(platform, **({"number": number} | form))
    assert (got, words.lower() in page.lower()) == (status, True), page


async def test_a_question_is_answered_on_the_page(platform: Harborlane, house: House, mia: Account) -> None:
    number = (await platform.flag("job-1", "rita"))["number"]
    case = await case_of(house, number)
    await claim_case(house, mia, case)
    await ask_reporter(house, mia, Question(case, "Which day was it?", number))
    _, page = await look(platform)
    assert "We have a question for you." in page
    assert "Which day was it?" in page
    (mine,) = (await platform.client.get("/v1/my/flags", headers=platform.as_person())).json()["items"]
    assert mine["answer_by"]
    answered = await platform.client.post(
        mine["answer_url"], json={"text": "x"}, headers=platform.as_person("tom")
    )
    assert answered.status_code == 404
    status, page = await look(platform, do="answer", number=number, text="On Tuesday.")
    assert (status, "We have your answer" in page, 'value="answer"' in page) == (200, True, False)


async def test_a_question_ends_after_seven_days_and_the_reporter_is_told_whatever_the_case_did(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    """Row 25: nobody waits for ever. One case stands still, the other is taken up again: both read alike."""
    numbers = {who: (await platform.flag(f"job-{who}", who))["number"] for who in ("rita", "sam")}
    for number in numbers.values():
        case = await case_of(house, number)
        await claim_case(house, mia, case)
        await ask_reporter(house, mia, Question(case, "Which day was it?", number))
    business.move(timedelta(days=2))
    await claim_case(house, mia, await case_of(house, numbers["sam"]))
    assert await end_questions(house) == 0
    for moved in (timedelta(0), timedelta(days=5) - timedelta(seconds=1), timedelta(seconds=1)):
        business.move(moved)
        pages = [(await look(platform, who))[1] for who in numbers]
        assert _told(pages[0]) == _told(pages[1])
    assert await end_questions(house) == 2
    assert await end_questions(house) == 0
    pages = [(await look(platform, who))[1] for who in numbers]
    assert _told(pages[0]) == _told(pages[1])
    assert "is over. We decide on what we have" in pages[0]
    assert 'value="answer"' not in pages[0]


def _told(page: str) -> str:
    return re.sub(r"F-[\w-]+|value=\"[^\"]*\"", "", page)


async def test_an_outcome_is_told_in_words_and_can_be_appealed(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    number = (await platform.flag("job-1", "rita"))["number"]
    await decided(house, mia, await case_of(house, number), verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(days=2))
    await take_effect(house)
    _, page = await look(platform)
    assert "We looked and found no rule broken." in page
    assert "An honest mistake costs you nothing." in page
    status, page = await look(platform, do="appeal", number=number, text="Look at the second line.")
    assert (status, "We have your appeal" in page) == (200, True)


async def test_what_was_acted_on_offers_its_reporter_no_second_look(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    number = (await platform.flag("job-1", "rita"))["number"]
    await decided(house, mia, await case_of(house, number))
    business.move(timedelta(days=2))
    await take_effect(house)
    _, page = await look(platform)
    assert number in page
    assert 'value="appeal"' not in page


@pytest.mark.parametrize("true", [True, False])
async def test_who_flagged_it_under_other_is_told_that_it_helped_to_add_an_option(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock, true: bool
) -> None:
    """It is true where the option takes over a part of Other and stands for the rule that this flag led to."""
    about = {
        "kind": "review",
        "id": "r-1",
        "author": "ann",
        "text": "Pay me for a good review.",
        "audience": "20+",
    }
    number = (
        await platform.flag(
            "", "rita", subject=about, option="review.something_else", details="Wants a fee for it."
        )
    )["number"]
    await decided(house, mia, await case_of(house, number), clauses=["MT-3" if true else "CG-5c"])
    business.move(timedelta(days=2))
    await take_effect(house)
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    quin = await hire(house, StaffRole.POLICY_MANAGER, login="quin")
    await published(house, pia, quin, ADD)
    (mine,) = (await platform.client.get("/v1/my/flags", headers=platform.as_person())).json()["items"]
    assert mine["status"] == "acted"
    expected = {
        "option": "review.upfront_fee",
        "label": "Asks for money",
        "version": 4,
        "text": "Your flag helped add a new option: “Asks for money”.",
    }
    assert mine["helped"] == (expected if true else None)
    _, page = await look(platform)
    assert ("Your flag helped add a new option" in page) is true


async def test_tips_of_a_version_stand_in_dialog_receipt_page_and_help(
    platform: Harborlane, house: House
) -> None:
    """Row 20: tips are content of a menu version, published with it and the same everywhere."""
    tips = (await platform.client.get("/v1/menus/job_post?platform=harborlane")).json()["tips"]
    assert tips == dict(house.policy.menus("harborlane").texts.tips)
    assert (await platform.flag("job-1"))["tips"] == tips
    _, page = await look(platform)
    article = (await platform.client.get("/help/flags?platform=harborlane")).text
    for tip in tips.values():
        for shown in (page, article):
            assert tip.replace('"', "&#34;").replace("'", "&#39;") in shown


async def test_reactions_to_release_notes_have_a_bound(house: House) -> None:
    """A script that answers for a thousand readers is stopped before it spoils the count."""
    host = await open_harborlane(dataclasses.replace(house, settings=Settings(reactions_per_minute=3)))
    async with host.client:
        said = [
            await host.client.post("/help/flags/changes/3?platform=harborlane", data={"clear": "yes"})
            for _ in range(5)
        ]
    await host.door.close()
    assert [one.status_code for one in said] == [303, 303, 303, 429, 429]
    assert said[-1].headers["retry-after"]
    assert await rows(house, "select sum(count)::integer as n from menus.reaction") == [{"n": 3}]
