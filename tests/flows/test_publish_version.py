"""Menus and guidelines change by versions, each published by a second person, and nothing published is edited."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.publish_version import (
    AnswerProposal,
    NothingProposed,
    NotSound,
    ProposeVersion,
    answer_proposal,
    propose_version,
)
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Conflict, Forbidden, Refusal
from flagstaff.kernel.ids import SeededIds
from flagstaff.menus.model import MenuVersion
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, build_house, flag, seen, sent


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    """Give a house where version 3 of the menus is live."""
    yield await build_house(own_database, ids, clocks)


async def _hire(house: House, login: str, role: StaffRole = StaffRole.POLICY_MANAGER) -> Account:
    account = Account(
        key=AccountKey(house.ids.key()), login=login, name=login.capitalize(), roles=frozenset({role}),
        state=AccountState.ACTIVE, made_at=house.now,
    )  # fmt: skip
    async with house.database.transaction(Role.CONSOLE) as connection:
        await staff.add_account(connection, account)
    return account


def _next(house: House, number: int = 4) -> MenuVersion:
    live = house.policy.menus(HARBORLANE)
    job = live.menu_by_kind["job_post"]
    without = msgspec.structs.replace(job, more=job.more[1:])
    menus = tuple(without if menu.subject == "job_post" else menu for menu in live.menus)
    return msgspec.structs.replace(live, number=number, menus=menus, published_at=None, approver=None)


async def _propose(house: House, by: Account, version: MenuVersion) -> UUID:
    return await propose_version(
        house, by, ProposeVersion(HARBORLANE, version, "One option was hardly used.")
    )


async def test_a_second_person_publishes_what_the_first_proposed(house: House) -> None:
    """The author of a version is not its approver, both stand in it, and a flag may still name the old one."""
    pia, quin = await _hire(house, "pia"), await _hire(house, "quin")
    key = await _propose(house, pia, _next(house))
    with pytest.raises(Forbidden, match="somebody else confirms"):
        await answer_proposal(house, pia, AnswerProposal(key, publish=True))
    assert not (await answer_proposal(house, quin, AnswerProposal(key, publish=True))).alone
    live = house.policy.menus(HARBORLANE)
    assert (live.number, live.approver, live.published_at) == (4, str(quin.key), house.now)
    assert len(house.policy.menus_history(HARBORLANE)) == 4
    gone = "job_post.upfront_fee"
    assert gone not in live.option_by_key
    assert await flag(house, sent("rita", seen(id_="job-9"), gone, menu_version=3))
    with pytest.raises(NothingProposed):
        await answer_proposal(house, quin, AnswerProposal(key, publish=True))


async def test_whoever_is_alone_waits_a_quarter_of_an_hour(house: House, business: StoppedClock) -> None:
    """Where only one account exists it publishes after a wait, and the version says so."""
    pia = await _hire(house, "pia")
    key = await _propose(house, pia, _next(house))
    with pytest.raises(Forbidden, match="alone"):
        await answer_proposal(house, pia, AnswerProposal(key, publish=True))
    business.move(timedelta(minutes=15))
    assert (await answer_proposal(house, pia, AnswerProposal(key, publish=True))).alone


async def test_a_refusal_tells_why_and_leaves_everything_as_it_was(house: House) -> None:
    """What is refused never becomes a version."""
    pia, quin = await _hire(house, "pia"), await _hire(house, "quin")
    key = await _propose(house, pia, _next(house))
    with pytest.raises(Refusal, match="why"):
        await answer_proposal(house, quin, AnswerProposal(key, publish=False))
    await answer_proposal(
        house, quin, AnswerProposal(key, publish=False, reason="Fees are flagged every week.")
    )
    assert house.policy.menus(HARBORLANE).number == 3


async def test_two_proposals_cannot_take_the_same_number(house: House) -> None:
    """A draft is applied on what is live; the second of two is told so."""
    pia, quin = await _hire(house, "pia"), await _hire(house, "quin")
    first, second = await _propose(house, pia, _next(house)), await _propose(house, pia, _next(house))
    await answer_proposal(house, quin, AnswerProposal(first, publish=True))
    with pytest.raises(Conflict, match="is live"):
        await answer_proposal(house, quin, AnswerProposal(second, publish=True))
    with pytest.raises(Conflict, match="is live"):
        await _propose(house, pia, _next(house, 6))


async def test_what_is_not_sound_is_never_kept(house: House) -> None:
    """Every problem is listed at once; Other can never go."""
    pia = await _hire(house, "pia")
    live = _next(house)
    job = live.menu_by_kind["job_post"]
    broken = msgspec.structs.replace(job, last=job.top[0])
    menus = tuple(broken if menu.subject == "job_post" else menu for menu in live.menus)
    with pytest.raises(NotSound) as refused:
        await _propose(house, pia, msgspec.structs.replace(live, menus=menus))
    assert refused.value.facts["problems"]
    mona = await _hire(house, "mona", StaffRole.MODERATOR)
    with pytest.raises(Forbidden):
        await _propose(house, mona, _next(house))
