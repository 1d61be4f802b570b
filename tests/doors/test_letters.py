"""Whoever has a concern that is no flag writes to the team; the thread is kept, answered, and nobody waits unseen."""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from flagstaff.contact.rules import BadLetter, ThreadMoved
from flagstaff.flows.alert_owners import alert_owners
from flagstaff.flows.answer_letter import answer_letter, close_thread
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.read_letters import ReadThread, read_letters
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.replay_erasures import replay_erasures
from flagstaff.flows.write_letter import NoSuchThread
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.platforms import storage as platforms
from flagstaff.platforms.model import LinkName
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import account, linked, rows
from tests.doors.platform import Harborlane
from tests.houses import HARBORLANE, person
from tests.people import hire

LETTER = {"text": "Why can a group lift the rule about links? Mail me at rita@example.org"}
READ = "Why can a group lift the rule about links? Mail me at [e-mail]"
ANSWER = "Because its members asked for it; the rule says until when."


@pytest_asyncio.fixture
async def mia(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR, login="mia")


async def write(platform: Harborlane, who: str = "rita", path: str = "/v1/contact") -> dict[str, str]:
    answer = await platform.client.post(path, json=LETTER, headers=platform.as_person(who))
    assert answer.status_code == 202, answer.text
    taken: dict[str, str] = answer.json()
    return taken


async def mine(platform: Harborlane, who: str = "rita") -> list[dict[str, object]]:
    answer = await platform.client.get("/v1/my/contact", headers=platform.as_person(who))
    assert answer.status_code == 200
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def opened(house: House, by: Account, number: str) -> ReadThread:
    while await redact_words(house):
        pass
    return await read_letters(house, by, number)


async def post(host: Harborlane, path: str, /, **form: str) -> tuple[int, str]:
    answer = await host.client.post(path, data=form)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.text


async def test_a_letter_is_read_without_names_answered_and_the_answer_found(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    """Row 42: a person on the team reads it, and both sides stand in one thread."""
    taken = await write(platform)
    thread = await opened(house, mia, taken["number"])
    assert [one.text for one in thread.letters] == [READ]
    business.move(timedelta(hours=3))
    await answer_letter(house, mia, taken["number"], ANSWER, thread.seen)
    (own,) = await mine(platform)
    assert (own["number"], own["status"]) == (taken["number"], "answered")
    letters = own["letters"]
    assert isinstance(letters, list)
    assert [(one["by"], one["text"]) for one in letters] == [("person", None), ("team", ANSWER)]
    business.move(timedelta(hours=3))
    await write(platform, path=f"/v1/my/contact/{taken['number']}")
    assert [one["status"] for one in await mine(platform)] == ["open"]
    again = await opened(house, mia, taken["number"])
    assert [one.text for one in again.letters] == [READ, ANSWER, READ]


async def test_whoever_wrote_is_told_where_the_answer_stands_and_not_what_it_says(
    platform: Harborlane, house: House, mia: Account
) -> None:
    taken = await write(platform)
    await answer_letter(house, mia, taken["number"], ANSWER, (await opened(house, mia, taken["number"])).seen)
    (notice,) = (await platform.client.get("/v1/my/notices", headers=platform.as_person())).json()["items"]
    assert taken["number"] in notice["text"]
    assert "/contact?platform=harborlane" in notice["text"]
    assert ANSWER not in notice["text"]
    (event,) = await rows(house, "select feed from delivery.outbox where kind = 'notice.person'")
    assert event["feed"] == "reporter_notices"


async def test_a_thread_belongs_to_whoever_wrote_it(platform: Harborlane, house: House) -> None:
    taken = await write(platform)
    assert await mine(platform, "tom") == []
    strange = await platform.client.post(
        f"/v1/my/contact/{taken['number']}", json=LETTER, headers=platform.as_person("tom")
    )
    unknown = await platform.client.post(
        "/v1/my/contact/T-0000-0000-0000", json=LETTER, headers=platform.as_person("tom")
    )
    assert (strange.status_code, strange.json()) == (404, unknown.json())
    assert strange.json()["type"] == "/problems/no-such-thread"


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"text": "short"}, 422, "bad-letter"),
        ({"text": "x" * 4001}, 422, "bad-letter"),
        ({"text": ""}, 400, "malformed"),
        ({"text": 5}, 400, "malformed"),
        ({}, 400, "malformed"),
        (LETTER | {"to": "mia"}, 400, "malformed"),
    ],
)
async def test_bad_input_is_refused_and_nothing_is_kept(
    platform: Harborlane, house: House, body: dict[str, object], status: int, slug: str
) -> None:
    answer = await platform.client.post("/v1/contact", json=body, headers=platform.as_person())
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert answer.json()["where"]
    assert not await rows(house, "select 1 from contact.thread")


