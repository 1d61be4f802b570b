"""Somebody comes in with login and password, stays for a while, and goes; whoever guesses must wait."""

import asyncio
from datetime import timedelta

import pytest

from flagstaff.flows.accept_invitation import accept_invitation
from flagstaff.flows.change_password import change_password
from flagstaff.flows.change_roles import let_leave
from flagstaff.flows.house import House
from flagstaff.flows.invite_account import InviteAccount, invite_account
from flagstaff.flows.recognise_session import recognise_session
from flagstaff.flows.sign_in import sign_in
from flagstaff.flows.sign_out import sign_out
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import Ids
from flagstaff.staff.model import Account
from flagstaff.staff.rules import NotSignedIn, TooManyTries, WeakPassword
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.people import PASSWORD, hire, staff_house

pytestmark = pytest.mark.once


@pytest.fixture
def house(database: Database, ids: Ids, clocks: Clocks) -> House:
    return staff_house(database, ids, clocks)


async def with_password(house: House, login: str, *roles: StaffRole) -> Account:
    wanted = InviteAccount(login, login.title(), frozenset(roles or {StaffRole.MODERATOR}))
    invited = await invite_account(house, None, wanted)
    await accept_invitation(house, invited.link.split("#")[1], PASSWORD)
    return invited.account


async def test_the_right_password_gives_a_session_that_names_the_account(house: House) -> None:
    await with_password(house, "ada")
    entered = await sign_in(house, " Ada ", PASSWORD)
    found = await recognise_session(house, entered.session)
    assert found is not None
    assert found.login == "ada"
    assert entered.until == house.clocks.wall.now() + timedelta(hours=12)


async def test_unknown_logins_and_wrong_passwords_get_one_answer(house: House) -> None:
    await with_password(house, "bea")
    answers = []
    for login, password in (("bea", "wrong password here"), ("nobody-of-that-name", PASSWORD), ("", "")):
        with pytest.raises(NotSignedIn) as refused:
            await sign_in(house, login, password)
        answers.append(refused.value.problem())
    assert answers[0] == answers[1] == answers[2]


async def test_every_sign_in_makes_a_new_key_and_ends_the_one_before(house: House) -> None:
    await with_password(house, "cy")
    first = await sign_in(house, "cy", PASSWORD)
    second = await sign_in(house, "cy", PASSWORD, former=first.session)
    assert first.session != second.session
    assert await recognise_session(house, first.session) is None
    assert await recognise_session(house, second.session) is not None


async def test_a_key_that_the_visitor_chose_is_never_taken(house: House) -> None:
    await with_password(house, "dee")
    entered = await sign_in(house, "dee", PASSWORD, former="chosen-by-somebody-else")
    assert entered.session != "chosen-by-somebody-else"
    assert await recognise_session(house, "chosen-by-somebody-else") is None


async def test_the_database_holds_no_key_that_opens_a_session(house: House) -> None:
    await with_password(house, "eve")
    entered = await sign_in(house, "eve", PASSWORD)
    async with house.database.reading(Role.CONSOLE) as connection:
        rows = await connection.fetch("select digest from staff.session")
        stored = await connection.fetch("select password from staff.account where login = 'eve'")
    assert entered.session.encode() not in {row[0] for row in rows}
    assert PASSWORD not in stored[0][0]


async def test_a_session_ends_after_two_idle_hours_and_after_twelve_at_most(
    house: House, wall: StoppedClock
) -> None:
    await with_password(house, "fay")
    idle, used = await sign_in(house, "fay", PASSWORD), await sign_in(house, "fay", PASSWORD)
    for _ in range(11):
        wall.move(timedelta(hours=1))
        assert await recognise_session(house, used.session) is not None
    assert await recognise_session(house, idle.session) is None
    wall.move(timedelta(hours=1))
    assert await recognise_session(house, used.session) is None


async def test_moving_the_business_clock_signs_nobody_out(house: House, business: StoppedClock) -> None:
    await with_password(house, "gus")
    entered = await sign_in(house, "gus", PASSWORD)
    business.move(timedelta(days=180))
    assert await recognise_session(house, entered.session) is not None


async def test_signing_out_ends_this_browser_or_all(house: House) -> None:
    account = await with_password(house, "hal")
    here, there = await sign_in(house, "hal", PASSWORD), await sign_in(house, "hal", PASSWORD)
    await sign_out(house, account, here.session)
    assert await recognise_session(house, here.session) is None
    assert await recognise_session(house, there.session) is not None
    await sign_out(house, account, "", everywhere=True)
    assert await recognise_session(house, there.session) is None


async def test_who_left_is_signed_out_at_once_and_cannot_come_back(house: House) -> None:
    await hire(house, StaffRole.ADMIN, login="boss-of-ira")
    account = await with_password(house, "ira")
    entered = await sign_in(house, "ira", PASSWORD)
    await let_leave(house, None, account.key)
    assert await recognise_session(house, entered.session) is None
    with pytest.raises(NotSignedIn):
        await sign_in(house, "ira", PASSWORD)


async def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    house: House, wall: StoppedClock
) -> None:
    await with_password(house, "joe")
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await sign_in(house, "joe", "wrong password here")
    with pytest.raises(TooManyTries) as refused:
        await sign_in(house, "joe", PASSWORD)
    wall.move(timedelta(seconds=int(str(refused.value.facts["retry_after"]))))
    assert (await sign_in(house, "joe", PASSWORD)).account.login == "joe"


async def test_tries_at_the_same_moment_are_all_counted(house: House) -> None:
    await with_password(house, "kim")
    guesses = [sign_in(house, "kim", f"wrong password {at}") for at in range(9)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, NotSignedIn) for answer in answers) == 5
    assert sum(isinstance(answer, TooManyTries) for answer in answers) == 4


async def test_guessing_one_login_leaves_the_others_alone_and_the_table_small(
    house: House, wall: StoppedClock
) -> None:
    await with_password(house, "lea")
    for _ in range(20):
        with pytest.raises((NotSignedIn, TooManyTries)):
            await sign_in(house, "stranger", "wrong password here")
    assert (await sign_in(house, "lea", PASSWORD)).account.login == "lea"
    wall.move(timedelta(hours=1))
    with pytest.raises(NotSignedIn):
        await sign_in(house, "somebody", "wrong password here")
    async with house.database.reading(Role.CONSOLE) as connection:
        assert await connection.fetchval("select count(*) from staff.failed_login") == 1


async def test_a_changed_password_signs_out_every_other_browser(house: House) -> None:
    account = await with_password(house, "max")
    other = await sign_in(house, "max", PASSWORD)
    with pytest.raises(NotSignedIn, match="not your present"):
        await change_password(house, account, "not the present one", "another good long one")
    with pytest.raises(WeakPassword):
        await change_password(house, account, PASSWORD, "short")
    here = await change_password(house, account, PASSWORD, "another good long one")
    assert await recognise_session(house, other.session) is None
    assert await recognise_session(house, here.session) is not None
    assert (await sign_in(house, "max", "another good long one")).account.key == account.key


async def test_each_sign_in_leaves_an_entry_without_a_secret(house: House) -> None:
    account = await with_password(house, "ned")
    entered = await sign_in(house, "ned", PASSWORD)
    async with house.database.reading(Role.VIEWS) as connection:
        rows = await connection.fetch(
            "select * from audit.entry where actor = $1 order by key", str(account.key)
        )
    assert [row["deed"] for row in rows] == ["account.came_in", "account.signed_in", "account.signed_in"]
    assert entered.session not in str([dict(row) for row in rows])
