"""When a decision does not last, a person looks at the steps that were built on it."""

from datetime import timedelta

import msgspec
import pytest

from flagstaff.flows.case_desk import NoSuchCase, NothingWaits, NotYours
from flagstaff.flows.house import House
from flagstaff.flows.let_stand import Standing, let_stand
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.views.later import Later, list_later
from flagstaff.views.sight import sight_of
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account, decided, flagged
from tests.houses import HARBORLANE, seen, sent
from tests.people import browser

DECAY = 180


async def offence(
    house: House, by: Account, clock: StoppedClock, id_: str, *, author: str = "ann", clause: str = "MT-6"
) -> tuple[str, str]:
    """Decide a case about words written now, two days after the last; return the numbers of case and decision."""
    clock.move(timedelta(days=2))
    shown = msgspec.structs.replace(seen(id_=id_, author=author), posted_at=house.now)
    case = await flagged(house, sent("rita", shown))
    ruled = await decided(house, by, case, clauses=(clause,))
    clock.move(timedelta(hours=2))
    await take_effect(house)
    return case, ruled.decision


async def listed(house: House, by: Account) -> list[Later]:
    return await list_later(house.database, sight_of(by, [HARBORLANE]), DECAY)


async def test_later_steps_are_listed_until_they_are_taken_back_or_let_stand(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    lead = await account(own_house, "lea")
    first, counted = await offence(own_house, mia, business, "job-1")
    second, later = await offence(own_house, mia, business, "job-2")
    third, last = await offence(own_house, mia, business, "job-3")
    await offence(own_house, mia, business, "job-4", clause="MT-9")
    await offence(own_house, mia, business, "job-5", author="bob")
    assert await listed(own_house, mia) == []
    await reverse_decision(own_house, lead, Reversal(first, "It was paid for after all."))
    _, sixth = await offence(own_house, mia, business, "job-6")
    found = await listed(own_house, mia)
    assert [(one.case, one.number, one.reversed) for one in found] == [
        (second, later, counted),
        (third, last, counted),
    ]
    await let_stand(own_house, lead, Standing(second, later, counted))
    with pytest.raises(NothingWaits):
        await let_stand(own_house, lead, Standing(second, later, counted))
    await reverse_decision(own_house, lead, Reversal(third, "Without the first one it was too much."))
    assert [(one.number, one.reversed) for one in await listed(own_house, mia)] == [(sixth, last)]


async def test_volunteers_do_not_let_stand(own_house: House, mia: Account, business: StoppedClock) -> None:
    case, number = await offence(own_house, mia, business, "job-1")
    volunteer = await account(own_house, "vic", StaffRole.COMMUNITY_MODERATOR)
    with pytest.raises((NotYours, NoSuchCase)):
        await let_stand(own_house, volunteer, Standing(case, number, number))


async def test_the_page_lists_them_and_lets_one_stand(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    lead = await account(own_house, "lea")
    first, counted = await offence(own_house, mia, business, "job-1")
    second, later = await offence(own_house, mia, business, "job-2")
    await reverse_decision(own_house, lead, Reversal(first, "It was paid for after all."))
    async with browser(own_house, mia) as page:
        assert "Built on a reversed decision" in (await page.get("/console/appeals")).text
        shown = (await page.get("/console/later")).text
        assert (second in shown, counted in shown) == (True, True)
        fields = {"decision": later, "reversed": counted}
        assert (await page.post(f"/console/cases/{second}/stands", **fields)).status_code == 303
        assert second not in (await page.get("/console/later")).text
        assert (await page.post(f"/console/cases/{second}/stands", **fields)).status_code == 409
