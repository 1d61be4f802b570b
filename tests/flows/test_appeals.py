"""Everybody who was told may ask once for a second look, by somebody who took no part."""

from datetime import timedelta

import pytest

from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal, undo_answer
from flagstaff.flows.case_desk import NothingWaits, NotYours
from flagstaff.flows.claim_appeal import claim_appeal
from flagstaff.flows.house import House
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.place_hold import Holding, place_hold
from flagstaff.flows.receive_appeal import Asked, NoAppeal, NothingToAppeal, receive_appeal
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.withdraw_appeal import TakenBack, withdraw_appeal
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import decided, events_of, flagged, move, rows_of, state_of, told
from tests.houses import person, sent
from tests.notices import show_notices
from tests.people import hire

PLEA = "I paid for every sample, see the contract."


async def removed(house: House, by: Account, clock: StoppedClock) -> str:
    case = await flagged(house, sent("rita"))
    move(clock, (await decided(house, by, case)).not_before)
    await take_effect(house)
    return case


async def left_up(house: House, by: Account, clock: StoppedClock) -> str:
    case = await flagged(house, sent("rita"), sent("sam"))
    move(clock, (await decided(house, by, case, verdict=Verdict.NO_VIOLATION)).not_before)
    await take_effect(house)
    return case


async def flag_of(house: House, name: str) -> str:
    return (await show_notices(house, person(name)))[0].flag


async def test_an_upheld_appeal_of_the_author_undoes_everything(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    taken = await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))
    with pytest.raises(NotYours, match="took part"):
        await claim_appeal(own_house, mia, taken.appeal)
    await claim_appeal(own_house, noor, taken.appeal)
    move(
        business,
        await answer_appeal(own_house, noor, AppealAnswer(taken.appeal, uphold=True, reason="Paid.")),
    )
    assert await leave_appeals(own_house) == 1
    assert await leave_appeals(own_house) == 0
    business.move(timedelta(seconds=10))
    assert (await events_of(own_house))[-1]["applied"] is False
    assert set(await told(own_house, "author")) == {
        "statement_of_reasons", "appeal_received", "appeal_upheld", "correction",
    }  # fmt: skip
    assert (await told(own_house, "reporter"))[-1] == "outcome_changed"


async def test_somebody_suspended_appeals_with_number_and_code(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    with pytest.raises(NothingToAppeal):
        await receive_appeal(own_house, Asked(notice.notice, PLEA, code="AAAAAAAA"))
    assert (await receive_appeal(own_house, Asked(notice.notice, PLEA, code=notice.code.lower()))).appeal


@pytest.mark.parametrize("who", ["rita", "zoe"])
async def test_nobody_appeals_what_does_not_concern_them(
    own_house: House, mia: Account, business: StoppedClock, who: str
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    for number in (notice.notice, "N-0000-0000-0000", "anything", await flag_of(own_house, "rita") + "x"):
        with pytest.raises(NothingToAppeal):
            await receive_appeal(own_house, Asked(number, PLEA, person(who)))


async def test_a_reporter_does_not_appeal_what_we_acted_on_nor_an_author_what_lifts_nothing(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    with pytest.raises(NoAppeal, match="We acted on this flag"):
        await receive_appeal(own_house, Asked(await flag_of(own_house, "rita"), PLEA, person("rita")))


async def test_later_voices_join_and_an_upheld_one_lets_somebody_else_decide_anew(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await left_up(own_house, mia, business)
    first = await receive_appeal(own_house, Asked(await flag_of(own_house, "rita"), PLEA, person("rita")))
    second = await receive_appeal(own_house, Asked(await flag_of(own_house, "sam"), PLEA, person("sam")))
    assert (second.appeal, second.joined) == (first.appeal, True)
    await claim_appeal(own_house, noor, first.appeal)
    move(
        business,
        await answer_appeal(own_house, noor, AppealAnswer(first.appeal, uphold=True, reason="Right.")),
    )
    await leave_appeals(own_house)
    (anew,) = await rows_of(own_house, "select number, not_for from cases.case where state = 'open'")
    assert anew["number"] != case
    with pytest.raises(NotYours, match="somebody else"):
        await decided(own_house, mia, str(anew["number"]))
    move(business, (await decided(own_house, noor, str(anew["number"]))).not_before)
    await take_effect(own_house)
    told_now = await told(own_house, "reporter")
    assert told_now.count("appeal_upheld") == 2
    assert told_now.count("outcome_changed") == 2
    assert {row["outcome"] for row in await rows_of(own_house, "select outcome from flags.flag")} == {"acted"}


async def test_an_appeal_is_in_one_persons_hands_until_their_time_runs_out(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    taken = await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))
    another = await hire(own_house, StaffRole.MODERATOR)
    until = await claim_appeal(own_house, noor, taken.appeal)
    with pytest.raises(NotYours, match="somebody else"):
        await claim_appeal(own_house, another, taken.appeal)
    move(business, until)
    await claim_appeal(own_house, another, taken.appeal)
    with pytest.raises(NotYours, match="somebody else"):
        await claim_appeal(own_house, noor, taken.appeal)


async def test_a_rejected_appeal_leaves_things_as_they_are_and_is_the_last(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    taken = await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))
    await claim_appeal(own_house, noor, taken.appeal)
    answer = AppealAnswer(taken.appeal, uphold=False, reason="The contract says otherwise.")
    await answer_appeal(own_house, noor, answer)
    await undo_answer(own_house, noor, taken.appeal)
    move(business, await answer_appeal(own_house, noor, answer))
    with pytest.raises(NothingWaits):
        await undo_answer(own_house, noor, taken.appeal)
    await leave_appeals(own_house)
    assert (await told(own_house, "author"))[-1] == "appeal_rejected"
    assert all(event["applied"] for event in await events_of(own_house))
    with pytest.raises(NoAppeal, match="one second look"):
        await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))


