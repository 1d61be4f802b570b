"""What is grave waits for a second person; the rest does not; a refusal gives the case back with its reason."""

from datetime import timedelta

import pytest

from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.case_desk import NotYours
from flagstaff.flows.house import House
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.states import DecisionState
from tests.flows.desks import BAN, decided, events_of, flagged, move, rows_of, state_of, told
from tests.houses import flag, person, seen, sent
from tests.notices import show_notices


async def test_only_the_listed_measures_wait_for_the_second_person(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, mia, case, measures=BAN)
    assert (ruled.state, ruled.waiting) == (DecisionState.PROPOSED, ("suspend_site",))
    assert await state_of(own_house, case) == "awaiting_second"
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 1
    assert await take_effect(own_house) == 0
    assert [event["measure"] for event in await events_of(own_house)] == ["remove_content"]
    (notice,) = await show_notices(own_house, person("ann"))
    assert "suspended" not in notice.text.partition("If it happens again")[0]
    assert "outcome_acted" not in await told(own_house, "reporter")

    answered = await answer_second(own_house, noor, Answer(case, confirm=True))
    assert (answered.state, answered.alone) == (DecisionState.DECIDED, False)
    move(business, answered.not_before)
    assert await take_effect(own_house) == 1
    events = await events_of(own_house)
    assert [event["measure"] for event in events] == ["remove_content", "suspend_site"]
    assert len(await show_notices(own_house, person("ann"))) == 2
    assert "outcome_acted" in await told(own_house, "reporter")
    assert await state_of(own_house, case) == "effective"


async def test_the_first_person_is_not_the_second_while_there_is_another(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case, measures=BAN)
    business.move(timedelta(days=2))
    with pytest.raises(NotYours, match="somebody else confirms"):
        await answer_second(own_house, mia, Answer(case, confirm=True))


async def test_somebody_alone_confirms_after_twelve_hours_and_it_is_marked(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case, measures=BAN)
    with pytest.raises(NotYours, match="You are alone here"):
        await answer_second(own_house, mia, Answer(case, confirm=True))
    business.move(timedelta(hours=12))
    assert (await answer_second(own_house, mia, Answer(case, confirm=True))).alone
    assert await rows_of(own_house, "select state, alone from decisions.second") == [
        {"state": "confirmed", "alone": True}
    ]


async def test_a_refusal_gives_the_case_back_with_its_reason(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, mia, case, measures=BAN)
    with pytest.raises(Exception, match="needs to know why"):
        await answer_second(own_house, noor, Answer(case, confirm=False))
    await answer_second(own_house, noor, Answer(case, confirm=False, reason="A first offence."))
    assert await state_of(own_house, case) == "claimed"
    (row,) = await rows_of(own_house, "select claimed_by from cases.case")
    assert str(row["claimed_by"]) == str(mia.key)
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 0
    assert await events_of(own_house) == []


async def test_what_ran_before_a_refusal_stays_until_the_new_decision_replaces_it(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    move(business, (await decided(own_house, mia, case, measures=BAN)).not_before)
    await take_effect(own_house)
    await answer_second(own_house, noor, Answer(case, confirm=False, reason="A first offence."))
    move(business, (await decided(own_house, mia, case)).not_before)
    await take_effect(own_house)
    hides = [event for event in await events_of(own_house) if event["measure"] == "remove_content"]
    # The new measure hides before the old one goes, and the old one's end shows nothing.
    assert [(event["applied"], event["effect"]) for event in hides] == [
        (True, "hide"), (True, "hide"), (False, "tell"),
    ]  # fmt: skip


async def test_a_changed_content_is_looked_at_again_before_it_is_confirmed(
    own_house: House, mia: Account, noor: Account
) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case, measures=BAN)
    await flag(own_house, sent("tom", seen(words="Mended: paid samples.")))
    with pytest.raises(NotYours, match="content changed"):
        await answer_second(own_house, noor, Answer(case, confirm=True))


async def test_at_high_severity_a_hold_stands_while_the_second_person_is_awaited(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita", seen(), "job_post.upfront_fee"))
    await decided(own_house, mia, case, clauses=["MT-3"], measures=BAN[1:])
    business.move(timedelta(seconds=10))
    assert [(event["measure"], event["effect"]) for event in await events_of(own_house)] == [("hold", "hide")]
    assert await told(own_house, "author") == ["hold_author"]
    answered = await answer_second(own_house, noor, Answer(case, confirm=True))
    move(business, answered.not_before)
    await take_effect(own_house)
    last = (await events_of(own_house))[-2:]
    assert {(event["measure"], event["applied"]) for event in last} == {
        ("hold", False),
        ("suspend_site", True),
    }
