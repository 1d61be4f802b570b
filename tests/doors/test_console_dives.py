"""Analysts ask for deep dives, see how far they came and what they found, and make a draft of a theme in one step."""

import dataclasses
import json
import re
from datetime import date
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.change_codebook import Words, name_themes
from flagstaff.flows.count_use import count_use
from flagstaff.flows.draft_menu import look_at_draft
from flagstaff.flows.house import House
from flagstaff.flows.name_theme import name_theme
from flagstaff.insight.dive import Basis
from flagstaff.insight.dives import DiveState
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.menus.drafts import Add, Reword
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.dived import LINES, plant_dive, rest_version_3_on, table_of, write_under_other
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, build_house
from tests.people import ADDRESS, Browser, browser, hire

SAID = "They want me to work for free first, an unpaid test project. Sample {n}."


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    """Give a house that the tests of this file share."""
    return dataclasses.replace(
        await build_house(database, ids, clocks), settings=Settings(public_url=ADDRESS)
    )


def words_of(page: str) -> str:
    """Return what a page shows, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


async def test_somebody_asks_for_a_deep_dive_and_watches_it_until_they_cancel_it(
    house: House, hers: Browser
) -> None:
    assert "Ask for a deep dive" in (await hers.get("/console/dives")).text
    form = {"platform": "harborlane", "first": "2026-01-01", "last": "2026-01-31", "language": ""}
    there = (await hers.post("/console/dives", **form)).headers["location"]
    page = (await hers.get(there)).text
    assert "Waits for its turn." in page
    assert "All menus · 1 Jan 2026" in words_of(page)
    assert 'hx-trigger="every 2s"' in (await hers.get(f"{there}/progress")).text
    assert (await hers.post(f"{there}/cancel")).headers["location"] == there
    assert "Nothing of it was kept." in (await hers.get(there)).text
    assert (await hers.get(f"{there}/progress")).headers["hx-refresh"] == "true"
    assert "Cancelled" in (await hers.get("/console/dives")).text
    again = (await hers.post(f"{there}/again")).headers["location"]
    assert again not in {there, ""}
    assert (await hers.post(f"{there}/cancel")).status_code == 409
    await hers.post(f"{again}/cancel")


async def test_days_that_cannot_be_chosen_come_back_with_what_was_typed(hers: Browser) -> None:
    form = {"platform": "harborlane", "first": "2026-02-01", "last": "2026-01-31", "kinds": "profile"}
    await hers.get("/console/dives")
    answer = await hers.post("/console/dives", **{**form, "language": "es"})
    assert answer.status_code == 422
    assert 'value="2026-02-01"' in answer.text
    assert re.search(r'value="profile" checked', answer.text)
    assert '<option value="es" selected>' in answer.text


async def test_a_run_that_is_at_work_says_how_far_and_one_that_failed_says_so(
    house: House, hers: Browser, pia: Account
) -> None:
    failed = await plant_dive(house, pia, state=DiveState.FAILED)
    assert "This run ended without a table." in (await hers.get(f"/console/dives/{failed}")).text
    at_work = await plant_dive(house, pia, state=DiveState.CODING)
    running = (await hers.get(f"/console/dives/{at_work}")).text
    assert '<progress max="1000" value="340"' in running
    assert "Gives each comment to a theme." in running
    await hers.post(f"/console/dives/{at_work}/cancel")


async def test_a_table_is_told_with_its_intervals_its_denominator_and_what_fits_no_theme(
    house: House, hers: Browser, pia: Account
) -> None:
    number = await plant_dive(house, pia)
    page = (await hers.get(f"/console/dives/{number}")).text
    told = words_of(page)
    assert "What this reviewer would have said of all comments." in told
    assert "Someone labelled 200 comments drawn at random; shares of all 1,000 are estimated" in told
    assert "17.40 % (15.00–20.00)" in told
    assert [
        told.index(name) for name in ("Asks for free work", "A freelancer who advertises", "Fits no theme")
    ]
    rows = re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]+)', page.partition('id="table"')[2])
    assert rows[:7] == [
        "Asks for free work", "A freelancer who advertises", "Posted again and again",
        "Themes of fewer than five persons, together", "Fits no theme", "Not usable", "All comments",
    ]  # fmt: skip
    assert page.count('class="reach"') == 3 * 6
    assert "Reword an option" in told
    assert "a dash is one of those, or none." in told


async def test_what_nobody_checked_is_told_as_ranges(house: House, hers: Browser, pia: Account) -> None:
    number = await plant_dive(house, pia, table_of({}, Basis.UNVERIFIED, labels=0))
    page = (await hers.get(f"/console/dives/{number}")).text
    assert "Nobody has checked these figures." in page
    assert "would have said" not in page
    assert "15.00–20.00 %" in page
    assert "17.40" not in page
    assert 'class="reach"' not in page


async def test_examples_are_opened_for_who_asks_with_a_line_in_the_log_and_stay_on_that_page(
    house: House, hers: Browser, pia: Account
) -> None:
    flags = await write_under_other(house, *(SAID.format(n=n) for n in range(6)))
    number = await plant_dive(house, pia, flags={"free": flags})
    here = f"/console/dives/{number}/themes/free"
    assert "unpaid test project" not in (await hers.get(here)).text
    assert not await rows_of(house, "select from audit.entry where deed = 'dive.examples_shown'")
    opened = (await hers.post(f"{here}/examples", kind="job_post")).text
    assert opened.count("unpaid test project") == 6
    assert "unpaid test project" not in (await hers.get(here)).text
    assert len(await rows_of(house, "select from audit.entry where deed = 'dive.examples_shown'")) == 1
    asked = await rows_of(house, "select account from vault.asking where purpose = 'coding'")
    assert [one for one in asked if one["account"] == pia.key]
    pooled = await hers.post(f"/console/dives/{number}/themes/pooled/examples", kind="job_post")
    assert (pooled.status_code, "Too few persons" in pooled.text) == (422, True)
    async with browser(house, await hire(house, StaffRole.AUDITOR)) as reader:
        assert (await reader.get(here)).status_code == 200
        assert (await reader.post(f"{here}/examples", kind="job_post")).status_code == 403


async def test_comments_that_a_live_option_would_have_caught_say_that_it_was_not_found(
    house: House, hers: Browser, pia: Account
) -> None:
    flags = await write_under_other(house, *(SAID.format(n=n) for n in range(12)), "Ghmpf brrr")
    number = await plant_dive(house, pia, flags={"hush": [], "ads": flags})
    here = f"/console/dives/{number}/themes/ads"
    await hers.get(here)
    heard = words_of((await hers.post(f"{here}/heard", kind="job_post")).text)
    assert "13 comments were run through the hints of the live menu" in heard
    assert "Client is asking for free work at least 9" in heard, (
        "12 would tell that of one it was not proposed"
    )
    assert "People did not find “Client is asking for free work”." in heard


async def test_a_menu_with_a_few_comments_of_a_theme_is_not_counted_alone_nor_told_in_the_log(
    house: House, hers: Browser, pia: Account
) -> None:
    """Four of 24 are on another menu and of another month: no page, count or log tells which or how many."""
    flags = await write_under_other(house, *(SAID.format(n=n) for n in range(3)))
    rows = [
        msgspec.structs.replace(
            one, rows=24, kinds={"job_post": 20, "profile": 4}, months={"2026-03": 4, "2026-02": 20}
        )
        if one.key == "free"
        else one
        for one in table_of({"free": flags}).rows
    ]
    number = await plant_dive(
        house, pia, msgspec.structs.replace(table_of({}), rows=tuple(rows)), flags={"free": flags}
    )
    here = f"/console/dives/{number}/themes/free"
    page = words_of((await hers.get(here)).text)
    assert "2026-01 – 2026-02 – 2026-03 – Rest 24" in page
    assert "a dash is one of those, or none." in page
    assert "under 5" not in page
    opened = "select from audit.entry where deed in ('dive.theme_heard', 'dive.examples_shown')"
    before = len(await rows_of(house, opened))
    for kind in ("profile", "job_post", "review"):
        refused = await hers.post(f"{here}/heard", kind=kind)
        assert refused.status_code == 422, kind
        assert "Too few persons wrote about this" in refused.text
        assert "run through the hints of the live" not in refused.text
    for what in ("heard", "examples"):
        assert (await hers.post(f"{here}/{what}", kind="bogus")).status_code == 404
    assert len(await rows_of(house, opened)) == before


async def test_a_theme_becomes_a_draft_with_the_run_as_its_evidence(
    house: House, hers: Browser, pia: Account
) -> None:
    number = await plant_dive(house, pia)
    here = f"/console/dives/{number}/themes/ads"
    page = (await hers.get(here)).text
    assert "People did not find “This is a Freelancer ad not a job”." in words_of(page)
    goal = {"metric": "something_else_share", "direction": "down", "window_days": "28"}
    form = {
        "do": "reword", "kind": "job_post", "option": "job_post.freelancer_ad", "draft": "", "title": "From a theme",
        "label_en": "A freelancer advertises", "help_en": "Somebody who looks for work.", "label_es": "", "help_es": "",
        "why": "People wrote it by hand", **goal,
    }  # fmt: skip
    there = (await hers.post(f"{here}/draft", **form)).headers["location"]
    assert there.startswith("/console/menus/drafts/")
    shown = words_of((await hers.get(there)).text)
    assert f"“A freelancer who advertises” in deep dive {number} , 10.90 % (9.00–13.00) of 1,000" in shown
    looked = await look_at_draft(house, pia, UUID(there.partition("#")[0].rpartition("/")[2]))
    (reword,) = looked.draft.operations
    assert isinstance(reword, Reword)
    assert reword.pinned is not None
    assert (reword.pinned.dive, reword.pinned.theme, reword.pinned.share) == (number, "ads", 0.109)
    assert looked.draft.goal is not None
    assert looked.draft.goal.primary == "something_else_share"


async def test_a_new_option_goes_on_every_menu_that_is_ticked_into_a_draft_that_is_open(
    house: House, hers: Browser, pia: Account
) -> None:
    number = await plant_dive(house, pia)
    here = f"/console/dives/{number}/themes/hush"
    assert (await hers.get(here)).status_code == 404, "pooled: the table does not name it"
    here = f"/console/dives/{number}/themes/free"
    begun = await hers.post("/console/menus/drafts", platform="harborlane", title="There already")
    draft = begun.headers["location"].rpartition("/")[2]
    form: dict[str, str | list[str]] = {
        "do": "add", "kind": "profile", "kinds": ["profile", "review"], "reason": "", "new_reason": "asks_for_samples",
        "like": "free_work", "severity": "2", "clauses": ["MT-6"], "place": "more:0", "draft": draft,
        "label_en": "Asks for samples", "help_en": "Wants work that nobody pays.", "label_es": "Pide muestras",
        "help_es": "Quiere trabajo que nadie paga.", "title": "", "metric": "", "why": "",
    }  # fmt: skip
    assert draft in (await hers.post(f"{here}/draft", **form)).headers["location"]
    looked = await look_at_draft(house, pia, UUID(draft))
    first, second = looked.draft.operations
    assert isinstance(first, Add)
    assert isinstance(second, Add)
    assert [(one.kind, one.at, one.meaning is None) for one in (first, second)] == [
        ("profile", 0, False), ("review", None, True),
    ]  # fmt: skip
    assert looked.draft.goal is None
    none = await hers.post(f"{here}/draft", **{**form, "kinds": []})
    assert none.status_code == 422
    other = await hers.post(f"/console/dives/{number}/themes/other/draft", **form)
    assert other.status_code == 404


async def test_what_a_draft_would_tell_readers_is_nobodys_own_words_and_says_of_nobody_who_they_are(
    house: House, hers: Browser, pia: Account
) -> None:
    version = house.policy.menus(HARBORLANE)
    published = version.option_by_key["job_post.free_work"].help
    flags = await write_under_other(house, *(SAID.format(n=n) for n in range(6)), f"It says: {published}")
    number = await plant_dive(house, pia, flags={"free": flags})
    here = f"/console/dives/{number}/themes/free"
    await hers.get(here)
    form: dict[str, str | list[str]] = {
        "do": "add", "kind": "profile", "kinds": ["profile"], "reason": "", "new_reason": "asks_for_samples",
        "like": "free_work", "severity": "2", "clauses": ["MT-6"], "place": "more:0", "draft": "",
        "label_en": "Asks for samples", "help_en": published, "label_es": "", "help_es": "",
        "title": "Samples", "metric": "", "why": "",
    }  # fmt: skip
    theirs = SAID.format(n=3)
    for field, text, told in (
        ("label_en", theirs, "These are the words of a comment"),
        ("help_es", f"Dice: {theirs}", "These are the words of a comment"),
        ("why", theirs.upper(), "These are the words of a comment"),
        ("help_en", "Write to mira@shop.example", "This says who somebody is"),
    ):
        refused = await hers.post(f"{here}/draft", **form | {field: text})
        assert (refused.status_code, told in refused.text) == (422, True), field
    kept = await hers.post(f"{here}/draft", **form)
    assert kept.status_code == 303, "what is published already may be said again"


@pytest.mark.parametrize(
    ("reason", "new_reason", "becomes", "is_new"),
    [
        ("stolen_work", "", "stolen_work", False),
        ("", "", "a_freelancer_who_advertises", True),
        ("", "selling", "selling", True),
        ("stolen_work", "selling", "selling", True),
    ],
)
async def test_a_reason_that_was_chosen_or_typed_is_taken_and_else_the_one_that_is_proposed(
    house: House, hers: Browser, pia: Account, reason: str, new_reason: str, becomes: str, is_new: bool
) -> None:
    """A draft that holds a theme of the run already is proposed for the next one."""
    rows = [
        msgspec.structs.replace(
            one, sized=msgspec.structs.replace(one.sized, low=one.sized.share, high=one.sized.share)
        )
        for one in table_of({}, Basis.COUNTED).rows
    ]
    number = await plant_dive(house, pia, msgspec.structs.replace(table_of({}), rows=tuple(rows)))
    here = f"/console/dives/{number}/themes/ads"
    page = (await hers.get(f"{here}?kind=review")).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert "a_freelancer_who_advertises" in page
    form: dict[str, str | list[str]] = {
        "do": "add", "kind": "review", "kinds": ["review"], "reason": reason, "new_reason": new_reason,
        "proposed_key": fields["proposed_key"], "like": "disrespect", "severity": "1", "place": "more:",
        "draft": "", "title": f"One of {number}", "label_en": "Sells", "help_en": "Sells something.",
        "label_es": "Vende", "help_es": "Vende algo.", "metric": "", "why": "",
    }  # fmt: skip
    there = (await hers.post(f"{here}/draft", **form)).headers["location"].partition("#")[0]
    (add,) = (await look_at_draft(house, pia, UUID(there.rpartition("/")[2]))).draft.operations
    assert isinstance(add, Add)
    assert (add.reason, add.meaning is not None) == (becomes, is_new)
    shown = words_of((await hers.get(there)).text)
    assert f"in deep dive {number} , 10.90 % of 1,000 comments under Other, all of them labelled." in shown
    mine = f'<option value="{there.rpartition("/")[2]}" selected>One of {number}</option>'
    assert mine in (await hers.get(f"/console/dives/{number}/themes/free")).text


async def test_nothing_is_new_after_a_run_whose_themes_nobody_had_named(
    house: House, hers: Browser, pia: Account
) -> None:
    for lines, new in (((), 0), (LINES[1:], 1)):
        rows = tuple(one for one in table_of({}).rows if one.key != "free")
        former = await plant_dive(house, pia, msgspec.structs.replace(table_of({}), rows=rows), lines=lines)
        key = await rows_of(house, f"select key from insight.dive where number = '{former}'")
        following = await plant_dive(house, pia, follows=UUID(str(key[0]["key"])))
        page = words_of((await hers.get(f"/console/dives/{following}")).text)
        assert page.count("Asks for free work New") == new


async def test_the_form_says_in_which_months_people_wrote_under_other(house: House, hers: Browser) -> None:
    await write_under_other(house, *(f"Something else, said {n} times over." for n in range(6)))
    while await count_use(house):
        pass
    page = words_of((await hers.get("/console/dives")).text)
    assert re.search(r"Comments under Other by month Month Comments 2026-03 (\d+|under 5)", page)


@pytest.mark.parametrize("path", ["", "/progress", "/themes/free"])
async def test_a_number_that_is_nobodys_and_a_reader_without_the_right_find_nothing(
    house: House, hers: Browser, path: str
) -> None:
    assert (await hers.get(f"/console/dives/I-0000{path}")).status_code == 404
    async with browser(house, await hire(house, StaffRole.MODERATOR)) as page:
        assert (await page.get(f"/console/dives/I-0000{path}")).status_code in {403, 404}


async def test_a_table_leaves_as_a_file_in_three_forms_and_never_with_an_example(
    house: House, hers: Browser, pia: Account
) -> None:
    flags = await write_under_other(house, *(SAID.format(n=n) for n in range(6)))
    number = await plant_dive(house, pia, flags={"free": flags})
    for form, kind in (("csv", "text/csv"), ("md", "text/markdown"), ("json", "application/json")):
        answer = await hers.get(f"/console/dives/{number}/table.{form}")
        assert answer.headers["content-type"].startswith(kind)
        assert "attachment" in answer.headers["content-disposition"]
        assert "17.4" in answer.text
        assert not any(str(one) in answer.text for one in flags)
        assert "unpaid test" not in answer.text


async def test_themes_that_nobody_named_stand_under_numbers_and_name_no_option(
    house: House, hers: Browser, pia: Account
) -> None:
    named = table_of({})
    rows = tuple(msgspec.structs.replace(one, name="") for one in named.rows)
    number = await plant_dive(house, pia, msgspec.structs.replace(named, rows=rows), lines=())
    table = (await hers.get(f"/console/dives/{number}")).text
    assert "Theme 1" in table
    assert "A codebook is proposed" in table
    theme = (await hers.get(f"/console/dives/{number}/themes/free")).text
    assert "<h1>Theme 1</h1>" in theme
    assert 'name="label_en" maxlength="70" lang="en" required value=""' in theme


async def test_readers_may_be_told_the_share_under_a_name_that_a_person_typed_of_whole_menus_and_months(
    house: House, hers: Browser, pia: Account
) -> None:
    (key,) = await name_themes(house, pia, HARBORLANE, [Words("Whispers", "")])
    rows = [msgspec.structs.replace(one, key=key) if one.key == "free" else one for one in table_of({}).rows]
    table = msgspec.structs.replace(table_of({}), rows=tuple(rows))
    every = tuple(sorted(house.policy.menus(HARBORLANE).menu_by_kind))
    whole = await plant_dive(house, pia, table, kinds=every)
    some = await plant_dive(house, pia, table)
    form = {
        "do": "restore", "kind": "profile", "option": "profile.fake_profile", "place": "more:", "draft": "",
        "title": "Told", "metric": "", "why": "",
    }  # fmt: skip
    told = []
    for public, number, says in (
        ("", whole, "Readers are told its share once it has a public name. To the codebook"),
        ("Work without pay", some, "that takes a run over whole months, all menus and every language."),
        ("Work without pay", whole, "A draft takes a figure along for readers: “Work without pay”, 17.4 %."),
    ):
        if public:
            await name_theme(house, pia, HARBORLANE, key, public)
        here = f"/console/dives/{number}/themes/{key}"
        assert says in words_of((await hers.get(here)).text)
        there = (await hers.post(f"{here}/draft", **form)).headers["location"]
        looked = await look_at_draft(house, pia, UUID(there.partition("#")[0].rpartition("/")[2]))
        told.append(looked.draft.figures)
    assert told[:2] == [(), ()]
    (figure,) = told[2]
    assert figure.value == "17.4 %"
    assert figure.says == (
        "Of what was written under “It's something else”, about “Work without pay”, January 2026 to March 2026"
    )
    page = words_of((await hers.get(f"/console/queries/{figure.query}")).text)
    assert f"“Work without pay” in deep dive {whole} , which never changes." in page
    assert page.count("17.4 %") == 2
    assert "Readers see it once a version that names it is published." in page


async def test_old_flags_are_marked_by_the_run_that_a_version_rests_on(
    house: House, hers: Browser, pia: Account
) -> None:
    flags = await write_under_other(house, "Oblique words that no hint would find", version=2)
    number = await plant_dive(house, pia, flags={"ads": flags})
    here = "/console/menus/harborlane/3/old-flags"
    assert "rests on a deep dive" not in (await hers.get(here)).text
    await rest_version_3_on(house, pia, number)
    assert f'<a href="/console/dives/{number}">' in (await hers.get(here)).text
    assert "An option since version 3" in words_of((await hers.get(f"/console/dives/{number}")).text)
    theme = words_of((await hers.get(f"/console/dives/{number}/themes/ads?kind=job_post")).text)
    assert "came of it in version 3" in theme
    assert "Nothing on this menu says it" not in theme
    assert (await hers.post(f"{here}/dive")).headers["location"] == here
    marked = await rows_of(house, "select flag, option, source from flags.inferred")
    assert [one for one in marked if one["flag"] == flags[0]] == [
        {"flag": flags[0], "option": "job_post.freelancer_ad", "source": "dive"}
    ]
    async with browser(house, await hire(house, StaffRole.AUDITOR)) as page:
        await page.get(here)
        assert (await page.post(f"{here}/dive")).status_code == 403


async def test_the_page_says_who_watches_which_menus_and_what_it_told_and_has_it_begun_and_ended(
    house: House, hers: Browser, pia: Account
) -> None:
    shown = words_of((await hers.get("/console/dives")).text)
    assert "fewer than one week in 100 tells anything" in shown
    watch: dict[str, str | list[str]] = {"platform": "harborlane", "do": "begin", "kinds": ["job_post"]}
    sent = await hers.post("/console/dives/watch", **watch)
    assert sent.headers["location"] == "/console/dives?platform=harborlane#watch"
    shown = words_of((await hers.get("/console/dives")).text)
    assert "No run yet." in shown
    assert pia.name in shown
    number = await plant_dive(house, pia)
    rising = '[{"theme": "free", "name": "Asks for free work", "comments": 9, "of": 30, "before": 0, "of_before": 200,'
    rising += ' "chance": 0.0001}]'
    await rows_of(
        house,
        "insert into insight.watched (dive, platform, week, judged_at, rising)"
        " select key, platform, $2, asked_at, $3 from insight.dive where number = $1 returning 1",
        number, date(2026, 3, 2), json.loads(rising),
    )  # fmt: skip
    shown = words_of((await hers.get("/console/dives")).text)
    assert f"Last run: {number}" in shown
    assert "9 of 30 comments, none before" in shown
    assert "1 theme is new or rises" in shown
    for wrong in ({"do": "nothing"}, {"do": "begin", "kinds": "carrier_pigeon"}):
        assert (await hers.post("/console/dives/watch", platform="harborlane", **wrong)).status_code == 422
    assert (await hers.post("/console/dives/watch", platform="harborlane", do="end")).status_code == 303
    assert (await hers.post("/console/dives/watch", platform="harborlane", do="end")).status_code == 404
    async with browser(house, await hire(house, StaffRole.AUDITOR)) as page:
        assert "Have it watched" not in (await page.get("/console/dives")).text
        assert (await page.post("/console/dives/watch", platform="harborlane", do="begin")).status_code == 403
