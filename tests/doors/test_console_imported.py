"""Cases of before Flagstaff on the pages of staff: marked, whole, and open ones can be decided."""

import dataclasses
import json
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.import_file import Summary, Wanted, import_file
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import value_of
from tests.houses import build_house
from tests.people import ADDRESS, Browser, browser, hire

FLAGS = """rows = "flags"
columns = { reporter = "who", subject = "what", option = "why", state = "state", details = "said" }
constants = { kind = "job_post", at = "2024-05-01T10:00:00Z", author = "ann" }
"""
VERDICTS = """rows = "decisions"
columns = { subject = "what", verdict = "verdict", clauses = "why" }
constants = { kind = "job_post", at = "2024-06-01T10:00:00Z", author = "ann" }
"""


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    house = await build_house(database, ids, clocks)
    return dataclasses.replace(house, settings=Settings(public_url=ADDRESS))


async def taken(house: House, folder: Path, mapping: str, *rows: dict[str, str]) -> Summary:
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "a.toml").write_text('platform = "harborlane"\n' + mapping)
    return await import_file(house, Wanted(folder / "a.jsonl", folder / "a.toml"), lambda _: None)


async def case_of(house: House, subject: str, state: str) -> str:
    number = await value_of(
        house,
        "select c.number from cases.case c join subjects.subject s on s.key = c.subject"
        " where s.outside_id = $1 and c.state = $2",
        subject,
        state,
    )
    return f"/console/cases/{number}"


@pytest.mark.parametrize("option", ["free_work", "Rude & <loud>"])
async def test_an_open_case_of_before_is_marked_and_decided_like_any(
    house: House, tmp_path: Path, option: str
) -> None:
    subject = f"old-{len(option)}"
    row = {"who": "rita", "what": subject, "why": option, "state": "open", "said": "weird"}
    assert (await taken(house, tmp_path, FLAGS, row)).total == (1, 0, 0)
    case = await case_of(house, subject, "open")
    async with browser(house, await hire(house, StaffRole.MODERATOR)) as page:
        await page.get("/console/me")
        shown = (await page.get(case)).text
        assert '">from before</span>' in shown  # the case
        assert "· from before" in shown  # the flag
        assert (await page.post(f"{case}/claim")).status_code == 303
        done = await page.post(f"{case}/decide", verdict="no_violation", reason="It is paid after all.")
        assert done.status_code == 303
        assert "No rule is broken" in (await page.get(case)).text


async def test_a_verdict_of_before_stands_on_its_case_by_nobody_of_this_house(
    house: House, tmp_path: Path
) -> None:
    verdict = {"what": "old-judged", "verdict": "violation", "why": "MT-6"}
    assert (await taken(house, tmp_path, VERDICTS, verdict)).total == (1, 0, 0)
    case = await case_of(house, "old-judged", "closed")
    async with browser(house, await hire(house, StaffRole.MODERATOR)) as page:
        shown = await _seen(page, case)
        assert "Somebody before Flagstaff decided" in shown
        assert "from before" in shown
        listed = await _seen(page, "/console/decisions")
        assert "before Flagstaff" in listed


async def _seen(page: Browser, address: str) -> str:
    answer = await page.get(address)
    assert answer.status_code == 200
    return answer.text
