"""Staff who may read figures see how the menus are used; what confuses leads to a draft, and tables leave as files."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.planted import AD, FREE, Planter, plant_confusion, plant_menu
from tests.houses import build_house, flag, person, seen, sent
from tests.people import Browser, browser, hire

YEAR = "since=2026-01-01&until=2026-12-31"


@pytest_asyncio.fixture
async def planted(database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock) -> House:
    """Give a house with planted flags; they are planted once for the file."""
    house = await build_house(database, ids, clocks)
    async with house.database.reading(Role.OWNER) as connection:
        there = await connection.fetchval("select exists (select from insight.use_of_day)")
    if there:
        business.move(timedelta(days=80))
    else:
        planter = Planter(house, await hire(house, StaffRole.MODERATOR), business)
        await plant_menu(planter)
        await plant_confusion(planter)
        await planter.counted()
    return house


@pytest_asyncio.fixture
async def hers(planted: House) -> AsyncIterator[Browser]:
    async with browser(planted, await hire(planted, StaffRole.POLICY_MANAGER)) as page:
        yield page


def rows_of(page: str) -> dict[str, list[str]]:
    """Read the usage table: the cells of each option, tags and intervals stripped."""
    found = {}
    for row in re.findall(
        r"<tr>(.*?)</tr>", page.partition('id="table"')[2].partition('id="matrix"')[0], re.DOTALL
    ):
        key = re.search(r'class="number quiet small">([a-z_.]+)<', row.replace("<wbr>", ""))
        if key:
            cells = re.findall(r'<td[^>]*data-label="[^"]+"[^>]*>(.*?)</td>', row, re.DOTALL)
            found[key[1]] = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return found


async def test_row_31_the_page_shows_the_use_of_each_option(hers: Browser) -> None:
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    chosen, of_menu, *rest = rows_of(page)[FREE]
    assert (chosen, rest) == ("10", ["1", "0", "5", "1", "0", "2", "1", "1"])
    assert of_menu.startswith("15.9 %")
    assert rows_of(page)["job_post.low_pay"][-1] == "Counted, never a case"
    assert "private_message" not in rows_of(page)
    assert re.search(r"Taken back</span><span class=\"value\">1<", page)


async def test_labels_and_numbers_are_read_in_the_language_of_the_console(hers: Browser) -> None:
    await hers.get("/console/me")
    assert (await hers.post("/console/me/language", language="es")).status_code == 303
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    assert rows_of(page)[FREE][1].startswith("15,9 %")
    matrix = page.partition('<table class="matrix">')[2]
    for label in ("Es otra cosa", "Es publicidad de un freelance, no un trabajo"):
        assert f'<th scope="row">{label}' in page.partition('id="table"')[2]
        assert f'<th scope="row">{label}' in matrix


async def test_row_30_the_matrix_is_a_table_with_its_numbers(hers: Browser) -> None:
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    matrix = page.partition('<table class="matrix">')[2].partition("</table>")[0]
    row = next(row for row in matrix.split("<tr>") if "Freelancer ad" in row)
    assert re.findall(r'class="heat-(\d)"><span( class="own")?>(\d+)<', row) == [
        ("2", ' class="own"', "20"),
        ("3", "", "28"),
    ]
    assert "Choose one menu" in (await hers.get(f"/console/usage?kind=every&{YEAR}")).text


async def test_what_is_often_confused_leads_to_a_draft_about_it(hers: Browser) -> None:
    """The mend stands beside the finding: a draft begins with the option chosen, and shows the finding as evidence."""
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    assert "in 14 of 24 cases in which a rule was broken" in page
    fields = {"platform": "harborlane", "title": "Reword", "do": "reword", "kind": "job_post", "option": AD}
    answer = await hers.post("/console/menus/drafts", **fields)
    where = answer.headers["location"]
    assert where.endswith(f"?do=reword&kind=job_post&option={AD}#next")
    draft = (await hers.get(where.partition("#")[0])).text
    assert f'<option value="{AD}" selected>' in draft
    revision = re.search(r'name="revision" value="(\d+)"', draft)
    assert revision
    await hers.post(
        f"{where.partition('?')[0]}/operations", revision=revision[1], do="reword", kind="job_post", option=AD,
        language="en", label="An offer, not a job", help="Somebody sells here.",
    )  # fmt: skip
    evidence = (await hers.get(where.partition("?")[0])).text.partition('id="evidence"')[2]
    assert "in 14 of 24 cases in which a rule was broken" in evidence


async def test_tables_leave_as_files_with_the_same_numbers(hers: Browser) -> None:
    answer = await hers.get(f"/console/usage/table.csv?kind=job_post&{YEAR}")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = {row["option"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert (rows[FREE]["used"], rows[FREE]["as_chosen"], rows[FREE]["of_menu"]) == ("10", "5", "63")
    cells = csv.DictReader(
        io.StringIO((await hers.get(f"/console/usage/matrix.csv?kind=job_post&{YEAR}")).text)
    )
    assert sum(int(cell["flags"]) for cell in cells) == 63


async def test_whoever_asks_for_nonsense_sees_the_usual(hers: Browser) -> None:
    for query in (
        "since=x&until=99999-01-01",
        "version=-1&span=year&told=x",
        "kind=nothing",
        "since=2027-01-01&until=2026-01-01",
    ):
        assert (await hers.get(f"/console/usage?{query}")).status_code == 200
    assert (await hers.get("/console/usage?platform=elsewhere")).status_code == 404
    assert (await hers.post("/console/usage/count", platform="elsewhere")).status_code == 404


@pytest.mark.parametrize("span", ["day", "week", "month"])
async def test_a_series_has_a_row_per_span(hers: Browser, span: str) -> None:
    page = await hers.get(f"/console/usage?kind=job_post&span={span}&by=version&told=then&{YEAR}")
    assert 'data-label="From"' in page.text
    assert 'data-label="Version"' in page.text


async def test_row_18_the_page_shows_each_versions_times_and_rates(hers: Browser) -> None:
    page = (await hers.get(f"/console/usage?kind=job_post&{YEAR}")).text
    table = page.partition('id="by-version"')[2].partition("</table>")[0]
    assert "Version 3" in table
    assert re.search(r'data-label="Half within">[^<]*(59 min|1 h|60 min)', table)
    assert "persons" in table


async def test_a_backtest_leaves_out_what_figures_leave_out(house: House) -> None:
    """A flag that was taken back is routed nowhere."""
    one, _ = await flag(house, sent("rita", seen(id_="one")), sent("sam", seen(id_="two")))
    await withdraw_flag(house, Withdrawal(person("rita"), str(one.number)))
    async with browser(house, await hire(house, StaffRole.POLICY_MANAGER)) as page:
        await page.get("/console/menus/drafts")
        answer = await page.post("/console/menus/drafts", platform="harborlane", title="A draft")
        found = (await page.get(f"{answer.headers['location']}/backtest")).text
    assert re.search(r'Flags sent through it</p><p class="value">1<', found)


async def test_who_reads_figures_and_edits_no_menus_is_offered_no_draft(planted: House) -> None:
    async with browser(planted, await hire(planted, StaffRole.AUDITOR)) as page:
        shown = (await page.get(f"/console/usage?kind=job_post&{YEAR}")).text
        assert "in 14 of 24 cases" in shown
        assert 'action="/console/menus/drafts"' not in shown
        assert (await page.post("/console/usage/count", platform="harborlane")).status_code == 303
