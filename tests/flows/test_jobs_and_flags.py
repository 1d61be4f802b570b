"""A job and a flag that meet on one case leave a history whose steps follow each other."""

from datetime import timedelta

from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.kernel.clock import StoppedClock
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from tests.flows.desks import account, flagged, key_of, state_of, value_of
from tests.houses import seen, sent


async def test_a_claim_lapses_only_when_no_flag_is_under_way(
    own_house: House, business: StoppedClock
) -> None:
    house = own_house
    by, case = await account(house, "lena"), await flagged(house, sent("rita", seen(id_="job-lapse")))
    await claim_case(house, by, case)
    business.move(timedelta(hours=2))
    subject = await value_of(house, "select subject from cases.case where number = $1", case)
    async with house.database.transaction(Role.INTAKE) as connection:
        await judging.lock(connection, key_of(subject))
        await lapse_claims(house)
        assert await state_of(house, case) == "claimed"
    assert await lapse_claims(house) == 1
    assert await state_of(house, case) == "open"


async def test_a_parked_case_wakes_only_when_no_flag_is_under_way(
    own_house: House, business: StoppedClock
) -> None:
    house = own_house
    by, case = await account(house, "mona"), await flagged(house, sent("rita", seen(id_="job-wake")))
    await claim_case(house, by, case)
    await park_case(house, by, Parking(case, house.now + timedelta(days=1), "A document will come."))
    business.move(timedelta(days=2))
    subject = await value_of(house, "select subject from cases.case where number = $1", case)
    async with house.database.transaction(Role.INTAKE) as connection:
        await judging.lock(connection, key_of(subject))
        assert await wake_cases(house) == 0
    assert await wake_cases(house) == 1
    assert await state_of(house, case) == "open"
