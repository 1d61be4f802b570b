"""Show what an author would read of a decision, before it is made: rendered by the very code that writes the notice."""

import dataclasses
from uuid import UUID

from flagstaff.cases import moves
from flagstaff.cases.moves import Held
from flagstaff.decisions import rules, storage as decisions
from flagstaff.decisions.model import Chosen, Rung, Timing
from flagstaff.decisions.storage import Measure, NewDecision
from flagstaff.delivery.model import NewNotice
from flagstaff.delivery.rendering import fill, links_of
from flagstaff.flows.case_desk import NoSuchCase
from flagstaff.flows.decide_case import Judgement
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms, after_this, terms_for, zone_of
from flagstaff.flows.tell_people import statements
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.ids import RandomIds
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.states import DecisionState, MeasureState

_NOBODY = UUID(int=0)


async def preview_notice(house: House, case_key: UUID, judgement: Judgement) -> list[str]:
    """Return the texts for the author; none where the verdict tells them nothing, or nobody is known as author.

    What waits for a second person is told later, in a statement of its own, and so is not in it.
    """
    async with house.database.reading(Role.CONSOLE) as connection:
        case = await moves.look(connection, case_key)
        subject = await judging.judged(connection, case.subject) if case else None
        if case is None or subject is None:
            msg = "no case of this number is open to you"
            raise NoSuchCase(msg)
        past = await decisions.past_of(connection, subject.author) if subject.author else ()
    terms = terms_for(house, subject)
    leading = judgement.clauses[0] if judgement.clauses else ""
    following = after_this(terms, subject, leading, past, house.now) if leading else None
    return _rendered(house, terms, case, subject, judgement, following)


def _rendered(
    house: House, terms: Terms, case: Held, subject: Judged, judgement: Judgement, following: Rung | None
) -> list[str]:
    decision = _supposed(house, terms, case, subject, judgement)
    at_once, _ = rules.waits_for_second(judgement.measures, terms.second_person)
    measures = [_as_ordered(terms, case, one) for one in at_once if one.kind in terms.measures]
    # Its own ids: a preview must not use up numbers that a decision would have got.
    apart = dataclasses.replace(house, ids=RandomIds(house.clocks.wall))
    notices = statements(apart, terms, subject, decision, measures, case.origin, following, house.now)
    return [_text(house, terms, one) for one in notices]


def _as_ordered(terms: Terms, case: Held, chosen: Chosen) -> Measure:
    return Measure(
        key=_NOBODY,
        number="",
        platform=case.platform,
        decision=_NOBODY,
        kind=chosen.kind,
        scope=terms.measures[chosen.kind].scope,
        ring=None,
        effect=None,
        subject=None,
        author=None,
        state=MeasureState.WAITING,
        days=chosen.days,
    )


def _supposed(house: House, terms: Terms, case: Held, subject: Judged, judgement: Judgement) -> NewDecision:
    """Return the decision as it would be kept if it were made now."""
    severity = terms.severity(judgement.verdict, judgement.clauses)
    timing = Timing(house.now, severity, subject.audience)
    return NewDecision(
        key=_NOBODY,
        number="",
        platform=case.platform,
        case=case.key,
        subject=subject.key,
        snapshot=judgement.snapshot,
        as_it_stands=judgement.as_it_stands,
        author=subject.author,
        verdict=judgement.verdict,
        clauses=judgement.clauses,
        ladder=None,
        severity=int(severity),
        guidelines_version=terms.guidelines.version,
        words_at=terms.words_at,
        undated=not terms.dated,
        reason=judgement.reason,
        facts=judgement.facts,
        deviation=judgement.deviation,
        state=DecisionState.DECIDED,
        decided_by=_NOBODY,
        decided_at=house.now,
        not_before=rules.not_before(timing, zone_of(house, case.platform)),
    )


def _text(house: House, terms: Terms, notice: NewNotice) -> str:
    text = guidelines_in(terms.guidelines, notice.values["language"]).notice_by_key[notice.text_key].text
    templates = {name.value: link for name, link in house.policy.host(notice.platform).links.items()}
    links = links_of(templates, house.settings.address)
    return fill(text, {"number": "…", **notice.values}, links)
