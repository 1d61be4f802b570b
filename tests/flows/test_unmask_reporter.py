"""A reporter is named only by two people, once, for a reason, and everybody can see that it happened."""

from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.unmask_reporter import (
    AskUnmasking,
    ask_unmasking,
    confirm_unmasking,
    see_reporter,
    unmaskings_waiting,
)
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Conflict, Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.vault.opening import NotGranted
from flagstaff.vault.rules import ReasonMissing
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import account, moderator, rows
from tests.houses import build_house, flag, person, seen, sent

REASON = "a court order of today names this flag"


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


@pytest_asyncio.fixture
async def raised(house: House, request: pytest.FixtureRequest) -> UUID:
    (receipt,) = await flag(house, sent("rita", seen(id_=f"job-{request.node.name}")))
    (row,) = await rows(house, "select key from flags.flag where number = $1", receipt.number)
    assert isinstance(row["key"], UUID)
    return row["key"]


async def test_two_people_learn_who_it_was_and_every_step_is_on_record(
    house: House, raised: UUID, ids: SeededIds
) -> None:
    mia, ben = moderator(ids), moderator(ids)
    key = await ask_unmasking(house, mia, AskUnmasking(raised, REASON))
    assert [one.key for one in await unmaskings_waiting(house, ben)] == [key]
    assert await unmaskings_waiting(house, mia) == []
    await confirm_unmasking(house, ben, key)
    assert await see_reporter(house, mia, key, raised) == person("rita")
    entries = await rows(
        house, "select deed, actor from audit.entry where object = $1 order by key", f"unmasking:{key}"
    )
    assert [(entry["deed"], entry["actor"]) for entry in entries] == [
        ("unmasking.asked", str(mia.key)),
        ("unmasking.confirmed", str(ben.key)),
        ("unmasking.seen", str(mia.key)),
    ]


async def test_nobody_does_it_alone(house: House, raised: UUID, ids: SeededIds) -> None:
    mia = moderator(ids)
    key = await ask_unmasking(house, mia, AskUnmasking(raised, REASON))
    with pytest.raises(Conflict):
        await confirm_unmasking(house, mia, key)
    with pytest.raises(NotGranted):
        await see_reporter(house, mia, key, raised)


async def test_who_confirmed_does_not_see_and_after_a_quarter_of_an_hour_nobody_does(
    house: House, raised: UUID, ids: SeededIds, wall: StoppedClock
) -> None:
    mia, ben = moderator(ids), moderator(ids)
    key = await ask_unmasking(house, mia, AskUnmasking(raised, REASON))
    await confirm_unmasking(house, ben, key)
    with pytest.raises(NotGranted):
        await see_reporter(house, ben, key, raised)
    wall.move(timedelta(minutes=15))
    with pytest.raises(NotGranted):
        await see_reporter(house, mia, key, raised)


async def test_it_takes_a_reason_and_a_role(house: House, raised: UUID, ids: SeededIds) -> None:
    with pytest.raises(ReasonMissing):
        await ask_unmasking(house, moderator(ids), AskUnmasking(raised, "please"))
    for role in (StaffRole.AUDITOR, StaffRole.COMMUNITY_MODERATOR, StaffRole.POLICY_MANAGER):
        with pytest.raises(Forbidden):
            await ask_unmasking(house, account(ids, role), AskUnmasking(raised, REASON))
