"""People come in by one-time links, are given roles, and a house never loses its last administrator."""

import asyncio
from datetime import timedelta

import pytest

from flagstaff.flows.accept_invitation import accept_invitation, look_at_invitation
from flagstaff.flows.change_roles import ChangeRoles, LastAdmin, change_roles, let_leave
from flagstaff.flows.house import House
from flagstaff.flows.invite_account import (
    AdminExists,
    InviteAccount,
    LoginTaken,
    invite_account,
    invite_again,
    invite_first_admin,
)
from flagstaff.flows.link_person import LinkedAlready, link_person
from flagstaff.flows.recognise_session import recognise_session
from flagstaff.flows.show_people import find_person, list_people
from flagstaff.flows.sign_in import SignedIn, sign_in
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import Ids
from flagstaff.staff.model import Account, AccountState, Reach
from flagstaff.staff.rules import BadLogin, NotSignedIn, SpentInvitation, WeakPassword
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import PersonRef, Platform
from flagstaff.vocabulary.roles import StaffRole
from tests.people import ADDRESS, PASSWORD, hire, staff_house

MODERATOR = frozenset({StaffRole.MODERATOR})


@pytest.fixture
async def house(own_database: Database, ids: Ids, clocks: Clocks) -> House:
    return staff_house(own_database, ids, clocks)


def secret_of(link: str) -> str:
    return link.split("#")[1]


async def first_admin(house: House) -> Account:
    invited = await invite_first_admin(house)
    return (await accept_invitation(house, secret_of(invited.link), PASSWORD)).account


async def test_the_first_administrator_comes_in_by_one_link_and_then_there_is_no_other(house: House) -> None:
    lost, invited = await invite_first_admin(house), await invite_first_admin(house)
    assert invited.link.startswith(f"{ADDRESS}/console/invitation#")
    assert len(await list_people(house)) == 1
    with pytest.raises(SpentInvitation):
        await accept_invitation(house, secret_of(lost.link), PASSWORD)
    entered = await accept_invitation(house, secret_of(invited.link), PASSWORD)
    # Alone, they do everything: manage the house, decide the first flag, publish the policy.
    assert entered.account.roles == {StaffRole.ADMIN, StaffRole.MODERATOR, StaffRole.POLICY_MANAGER}
    assert await recognise_session(house, entered.session) == entered.account
    with pytest.raises(AdminExists):
        await invite_first_admin(house)


async def test_a_link_works_once_also_for_two_at_the_same_moment(house: House) -> None:
    invited = await invite_first_admin(house)
    assert (await look_at_invitation(house, secret_of(invited.link))).login == "admin"
    both = [accept_invitation(house, secret_of(invited.link), f"{PASSWORD} {at}") for at in range(2)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["SignedIn", "SpentInvitation"]
    assert any(isinstance(answer, SignedIn) for answer in answers)


async def test_a_link_ends_after_a_day(house: House, wall: StoppedClock) -> None:
    invited = await invite_first_admin(house)
    wall.move(timedelta(hours=24))
    with pytest.raises(SpentInvitation):
        await accept_invitation(house, secret_of(invited.link), PASSWORD)


async def test_a_weak_password_leaves_the_link_open(house: House) -> None:
    invited = await invite_first_admin(house)
    with pytest.raises(WeakPassword):
        await accept_invitation(house, secret_of(invited.link), "admin")
    assert (await accept_invitation(house, secret_of(invited.link), PASSWORD)).account.login == "admin"


async def test_an_administrator_invites_with_roles_places_and_platforms(house: House) -> None:
    admin = await first_admin(house)
    wanted = InviteAccount(
        "Lead",
        "Lena",
        frozenset({StaffRole.COMMUNITY_MODERATOR}),
        ("board:help",),
        frozenset({Platform("shop")}),
    )
    invited = await invite_account(house, admin, wanted)
    assert invited.account.state is AccountState.INVITED
    with pytest.raises(NotSignedIn):
        await sign_in(house, "lead", "")
    found = await find_person(house, invited.account.key)
    assert found == invited.account
    assert found is not None
    assert found.places == (Reach("board", "help"),)
    with pytest.raises(LoginTaken):
        await invite_account(house, admin, wanted)


@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.ADMIN])
async def test_nobody_else_manages_people(house: House, role: StaffRole) -> None:
    admin = await hire(house, StaffRole.ADMIN)
    other = await hire(house, role, places=[Reach("board", "help")])
    deeds = [
        invite_account(house, other, InviteAccount("x1", "X", MODERATOR)),
        invite_again(house, other, admin.key),
        change_roles(house, other, ChangeRoles(other.key, frozenset({StaffRole.ADMIN}))),
        let_leave(house, other, admin.key),
        link_person(house, other, admin.key, PersonRef(Platform("shop"), "u1")),
        link_person(house, other, other.key, None),
    ]
    for deed in deeds:
        with pytest.raises(Forbidden):
            await deed


