"""The console is in the language of whoever reads it: the one they chose, else what the browser asks, and whole."""

import dataclasses
import re
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.draft_menu import begin_draft
from flagstaff.flows.house import House
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.insight.dives import DiveState
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.menus.translating import menus_in
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.case_work import job
from tests.dived import plant_dive, table_of
from tests.houses import HARBORLANE, build_house
from tests.people import ADDRESS, Browser, browser, hire

SPANISH = {"accept-language": "es-MX, en;q=0.5", "sec-fetch-site": "none"}
PAGES = (
    "queue", "second", "naming", "appeals", "appeals?answered=yes", "later", "contact", "decisions", "todos",
    "accounts", "platforms", "platforms/harborlane", "health", "usage", "rules", "dives", "log?deed=none",
    "guidelines", "suggestions", "publications", "menus", "menus/harborlane/3/effect", "menus/drafts",
    "codebook/harborlane", "me", "cases", "nowhere",
)  # fmt: skip
# Names of accounts and platforms, keys of rights and effects, what was flagged: data.
DATA = (
    r"Harborlane|harborlane|Someone|[Pp][0-9a-f]{12}|Europe/\w+|UTC|Logo wanted for [\w-]+"
    r"|make three samples first"
    r"|job-spoken|rita|ann|English|Español|inglés|español|Flagstaff|board|group|community|\b[a-z]+(?:[:_.][a-z_]+)+"
    r"|\bfs_|https?://\S+|A title|Flag abuse|\b(?:allow|hide|restrict|show|tell)\b|en, es"
)

# Formats, days, the keys of options beside their labels, a name that a picture cut short, and what made a run.
OF_A_RUN = re.compile(
    r"CSV|Markdown|JSON|&nbsp;|\d{1,2} [a-z]{3,5} \d{4}| · [a-z_]+\.[a-z_]+|⟦[^⟦⟧<]*…|minilm|ridge = 1\.0|deep-dive \d"
    r"|[0-9a-f]{64}"
)


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    house = await build_house(database, ids, clocks)
    return dataclasses.replace(house, settings=Settings(public_url=ADDRESS))


@pytest_asyncio.fixture
async def account(house: House) -> Account:
    return await hire(
        house, StaffRole.MODERATOR, StaffRole.ADMIN, StaffRole.AUDITOR, StaffRole.POLICY_MANAGER
    )


@pytest_asyncio.fixture
async def page(house: House, account: Account) -> AsyncIterator[Browser]:
    async with browser(house, account) as opened:
        await opened.get("/console/me")
        yield opened


