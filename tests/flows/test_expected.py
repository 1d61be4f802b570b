"""What a reporter may expect is measured where there is enough to measure, and else called a target."""

from datetime import timedelta

import pytest

from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected
from flagstaff.flows.receipts import expected_words
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.language.tongues import tongue_of
from flagstaff.staff.model import Account
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import decided, flagged, rows_of, value_of
from tests.houses import flag, person, seen, sent

TARGET = Expected(24.0)


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Expected(1.0), "1 hour (our target)"),
        (Expected(24.0), "1 day (our target)"),
        (Expected(72.0), "3 days (our target)"),
        (Expected(5.0, 20.0), "5 hours (nine in ten within 20 hours)"),
        (Expected(1.0, 30.0), "1 hour (nine in ten within 1.2 days)"),
    ],
)
def test_a_figure_and_a_target_are_told_apart(expected: Expected, words: str) -> None:
    assert expected_words(expected, tongue_of("en")) == words


async def promised(house: House, id_: str) -> Expected:
    """Send a flag, and see that receipt, My flags and the notice say the same."""
    (receipt,) = await flag(house, sent("zoe", seen(id_=id_)))
    own = (await show_my_flags(house, person("zoe")))[0]
    assert own.expected == receipt.expected
    notice = await value_of(
        house,
        "select n.values ->> 'expected' from delivery.notice n join flags.flag f on f.key = n.flag "
        "where f.number = $1 and n.text_key = 'receipt'",
        receipt.number,
    )
    assert notice == expected_words(own.expected, tongue_of("en"))
    return own.expected


async def test_the_twentieth_published_decision_turns_the_target_into_a_figure(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """Half of twenty took two hours, the others five; one that nobody was told of yet is not counted."""
    early = [await flagged(own_house, sent("rita", seen(id_=f"job-{place}"))) for place in range(20)]
    business.move(timedelta(minutes=90))
    for case in early[:11]:
        await decided(own_house, mia, case, verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(minutes=30))
    assert await take_effect(own_house) == 11
    business.move(timedelta(minutes=150))
    for case in early[11:]:
        await decided(own_house, mia, case, verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(minutes=20))
    assert await promised(own_house, "undecided-1") == TARGET
    business.move(timedelta(minutes=10))
    assert await take_effect(own_house) == 9
    business.move(timedelta(hours=1))
    assert await promised(own_house, "undecided-2") == Expected(2.0, 5.0)
    (other,) = await flag(own_house, sent("zoe", seen(id_="x"), "job_post.looks_like_scam"))
    assert other.slow_hours is None
    business.move(timedelta(days=29))
    assert await promised(own_house, "undecided-3") == TARGET


async def test_the_figure_is_that_of_the_last_full_hour_whichever_process_tells_it(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """Nothing that happened in the minutes just gone can be read from it."""
    cases = [await flagged(own_house, sent("rita", seen(id_=f"job-{place}"))) for place in range(20)]
    for case in cases:
        await decided(own_house, mia, case, verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(hours=1, minutes=5))
    assert await take_effect(own_house) == 20
    assert await promised(own_house, "undecided-1") == TARGET
    business.move(timedelta(minutes=56))
    assert await promised(own_house, "undecided-2") != TARGET
    assert len(await rows_of(own_house, "select 1 from decisions.decision where effective_at is null")) == 0
