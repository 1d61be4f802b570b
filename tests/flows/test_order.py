"""However people and the house meet on one case, what is left is what some order of their acts would have left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.flows.close_cases import close_emptied
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.receive_appeal import Asked, NothingToAppeal, receive_appeal
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.flows.withdraw_flag import TooLate, Withdrawal, withdraw_flag
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Address, Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vault import admission
from tests.flows.desks import account, decided, flagged, key_of, move, value_of
from tests.flows.order.lab import Judged, Lab, Trial, drawn, lab, template
from tests.flows.order.scenarios import SCENARIOS
from tests.houses import flag, person, sent

SCHEDULES = 12 * len(SCENARIOS)
A_MOMENT = 0.15


@pytest_asyncio.fixture(scope="module")
async def empty_house(cluster: Address, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("order")
    async with template(cluster, folder) as house, lab(cluster, house, folder) as made:
        yield made


@pytest.mark.once
async def test_every_schedule_equals_some_order_of_the_same_acts(
    empty_house: Lab, record_property: Callable[[str, object], None]
) -> None:
    switches = waits = 0
    states = set()
    for place in range(SCHEDULES):
        judged = await empty_house.judge(drawn(1, place))
        if judged.faults:
            raise AssertionError((await empty_house.shrink(judged)).page())
        switches += judged.course.switches
        waits += judged.course.lock_waits
        states.add(judged.digest)
    assert waits > SCHEDULES, "actors meet"
    record_property(
        "shown", f"{SCHEDULES} schedules, {switches} switches, {waits} lock waits, {len(states)} end states"
    )


@pytest.mark.once
async def test_a_flow_that_forgets_its_locks_is_found(empty_house: Lab) -> None:
    """One moderator's flows read what they should have locked: at most as many schedules are needed as CI runs."""
    for place in range(SCHEDULES):
        trial = drawn(2, place, careless=["mia", "noor"])
        judged = await empty_house.judge(trial)
        if judged.faults:
            smaller = await empty_house.shrink(judged)
            assert smaller.faults
            assert smaller.course.switches <= judged.course.switches
            return
    pytest.fail("no schedule showed the race that was planted")


@pytest.mark.once
async def test_a_schedule_is_the_same_at_every_run(empty_house: Lab) -> None:
    for place in range(len(SCENARIOS)):
        first, again = await agreeing(empty_house, place)
        assert again.digest == first.digest


async def agreeing(lab: Lab, place: int) -> tuple[Judged, Judged]:
    """Return two runs of a schedule that went the same way, of six.

    Only between two who wait for one row that a third has changed does PostgreSQL choose: then it is tried again.
    """
    before: list[Judged] = []
    for _ in range(6):
        run = await lab.judge(drawn(3, place))
        for one in before:
            if one.course.steps == run.course.steps:
                return one, run
        before.append(run)
    pytest.fail(f"schedule {place} goes another way at every run")


# What random schedules found, each as two steps


async def subject_of(house: House, case: str) -> object:
    return await value_of(house, "select subject from cases.case where number = $1", case)


async def waits_for(connection: Connection, deed: Callable[[], Awaitable[object]]) -> asyncio.Task[object]:
    """Begin something while a lock is held, and see that it does not go on."""
    task = asyncio.ensure_future(_done(deed))
    await asyncio.sleep(A_MOMENT)
    assert not task.done(), "it does not wait"
    assert not connection.is_closed()
    return task


async def _done(deed: Callable[[], Awaitable[object]]) -> object:
    return await deed()


async def test_a_flag_that_waited_while_a_decision_began_cancels_nothing_that_left(empty_house: Lab) -> None:
    """It took its moment before it had the subject, and so took what had begun meanwhile for something to come."""
    judged = await empty_house.judge(
        Trial("a second person is asked", ("pia", "sam", "ann", "house"), "1:7647")
    )
    assert judged.course.lock_waits > 0
    assert not judged.faults, judged.page()


@pytest.mark.parametrize(
    ("work", "change"),
    [
        (close_emptied, "update flags.flag set state = 'withdrawn'; update cases.case set flags_counted = 0"),
        (
            lapse_claims,
            "update cases.case set state = 'claimed', claimed_by = key, claimed_until = opened_at",
        ),
        (wake_cases, "update cases.case set state = 'parked', wakes_at = opened_at"),
    ],
)
async def test_the_house_leaves_a_case_alone_while_a_flag_about_its_subject_comes_in(
    own_house: House, work: Callable[[House], Awaitable[int]], change: str
) -> None:
    case = await flagged(own_house, sent("rita"))
    async with own_house.database.transaction(Role.OWNER) as connection:
        await connection.execute(change)
    async with own_house.database.transaction(Role.INTAKE) as connection:
        await judging.lock(connection, key_of(await subject_of(own_house, case)))
        assert await work(own_house) == 0
    assert await work(own_house) == 1


async def test_an_author_leaves_after_the_flag_that_is_coming_in(own_house: House) -> None:
    """Otherwise that flag would lie in a closed case, and nobody would ever answer it."""
    case = await flagged(own_house, sent("rita"))
    gone = PersonEvent(PersonEventKind.CLOSED, person("ann"))
    async with own_house.database.transaction(Role.INTAKE) as connection:
        await judging.lock(connection, key_of(await subject_of(own_house, case)))
        leaving = await waits_for(
            connection, lambda: follow_persons(own_house, [gone], "platform:harborlane")
        )
    await leaving
    assert await value_of(own_house, "select state from cases.case") == "closed"


async def test_a_flag_that_was_answered_while_its_withdrawal_waited_stays_answered(
    own_house: House, business: StoppedClock
) -> None:
    (mine,) = await flag(own_house, sent("rita"))
    case = str(await value_of(own_house, "select number from cases.case"))
    back = Withdrawal(person("rita"), str(mine.number))
    subject = key_of(await subject_of(own_house, case))
    async with own_house.database.transaction(Role.OWNER) as connection:
        await judging.lock(connection, subject)
        withdrawal = await waits_for(connection, lambda: withdraw_flag(own_house, back))
        business.move(own_house.now - own_house.now.replace(hour=0))
        await connection.execute(
            "update flags.flag set state = 'answered', outcome = 'acted', outcome_from = $1", own_house.now
        )
    with pytest.raises(TooLate):
        await withdrawal


async def test_an_appeal_that_waited_is_answered_by_what_stands_then(
    own_house: House, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, await account(own_house, "mia"), case)
    move(business, ruled.not_before)
    await take_effect(own_house)
    number = str(await value_of(own_house, "select number from flags.flag"))
    asked = Asked(number, "Look again, please.", person("rita"))
    async with own_house.database.transaction(Role.OWNER) as connection:
        await judging.lock(connection, key_of(await subject_of(own_house, case)))
        appeal = await waits_for(connection, lambda: receive_appeal(own_house, asked))
        await connection.execute("update flags.flag set outcome_from = outcome_from + interval '1 hour'")
    with pytest.raises(NothingToAppeal):
        await appeal


async def test_what_somebody_writes_while_they_are_erased_is_erased_too(
    own_house: House, tmp_path: Path
) -> None:
    house = replace(own_house, settings=Settings(home=tmp_path))
    house.settings.keys_folder.mkdir()
    await flag(own_house, sent("rita"))
    async with own_house.database.transaction(Role.INTAKE) as connection:
        assert await admission.hold_flags_of(connection, own_house.sealer, person("rita"))
        erasing = await waits_for(
            connection, lambda: erase_person(house, None, person("rita"), "platform:harborlane")
        )
    await erasing
    assert await value_of(own_house, "select count(*) from vault.words") == 0
