"""Proven misuse of flags is answered without anybody learning whose it is, and costs no urgent flag its hearing."""

from datetime import timedelta

import pytest

from flagstaff.decisions.model import Chosen
from flagstaff.flows.case_desk import NoSuchCase, NothingWaits
from flagstaff.flows.count_kept_flags import count_kept_flags
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.flag_use import Misuse, look_into_flag_use
from flagstaff.flows.house import House
from flagstaff.flows.open_case import CaseStands
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.show_my_notices import show_my_notices
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import MeasureKind
from flagstaff.vocabulary.states import FlagStatus
from tests.flows.desks import account, decided, events_of, flagged, move, rows_of, state_of, value_of
from tests.houses import flag, person, seen, sent
from tests.people import browser

RESTRICT = (Chosen(MeasureKind("restrict_flagging"), 30),)
SEEN = "Thirty flags in an hour on one competitor, all refused, all with the same words."
URGENT = "job_post.child_safety"


async def opened(house: House, by: Account) -> str:
    """Look into the way in which Rita uses flags, by one flag of hers."""
    case = await flagged(house, sent("rita", seen(id_="first")))
    number = str(await value_of(house, "select number from flags.flag"))
    return await look_into_flag_use(house, by, Misuse(case, number, SEEN))


async def restricted(house: House, by: Account, clock: StoppedClock) -> str:
    case = await opened(house, by)
    ruled = await decided(house, by, case, clauses=("CG-8c",), measures=RESTRICT)
    move(clock, ruled.not_before)
    assert await take_effect(house) == 1
    return case


async def states(house: House, id_: str) -> list[object]:
    query = (
        'select f.state from flags.flag f join cases.case c on c.key = f."case" join subjects.subject s '
        "on s.key = c.subject where s.outside_id = $1 order by f.received_at, f.key"
    )
    return [row["state"] for row in await rows_of(house, query, id_)]


async def test_an_ordinary_flag_is_kept_and_reads_like_any_other_while_an_urgent_one_counts(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await restricted(own_house, mia, business)
    (kept,) = await flag(own_house, sent("rita", seen(id_="second")))
    (plain,) = await flag(own_house, sent("sam", seen(id_="third")))
    await flag(own_house, sent("rita", seen(id_="grave"), URGENT))
    assert (kept.status, kept.label, kept.expected) == (plain.status, plain.label, plain.expected)
    shown = {one.number: one.status for one in await show_my_flags(own_house, person("rita"))}
    assert shown[str(kept.number)] is FlagStatus.RECEIVED
    assert await states(own_house, "second") == ["kept"]
    assert await states(own_house, "third") == ["live"]
    assert await states(own_house, "grave") == ["live"]


async def test_the_restriction_ends_by_itself_or_with_its_decision_and_then_kept_flags_count(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await restricted(own_house, mia, business)
    await flag(own_house, sent("rita", seen(id_="second")))
    assert await count_kept_flags(own_house) == 0
    await reverse_decision(own_house, mia, Reversal(case, "They had been right after all."))
    assert await count_kept_flags(own_house) == 1
    assert await states(own_house, "second") == ["live"]


async def test_it_ends_after_its_days(own_house: House, mia: Account, business: StoppedClock) -> None:
    await restricted(own_house, mia, business)
    await flag(own_house, sent("rita", seen(id_="second")))
    business.move(timedelta(days=30))
    assert await end_measures(own_house) == 1
    assert await count_kept_flags(own_house) == 1
    await flag(own_house, sent("rita", seen(id_="later")))
    assert await states(own_house, "later") == ["live"]


async def test_nobody_learns_whose_flags_they_are(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """Neither the platform's feed of measures nor the author nor staff: the person reads it under their own flag."""
    await restricted(own_house, mia, business)
    assert await events_of(own_house) == []
    assert await rows_of(own_house, "select 1 from subjects.author where person = 'rita'") == []
    assert await rows_of(own_house, "select 1 from delivery.notice where audience = 'author'") == []
    told = [one.text for one in await show_my_notices(own_house, person("rita"))]
    assert any("You cannot send ordinary flags" in text for text in told)
    assert not any("ordinary flags" in one.text for one in await show_my_notices(own_house, person("sam")))


async def test_whoever_is_meant_does_not_meet_their_own_case(own_house: House, mia: Account) -> None:
    case = await opened(own_house, mia)
    rita = await account(own_house, "r", linked=person("rita"))
    with pytest.raises(NoSuchCase):
        await decided(own_house, rita, case, clauses=("CG-8c",), measures=RESTRICT)
    assert await state_of(own_house, case) == "open"


async def test_staff_open_it_from_the_case_by_a_letter(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"), sent("sam"))
    here = f"/console/cases/{case}"
    async with browser(own_house, mia) as page:
        assert "flag in bad faith" in (await page.get(here)).text
        opened = await page.post(f"{here}/misuse", letter="2", reason=SEEN)
        assert opened.status_code == 303
        shown = (await page.get(opened.headers["location"])).text
        assert "rita" not in shown
        assert "CG-8c" in shown
        assert (await page.post(f"{here}/misuse", letter="9", reason=SEEN)).status_code == 409


async def test_a_case_about_flags_needs_a_flag_of_the_case_and_stands_once(
    own_house: House, mia: Account
) -> None:
    await opened(own_house, mia)
    (row,) = await rows_of(
        own_house,
        'select f.number, c.number as "case" from flags.flag f join cases.case c on c.key = f."case"',
    )
    with pytest.raises(CaseStands):
        await look_into_flag_use(own_house, mia, Misuse(str(row["case"]), str(row["number"]), SEEN))
    with pytest.raises(NothingWaits):
        await look_into_flag_use(own_house, mia, Misuse(str(row["case"]), "F-0000-0000-0000", SEEN))
