"""A decision in effect can be taken back: what followed is undone, and all who were told are told."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from flagstaff.decisions.model import Chosen, Forbids
from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.house import House
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.show_standing import access_of, standing_of
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import MeasureKind, Place, Surface
from tests.examples import examples
from tests.flows.desks import decided, events_of, flagged, move, rows_of, told, value_of
from tests.houses import person, seen, sent
from tests.notices import show_notices

HERE = Place(Surface.MARKETPLACE)
SILENCE = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("restrict_posting"), 7))


async def in_effect(house: House, by: Account, case: str, clock: StoppedClock, **more: object) -> None:
    ruled = await decided(house, by, case, **more)  # type: ignore[arg-type]
    move(clock, ruled.not_before)
    assert await take_effect(house) == 1


async def test_everything_that_followed_is_undone_and_everybody_who_was_told_hears_of_it(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"), sent("sam"), sent("tom"))
    await in_effect(own_house, mia, case, business, measures=SILENCE)
    assert not (await access_of(own_house, person("ann"), HERE)).may(Forbids.POSTING)
    before = await rows_of(own_house, "select decided, upheld from vault.person order by key")
    assert [row["upheld"] for row in before] == [1, 1, 1]

    leaves = await reverse_decision(own_house, mia, Reversal(case, "The samples were paid."))
    assert leaves == own_house.now + timedelta(seconds=10)
    move(business, leaves)
    lifted = [event for event in await events_of(own_house) if not event["applied"]]
    assert {event["effect"] for event in lifted} == {"show", "allow"}
    assert await told(own_house, "author") == ["statement_of_reasons", "correction"]
    assert (await told(own_house, "reporter")).count("outcome_changed") == 3
    assert (await access_of(own_house, person("ann"), HERE)).may(Forbids.POSTING)
    assert (await standing_of(own_house, person("ann"))).ladders == ()
    assert await value_of(own_house, "select state from subjects.subject") == "standing"
    after = await rows_of(own_house, "select decided, upheld from vault.person order by key")
    assert [(row["decided"], row["upheld"]) for row in after] == [(1, 0)] * 3
    (changed, *_) = await show_notices(own_house, person("sam"))
    assert "has changed" in changed.text


async def test_only_what_is_in_effect_can_be_reversed(own_house: House, mia: Account) -> None:
    case = await flagged(own_house, sent("rita"))
    await decided(own_house, mia, case)
    with pytest.raises(NothingWaits, match="no decision is in effect"):
        await reverse_decision(own_house, mia, Reversal(case, "Wrong."))


async def test_content_stays_hidden_while_another_decision_hides_it(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    first = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, first, business)
    changed = seen(words="Other words now, still three samples for nothing.")
    second = await flagged(own_house, sent("rita", changed))
    assert second != first
    await in_effect(own_house, mia, second, business)
    await reverse_decision(own_house, mia, Reversal(first, "The first was wrong."))
    business.move(timedelta(seconds=10))
    lifted = [event for event in await events_of(own_house) if event["measure"] == "remove_content"][-1]
    assert (lifted["applied"], lifted["effect"]) == (False, "tell")


async def test_a_measure_ends_by_itself_and_the_next_offence_meets_the_next_step(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita"))
    await in_effect(own_house, mia, case, business, measures=SILENCE)
    business.move(timedelta(hours=1))
    (standing,) = (await standing_of(own_house, person("ann"))).ladders
    assert (standing.ladder, standing.counted) == ("circumvent", 1)
    assert standing.next == ("Removed.", "A warning.")
    assert [one.kind for one in (await standing_of(own_house, person("ann"))).running] == ["restrict_posting"]
    business.move(timedelta(days=7))
    assert (await access_of(own_house, person("ann"), HERE)).may(Forbids.POSTING)
    assert await end_measures(own_house) == 1
    assert (await events_of(own_house))[-1]["effect"] == "allow"


@settings(max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flags=st.integers(min_value=1, max_value=4), measures=st.sampled_from([SILENCE, SILENCE[:1]]))
async def test_all_who_were_told_are_told_again_whoever_they_are(
    own_house: House, mia: Account, business: StoppedClock, flags: int, measures: tuple[Chosen, ...]
) -> None:
    job = seen(id_=f"job-{own_house.ids.key()}")
    case = await flagged(own_house, *(sent(f"reporter-{n}", job) for n in range(flags)))
    await in_effect(own_house, mia, case, business, measures=measures)
    move(business, await reverse_decision(own_house, mia, Reversal(case, "It was wrong.")))
    rows = await rows_of(
        own_house,
        "select n.audience, n.flag, n.text_key from delivery.notice n join decisions.decision d on d.key = n.decision "
        'join cases.case c on c.key = d."case" where c.number = $1 and n.released_at <= $2',
        case,
        own_house.now,
    )
    first = {
        (row["audience"], row["flag"])
        for row in rows
        if row["text_key"] not in {"correction", "outcome_changed"}
    }
    again = {
        (row["audience"], row["flag"]) for row in rows if row["text_key"] in {"correction", "outcome_changed"}
    }
    assert first == again
    assert len(again) == flags + 1
