"""Two people agree in the console that a reporter is named; one of them reads the name, once."""

import re

import pytest

from flagstaff.flows.house import House
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account, flagged, rows_of
from tests.houses import person, sent
from tests.people import Browser, browser

REASON = "A court order of today names this flag."
PAGE = "/console/naming"


def answer_at(page: str) -> str:
    (where,) = re.findall(r'action="(/console/cases/[^"]+/naming/[^"]+)"', page)
    return str(where)


async def letter_of_rita(house: House) -> str:
    rows = await rows_of(
        house,
        "select l.letter from flags.lettered l join vault.link k on k.flag = l.key "
        "join vault.person p on p.key = k.person where p.hash = $1",
        house.sealer.person_hash(person("rita")),
    )
    return str(rows[0]["letter"])


async def asked(house: House, page: Browser, case: str) -> None:
    assert "has to be named" in (await page.get(f"/console/cases/{case}")).text
    sent_ = await page.post(
        f"/console/cases/{case}/naming", letter=await letter_of_rita(house), reason=REASON
    )
    assert (sent_.status_code, sent_.headers["location"]) == (303, PAGE)


async def test_one_asks_another_agrees_and_the_first_reads_the_name_once(house: House) -> None:
    case = await flagged(house, sent("rita"), sent("sam"))
    mia, noor = await account(house, "mia"), await account(house, "noor")
    async with browser(house, mia) as asking, browser(house, noor) as second:
        await asked(house, asking, case)
        waiting = (await asking.get(PAGE)).text
        assert "Waits for somebody else" in waiting
        assert '<button class="button primary" name="do"' not in waiting
        shown = (await second.get(PAGE)).text
        assert REASON in shown
        assert "rita" not in shown
        agreed = await second.post(answer_at(shown), do="confirm")
        assert agreed.status_code == 303
        here = answer_at((await asking.get(PAGE)).text)
        named = await asking.post(here, do="see")
        assert "rita" in named.text
        assert named.headers["cache-control"] == "no-store"
        again = await asking.post(here, do="see")
        assert again.status_code == 409
        assert "rita" not in again.text
        assert "Nobody is to be named" in (await asking.get(PAGE)).text


async def test_nobody_agrees_to_their_own_request(house: House) -> None:
    case = await flagged(house, sent("rita"))
    mia, noor = await account(house, "mia"), await account(house, "noor")
    async with browser(house, mia) as page, browser(house, noor) as other:
        await asked(house, page, case)
        where = answer_at((await other.get(PAGE)).text)
        refused = await page.post(where, do="confirm")
        assert refused.status_code == 409
        assert "another account confirm" in refused.text
        assert (await page.post(where, do="see")).status_code == 409


@pytest.mark.parametrize("chosen", ["", "agree", "SEE"])
async def test_only_a_button_agrees(house: House, chosen: str) -> None:
    case = await flagged(house, sent("rita"))
    mia, noor = await account(house, "mia"), await account(house, "noor")
    async with browser(house, mia) as page, browser(house, noor) as other:
        await asked(house, page, case)
        where = answer_at((await other.get(PAGE)).text)
        assert (await other.post(where, do=chosen)).status_code == 422
        assert await rows_of(house, "select 1 from vault.unmasking where second is not null") == []


async def test_whom_the_case_concerns_never_meets_the_request(house: House) -> None:
    case = await flagged(house, sent("rita"))
    mia = await account(house, "mia")
    ann = await account(house, "ann-of-staff", linked=person("ann"))
    async with browser(house, mia) as page, browser(house, ann) as author:
        await asked(house, page, case)
        assert case not in (await author.get(PAGE)).text
        (row,) = await rows_of(house, "select key from vault.unmasking")
        refused = await author.post(f"/console/cases/{case}/naming/{row['key']}", do="confirm")
        assert refused.status_code == 404


async def test_the_page_exists_for_nobody_who_may_not_ask(house: House) -> None:
    case = await flagged(house, sent("rita"))
    lead = await account(house, "lead", StaffRole.AUDITOR)
    async with browser(house, lead) as page:
        assert (await page.get(PAGE)).status_code == 403
        shown = await page.get(f"/console/cases/{case}")
        assert "has to be named" not in shown.text
