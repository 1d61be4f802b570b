"""The doctor says what is wrong in a house that is open, and how to mend it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from flagstaff.cli.examination import examine_coder, examine_house
from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
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


@pytest.mark.parametrize(
    ("settings", "leads_to", "said"),
    [
        (Settings(), (), "✓ no model codes comments too"),
        (Settings(coder_url="https://m.example/v1"), ("93.184.216.34",), "✗ coder_url and coder_model name no"),
        (Settings(coder_model="small"), (), "✗ coder_url and coder_model name no"),
        (Settings(coder_url="m", coder_model="small"), (), "✗ coder_url and coder_model name no"),
        (Settings(coder_url="https://m.example/v1", coder_model="small"), ("93.184.216.34",),
         "• small at m.example may be sent redacted comments"),
        (Settings(coder_url="https://m.example/v1", coder_model="small"), (), "✗ small may not be asked at m.example"),
        (Settings(coder_url="https://m.example/v1", coder_model="small"), ("93.184.216.34", "10.0.0.7"),
         "✗ small may not be asked at m.example"),
        (Settings(coder_url="http://m.example/v1", coder_model="small"), ("93.184.216.34",),
         "✗ small may not be asked at m.example"),
        (Settings(coder_url="https://u:canary@m.example/v1", coder_model="small"), ("93.184.216.34",),
         "✗ small may not be asked at m.example"),
        (Settings(coder_url="http://localhost:11434/v1", coder_model="small", coder_allow=("localhost:11434",)),
         ("127.0.0.1",), "• small at localhost:11434 may be sent"),
    ],
)  # fmt: skip
async def test_whether_a_model_codes_too_is_one_line_and_it_is_not_called(
    settings: Settings, leads_to: Sequence[str], said: str
) -> None:
    looked_up: list[str] = []

    async def find(host: str, _port: int) -> Sequence[str]:
        looked_up.append(host)
        return leads_to

    finding = str(await examine_coder(settings, find))
    assert finding.startswith(said)
    assert "canary" not in finding
    assert looked_up in ([], ["m.example"], ["localhost"])
