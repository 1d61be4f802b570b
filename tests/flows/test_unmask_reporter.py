"""A reporter is named only by two people, once, for a reason, and everybody can see that it happened."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.house import House
from flagstaff.flows.unmask_reporter import (
    AskUnmasking,
    ask_unmasking,
    confirm_unmasking,
    see_reporter,
    unmaskings_of,
)
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vault.rules import ReasonMissing
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import account, moderator, rows
from tests.houses import build_house, flag, person, seen, sent

REASON = "a court order of today names this flag"


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


class Raised(NamedTuple):
    """A flag with the case that it is in, both by number."""

    case: str
    flag: str


@pytest_asyncio.fixture
async def raised(house: House, request: pytest.FixtureRequest) -> Raised:
    (receipt,) = await flag(house, sent("rita", seen(id_=f"job-{request.node.name}")))
    (row,) = await rows(
        house,
        'select c.number from cases.case c join flags.flag f on f."case" = c.key where f.number = $1',
        receipt.number,
    )
    return Raised(str(row["number"]), str(receipt.number))


async def asked(house: House, by: Account, raised: Raised, reason: str = REASON) -> UUID:
    return await ask_unmasking(house, by, AskUnmasking(raised.case, raised.flag, reason))


async def test_two_people_learn_who_it_was_and_every_step_is_on_record(
    house: House, raised: Raised, ids: SeededIds
) -> None:
    mia, ben = moderator(ids), moderator(ids)
    key = await asked(house, mia, raised)
    assert key in [one.key for one in await unmaskings_of(house, ben)]
    await confirm_unmasking(house, ben, raised.case, key)
    assert key not in [one.key for one in await unmaskings_of(house, ben)]
    assert await see_reporter(house, mia, raised.case, key) == person("rita")
    assert key not in [one.key for one in await unmaskings_of(house, mia)]
    entries = await rows(
        house, "select deed, actor from audit.entry where object = $1 order by key", f"unmasking:{key}"
    )
    assert [(entry["deed"], entry["actor"]) for entry in entries] == [
        ("unmasking.asked", str(mia.key)),
        ("unmasking.confirmed", str(ben.key)),
        ("unmasking.seen", str(mia.key)),
    ]


async def test_nobody_does_it_alone(house: House, raised: Raised, ids: SeededIds) -> None:
    mia = moderator(ids)
    key = await asked(house, mia, raised)
    with pytest.raises(NothingWaits):
        await confirm_unmasking(house, mia, raised.case, key)
    with pytest.raises(NothingWaits):
        await see_reporter(house, mia, raised.case, key)


async def test_who_confirmed_does_not_see_and_after_a_quarter_of_an_hour_nobody_does(
    house: House, raised: Raised, ids: SeededIds, wall: StoppedClock
) -> None:
    mia, ben = moderator(ids), moderator(ids)
    key = await asked(house, mia, raised)
    await confirm_unmasking(house, ben, raised.case, key)
    with pytest.raises(NothingWaits):
        await see_reporter(house, ben, raised.case, key)
    wall.move(timedelta(minutes=15))
    with pytest.raises(NothingWaits):
        await see_reporter(house, mia, raised.case, key)


async def test_a_name_is_seen_once(house: House, raised: Raised, ids: SeededIds) -> None:
    mia, ben = moderator(ids), moderator(ids)
    key = await asked(house, mia, raised)
    await confirm_unmasking(house, ben, raised.case, key)
    await see_reporter(house, mia, raised.case, key)
    with pytest.raises(NothingWaits):
        await see_reporter(house, mia, raised.case, key)


async def test_a_request_is_answered_in_its_own_case_only(
    house: House, raised: Raised, ids: SeededIds
) -> None:
    mia, ben = moderator(ids), moderator(ids)
    (other,) = await flag(house, sent("tom", seen(id_=f"other-{raised.case}")))
    (row,) = await rows(
        house,
        'select c.number from cases.case c join flags.flag f on f."case" = c.key where f.number = $1',
        other.number,
    )
    elsewhere = str(row["number"])
    with pytest.raises(NothingWaits):
        await asked(house, mia, Raised(elsewhere, raised.flag))
    key = await asked(house, mia, raised)
    with pytest.raises(NothingWaits):
        await confirm_unmasking(house, ben, elsewhere, key)
    await confirm_unmasking(house, ben, raised.case, key)
    with pytest.raises(NothingWaits):
        await see_reporter(house, mia, elsewhere, key)
    assert await see_reporter(house, mia, raised.case, key) == person("rita")


async def test_it_takes_a_reason_and_a_role(house: House, raised: Raised, ids: SeededIds) -> None:
    with pytest.raises(ReasonMissing):
        await asked(house, moderator(ids), raised, "please")
    for role in (StaffRole.AUDITOR, StaffRole.COMMUNITY_MODERATOR, StaffRole.POLICY_MANAGER):
        with pytest.raises(Forbidden):
            await asked(house, account(ids, role), raised)
