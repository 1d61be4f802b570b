"""Whoever changes what stands about a subject holds it first: however things meet, nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from flagstaff.flows.house import House
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.withdraw_flag import TooLate, Withdrawal, withdraw_flag
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import decided, flagged, move, rows_of
from tests.houses import flag, person, seen, sent

ROUNDS = 25
REPORTERS = ("rita", "sam", "tom", "uma", "vera")


Deed = Callable[[], Awaitable[object]]


def back(house: House, who: str, number: object) -> Deed:
    return lambda: withdraw_flag(house, Withdrawal(person(who), str(number)))


def new(house: House, one: Sent) -> Deed:
    return lambda: receive_flags(house, [one])


async def meets(deeds: Sequence[Deed], shift: int) -> list[object]:
    """Let deeds begin together, in another order each time; a deadlock would be raised by the database."""
    turned = [*deeds[shift % len(deeds) :], *deeds[: shift % len(deeds)]]

    async def later(place: int, deed: Deed) -> object:
        await asyncio.sleep(0.001 * ((place * (shift + 1)) % 5))
        return await deed()

    return await asyncio.gather(*(later(*one) for one in enumerate(turned)), return_exceptions=True)


async def test_taking_back_deciding_and_flagging_meet_on_one_case_without_a_deadlock(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    for shift in range(ROUNDS):
        shown = seen(id_=f"job-{shift}")
        case = await flagged(own_house, *(sent(who, shown) for who in REPORTERS[:3]))
        numbers = await rows_of(
            own_house,
            'select f.number from flags.flag f join cases.case c on c.key = f."case" '
            "where c.number = $1 order by f.key",
            case,
        )
        verdict = Verdict.VIOLATION if shift % 2 else Verdict.NO_VIOLATION
        move(business, (await decided(own_house, mia, case, verdict=verdict)).not_before)

        deeds: list[Deed] = [
            *(back(own_house, who, row["number"]) for who, row in zip(REPORTERS, numbers, strict=False)),
            lambda: take_effect(own_house),
            new(own_house, sent("uma", shown)),
            new(own_house, sent("vera", shown, "job_post.looks_like_scam")),
            lambda: take_effect(own_house),
        ]
        wrong = [one for one in await meets(deeds, shift) if isinstance(one, BaseException)]
        assert [one for one in wrong if not isinstance(one, TooLate)] == []


async def test_two_decisions_teach_the_vault_about_the_same_people_without_a_deadlock(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """Ten cases of the same reporters take effect at once, by several workers."""
    last = own_house.now
    for place in range(10):
        shown = seen(id_=f"post-{place}")
        order = REPORTERS if place % 2 else tuple(reversed(REPORTERS))
        case = await flagged(own_house, *(sent(who, shown) for who in order))
        last = max(last, (await decided(own_house, mia, case)).not_before)
    move(business, last)
    done = await asyncio.gather(*(take_effect(own_house) for _ in range(4)))
    assert sum(done) == 10


@pytest.mark.parametrize("state", ["open", "decided"])
async def test_what_is_taken_back_stays_so_whatever_it_meets(
    own_house: House, mia: Account, state: str
) -> None:
    case = await flagged(own_house, sent("rita"), sent("sam"))
    if state == "decided":
        await decided(own_house, mia, case)
    (mine,) = await flag(own_house, sent("rita"))
    await asyncio.gather(
        *(withdraw_flag(own_house, Withdrawal(person("rita"), str(mine.number))) for _ in range(4)),
        receive_flags(own_house, [sent("tom", seen())]),
    )
    rows = await rows_of(own_house, "select state from flags.flag where number = $1", mine.number)
    assert rows == [{"state": "withdrawn"}]
