"""Suggestions and letters are answered in the console, without script; what waits past its day stands on every page."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.suggest_option import Suggested, take_suggestion
from flagstaff.flows.write_letter import begin_thread
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import rows
from tests.houses import HARBORLANE, person
from tests.people import Browser, browser, hire

ACCEPT: dict[str, str | list[str]] = {
    "do": "add", "kind": "job_post", "label_en": "Asks for a password", "help_en": "Wants to sign in as you.",
    "label_es": "", "help_es": "", "new_reason": "asks_for_password", "like": "free_work", "severity": "2",
    "clauses": ["MT-6"], "place": "more:", "draft": "", "title": "What people suggest",
    "reason_said": "Many of you asked for it.",
}  # fmt: skip
WHY = {"reason_said": "The rules have no clause for it."}


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def hers(house: House, pia: Account) -> AsyncIterator[Browser]:
    async with browser(house, pia) as page:
        await page.get("/console/me")
        yield page


async def suggested(house: House, label: str, *people: str) -> str:
    """Let people suggest an option, and return the path of its page."""
    for one in people:
        async with house.database.transaction(Role.INTAKE) as connection:
            await take_suggestion(
                house, connection, Suggested(person(one), "job_post", label, "He <b>asked</b>.")
            )
    while await redact_words(house):
        pass
    newest = await rows(house, "select number from menus.suggestion_group order by key desc limit 1")
    return f"/console/suggestions/{newest[0]['number']}"


async def written(house: House, text: str = "Why may this group lift a rule?") -> str:
    """Let somebody write to the team, and return the path of the thread."""
    async with house.database.transaction(Role.INTAKE) as connection:
        posted = await begin_thread(house, connection, HARBORLANE, person("rita"), text)
    while await redact_words(house):
        pass
    return f"/console/contact/{posted.number}"


async def test_the_list_shows_what_waits_and_the_page_what_each_said(house: House, hers: Browser) -> None:
    path = await suggested(house, "Asks for my password", "rita", "tom")
    await suggested(house, "<script>alert(1)</script> late pay", "ann")
    listed = (await hers.get("/console/suggestions")).text
    assert "Asks for my password" in listed
    assert "<script>alert" not in listed
    page = (await hers.get(path)).text
    assert page.count("Asks for my password") == 2
    assert "The same words" in page
    assert "fewer than 5" in page
    assert "He &lt;b&gt;asked&lt;/b&gt;." in page
    assert "rita" not in page


async def test_accepting_leads_to_a_draft_that_leads_back(house: House, hers: Browser) -> None:
    path = await suggested(house, "Asks for my password", "rita")
    answer = await hers.post(f"{path}/accept", **ACCEPT)
    assert answer.status_code == 303, answer.text
    draft = answer.headers["location"]
    page = (await hers.get(draft)).text
    assert "What people suggest" in page
    assert f'href="{path}"' in page
    ended = (await hers.get(path)).text
    assert f'href="{draft}"' in ended
    assert "Many of you asked for it." in ended
    assert "Accepted" in (await hers.get("/console/suggestions")).text


async def test_the_other_answers_and_what_they_refuse(house: House, hers: Browser) -> None:
    login = await suggested(house, "Wants my login", "tom")
    password = await suggested(house, "Asks for my password", "rita")
    late = await suggested(house, "Payment is late", "ann")
    short = await hers.post(f"{late}/decline", reason_said="no")
    assert (short.status_code, "10 to 1000 characters" in short.text) == (422, True)
    assert (await hers.post(f"{late}/accept", **(ACCEPT | {"do": "remove"}))).status_code == 422
    assert (await hers.post(f"{late}/accept", **(ACCEPT | {"draft": "nonsense"}))).status_code == 422
    into = password.rpartition("/")[2]
    assert (await hers.post(f"{login}/join", into=into, **WHY)).headers["location"] == password
    both = (await hers.get(password)).text
    assert "Joined by hand" in both
    second = re.findall(r'name="suggestion" value="([^"]+)"', both)[-1]
    apart = await hers.post(f"{password}/apart", suggestion=second)
    assert apart.headers["location"] not in {password, login}
    assert (await hers.post(f"{late}/decline", **WHY)).status_code == 303
    again = await hers.post(f"{late}/decline", **WHY)
    assert (again.status_code, "declined before" in again.text) == (409, True)
    merged = await hers.post(f"{password}/merge", option="job_post.free_work", **WHY)
    assert merged.status_code == 303
    assert (await hers.get("/console/suggestions/G-0000-0000-0000")).status_code == 404


async def test_a_thread_is_read_and_answered(house: House) -> None:
    path = await written(house, "Why may this group lift a rule? I am <i>Rita</i>, rita@example.org")
    async with browser(house, await hire(house, StaffRole.MODERATOR, login="mia")) as page:
        assert path in (await page.get("/console/contact")).text
        shown = (await page.get(path)).text
        assert "[e-mail]" in shown
        assert "<i>" not in shown
        found = re.search(r'name="seen" value="([^"]+)"', shown)
        assert found
        seen = found[1]
        short = await page.post(path, seen=seen, do="answer", text="ok")
        assert short.status_code == 422
        assert (
            await page.post(path, seen="yesterday", do="answer", text="It says until when.")
        ).status_code == 422
        assert (await page.post(path, seen=seen, do="answer", text="It says until when.")).status_code == 303
        gone = await page.post(path, seen=quote(seen), do="close")
        assert gone.status_code in {409, 422}
        assert "It says until when." in (await page.get(path)).text
        assert (await page.get("/console/contact/T-0000-0000-0000")).status_code == 404


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (StaffRole.POLICY_MANAGER, ["1 suggestion waits past"]),
        (StaffRole.MODERATOR, ["1 letter waits past"]),
        (StaffRole.AUDITOR, []),
    ],
)
async def test_what_waits_past_its_day_stands_on_every_page_of_those_who_may_answer(
    house: House, business: StoppedClock, role: StaffRole, told: list[str]
) -> None:
    await suggested(house, "Asks for my password", "rita")
    await written(house)
    async with browser(house, await hire(house, role)) as page:
        assert "waits past" not in (await page.get("/console/me")).text
        business.move(timedelta(days=house.settings.suggestion_days + 1))
        text = (await page.get("/console/me")).text
        assert [one for one in ("1 suggestion waits past", "1 letter waits past") if one in text] == told


async def test_the_owner_of_the_live_menus_is_told_by_name(
    house: House, hers: Browser, pia: Account, business: StoppedClock
) -> None:
    path = await suggested(house, "Asks for my password", "rita")
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "insert into menus.ownership (platform, version, account, handed_by, at)"
            " select platform, max(number), $1, $1, $2 from menus.version group by platform",
            *(pia.key, house.now),
        )
    business.move(timedelta(days=house.settings.suggestion_days + 1))
    assert "You answer for these menus." in (await hers.get("/console/menus")).text
    page = (await hers.get(path)).text
    assert ">Pia<" in page
    assert "Late" in page
