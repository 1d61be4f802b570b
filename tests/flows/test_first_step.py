"""A reason may ask for something milder first: what it names replaces the ladder's content measure, once."""

from datetime import timedelta

import msgspec
import pytest

from flagstaff.decisions.model import Chosen
from flagstaff.decisions.rules import DecisionIncomplete
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.first_step import Reported, ask_first
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import propose, terms_for
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import ClauseId, MeasureKind, Place, Surface
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import flagged, key_of, value_of
from tests.houses import seen, sent

NAMED = "community_post.naming_accusation"
MEND = (Chosen(MeasureKind("request_edit")), Chosen(MeasureKind("warning")))
LADDER = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("warning")))


def post(id_: str, house: House) -> Seen:
    place = Place(Surface.COMMUNITY, board="general")
    shown = seen("community_post", id_, place=place, words="Kay of Example Ltd is a cheat.")
    return msgspec.structs.replace(shown, posted_at=house.now, audience=Audience.MANY)


async def choose(house: House, by: Account, case: str, *measures: Chosen) -> None:
    """Decide without a word on leaving the ladder."""
    await claim_case(house, by, case)
    judgement = Judgement(
        case=case,
        verdict=Verdict.VIOLATION,
        reason="It accuses somebody by name.",
        clauses=(ClauseId("CG-4"),),
        measures=measures,
    )
    await decide_case(house, by, judgement)


@pytest.mark.parametrize("measures", [MEND, LADDER])
async def test_the_first_step_may_be_the_reasons_or_the_ladders(
    own_house: House, mia: Account, measures: tuple[Chosen, ...]
) -> None:
    case = await flagged(own_house, sent("rita", post("post-1", own_house), NAMED))
    await choose(own_house, mia, case, *measures)


async def test_anything_else_leaves_the_ladder_and_so_does_mending_the_second_time(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case = await flagged(own_house, sent("rita", post("post-1", own_house), NAMED))
    with pytest.raises(DecisionIncomplete, match="leaves the ladder"):
        await choose(own_house, mia, case, MEND[0])
    await choose(own_house, mia, case, *MEND)
    business.move(timedelta(days=2))
    await take_effect(own_house)
    business.move(timedelta(days=1))
    again = await flagged(own_house, sent("rita", post("post-2", own_house), NAMED))
    with pytest.raises(DecisionIncomplete, match="leaves the ladder"):
        await choose(own_house, mia, again, *MEND)


@pytest.mark.parametrize(
    ("reasons", "proposed", "says"),
    [
        ([], LADDER, ""),
        (["naming_accusation"], MEND, "mended first"),
        (["naming_accusation", "disrespect", "disrespect"], LADDER, ""),
        (["disrespect", "naming_accusation"], LADDER, ""),
        (["repetition"], LADDER, "housekeeping"),
        (["of another policy"], LADDER, ""),
    ],
)
async def test_the_reason_that_most_flags_name_is_heard(
    own_house: House, reasons: list[str], proposed: tuple[Chosen, ...], says: str
) -> None:
    await flagged(own_house, sent("rita", post("post-1", own_house), NAMED))
    key = key_of(await value_of(own_house, "select key from subjects.subject"))
    async with own_house.database.reading(Role.CONSOLE) as connection:
        subject = await judging.judged(connection, key)
    assert subject is not None
    terms = terms_for(own_house, subject)
    rung = propose(terms, subject, "CG-4", (), own_house.now)
    reported = [Reported(one, frozenset({"CG-4"})) for one in reasons]
    asked = ask_first(own_house, terms, subject, "CG-4", rung, reported)
    assert asked is not None
    assert set(asked.step) == set(proposed)
    assert says in asked.reason
    assert ask_first(own_house, terms, subject, "CG-4", None, reported) is None
