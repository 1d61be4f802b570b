"""The coding screen and the codebook work as plain forms, for who may run a deep dive and for nobody else."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from flagstaff.console.coding import NOT_USABLE_KEY, OTHER_KEY, THEME_KEYS
from flagstaff.flows.house import House
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight import dives, labels
from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER, Drawn, Label
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.coding import ready_run
from tests.flows.desks import rows_of
from tests.people import Browser, browser, hire

COMMENTS = [f"Nobody pays for work number {n} here." for n in range(10)]
BOOK = "/console/codebook/harborlane"
PROPOSED = {"p1": (0, 1), "p2": (4,)}


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def run(house: House, pia: Account) -> str:
    return await ready_run(house, pia, COMMENTS, proposed=PROPOSED, guess="p1", unsure=(9,))


@pytest_asyncio.fixture
async def hers(house: House, pia: Account) -> AsyncIterator[Browser]:
    async with browser(house, pia) as page:
        yield page


def asked(text: str) -> list[str]:
    return re.findall(r'data-comment="([0-9a-f-]{36})"', text)


async def test_a_codebook_is_taken_over_changed_and_told_in_its_history(
    hers: Browser, run: str, business: StoppedClock
) -> None:
    answer = await hers.get(f"/console/codebook?platform=harborlane&from={run}")
    assert answer.headers["location"] == f"{BOOK}?from={run}"
    shown = (await hers.get(f"{BOOK}?from={run}")).text
    assert [one in shown for one in COMMENTS[:5]] == [True, True, False, False, True]
    assert COMMENTS[0] not in (await hers.get(BOOK)).text
    taken: dict[str, str | list[str]] = {
        "do": "take", "from": run, "line_1": "p1", "line_2": "p2",
    }  # fmt: skip
    words = {"name_1": "Free work", "meaning_1": "Unpaid", "name_2": "Numbers", "meaning_2": ""}
    refused = await hers.post(BOOK, **taken, **words | {"name_1": "Nobody pays for work number 1 here"})
    assert (refused.status_code, 'value="Nobody pays for work number 1 here"' in refused.text) == (422, True)
    assert (await hers.post(BOOK, **taken, **words)).status_code == 303
    deeds: list[dict[str, str]] = [
        {"do": "new", "name": "Rude", "meaning": "Insults"},
        {"do": "reword", "theme": "theme-1", "name": "Work for free", "meaning": "Unpaid tests"},
        {"do": "name", "theme": "theme-1", "public": "Asks for free work"},
        {"do": "merge", "theme": "theme-2", "into": "theme-1"},
        {"do": "split", "theme": "theme-3", "name_0": "Insults", "name_1": "Threats", "name_2": ""},
        {"do": "retire", "theme": "theme-5"},
        {"do": "restore", "theme": "theme-5"},
        {"do": "retire", "theme": "theme-5"},
        {"do": "undo"},
    ]
    for deed in deeds:
        business.move(timedelta(minutes=1))
        assert (await hers.post(BOOK, **deed)).status_code == 303, deed
    shown = (await hers.get(BOOK)).text
    for said in (
        "Work for free",
        "Asks for free work",
        "Threats",
        "merged into",
        "Brought back",
        "Taken back",
        "Pia",
    ):
        assert said in shown
    for wrong in ({"do": "new", "name": "Threats"}, {"do": "nothing"}, {"do": "merge", "theme": "x"}):
        answer = await hers.post(BOOK, **wrong)
        assert answer.status_code in {404, 422}
        assert 'role="alert"' in answer.text


async def test_comments_are_answered_by_a_form_accepted_taken_back_and_named_on_the_way(
    hers: Browser, house: House, run: str, business: StoppedClock
) -> None:
    desk = f"/console/dives/{run}/code"
    shown = (await hers.get(desk)).text
    assert "There are no themes yet." in shown
    rows = asked(shown)
    assert len(rows) == 8
    assert shown.count(COMMENTS[0]) == 1
    named = {"stack": "random", "row": rows[0], "name": "Free work", "meaning": ""}
    assert (await hers.post(f"{desk}/theme", **named)).status_code == 303
    business.move(timedelta(minutes=1))
    kept = await hers.post(desk, stack="random", **{f"row_{rows[1]}": "theme-1", f"row_{rows[2]}": OTHER})
    assert kept.headers["location"] == f"{desk}?stack=random"
    quiet = await hers.post(desk, stack="random", quiet="yes", **{f"row_{rows[3]}": NOT_USABLE})
    assert (quiet.status_code, quiet.text) == (204, "")
    shown = (await hers.get(desk)).text
    assert asked(shown)[0] == rows[4]
    assert (
        "4 of 10 comments drawn at random are answered; with all of them nothing is left to estimate."
        in shown
    )
    assert (await hers.post(f"{desk}/undo", stack="random")).status_code == 303
    assert asked((await hers.get(desk)).text)[0] == rows[3]
    said = await rows_of(house, "select theme, drawn from insight.label order by key")
    assert [row["theme"] for row in said] == ["theme-1", "theme-1", OTHER, NOT_USABLE, None]
    assert {row["drawn"] for row in said} == {"random"}


async def test_what_is_asked_again_is_answered_as_before_in_one_go(
    hers: Browser, run: str, business: StoppedClock
) -> None:
    desk = f"/console/dives/{run}/code"
    await hers.get(BOOK)
    await hers.post(BOOK, do="new", name="Free work")
    rows = asked((await hers.get(desk)).text)
    await hers.post(desk, stack="random", **{f"row_{row}": "theme-1" for row in rows})
    business.move(timedelta(minutes=1))
    await hers.post(BOOK, do="new", name="Rude")
    business.move(timedelta(minutes=1))
    shown = (await hers.get(f"{desk}?stack=again")).text
    assert "As before:" in shown
    proposed = dict(re.findall(r'name="(proposed_[0-9a-f-]{36})" value="([^"]+)"', shown))
    assert set(proposed.values()) == {"theme-1"}
    await hers.post(desk, stack="again", all="yes", **proposed, **{f"row_{rows[0]}": "theme-2"})
    shown = (await hers.get(f"{desk}?stack=again")).text
    assert "No answer waits for a second look." in shown
    assert "8 of 10 comments drawn at random" in shown


async def test_themes_change_by_plain_forms_beside_the_comment_and_the_place_is_kept(
    hers: Browser, run: str, business: StoppedClock
) -> None:
    desk, change = f"/console/dives/{run}/code", f"/console/dives/{run}/code/change"
    await hers.get(BOOK)
    for name in ("Free work", "Rude"):
        await hers.post(BOOK, do="new", name=name)
    rows = asked((await hers.get(desk)).text)
    business.move(timedelta(minutes=1))
    await hers.post(desk, stack="random", **{f"row_{row}": "theme-1" for row in rows[:3]})
    business.move(timedelta(minutes=1))
    now, at = rows[5], {"stack": "random", "row": rows[5], "theme": "theme-1"}
    for do, fields, told in (
        ("reword", {"name": "Unpaid <b>work"}, "Unpaid &lt;b&gt;work"),
        ("merge", {"theme": "theme-2", "into": "theme-1"}, "The themes are one."),
        ("undo", {}, "is taken back"),
        ("split", {"name_0": "Tests", "name_1": "Samples"}, "3 earlier rows drawn at random are asked again"),
    ):
        business.move(timedelta(minutes=1))
        sent = await hers.post(change, do=do, **at | fields)
        assert sent.status_code == 303, do
        shown = (await hers.get(sent.headers["location"])).text
        assert (asked(shown)[0], told in shown) == (now, True), do
    refused = await hers.post(
        change, do="split", **at | {"theme": "theme-3", "name_0": "Nobody pays for work number 5"}
    )
    assert (refused.status_code, asked(refused.text)[0]) == (422, now)
    assert 'value="Nobody pays for work number 5"' in refused.text
    assert (await hers.post(change, do="undo", **at)).status_code == 303
    for wrong in ({"do": "nothing"}, {"do": "merge", "into": "x"}, {"do": "merge", "row": "x"}):
        answer = await hers.post(change, **at | wrong)
        assert answer.status_code in {404, 422}
        assert 'role="alert"' in answer.text


async def test_a_second_coder_sees_no_answer_and_no_guess(hers: Browser, house: House, run: str) -> None:
    desk = f"/console/dives/{run}/code"
    await hers.get(BOOK)
    await hers.post(BOOK, do="take", line_1="p1", name_1="Free work", **{"from": run})
    shown = (await hers.get(desk)).text
    assert "The coder is 70 % sure." in shown
    assert "The coder is" not in (await hers.get(f"{desk}?guess=no")).text
    await hers.post(desk, stack="random", **{f"row_{row}": "theme-1" for row in asked(shown)})
    async with browser(house, await hire(house, StaffRole.POLICY_MANAGER, login="ann")) as theirs:
        shown = (await theirs.get(f"{desk}?stack=second")).text
        assert 'class="row accept"' not in shown
        answers = {f"row_{row}": OTHER if n else "theme-1" for n, row in enumerate(asked(shown))}
        await theirs.post(desk, stack="second", **answers)
        shown = (await theirs.get(BOOK)).text
    assert re.search(r"Krippendorff(?:&#39;|'|’)s alpha</dt><dd>-0\.", shown)
    assert "Under 50 comments that says little." in shown


async def test_what_cannot_be_is_refused_on_the_page_itself(hers: Browser, run: str) -> None:
    desk = f"/console/dives/{run}/code"
    row = asked((await hers.get(desk)).text)[0]
    wrong: list[dict[str, str]] = [{}, {f"row_{row}": "no-such"}, {"row_x": OTHER}]
    for fields in wrong:
        answer = await hers.post(desk, stack="random", **fields)
        assert answer.status_code in {404, 422}
        assert 'role="alert"' in answer.text
    assert (await hers.post(f"{desk}/theme", row="x", name="Free")).status_code == 422
    assert (await hers.post(f"{desk}/undo", stack="random")).status_code == 422
    assert (await hers.get("/console/dives/I-ZZZZZZ/code")).status_code == 404
    assert (await hers.get("/console/codebook/nowhere")).status_code == 404


async def test_from_two_hundred_on_the_page_says_whether_intervals_are_narrow_enough(
    hers: Browser, house: House, pia: Account
) -> None:
    comments = [f"Nobody pays for work number {n} here." for n in range(205)]
    run = await ready_run(house, pia, comments)
    await answered(house, pia, run, 199, OTHER)
    shown = (await hers.get(f"/console/dives/{run}/code")).text
    assert "Comments drawn at random and answered: 199; intervals are looked at with 200." in shown
    assert "Count again to see" not in shown
    await answered(house, pia, run, 200, OTHER)
    shown = (await hers.get(f"/console/dives/{run}/code")).text
    assert "200 comments drawn at random are answered." in shown
    assert "Count again to see whether the intervals are narrow enough." in shown
    assert "200 of 205 comments drawn at random are answered; with all of them" in shown
    for narrow, told in ((True, "Every interval is narrow enough."), (False, "Not yet narrow enough.")):
        again = await ready_run(house, pia, comments, narrow=narrow)
        assert told in (await hers.get(f"/console/dives/{again}/code")).text


async def answered(house: House, by: Account, run: str, many: int, theme: str) -> None:
    """Let the first comments of a run be answered."""
    dive = await show_dive(house, by, run)
    async with house.database.transaction(Role.CONSOLE) as connection:
        for one in (await dives.rows_of(connection, dive.key))[:many]:
            label = Label(row=one.flag, theme=theme, reviewer=by.key, drawn=Drawn.RANDOM, at=house.now)
            await labels.put_label(connection, house.ids.key(), dive.platform, label)


async def test_both_pages_are_read_in_spanish(hers: Browser, run: str) -> None:
    for path, said in {
        f"/console/dives/{run}/code": "Etiquetar comentarios",
        BOOK: "Libro de códigos",
    }.items():
        shown = await hers.client.get(path, headers={"accept-language": "es", "sec-fetch-site": "none"})
        assert f"<h1>{said}" in shown.text


@pytest.mark.parametrize("role", [StaffRole.MODERATOR, StaffRole.ADMIN, StaffRole.AUDITOR])
async def test_nobody_else_reads_comments_here(house: House, run: str, role: StaffRole) -> None:
    async with browser(house, await hire(house, role)) as page:
        for path in (f"/console/dives/{run}/code", BOOK):
            answer = await page.get(path)
            assert answer.status_code == 403
            assert "Nobody pays" not in answer.text
        assert (await page.post(f"/console/dives/{run}/code", stack="random")).status_code == 403


def test_every_theme_of_a_full_codebook_has_a_key_of_its_own() -> None:
    keys = [*THEME_KEYS, OTHER_KEY, NOT_USABLE_KEY, *"nujkartwysz"]
    assert len(THEME_KEYS) == MOST_LINES
    assert len(keys) == len(set(keys))