async def test_a_flood_is_stopped_and_too_large_a_body_too(platform: Harborlane, house: House) -> None:
    headers = platform.as_person("tom")
    found = [
        (await platform.client.post("/v1/contact", json=LETTER, headers=headers)).status_code
        for _ in range(house.settings.letters_per_minute + 1)
    ]
    assert (set(found[:-1]), found[-1]) == ({202}, 429)
    large = await platform.client.post("/v1/contact", json={"text": "x" * 1_100_000}, headers=headers)
    assert large.status_code == 413


async def test_somebody_without_an_account_writes_and_reads_by_number_and_code(
    platform: Harborlane, house: House, mia: Account
) -> None:
    page = await platform.client.get("/contact")
    assert "<script" not in page.text
    status, kept = await post(platform, "/contact", text=LETTER["text"], platform="harborlane")
    assert status == 200
    number, code = re.findall(r"<code>([^<]+)</code>", kept)
    await answer_letter(house, mia, number, ANSWER, (await opened(house, mia, number)).seen)
    status, thread = await post(platform, "/contact/thread", number=number, code=code)
    assert (status, ANSWER in thread, LETTER["text"] in thread) == (200, True, False)
    status, thread = await post(platform, "/contact/thread", number=number, code=code, text=LETTER["text"])
    assert "We have your letter" in thread
    assert "It waits for our answer." in thread
    wrong = await post(platform, "/contact/thread", number=number, code="AAAAAAAA")
    unknown = await post(platform, "/contact/thread", number="T-0000-0000-0000", code="AAAAAAAA")
    assert wrong[0] == unknown[0] == 404
    assert wrong[1].replace(number, "") == unknown[1].replace("T-0000-0000-0000", "")
    tries = [(await post(platform, "/contact/thread", number=number, code="AAAAAAAA"))[0] for _ in range(6)]
    assert tries[-1] == 429


async def test_the_page_with_a_token_shows_ones_own_threads_and_no_token_in_an_address(
    platform: Harborlane, house: House, mia: Account
) -> None:
    token = platform.token("rita")
    status, page = await post(platform, "/contact", token=token)
    assert (status, re.findall(r"\bT-\d{4}-\d{4}-\d{4}\b", page)) == (200, []), (
        "a token may hold “T-” by chance"
    )
    status, _ = await post(platform, "/contact", token=token, text=LETTER["text"])
    assert status == 200
    (own,) = await mine(platform)
    await answer_letter(
        house, mia, str(own["number"]), ANSWER, (await opened(house, mia, str(own["number"]))).seen
    )
    _, page = await post(platform, "/contact", token=token)
    assert ANSWER in page
    assert LETTER["text"] not in page
    assert not re.search(r'(?:href|action)="[^"]*' + re.escape(token[:20]), page)
    status, page = await post(
        platform, "/contact", token=token, text=LETTER["text"], number=str(own["number"])
    )
    assert status == 200
    assert len(await mine(platform)) == 1
    status, page = await post(platform, "/contact", token="nonsense", text=LETTER["text"])
    assert (status, LETTER["text"] in page) == (401, True), "what was written is not lost"


async def test_the_suggestion_page_takes_one_and_shows_what_became_of_mine(
    platform: Harborlane, house: House
) -> None:
    page = (await platform.client.get("/suggest?platform=harborlane")).text
    assert "Open this page from Harborlane" in page
    token = platform.token("rita")
    status, page = await post(platform, "/suggest", token=token)
    assert (status, "<select" in page) == (200, True)
    status, page = await post(
        platform, "/suggest", token=token, kind="review", label="Written by a competitor"
    )
    assert (status, "We have your suggestion" in page) == (200, True)
    assert "A person reads it." in page
    status, page = await post(platform, "/suggest", token=token, kind="review", label="x" * 90)
    assert (status, "x" * 90 in page) == (422, True)
    assert token[:20] not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page))


