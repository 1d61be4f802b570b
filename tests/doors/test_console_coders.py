"""The console offers a model only where one is set, and shows for each run whether it was worth asking."""

import dataclasses

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.export_dive import export_dive
from flagstaff.flows.house import House
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight.dive import BOTH, HOUSE, MODEL, Score
from flagstaff.insight.prompting import Coder, Outcome, Unanswered
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from tests.dived import plant_dive, table_of
from tests.doors.test_console_dives import words_of
from tests.houses import build_house
from tests.people import ADDRESS, Browser, browser

SET = Settings(public_url=ADDRESS, coder_url="https://models.example/v1", coder_model="small-7b")
CODER = Coder(endpoint="https://models.example/v1", model="small-7b")
SCORES = (
    Score(coder=HOUSE, right=136, of=200),
    Score(coder=MODEL, right=150, of=200),
    Score(coder=BOTH, right=164, of=200),
)


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return dataclasses.replace(await build_house(database, ids, clocks), settings=SET)


async def test_a_model_is_offered_where_one_is_set_and_asked_when_somebody_ticks_it(
    house: House, hers: Browser, pia: Account
) -> None:
    page = words_of((await hers.get("/console/dives")).text)
    assert "Let small-7b code too" in page
    assert "The redacted words go to models.example" in page
    form = {"platform": "harborlane", "first": "2026-01-01", "last": "2026-01-31", "language": ""}
    for ticked, coder in ({}, None), ({"model_too": "yes"}, CODER):
        there = (await hers.post("/console/dives", **form, **ticked)).headers["location"]
        assert (await show_dive(house, pia, there.rpartition("/")[2])).coder == coder
        await hers.post(f"{there}/cancel")
    back = await hers.post("/console/dives", **{**form, "first": "2030-01-01", "model_too": "yes"})
    assert 'value="yes" checked' in back.text, "what was ticked stays so beside the reason"


async def test_without_a_model_none_is_offered(house: House, pia: Account) -> None:
    without = dataclasses.replace(house, settings=Settings(public_url=ADDRESS))
    async with browser(without, pia) as page:
        assert "model_too" not in (await page.get("/console/dives")).text


async def test_a_run_tells_how_often_each_coder_agreed_with_its_interval(
    house: House, hers: Browser, pia: Account
) -> None:
    table = msgspec.structs.replace(table_of({}), coders=SCORES)
    outcome = Outcome(comments=998, answered=990)
    number = await plant_dive(house, pia, table, coder=CODER, outcome=outcome)
    page = words_of((await hers.get(f"/console/dives/{number}")).text)
    for said in (
        "The house's coder 68 % 61–74 % 200 drawn at random",
        "small-7b at models.example alone 75 % 69–80 % 200 drawn at random",
        "Both together, which this run uses 82 % 76–87 % 200 drawn at random",
        "The model answered 990 of 998 comments",
    ):
        assert said in page.replace("&#39;", "'")
    assert "went on with what there was" not in page
    told = await export_dive(house, pia, number, "md")
    assert "| small-7b at models.example | 75 % | 69 % | 80 % | 200 drawn at random |" in told
    assert "The model answered 990 of 998 comments." in told
    read = msgspec.json.decode(await export_dive(house, pia, number, "json"))
    assert [(one["coder"], one["right"], one["of"]) for one in read["coders"]] == [
        (one.coder, one.right, one.of) for one in SCORES
    ]


async def test_a_run_without_a_model_tells_how_often_the_houses_coder_agreed(
    house: House, hers: Browser, pia: Account
) -> None:
    page = words_of((await hers.get(f"/console/dives/{await plant_dive(house, pia)}")).text)
    assert "The house's coder 77 % 71–82 % 200 labelled" in page.replace("&#39;", "'")
    unlabelled = await plant_dive(house, pia, table_of({}, labels=0))
    assert "Agreed with the reviewer" not in (await hers.get(f"/console/dives/{unlabelled}")).text


@pytest.mark.parametrize("why", list(Unanswered))
async def test_a_run_that_went_on_without_its_model_says_why(
    house: House, hers: Browser, pia: Account, why: Unanswered
) -> None:
    answered = 0 if why is Unanswered.TOO_MANY else 40
    outcome = Outcome(comments=1_000, answered=answered, ended=why)
    page = words_of(
        (await hers.get(f"/console/dives/{await plant_dive(house, pia, coder=CODER, outcome=outcome)}")).text
    )
    some, none = "small-7b answered 40 of 1,000 comments.", "small-7b answered about no comment."
    assert (some in page, none in page) == (answered > 0, answered == 0)
    assert "The house's coder went on with what there was." in page.replace("&#39;", "'")