def policy_of(house: House) -> list[str]:
    """Return every text of the policy, as it was written and in Spanish."""
    guidelines, menus = house.policy.guidelines(HARBORLANE), house.policy.menus_history(HARBORLANE)
    versions = [guidelines, guidelines_in(guidelines, "es"), *menus, *(menus_in(one, "es") for one in menus)]
    said = {text for one in versions for text in _strings(msgspec.to_builtins(one)) if text.strip()}
    return sorted(said | {text.replace("{platform}", "Harborlane") for text in said})


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def english_in(text: str, policy: list[str]) -> list[str]:
    """Return what a page shows that is neither a message nor the policy's nor data."""
    text = re.sub(r"<(script|style|code|kbd|datalist|pre)\b.*?</\1>", "", text, flags=re.DOTALL)
    while (without := re.sub(r"⟦[^⟦⟧]*⟧", "¤", text)) != text:
        text = without
    told = re.findall(r'(?:aria-label|placeholder|title|alt|data-label|data-key-says)="([^"]*)"', text)
    shown = [*re.split(r"<[^>]*>", text.partition("<body")[2]), *told]
    known = {_bare(one) for text in policy for one in (text, text[:1].upper() + text[1:])}
    left = []
    for one in shown:
        words = " ".join(one.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&").split())
        words = _bare(words)
        if words in known:
            continue
        words = re.sub(DATA, "", words)
        words = re.sub(r"\b[A-Z]{1,3}-[0-9A-Za-z-]+|\d{1,2} [a-z]{3,5} \d{4}|[\W\d_]+", " ", words).strip()
        if re.search(r"[A-Za-z]{2}", words) and words not in {"es", "en", "min", "to"}:
            left.append(one.strip())
    return left


def _bare(text: str) -> str:
    """Return a text without keys of rules and without what stands round it."""
    return re.sub(r"\b[A-Z]{2}-[A-Z]?\d+[a-z]?\b", "", " ".join(text.split())).strip(" .,;:·¤()")


@pytest.mark.usefixtures("_brackets")
async def test_no_english_stays_behind_on_a_page_of_the_console(page: Browser, house: House) -> None:
    case = await job(house, "job-spoken", "rita", "ron")
    policy = policy_of(house)
    left = {}
    for path in (*PAGES, f"cases/{case}"):
        shown = (await page.client.get(f"/console/{path}", headers=SPANISH)).text
        assert "⟦" in shown
        left[path] = english_in(shown, policy)
    await page.post(f"/console/cases/{case}/claim")
    shown = (await page.client.get(f"/console/cases/{case}", headers=SPANISH)).text
    assert 'id="decide"' in shown
    left["panel"] = english_in(shown, policy)
    assert [f"{path}: {word}" for path, words in left.items() for word in words] == []


@pytest.mark.usefixtures("_brackets")
async def test_no_english_stays_behind_on_the_pages_of_a_deep_dive_and_of_a_draft(
    page: Browser, house: House, account: Account
) -> None:
    found = table_of({})
    rows = tuple(msgspec.structs.replace(one, name="", keywords=()) for one in found.rows)
    ready = await plant_dive(house, account, msgspec.structs.replace(found, rows=rows), lines=())
    coding = await plant_dive(house, account, state=DiveState.CODING)
    draft = f"menus/drafts/{await begin_draft(house, account, HARBORLANE, 'A title')}"
    policy, left = policy_of(house), {}
    for path in (
        f"dives/{ready}", f"dives/{ready}/themes/free", f"dives/{coding}", f"codebook/harborlane?from={ready}",
        f"{draft}/words", f"{draft}/preview", f"{draft}/backtest", "menus/harborlane/3/old-flags",
    ):  # fmt: skip
        shown = await page.client.get(f"/console/{path}", headers=SPANISH)
        assert shown.status_code == 200, path
        left[path.replace(ready, "ready")] = english_in(OF_A_RUN.sub(" ", shown.text), policy)
    assert [f"{path}: {word}" for path, words in left.items() for word in words] == []


@pytest.mark.usefixtures("_brackets")
async def test_before_signing_in_the_browser_says_which_language(house: House) -> None:
    async with browser(house) as page:
        for path in ("sign-in", "invitation"):
            shown = await page.client.get(f"/console/{path}", headers=SPANISH)
            assert english_in(shown.text, []) == []
            assert '<html lang="es" dir="ltr">' in shown.text
            assert shown.headers["content-language"] == "es"


async def test_a_page_is_in_the_language_that_the_browser_asks_for(page: Browser) -> None:
    asked = {"es": "Cola", "en": "Queue", "de, es;q=0.9": "Cola", "de": "Queue", "": "Queue", ";;": "Queue"}
    for header, title in asked.items():
        shown = await page.client.get("/console/queue", headers={"accept-language": header})
        assert f"<h1>{title}</h1>" in shown.text


async def test_what_somebody_chose_holds_in_every_browser(
    page: Browser, house: House, account: Account
) -> None:
    assert (await page.post("/console/me/language", language="es")).status_code == 303
    async with browser(house, account) as elsewhere:
        shown = (await elsewhere.get("/console/queue")).text
        assert '<html lang="es" dir="ltr">' in shown
        assert "<h1>Cola</h1>" in shown
        mine = (await elsewhere.get("/console/me")).text
        assert '<option value="es" lang="es" selected>Español</option>' in mine
    await page.post("/console/me/language", language="en")
    spanish = await page.client.get("/console/queue", headers=SPANISH)
    assert "<h1>Queue</h1>" in spanish.text
    await page.post("/console/me/language", language="")
    assert "<h1>Cola</h1>" in (await page.client.get("/console/queue", headers=SPANISH)).text


async def test_a_language_that_is_not_there_is_refused(page: Browser) -> None:
    refused = await page.post("/console/me/language", language="tlh")
    assert refused.status_code == 404
    assert "Nothing is translated into" in refused.text


async def test_a_refusal_is_told_in_spanish(page: Browser, house: House) -> None:
    case = await job(house, "job-refused")
    await page.post("/console/me/language", language="es")
    refused = await page.post(f"/console/cases/{case}/decide", verdict="", revision="1")
    assert refused.status_code == 422
    assert "Este formulario no se rellenó como se esperaba" in refused.text
    assert "verdict" not in refused.text.partition('role="alert"')[2].partition("</div>")[0]
