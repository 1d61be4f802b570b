"""A draft of the menus is begun, changed, previewed, proposed and published in the console, without script."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import Browser, browser, hire

AIM = {
    "title": "Fewer lines", "metric": "something_else_share", "direction": "down", "window_days": "28",
    "note": "Readers asked for it.", "figures": "Flags with low pay | 3 | /console/health",
}  # fmt: skip
DEEDS = ["add", "remove", "merge", "restore", "reword", "reorder"]


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def hers(house: House, pia: Account) -> AsyncIterator[Browser]:
    async with browser(house, pia) as page:
        yield page


async def begun(page: Browser) -> str:
    await page.get("/console/menus/drafts")
    answer = await page.post("/console/menus/drafts", platform=HARBORLANE, title="Fewer lines")
    return answer.headers["location"]


async def revision(page: Browser, draft: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', (await page.get(draft)).text)
    assert found
    return found[1]


async def change(page: Browser, draft: str, do: str, **fields: str | list[str]) -> None:
    number = await revision(page, draft)
    kind = fields.pop("kind", "job_post")
    answer = await page.post(f"{draft}/operations", revision=number, do=do, kind=kind, **fields)
    assert answer.status_code == 303, answer.text


async def test_every_operation_is_added_by_its_form_and_shown(house: House, hers: Browser) -> None:
    draft = await begun(hers)
    await change(
        hers, draft, "remove", option="job_post.low_pay", into="job_post.something_else", why="Unused."
    )
    await change(hers, draft, "merge", sources=["job_post.upfront_fee"], into="job_post.looks_like_scam")
    await change(hers, draft, "restore", kind="private_message", option="private_message.spam", place="more:")
    await change(hers, draft, "reorder", option="job_post.account_rental", place="more:0")
    await change(
        hers, draft, "reword", option="job_post.account_rental", language="en", label="Rents an account", help="Yours."
    )  # fmt: skip
    await change(
        hers, draft, "add", kind="review", new_reason="asks_for_passwords", like="upfront_fee", clauses=["MT-10"],
        severity="1", place="top:1", label_en="Asks for a password", help_en="Or for any other secret.",
    )  # fmt: skip
    page = (await hers.get(draft)).text
    for key in (
        "low_pay",
        "upfront_fee",
        "private_message.spam",
        "account_rental",
        "review.asks_for_passwords",
    ):
        assert key in page
    assert page.count("/drop") == 6
    await hers.post(f"{draft}/drop", revision=await revision(hers, draft), step="0")
    assert (await hers.get(draft)).text.count("/drop") == 5


@pytest.mark.parametrize("do", DEEDS)
@pytest.mark.parametrize("kind", ["job_post", "community_group"])
async def test_each_change_has_a_form_on_each_menu(hers: Browser, do: str, kind: str) -> None:
    page = await hers.get(f"{await begun(hers)}?do={do}&kind={kind}")
    assert page.status_code == 200
    assert f'name="do" value="{do}"' in page.text


async def test_problems_stand_beside_what_they_are_about_and_stop_a_proposal(hers: Browser) -> None:
    draft = await begun(hers)
    await change(hers, draft, "remove", option="job_post.something_else", into="job_post.low_pay")
    answer = await hers.post(f"{draft}/propose", revision=await revision(hers, draft))
    assert answer.status_code == 422
    assert "stays for good" in answer.text
    assert "states no goal" in answer.text
    assert "It may be reworded, nothing else." in answer.text


async def test_a_draft_goes_from_its_page_to_a_second_person_and_live(
    house: House, pia: Account, hers: Browser
) -> None:
    draft = await begun(hers)
    await change(hers, draft, "remove", option="job_post.low_pay", into="job_post.something_else")
    saved = await hers.post(f"{draft}/aim", revision=await revision(hers, draft), owner=str(pia.key), **AIM)
    assert saved.status_code == 303
    assert "It may be proposed" in (await hers.get(draft)).text
    await hers.post(f"{draft}/propose", revision=await revision(hers, draft))
    async with browser(house, await hire(house, StaffRole.POLICY_MANAGER)) as his:
        page = (await his.get(draft)).text
        proposal = re.search(r'action="(/console/publications/[^"]+)"', page)
        assert proposal
        assert (await his.post(proposal[1], do="publish", reason="")).status_code == 303
    assert "job_post.low_pay" not in house.policy.menus(HARBORLANE).option_by_key
    assert "version 4" in (await hers.get(draft)).text
    assert "Published as 4" in (await hers.get("/console/menus/drafts")).text


async def test_the_preview_is_what_the_api_would_answer(house: House, hers: Browser) -> None:
    """Every kind, from the same rendering as the menus that reporters load."""
    draft = await begun(hers)
    await change(
        hers, draft, "reword", option="review.something_else", language="en", label="Other", help="Tell us."
    )
    for menu in house.policy.menus(HARBORLANE).menus:
        page = await hers.get(f"{draft}/preview?kind={menu.subject}")
        shown = (await hers.get(f"{draft}/menu/{menu.subject}")).json()
        assert [
            one["key"] for one in (*shown["top"], *shown["more"], *shown["preference"], shown["last"])
        ] == [one.key for one in menu.options]
        labels = (one["label"] for one in (*shown["top"], shown["last"]))
        assert all(label.replace("'", "&#39;") in page.text for label in labels)


async def test_a_language_is_written_menu_by_menu(house: House, hers: Browser) -> None:
    draft = await begun(hers)
    menu = house.policy.menus(HARBORLANE).menu_by_kind["community_group"]
    words = {f"label:{one.key}": f"Opção {n}" for n, one in enumerate(menu.options)}
    words |= {f"help:{one.key}": "Uma ajuda." for one in menu.options}
    number = await revision(hers, draft)
    answer = await hers.post(
        f"{draft}/words", revision=number, kind="community_group", language="pt", **words
    )
    assert answer.status_code == 303
    preview = await hers.get(f"{draft}/preview?kind=community_group&language=pt")
    assert "Opção 0" in preview.text
    assert "have no words in <code>pt</code>" in (await hers.get(draft)).text


async def test_what_was_changed_meanwhile_is_not_overwritten(house: House, hers: Browser) -> None:
    draft = await begun(hers)
    old = await revision(hers, draft)
    await change(hers, draft, "remove", option="job_post.low_pay", into="job_post.something_else")
    answer = await hers.post(f"{draft}/drop", revision=old, step="0")
    assert answer.status_code == 409
    assert "somebody changed this draft" in answer.text.lower()
    assert "low_pay" in answer.text


async def test_a_draft_is_read_by_those_who_publish_and_changed_by_those_who_draft(
    house: House, hers: Browser
) -> None:
    draft = await begun(hers)
    async with browser(house, await hire(house, StaffRole.ADMIN)) as his:
        assert "/operations" not in (await his.get(draft)).text
        assert (await his.post(f"{draft}/drop", revision="1", step="0")).status_code == 403


async def test_the_backtest_counts_every_past_flag_once(house: House, hers: Browser) -> None:
    for n in range(3):
        await flag(house, sent(f"r{n}", seen(id_=f"job-{n}"), "job_post.upfront_fee"))
    draft = await begun(hers)
    await change(hers, draft, "merge", sources=["job_post.upfront_fee"], into="job_post.looks_like_scam")
    page = (await hers.get(f"{draft}/backtest?days=28")).text
    assert re.search(r'class="figure">3</td>', page)
    assert "job_post.looks_like_scam" in page
    assert "every flag is counted once before and once after" in page


async def test_what_comes_in_is_an_estimate_and_called_so(house: House, hers: Browser) -> None:
    """Comments are counted when somebody asks for it; too few are told to be too few, and no word is shown."""
    for n in range(3):
        shown = seen(id_=f"job-{n}")
        await flag(house, sent(f"r{n}", shown, "job_post.something_else", details="Trains a parrot to talk"))
    draft = await begun(hers)
    await change(
        hers, draft, "add", new_reason="trains_parrots", like="upfront_fee", clauses=["MT-10"], severity="3",
        place="more:", label_en="Wants a parrot trained", help_en="Parrots or other birds.",
    )  # fmt: skip
    page = (await hers.get(f"{draft}/backtest?days=90")).text
    assert "Estimate from hints" in page
    assert "Count what people wrote" in page
    answer = await hers.post(f"{draft}/estimate", days="90")
    assert answer.status_code == 303
    page = (await hers.get(answer.headers["location"])).text
    assert "Too few to say" in page
    assert "at least 50 are needed" in page
    assert "talk" not in page
    async with browser(house, await hire(house, StaffRole.ADMIN)) as boss:
        assert "Count what people wrote" not in (await boss.get(f"{draft}/backtest")).text
        assert (await boss.post(f"{draft}/estimate", days="90")).status_code == 403


async def test_a_draft_that_adds_nothing_has_nothing_to_estimate(hers: Browser) -> None:
    draft = await begun(hers)
    assert "Estimate from hints" not in (await hers.get(f"{draft}/backtest")).text
    answer = await hers.post(f"{draft}/estimate", days="90")
    assert answer.status_code == 422


async def test_each_page_of_a_draft_opens_in_spanish(hers: Browser) -> None:
    draft = await begun(hers)
    assert (await hers.post("/console/me/language", language="es")).status_code == 303
    for place in ("", "/words", "/preview", "/backtest"):
        shown = await hers.get(f"{draft}{place}")
        assert shown.status_code == 200, place
        assert '<html lang="es"' in shown.text
