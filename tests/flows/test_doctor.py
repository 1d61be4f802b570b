"""The doctor says what is wrong in a house that is open, and how to mend it."""

from datetime import timedelta

from flagstaff.cli.examination import examine_house
from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from tests.flows.desks import decided, flagged
from tests.houses import sent


async def wrongs(house: House) -> list[str]:
    return [str(finding) for finding in [one async for one in examine_house(house)] if finding.wrong]


async def test_cases_past_their_target_are_counted_until_somebody_decides(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    late = "✗ one case waits past its target → somebody has to decide; /console/queue begins there"
    assert late not in await wrongs(own_house)
    business.move(timedelta(days=60))
    assert late in await wrongs(own_house)
    await decided(own_house, mia, case)
    assert late not in await wrongs(own_house)
