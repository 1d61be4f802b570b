"""A hold hides for a while, tells its author at once, and never outlives its reason."""

from datetime import timedelta

import pytest

from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.house import House
from flagstaff.flows.place_hold import Holding, NoHold, lift_hold, place_hold
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import decided, events_of, flagged, move, rows_of, told
from tests.houses import sent

REASON = "The payment page looks like theft of card data."


async def effects(house: House) -> list[tuple[object, object]]:
    return [(event["measure"], event["effect"]) for event in await events_of(house)]


async def test_a_hold_hides_at_once_and_comes_back_by_itself_with_the_case_in_front(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    with pytest.raises(NoHold, match="One hold stands"):
        await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    business.move(timedelta(seconds=10))
    assert await effects(own_house) == [("hold", "hide")]
    assert await told(own_house, "author") == ["hold_author"]
    business.move(timedelta(hours=24))
    assert await end_holds(own_house) == 1
    assert await end_holds(own_house) == 0
    assert await effects(own_house) == [("hold", "hide"), ("hold", "show")]
    assert await told(own_house, "author") == ["hold_author", "hold_lifted"]
    assert await rows_of(own_house, "select front from cases.case") == [{"front": True}]


async def test_a_decision_takes_the_holds_place_without_a_gap(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    ruled = await decided(own_house, mia, case)
    assert ruled.not_before == own_house.now + timedelta(seconds=10)
    move(business, ruled.not_before)
    await take_effect(own_house)
    hides = [one for one in await effects(own_house) if one[0] in {"hold", "remove_content"}]
    assert hides == [("hold", "hide"), ("remove_content", "hide"), ("hold", "tell")]
    assert "hold_lifted" not in await told(own_house, "author")


async def test_a_hold_on_what_may_stay_is_lifted_by_the_decision_and_its_author_hears_it(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    ruled = await decided(own_house, mia, case, verdict=Verdict.NO_VIOLATION)
    move(business, ruled.not_before)
    await take_effect(own_house)
    assert await effects(own_house) == [("hold", "hide"), ("hold", "show")]
    assert await told(own_house, "author") == ["hold_author", "hold_lifted"]


async def test_a_person_lifts_what_a_person_placed(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"))
    with pytest.raises(NoHold):
        await place_hold(own_house, mia, Holding(case, "no", "MT-3"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    await lift_hold(own_house, mia, case, "It was the platform's own page.")
    assert await rows_of(own_house, "select state from decisions.hold") == [{"state": "lifted"}]
