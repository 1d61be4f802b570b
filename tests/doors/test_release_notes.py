"""Publishing tells readers by itself: the note, the help article, the lineage; and readers say if it was clear."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.menus.drafts import Add, Remove
from flagstaff.menus.model import Wording
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.views.drafts import reactions_of
from flagstaff.vocabulary.roles import StaffRole
from tests.doors.platform import Harborlane, open_harborlane
from tests.flows.test_menu_drafts import published
from tests.houses import HARBORLANE, build_house
from tests.people import browser, hire

FORM = {"content-type": "application/x-www-form-urlencoded"}
CHANGES = "/help/flags/changes?platform=harborlane"
MONEY = {
    "en": Wording(label="Asks for money", help="Any kind of fee."),
    "es": Wording(label="Pide dinero", help="Cualquier tipo de cuota."),
}


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    """Give a house where version 4 of the menus was published from a draft."""
    house = await build_house(own_database, ids, clocks)
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    quin = await hire(house, StaffRole.POLICY_MANAGER, login="quin")
    gone = Remove(option="job_post.low_pay", into="job_post.something_else", why="Nobody chose it.")
    await published(house, pia, quin, gone, Add(kind="review", reason="upfront_fee", words=MONEY))
    yield house


@pytest_asyncio.fixture
async def platform(house: House) -> AsyncIterator[Harborlane]:
    host = await open_harborlane(house)
    async with host.client:
        yield host
    await host.door.close()


async def account(house: House, login: str) -> Account:
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await staff.find_account_by_login(connection, login)
    assert found
    return found


async def test_the_note_tells_what_changed_why_and_who_answers(platform: Harborlane) -> None:
    page = (await platform.client.get(CHANGES)).text
    newest = page.partition("Version 3")[0]
    for words in (
        "Asks for money",
        "Nobody chose it.",
        "Readers asked for it.",
        "Pia answers for this version.",
    ):
        assert words in newest
    assert newest.index("New") < newest.index("Taken away")
    assert "Back again" in page
    assert "17.40 %" in page
    assert "<script" not in page
    assert "{platform}" not in page


async def test_the_help_article_is_the_live_version_and_nothing_else(
    platform: Harborlane, house: House
) -> None:
    """The difference of article and menus is nothing, also after a draft was published."""
    page = (await platform.client.get("/help/flags?platform=harborlane")).text
    listed = re.findall(r'data-option="([^"]+)">([^<]+)</dt>', page)
    live = house.policy.menus(HARBORLANE)
    assert [key for key, _ in listed] == [one.key for menu in live.menus for one in menu.options]
    assert ("review.upfront_fee", "Asks for money") in listed
    assert CHANGES in page


async def test_lineage_says_what_counts_for_each_option_now(platform: Harborlane) -> None:
    found = (await platform.client.get("/v1/lineage?platform=harborlane")).json()
    now = {one["key"]: (one["first"], one["last"], one["live"], one["now"]) for one in found["lives"]}
    assert found["live"] == 4
    assert now["job_post.low_pay"] == (3, 3, False, "job_post.something_else")
    assert now["job_post.free_work"] == (1, 4, True, "job_post.free_work")
    assert now["private_message.spam"] == (1, 1, False, "private_message.suspicious_link_or_spam")
    fee = "review.upfront_fee"
    assert {"version": 4, "edge": "add", "before": fee, "after": fee} in found["edges"]
    assert all(one["now"] for one in found["lives"])


async def test_readers_are_counted_from_five_on_and_never_known(platform: Harborlane, house: House) -> None:
    for said in ["yes", "yes", "no", "yes", "yes"]:
        assert await reactions_of(house.database, HARBORLANE, 4, 5) is None
        path = "/help/flags/changes/4?platform=harborlane"
        answer = await platform.client.post(path, content=f"clear={said}", headers=FORM)
        assert answer.status_code == 303
        assert "thanks" in answer.headers["location"]
    counted = await reactions_of(house.database, HARBORLANE, 4, 5)
    assert counted
    assert (counted.clear, counted.unclear) == (4, 1)
    async with browser(house, await account(house, "pia")) as hers:
        assert "4 found the note clear, 1 did not" in (await hers.get("/console/menus")).text


async def test_comments_are_sealed_and_read_without_names_by_who_drafts(
    platform: Harborlane, house: House
) -> None:
    """They lie in the vault, are opened with a reason, and are shown from five readers on."""
    said = "Why is low pay gone? Write to rita@example.org"
    for n in range(5):
        async with browser(house, await account(house, "pia")) as hers:
            shown = (await hers.get("/console/menus/harborlane/4/comments")).text
        assert ("Too few to show" in shown, "low pay" in shown) == (True, False)
        body = f"clear=no&comment={quote(said) if n == 0 else ''}"
        answer = await platform.client.post(
            "/help/flags/changes/4?platform=harborlane", content=body, headers=FORM
        )
        assert answer.status_code == 303
    assert await redact_words(house) == 1
    async with browser(house, await account(house, "pia")) as hers:
        shown = (await hers.get("/console/menus/harborlane/4/comments")).text
    assert "Why is low pay gone?" in shown
    assert "rita@example.org" not in shown
    async with browser(house, await hire(house, StaffRole.ADMIN)) as his:
        assert (await his.get("/console/menus/harborlane/4/comments")).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("4?platform=harborlane", f"clear=yes&comment={'x' * 2001}", 422),
        ("4?platform=harborlane", "clear=maybe", 400),
        ("4?platform=harborlane", "", 400),
        ("99?platform=harborlane", "clear=yes", 404),
        ("99999999999999999999?platform=harborlane", "clear=yes", 404),
        ("4?platform=nowhere", "clear=yes", 404),
    ],
)
async def test_a_reaction_to_nothing_is_refused(
    platform: Harborlane, path: str, body: str, status: int
) -> None:
    answer = await platform.client.post(f"/help/flags/changes/{path}", content=body, headers=FORM)
    assert answer.status_code == status


async def test_an_owner_who_leaves_is_no_longer_named_and_another_takes_over(
    platform: Harborlane, house: House, business: StoppedClock
) -> None:
    pia, quin = await account(house, "pia"), await account(house, "quin")
    async with house.database.transaction(Role.CONSOLE) as connection:
        await staff.set_state(connection, pia.key, AccountState.LEFT)
    assert "no longer works here" in (await platform.client.get(CHANGES)).text
    async with browser(house, quin) as his:
        assert "They left: hand it over" in (await his.get("/console/menus")).text
        path = "/console/menus/harborlane/4/owner"
        assert (await his.post(path, owner=str(pia.key))).status_code == 422
        business.move(timedelta(minutes=1))
        assert (await his.post(path, owner=str(quin.key))).status_code == 303
    assert "Quin answers for this version." in (await platform.client.get(CHANGES)).text
