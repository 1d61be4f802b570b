"""A case is decided by whoever holds it; nothing leaves before its time; everything leaves then."""

from datetime import timedelta

import pytest

from flagstaff.decisions.model import Chosen
from flagstaff.decisions.rules import DecisionIncomplete
from flagstaff.flows.case_desk import NoSuchCase, NothingWaits, NotYours
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.close_cases import close_cases
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.next_case import next_case
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.release_case import release_case
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account, Reach
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import ClauseId, MeasureKind, Place, Surface
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import DecisionState, Verdict
from tests.flows.desks import (
    REMOVE,
    account,
    decided,
    events_of,
    flagged,
    move,
    rows_of,
    state_of,
    told,
    value_of,
)
from tests.houses import flag, person, seen, sent
from tests.notices import show_notices


async def test_only_one_person_holds_a_case_and_gives_it_back_or_loses_it(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await claim_case(own_house, mia, case)
    with pytest.raises(NotYours, match="Somebody holds it"):
        await claim_case(own_house, noor, case)
    await release_case(own_house, mia, case)
    claimed = await claim_case(own_house, noor, case)
    move(business, claimed.until)
    assert await lapse_claims(own_house) == 1
    assert await state_of(own_house, case) == "open"


async def test_the_next_case_is_the_most_urgent_that_one_may_take(own_house: House, mia: Account) -> None:
    await flagged(own_house, sent("rita", seen(id_="dull")))
    grave = await flagged(own_house, sent("rita", seen(id_="grave"), "job_post.upfront_fee"))
    found = await next_case(own_house, mia)
    assert found is not None
    assert found.case == grave
    second = await next_case(own_house, mia)
    assert second is not None
    assert second.case != grave
    assert await next_case(own_house, mia) is None


@pytest.mark.parametrize("role_in_it", ["author", "reporter"])
async def test_nobody_meets_a_case_of_the_person_they_are(own_house: House, role_in_it: str) -> None:
    who = person("ann" if role_in_it == "author" else "rita")
    linked = await account(own_house, "linked", linked=who)
    case = await flagged(own_house, sent("rita"))
    with pytest.raises(NoSuchCase):
        await claim_case(own_house, linked, case)
    assert await next_case(own_house, linked) is None


async def test_a_community_moderator_reaches_their_own_places_only(own_house: House) -> None:
    lead = await account(own_house, "lead", StaffRole.COMMUNITY_MODERATOR, places=[Reach("group", "espanol")])
    inside = Place(Surface.COMMUNITY, board="identity", group="espanol")
    outside = Place(Surface.COMMUNITY, board="help")
    option = "community_post.disrespect"
    mine = await flagged(own_house, sent("rita", seen("community_post", "p-1", place=inside), option))
    theirs = await flagged(own_house, sent("rita", seen("community_post", "p-2", place=outside), option))
    with pytest.raises(NoSuchCase):
        await claim_case(own_house, lead, theirs)
    found = await next_case(own_house, lead)
    assert found is not None
    assert found.case == mine
    assert await next_case(own_house, lead) is None


async def test_a_parked_case_comes_back_on_its_day(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await claim_case(own_house, mia, case)
    until = own_house.now + timedelta(days=3)
    await park_case(own_house, mia, Parking(case, until, "The client will send a document."))
    assert await wake_cases(own_house) == 0
    move(business, until)
    assert await wake_cases(own_house) == 1
    assert await state_of(own_house, case) == "open"


async def test_a_decision_takes_effect_at_its_window_and_everybody_is_told_then(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"), sent("sam"))
    business.move(timedelta(minutes=5))
    ruled = await decided(own_house, mia, case)
    assert ruled.state is DecisionState.DECIDED
    assert ruled.not_before.minute == 0
    business.move(timedelta(minutes=20))
    assert await take_effect(own_house) == 0
    assert await events_of(own_house) == []
    assert await told(own_house, "author") == []
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 1
    (hidden, warned) = await events_of(own_house)
    assert {hidden["effect"], warned["effect"]} == {"hide", "tell"}
    assert await told(own_house, "author") == ["statement_of_reasons"]
    assert (await told(own_house, "reporter")).count("outcome_acted") == 2
    assert await state_of(own_house, case) == "effective"
    assert await close_cases(own_house) == 1
    assert await state_of(own_house, case) == "closed"
    assert await value_of(own_house, "select state from subjects.subject") == "removed"


async def test_the_author_reads_rule_reason_measures_and_the_way_back_and_nothing_of_a_reporter(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    canaries = ("canary-rita", "canary-words")
    case = await flagged(own_house, sent(canaries[0], details=f"They want it for free, {canaries[1]}."))
    ruled = await decided(own_house, mia, case)
    move(business, ruled.not_before)
    await take_effect(own_house)
    (notice,) = await show_notices(own_house, person("ann"))
    assert "No free work" in notice.text
    assert "three samples made for this job" in notice.text
    assert "Removed. A warning." in notice.text
    assert f"https://harborlane.example/appeal/{notice.notice}" in notice.text
    assert len(notice.code) == 8
    kept = await rows_of(own_house, "select values::text from delivery.notice where audience = 'author'")
    assert not any(canary in f"{kept}{notice}" for canary in (*canaries, "F-", "client is asking"))


async def test_a_reporter_reads_that_we_acted_and_not_what_follows(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, mia, case)
    move(business, ruled.not_before)
    await take_effect(own_house)
    (outcome, receipt) = await show_notices(own_house, person("rita"))
    assert (receipt.kind, outcome.kind, outcome.status) == ("receipt", "outcome_acted", "acted")
    assert "we acted" in outcome.text
    assert "warning" not in outcome.text.lower()


async def test_where_few_saw_it_the_notice_waits_for_another_day_and_quotes_nothing(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita", seen(audience=Audience.FEW)))
    ruled = await decided(own_house, mia, case)
    assert ruled.not_before.date() > own_house.now.date()
    move(business, ruled.not_before)
    await take_effect(own_house)
    (notice,) = await show_notices(own_house, person("ann"))
    assert "three samples" not in notice.text


async def test_an_undo_within_the_window_leaves_no_trace_outside(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    business.move(timedelta(minutes=1))
    ruled = await decided(own_house, mia, case)
    with pytest.raises(NotYours):
        await undo_decision(own_house, noor, case)
    await undo_decision(own_house, mia, case)
    assert await state_of(own_house, case) == "claimed"
    move(business, ruled.not_before + timedelta(days=2))
    assert await take_effect(own_house) == 0
    assert await events_of(own_house) == []
    assert await told(own_house, "author") == []
    assert await told(own_house, "reporter") == ["receipt"]


async def test_after_the_window_there_is_nothing_to_undo(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    move(business, (await decided(own_house, mia, case)).not_before)
    with pytest.raises(NothingWaits):
        await undo_decision(own_house, mia, case)


async def test_an_undone_case_can_be_decided_otherwise(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case)
    await undo_decision(own_house, mia, case)
    ruled = await decided(own_house, mia, case, verdict=Verdict.NO_VIOLATION)
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 1
    assert await events_of(own_house) == []
    assert (await told(own_house, "reporter"))[-1] == "outcome_no_violation"


async def test_a_graver_flag_stops_the_clock_and_hands_the_case_back(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    business.move(timedelta(minutes=1))
    ruled = await decided(own_house, mia, case)
    await flag(own_house, sent("tom", seen(), "job_post.upfront_fee"))
    assert await state_of(own_house, case) == "claimed"
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 0
    assert await told(own_house, "author") == []


async def test_content_that_its_author_deleted_is_still_judged_but_nothing_is_hidden(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, mia, case)
    await rows_of(own_house, "update subjects.subject set state = 'deleted_by_author', cause = 'by_author'")
    move(business, ruled.not_before)
    assert await take_effect(own_house) == 1
    assert [event["measure"] for event in await events_of(own_house)] == ["warning"]
    states = await rows_of(own_house, "select kind, state from decisions.measure order by kind")
    assert states == [{"kind": "remove_content", "state": "void"}, {"kind": "warning", "state": "running"}]


@pytest.mark.parametrize("when", ["before it takes effect", "after"])
async def test_deleting_and_restoring_is_no_way_round_a_decision(
    own_house: House, mia: Account, business: StoppedClock, when: str
) -> None:
    case = await flagged(own_house, sent("rita"))
    ruled = await decided(own_house, mia, case)
    if when == "after":
        move(business, ruled.not_before)
        assert await take_effect(own_house) == 1
    await follow_content(own_house, [ContentEvent(ContentEventKind.DELETED_BY_AUTHOR, seen())])
    if when != "after":
        move(business, ruled.not_before)
        assert await take_effect(own_house) == 1
    for _ in range(2):
        await follow_content(own_house, [ContentEvent(ContentEventKind.RESTORED, seen())])
    hides = [event for event in await events_of(own_house) if event["measure"] == "remove_content"]
    assert hides[-1]["applied"]
    assert [event["applied"] for event in hides] == ([True, False, True] if when == "after" else [True])
    (kept,) = await rows_of(own_house, "select state, cause from subjects.subject")
    assert kept == {"state": "removed", "cause": "by_policy"}
    move(business, await reverse_decision(own_house, mia, Reversal(case, "The samples were paid.")))
    assert (await events_of(own_house))[-1]["applied"] is False
    assert await value_of(own_house, "select state from subjects.subject") == "standing"


async def test_what_is_wrong_with_a_decision_is_told_all_at_once(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"))
    await claim_case(own_house, mia, case)
    bad = Judgement(
        case=case,
        verdict=Verdict.VIOLATION,
        reason="x",
        clauses=(ClauseId("CG-99"), ClauseId("CG-7")),
        measures=(Chosen(MeasureKind("hold")), Chosen(MeasureKind("remove_from_group"), 14)),
    )
    with pytest.raises(DecisionIncomplete) as refused:
        await decide_case(own_house, mia, bad)
    assert len(refused.value.facts["wrong"]) == 4  # type: ignore[arg-type]


async def test_leaving_the_ladder_needs_a_code_and_a_reason(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"))
    with pytest.raises(DecisionIncomplete, match="leaves the ladder"):
        await decided(own_house, mia, case, measures=REMOVE, deviation=None)
    ladder = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("educate")))
    assert (await decided(own_house, mia, case, measures=ladder, deviation=None)).decision


async def test_nobody_decides_what_they_do_not_hold_or_on_a_page_that_is_no_longer_true(
    own_house: House, mia: Account, noor: Account
) -> None:
    case = await flagged(own_house, sent("rita"))
    await claim_case(own_house, mia, case)
    judgement = Judgement(case=case, verdict=Verdict.NO_VIOLATION, reason="It may stay.")
    with pytest.raises(NotYours):
        await decide_case(own_house, noor, judgement)
    stale = Judgement(case=case, verdict=Verdict.NO_VIOLATION, reason="It may stay.", revision=1)
    with pytest.raises(Exception, match="changed since this page"):
        await decide_case(own_house, mia, stale)


async def test_two_workers_do_a_thing_once(own_house: House, mia: Account, business: StoppedClock) -> None:
    import asyncio

    for name in ("a", "b", "c"):
        await decided(own_house, mia, await flagged(own_house, sent("rita", seen(id_=name))))
    business.move(timedelta(hours=2))
    assert sum(await asyncio.gather(*(take_effect(own_house) for _ in range(4)))) == 3
    events = await events_of(own_house)
    assert len(events) == 6
    assert [event["position"] for event in events] == [1, 2, 3, 4, 5, 6]
