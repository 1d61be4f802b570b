"""What the forms of deep dives never offer is refused with what is wrong; the log names the run and the theme."""

import dataclasses

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.dived import plant_dive, write_under_other
from tests.flows.desks import rows_of
from tests.houses import build_house
from tests.people import ADDRESS, Browser, browser, hire


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    """Give a house that the tests of this file share."""
    return dataclasses.replace(
        await build_house(database, ids, clocks), settings=Settings(public_url=ADDRESS)
    )


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("kinds", "bogus", "there is no menu for bogus"),
        ("language", "xx", "no comment is known to be written in &#39;xx&#39;"),
        ("first", "0001-01-01", "nothing was written before 2000-01-01"),
        ("last", "9999-12-31", "9999-12-31 is more than a year ahead"),
        ("first", "2025-W10-1", "the field &#39;first&#39; holds something that cannot be"),
        ("last", "20260131", "the field &#39;last&#39; holds something that cannot be"),
    ],
)
async def test_what_the_form_never_offers_is_refused_and_opens_nothing(
    house: House, hers: Browser, field: str, value: str, told: str
) -> None:
    form = {"platform": "harborlane", "first": "2026-01-01", "last": "2026-01-31", "language": ""}
    await hers.get("/console/dives")
    before = await rows_of(house, "select number from insight.dive")
    answer = await hers.post("/console/dives", **form | {field: value})
    assert answer.status_code == 422
    assert told.casefold() in answer.text.casefold()
    assert await rows_of(house, "select number from insight.dive") == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"do": "reword", "option": "job_post.bogus"}, "no menu has &#39;job_post.bogus&#39;"),
        ({"do": "restore", "option": "job_post.bogus"}, "&#39;job_post.bogus&#39; was not taken away"),
        ({"kinds": "bogus"}, "there is no menu for &#39;bogus&#39;"),
        ({"window_days": "-5"}, "a goal is not measured over -5 days"),
        ({"metric": "bogus"}, "nothing is measured so"),
        ({"place": "top:99999999999999999999"}, "the field &#39;place&#39; holds something that cannot be"),
        ({"do": "remove"}, "the field &#39;do&#39; holds something that cannot be"),
    ],
)
async def test_what_no_draft_could_be_published_with_is_refused_on_the_page_of_the_theme(
    house: House, hers: Browser, pia: Account, changes: dict[str, str], told: str
) -> None:
    here = f"/console/dives/{await plant_dive(house, pia)}/themes/free"
    await hers.get(here)
    form = {
        "do": "add", "kind": "profile", "kinds": "profile", "option": "", "reason": "", "new_reason": "asks_samples",
        "like": "free_work", "severity": "2", "clauses": "MT-6", "place": "more:0", "draft": "", "title": "Samples",
        "label_en": "Asks for samples", "help_en": "Wants work that nobody pays.", "label_es": "", "help_es": "",
        "metric": "something_else_share", "direction": "down", "window_days": "28", "why": "",
    }  # fmt: skip
    before = await rows_of(house, "select key from menus.draft")
    answer = await hers.post(f"{here}/draft", **form | changes)
    assert (answer.status_code, told.casefold() in answer.text.casefold()) == (422, True)
    assert await rows_of(house, "select key from menus.draft") == before


async def test_the_log_says_which_run_and_which_theme_was_opened(
    house: House, hers: Browser, pia: Account
) -> None:
    said = [f"They want me to work for free first, an unpaid test project. Sample {n}." for n in range(6)]
    flags = await write_under_other(house, *said)
    number = await plant_dive(house, pia, flags={"free": flags})
    here = f"/console/dives/{number}/themes/free"
    await hers.get(here)
    assert (await hers.post(f"{here}/examples", kind="job_post")).status_code == 200
    assert (await hers.post(f"{here}/heard", kind="job_post")).status_code == 200
    assert (await hers.get(f"/console/dives/{number}/table.csv")).status_code == 200
    async with browser(house, await hire(house, StaffRole.AUDITOR)) as reader:
        for deed, theme in (
            ("dive.examples_shown", True),
            ("dive.theme_heard", True),
            ("dive.exported", False),
        ):
            page = (await reader.get(f"/console/log?deed={deed}")).text
            assert f"deep dive {number}" in page, deed
            assert ("theme: free" in page) == theme, deed
