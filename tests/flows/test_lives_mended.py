"""What a walk through all lives found wrong once: each promise beside the path that broke it."""

from datetime import timedelta

import pytest

from flagstaff.decisions.model import Chosen
from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.appeal_desk import NoSuchAppeal
from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.close_cases import close_emptied
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.count_kept_flags import count_kept_flags
from flagstaff.flows.house import House
from flagstaff.flows.mend_measure import Mending, mend_measure
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.place_hold import Holding, NoHold, place_hold
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.release_case import release_case
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.flows.withdraw_appeal import TakenBack, withdraw_appeal
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import reporters
from flagstaff.vocabulary.references import MeasureKind
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import (
    BAN,
    decided,
    events_of,
    flagged,
    key_of,
    move,
    rows_of,
    state_of,
    told,
    value_of,
)
from tests.houses import flag, person, seen, sent
from tests.notices import show_notices

EDIT = (Chosen(MeasureKind("educate")), Chosen(MeasureKind("request_edit")))
REASON = "The payment page looks like theft of card data."


async def in_effect(house: House, by: Account, clock: StoppedClock, case: str, **more: object) -> None:
    move(clock, (await decided(house, by, case, **more)).not_before)  # type: ignore[arg-type]
    assert await take_effect(house) == 1


async def happens(house: House, kind: ContentEventKind, words: str | None = None) -> None:
    shown = seen() if words is None else seen(words=words)
    await follow_content(house, [ContentEvent(kind, shown)])


async def leaves(house: House, who: str) -> None:
    await follow_persons(house, [PersonEvent(PersonEventKind.CLOSED, person(who))], "platform:harborlane")


async def test_a_decision_comes_back_to_whoever_made_it_and_its_measures_say_so(
    own_house: House, mia: Account, noor: Account
) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case)
    await undo_decision(own_house, mia, case)
    await release_case(own_house, mia, case)
    await decided(own_house, noor, case)
    await flag(own_house, sent("tom", seen(), "job_post.upfront_fee"))
    assert str(await value_of(own_house, "select claimed_by from cases.case")) == str(noor.key)
    steps = await rows_of(own_house, "select arrow from decisions.measure_step order by key desc limit 2")
    assert [step["arrow"] for step in steps] == ["undo", "undo"]


async def test_a_decided_case_ends_as_moot_when_its_author_leaves(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case)
    await leaves(own_house, "ann")
    assert await state_of(own_house, case) == "closed"
    assert await rows_of(own_house, "select distinct state from decisions.measure") == [{"state": "undone"}]
    assert await flagged(own_house, sent("sam")) != case  # there is no verdict that a later flag could join