async def test_changed_roles_hold_for_sessions_that_are_open(house: House) -> None:
    admin = await first_admin(house)
    invited = await invite_account(house, admin, InviteAccount("mia", "Mia", MODERATOR))
    entered = await accept_invitation(house, secret_of(invited.link), PASSWORD)
    await change_roles(house, admin, ChangeRoles(invited.account.key, frozenset({StaffRole.AUDITOR})))
    found = await recognise_session(house, entered.session)
    assert found is not None
    assert found.roles == {StaffRole.AUDITOR}
    with pytest.raises(BadLogin):
        await change_roles(house, admin, ChangeRoles(invited.account.key, frozenset()))


async def test_a_house_keeps_an_administrator_also_when_two_resign_at_once(house: House) -> None:
    one, two = await hire(house, StaffRole.ADMIN), await hire(house, StaffRole.ADMIN)
    answers = await asyncio.gather(
        let_leave(house, one, one.key),
        change_roles(house, two, ChangeRoles(two.key, MODERATOR)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, LastAdmin) for answer in answers) == 1


async def test_a_new_link_for_a_forgotten_password_ends_the_sessions(house: House) -> None:
    admin = await first_admin(house)
    before = await sign_in(house, "admin", PASSWORD)
    again = await invite_again(house, None, admin.key)
    assert await recognise_session(house, before.session) is None
    await accept_invitation(house, secret_of(again.link), "quite another one this time")
    assert (await sign_in(house, "admin", "quite another one this time")).account.key == admin.key
    with pytest.raises(NotSignedIn):
        await sign_in(house, "admin", PASSWORD)


async def test_a_linked_person_is_kept_as_keyed_hashes_and_never_named(house: House) -> None:
    account = await hire(house, StaffRole.MODERATOR)
    person = PersonRef(Platform("shop"), "user-4711")
    await link_person(house, account, account.key, person)
    found = await find_person(house, account.key)
    assert found is not None
    assert found.linked is not None
    assert found.linked.hash == house.sealer.person_hash(person)
    assert found.linked.author_hash == house.sealer.staff_hash(person)
    async with house.database.reading(Role.VIEWS) as connection:
        log = await connection.fetch("select row_to_json(e)::text from audit.entry e")
    assert "user-4711" not in str(log)
    await link_person(house, None, account.key, None)
    unlinked = await find_person(house, account.key)
    assert unlinked is not None
    assert unlinked.linked is None


async def test_nobody_tries_out_who_flagged_by_linking_themselves_to_one_person_after_another(
    house: House,
) -> None:
    moderator, boss = await hire(house, StaffRole.MODERATOR), await hire(house, StaffRole.ADMIN)
    first, second = (PersonRef(Platform("shop"), name) for name in ("user-1", "user-2"))
    for account in (moderator, boss):
        tries = await asyncio.gather(
            *(link_person(house, account, account.key, person) for person in (first, second)),
            return_exceptions=True,
        )
        assert sorted(map(type, tries), key=str) == [type(None), LinkedAlready]
        with pytest.raises(Forbidden):
            await link_person(house, account, account.key, None)
    await link_person(house, boss, moderator.key, None)
    await link_person(house, moderator, moderator.key, second)
    await link_person(house, moderator, moderator.key, second)
    with pytest.raises(LinkedAlready):
        await link_person(house, moderator, moderator.key, first)