async def test_no_reporter_learns_from_a_late_appeal_that_another_one_asked_before(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    await left_up(own_house, mia, business)
    ask = {name: Asked(await flag_of(own_house, name), PLEA, person(name)) for name in ("rita", "sam")}
    taken = await receive_appeal(own_house, ask["rita"])
    business.move(timedelta(days=2))
    await claim_appeal(own_house, noor, taken.appeal)
    answer = AppealAnswer(taken.appeal, uphold=False, reason="It stands.")
    move(business, await answer_appeal(own_house, noor, answer))
    await leave_appeals(own_house)
    with pytest.raises(NoAppeal, match="one second look"):
        await receive_appeal(own_house, ask["rita"])

    async def heard() -> list[str]:
        return sorted(one.text for one in await show_notices(own_house, person("sam")))

    before = await heard()
    await receive_appeal(own_house, ask["sam"])
    await receive_appeal(own_house, ask["sam"])
    business.move(timedelta(days=1))
    assert len(await heard()) == len(before) + 2
    assert await leave_appeals(own_house) == 0
    business.move(timedelta(days=1, hours=1))
    assert len(await heard()) == len(before) + 3
    with pytest.raises(NoAppeal, match="one second look"):
        await receive_appeal(own_house, ask["sam"])


async def test_six_months_and_a_day_later_it_is_too_late(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    business.move(timedelta(days=190))
    with pytest.raises(NoAppeal, match="last day"):
        await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))


async def test_an_appeal_is_sealed_like_the_details_of_a_flag(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    (notice,) = await show_notices(own_house, person("ann"))
    await receive_appeal(own_house, Asked(notice.notice, PLEA, person("ann")))
    (words,) = await rows_of(own_house, "select sealed from vault.words where field = 'appeal'")
    assert b"contract" not in words["sealed"]  # type: ignore[operator]


async def held(house: House, by: Account, clock: StoppedClock) -> tuple[str, str]:
    """Place a hold and return its case and the number of the notice that tells of it."""
    case = await flagged(house, sent("rita"))
    await place_hold(house, by, Holding(case, "The payment page looks like theft of card data.", "MT-3"))
    clock.move(timedelta(seconds=10))
    return case, (await show_notices(house, person("ann")))[0].notice


async def test_an_upheld_appeal_against_a_hold_lifts_it_and_the_case_goes_on(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case, notice = await held(own_house, mia, business)
    taken = await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))
    with pytest.raises(NotYours, match="took part"):
        await claim_appeal(own_house, mia, taken.appeal)
    await claim_appeal(own_house, noor, taken.appeal)
    move(
        business,
        await answer_appeal(own_house, noor, AppealAnswer(taken.appeal, uphold=True, reason="Our own page.")),
    )
    assert await leave_appeals(own_house) == 1
    business.move(timedelta(seconds=10))
    assert [(one["measure"], one["effect"]) for one in await events_of(own_house)] == [
        ("hold", "hide"),
        ("hold", "show"),
    ]
    assert set(await told(own_house, "author")) == {
        "hold_author", "appeal_received", "hold_lifted", "appeal_upheld",
    }  # fmt: skip
    assert await state_of(own_house, case) == "open"
    with pytest.raises(NoAppeal, match="Nothing was done"):
        await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))


async def test_a_rejected_appeal_leaves_the_hold_until_its_end(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    _, notice = await held(own_house, mia, business)
    (shown,) = await show_notices(own_house, person("ann"))
    taken = await receive_appeal(own_house, Asked(notice, PLEA, code=shown.code))
    await claim_appeal(own_house, noor, taken.appeal)
    move(
        business,
        await answer_appeal(own_house, noor, AppealAnswer(taken.appeal, uphold=False, reason="It may be.")),
    )
    await leave_appeals(own_house)
    assert await rows_of(own_house, "select state from decisions.hold") == [{"state": "running"}]
    with pytest.raises(NoAppeal, match="one second look"):
        await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))


async def test_an_appeal_against_a_hold_ends_with_it_and_the_decision_can_be_appealed_anew(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case, notice = await held(own_house, mia, business)
    taken = await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))
    await claim_appeal(own_house, noor, taken.appeal)
    move(business, (await decided(own_house, mia, case)).not_before)
    await take_effect(own_house)
    with pytest.raises(NotYours):
        await answer_appeal(own_house, noor, AppealAnswer(taken.appeal, uphold=True, reason="Too late."))
    assert await rows_of(own_house, "select state from appeals.appeal") == [{"state": "withdrawn"}]
    business.move(timedelta(minutes=1))
    statement = next(
        one for one in await show_notices(own_house, person("ann")) if one.kind == "statement_of_reasons"
    )
    assert (await receive_appeal(own_house, Asked(statement.notice, PLEA, person("ann")))).joined is False


async def test_a_hold_concerns_its_author_alone(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    _, notice = await held(own_house, mia, business)
    with pytest.raises(NothingToAppeal):
        await receive_appeal(own_house, Asked(notice, PLEA, person("rita")))
    taken = await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))
    await withdraw_appeal(own_house, TakenBack(person("ann"), taken.number))
    assert (await receive_appeal(own_house, Asked(notice, PLEA, person("ann")))).appeal == taken.appeal