async def test_what_began_before_the_second_person_is_lifted_when_the_case_is_moot(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    await in_effect(own_house, mia, business, case, measures=BAN)
    await leaves(own_house, "ann")
    assert await rows_of(own_house, "select state from decisions.hold") == [{"state": "lifted"}]
    assert [one["applied"] for one in await events_of(own_house)] == [True, True, False, False]


async def test_what_is_in_effect_in_part_is_not_undone(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case, measures=BAN)
    business.move(timedelta(minutes=1))
    await answer_second(own_house, noor, Answer(case, confirm=True))
    with pytest.raises(NothingWaits, match="in effect already"):
        await undo_decision(own_house, mia, case)


async def test_where_nothing_began_its_author_reads_of_a_proposal_when_it_is_confirmed_or_never(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await happens(own_house, ContentEventKind.DELETED_BY_AUTHOR)
    ruled = await decided(own_house, mia, case, measures=BAN)
    move(business, ruled.not_before)
    await take_effect(own_house)
    assert await told(own_house, "author") == []
    answered = await answer_second(own_house, noor, Answer(case, confirm=True))
    move(business, answered.not_before)
    await take_effect(own_house)
    content, account = await told(own_house, "author")  # one of what was found, one of the ban
    assert content == account == "statement_of_reasons"


async def test_a_proposal_of_which_nothing_began_is_undone_without_a_word(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await happens(own_house, ContentEventKind.DELETED_BY_AUTHOR)
    ruled = await decided(own_house, mia, case, measures=BAN)
    move(business, ruled.not_before)
    await take_effect(own_house)
    await answer_second(own_house, noor, Answer(case, confirm=True))
    await undo_decision(own_house, mia, case)
    business.move(timedelta(days=2))
    await take_effect(own_house)
    assert await told(own_house, "author") == []


async def test_a_flag_taken_back_keeps_no_answer(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    (late,) = await flag(own_house, sent("sam"))
    await withdraw_flag(own_house, Withdrawal(person("sam"), str(late.number)))
    (row,) = await rows_of(
        own_house, "select outcome, decision from flags.flag where number = $1", late.number
    )
    assert row == {"outcome": None, "decision": None}


async def test_a_claim_that_ran_out_lapses_before_another_takes_it(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    move(business, (await claim_case(own_house, mia, case)).until)
    await claim_case(own_house, noor, case)
    steps = await rows_of(own_house, "select arrow, from_state from cases.step order by key desc limit 2")
    assert steps == [{"arrow": "claim", "from_state": "open"}, {"arrow": "lapse", "from_state": "claimed"}]


async def test_a_platform_hears_that_nothing_hides_what_its_author_deleted(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    await happens(own_house, ContentEventKind.DELETED_BY_AUTHOR)
    last = (await events_of(own_house))[-1]
    assert (last["measure"], last["applied"]) == ("remove_content", False)


async def test_nothing_is_held_where_nothing_is_being_decided(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    with pytest.raises(NoHold, match="nothing is being decided"):
        await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))


async def test_a_flag_does_not_join_a_verdict_that_was_taken_back(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    await reverse_decision(own_house, mia, Reversal(case, "The samples were paid."))
    assert await flagged(own_house, sent("sam")) != case


async def test_a_flag_sent_again_onto_a_verdict_is_told_its_outcome_once_it_may_be_read(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """Taken back before the decision it was told nothing; sent again afterwards it joins, and nobody waits in vain."""
    case = await flagged(own_house, sent("rita"))
    (receipt,) = await flag(own_house, sent("sam"))
    await withdraw_flag(own_house, Withdrawal(person("sam"), str(receipt.number)))
    await in_effect(own_house, mia, business, case, verdict=Verdict.NO_VIOLATION)
    (again,) = await flag(own_house, sent("sam"))
    assert again.number == receipt.number
    query = "select outcome_from as at from flags.flag where number = $1"
    due = (await rows_of(own_house, query, receipt.number))[0]["at"]
    told_of = (
        "select n.text_key, n.released_at from delivery.notice n join flags.flag f on f.key = n.flag "
        "where f.number = $1 and n.text_key like 'outcome%'"
    )
    assert [tuple(row.values()) for row in await rows_of(own_house, told_of, receipt.number)] == [
        ("outcome_no_violation", due)
    ]


async def test_a_flag_taken_back_before_its_outcome_may_be_read_is_told_none_until_it_is_sent_again(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """A first flag that is taken back hears nothing more; one that joined a verdict must not be told apart from it."""
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case, verdict=Verdict.NO_VIOLATION)
    (receipt,) = await flag(own_house, sent("sam"))
    told_later = (
        "select n.text_key from delivery.notice n join flags.flag f on f.key = n.flag "
        "join delivery.outbox o on o.reference = n.key "
        "where f.number = $1 and n.text_key like 'outcome%' and n.released_at is not null and o.cancelled_at is null"
    )
    assert len(await rows_of(own_house, told_later, receipt.number)) == 1
    await withdraw_flag(own_house, Withdrawal(person("sam"), str(receipt.number)))
    assert await rows_of(own_house, told_later, receipt.number) == []
    await flag(own_house, sent("sam"))
    assert len(await rows_of(own_house, told_later, receipt.number)) == 1


async def test_what_was_left_up_by_mistake_is_decided_anew_also_where_staff_say_so(
    own_house: House, mia: Account, noor: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case, verdict=Verdict.NO_VIOLATION)
    await reverse_decision(own_house, noor, Reversal(case, "They did ask for samples."))
    (anew,) = await rows_of(own_house, "select number from cases.case where state = 'open'")
    await in_effect(own_house, noor, business, str(anew["number"]))
    assert await value_of(own_house, "select outcome from flags.flag") == "acted"
    await reverse_decision(own_house, noor, Reversal(str(anew["number"]), "They were paid."))
    assert await value_of(own_house, "select outcome from flags.flag") == "no_violation"


async def test_a_case_with_a_hold_or_a_kept_flag_is_not_empty(own_house: House, mia: Account) -> None:
    (receipt,) = await flag(own_house, sent("rita"))
    case = str(await value_of(own_house, "select number from cases.case"))
    await place_hold(own_house, mia, Holding(case, REASON, "MT-3"))
    await withdraw_flag(own_house, Withdrawal(person("rita"), str(receipt.number)))
    assert await state_of(own_house, case) == "open"


async def test_a_case_that_was_emptied_in_somebodys_hands_closes_once_it_is_back(
    own_house: House, mia: Account
) -> None:
    (receipt,) = await flag(own_house, sent("rita"))
    case = str(await value_of(own_house, "select number from cases.case"))
    await claim_case(own_house, mia, case)
    await withdraw_flag(own_house, Withdrawal(person("rita"), str(receipt.number)))
    assert await close_emptied(own_house) == 0
    await release_case(own_house, mia, case)
    assert await close_emptied(own_house) == 1
    assert await state_of(own_house, case) == "closed"


async def test_kept_flags_count_when_the_restriction_ends(own_house: House, business: StoppedClock) -> None:
    await flag(own_house, sent("rita", seen(id_="elsewhere")))
    key = key_of(await value_of(own_house, "select key from flags.flag"))
    async with own_house.database.transaction(Role.CONSOLE) as connection:
        await reporters.restrict(connection, key, own_house.now + timedelta(days=5))
    case = await flagged(own_house, sent("rita"))
    assert await state_of(own_house, case) == "parked"
    assert await count_kept_flags(own_house) == 0
    business.move(timedelta(days=5))
    assert await count_kept_flags(own_house) == 1
    assert await count_kept_flags(own_house) == 0
    assert await state_of(own_house, case) == "open"
    assert await value_of(own_house, "select flags_counted from cases.case where number = $1", case) == 1


async def test_what_was_mended_returns_once_staff_looked(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case, measures=EDIT)
    number = str(
        await value_of(own_house, "select number from decisions.measure where kind = 'request_edit'")
    )
    mending = Mending(case, number, "The samples are paid now.")
    with pytest.raises(NothingWaits, match="nothing was changed"):
        await mend_measure(own_house, mia, mending)
    await happens(own_house, ContentEventKind.EDITED, "Logo wanted, samples are paid.")
    await mend_measure(own_house, mia, mending)
    assert (await events_of(own_house))[-1]["effect"] == "show"
    assert (await told(own_house, "author"))[-1] == "mended"
    with pytest.raises(NothingWaits, match="no request to edit"):
        await mend_measure(own_house, mia, mending)


async def test_whoever_appealed_may_take_it_back_and_ask_again(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    (notice,) = await show_notices(own_house, person("ann"))
    taken = await receive_appeal(own_house, Asked(notice.notice, "I paid.", person("ann")))
    with pytest.raises(NoSuchAppeal):
        await withdraw_appeal(own_house, TakenBack(person("rita"), taken.number))
    for _ in range(2):
        await withdraw_appeal(own_house, TakenBack(person("ann"), taken.number))
        assert await value_of(own_house, "select state from appeals.appeal") == "withdrawn"
    again = await receive_appeal(own_house, Asked(notice.notice, "I did pay.", person("ann")))
    assert again.appeal == taken.appeal
    assert await value_of(own_house, "select state from appeals.appeal") == "received"


async def test_a_second_look_ends_where_the_decision_is_taken_back_meanwhile(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, business, case)
    (notice,) = await show_notices(own_house, person("ann"))
    await receive_appeal(own_house, Asked(notice.notice, "I paid.", person("ann")))
    await reverse_decision(own_house, mia, Reversal(case, "The samples were paid."))
    assert await value_of(own_house, "select state from appeals.appeal") == "withdrawn"