async def test_where_the_platform_has_a_page_for_suggestions_every_link_leads_there(
    platform: Harborlane, house: House
) -> None:
    """The page that Flagstaff shows without a token knows nobody: it would be a dead end."""
    page = "https://harborlane.example/suggest"
    async with house.database.transaction(Role.CONSOLE) as connection:
        host = house.policy.host(HARBORLANE)
        links = {**host.links, LinkName.SUGGEST: page}
        await platforms.change_host(connection, msgspec.structs.replace(host, links=links))
    await house.policy.refresh()
    answer = await platform.client.get("/suggest?platform=harborlane")
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    menu = (await platform.client.get("/v1/menus/job_post?platform=harborlane")).json()
    assert menu["links"]["suggest"] == page
    assert (await platform.client.get("/suggest?platform=none")).status_code == 404


async def test_an_answer_meets_the_thread_as_it_was_read(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    taken = await write(platform)
    seen = (await opened(house, mia, taken["number"])).seen
    business.move(timedelta(minutes=1))
    await write(platform, path=f"/v1/my/contact/{taken['number']}")
    with pytest.raises(ThreadMoved):
        await answer_letter(house, mia, taken["number"], ANSWER, seen)
    with pytest.raises(ThreadMoved):
        await close_thread(house, mia, taken["number"], seen)
    with pytest.raises(BadLetter):
        await answer_letter(house, mia, taken["number"], "ok", seen)
    now = (await opened(house, mia, taken["number"])).seen
    await close_thread(house, mia, taken["number"], now)
    assert [one["status"] for one in await mine(platform)] == ["closed"]
    business.move(timedelta(minutes=1))
    await write(platform, path=f"/v1/my/contact/{taken['number']}")
    assert [one["status"] for one in await mine(platform)] == ["open"]


async def test_only_the_team_reads_and_nobody_their_own(
    platform: Harborlane, house: House, mia: Account
) -> None:
    taken = await write(platform)
    for role in (StaffRole.POLICY_MANAGER, StaffRole.AUDITOR, StaffRole.ADMIN):
        with pytest.raises(Forbidden):
            await read_letters(house, await hire(house, role), taken["number"])
    with pytest.raises(NoSuchThread):
        await read_letters(house, mia, "T-0000-0000-0000")
    hers = msgspec.structs.replace(mia, linked=linked(house, person("rita")))
    with pytest.raises(NoSuchThread):
        await read_letters(house, hers, taken["number"])


async def test_none_waits_past_its_day_without_an_alert(
    platform: Harborlane, house: House, mia: Account, business: StoppedClock
) -> None:
    late, answered = await write(platform), await write(platform, "tom")
    await answer_letter(
        house, mia, answered["number"], ANSWER, (await opened(house, mia, answered["number"])).seen
    )
    business.move(timedelta(days=house.settings.contact_days))
    assert await alert_owners(house) == 0
    business.move(timedelta(days=1))
    assert (await alert_owners(house), await alert_owners(house)) == (1, 0)
    await write(platform, path=f"/v1/my/contact/{late['number']}")
    assert await alert_owners(house) == 0, "one more letter about the same wait is no new alert"
    (entry,) = await rows(house, "select object from audit.entry where deed = 'letter.overdue'")
    (thread,) = await rows(house, "select key from contact.thread where number = $1", late["number"])
    assert str(thread["key"]) in str(entry["object"])


async def test_an_erased_person_leaves_days_and_no_words_on_either_side(
    platform: Harborlane, house: House, mia: Account, ids: SeededIds, tmp_path: Path
) -> None:
    taken, kept = await write(platform), await write(platform, "tom")
    for number in (taken["number"], kept["number"]):
        await answer_letter(house, mia, number, ANSWER, (await opened(house, mia, number)).seen)
    house = dataclasses.replace(house, settings=Settings(keys=tmp_path))
    done = await erase_person(house, account(ids, StaffRole.ADMIN), person("rita"))
    assert (done.flags, done.words) == (0, 1)
    assert await mine(platform) == []
    letters = await rows(house, "select answer from contact.letter where written_by = 'team' order by key")
    assert [row["answer"] for row in letters] == ["", ANSWER]
    assert len(await rows(house, "select 1 from vault.words where field = 'letter'")) == 1
    assert [one.text for one in (await read_letters(house, mia, taken["number"])).letters] == [None, ""]
    assert (await replay_erasures(house)).words == 0
