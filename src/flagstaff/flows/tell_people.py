"""Write notices and let them leave: to an author from the decision alone, to a reporter about their own flag."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from flagstaff.appeals import rules as appeal_rules
from flagstaff.decisions import rules
from flagstaff.decisions.model import Rung
from flagstaff.decisions.storage import Decided, Measure, NewDecision
from flagstaff.delivery import rendering, storage as delivery
from flagstaff.delivery.answers import TEXTS
from flagstaff.delivery.model import EventKind, NewNotice, Notice, Outgoing
from flagstaff.delivery.rendering import AuthorSide, MeasureSide, ReporterSide
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms, zone_of
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.ids import NumberKind
from flagstaff.language.marking import marked
from flagstaff.language.tongues import Tongue, tongue_of
from flagstaff.menus.translating import menus_in
from flagstaff.store.database import Connection
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.effects import Scope
from flagstaff.vocabulary.origins import CaseOrigin, Party

Decision = NewDecision | Decided

_TIDIED = marked("What was there now stands where it belongs.")
WHY = {
    "violation": marked("It breaks one of the rules."),
    "no_violation": marked("A person looked at it and found that it may stay."),
    "could_not_verify": marked("What would have to be known could not be found out."),
    "housekeeping": _TIDIED,
    "care": marked("Help was offered."),
    "referred": marked("It was handed to those who are responsible."),
    "moot": marked("Nothing could be checked any more."),
    "reversed": marked("Another person looked again."),
}
"""The one sentence of a decision that a reporter reads, by the key kept with the flag."""


def statements(
    house: House,
    terms: Terms,
    subject: Judged,
    decision: Decision,
    measures: Sequence[Measure],
    origin: CaseOrigin,
    following: Rung | None,
    at: datetime,
) -> list[NewNotice]:
    """Return what the author of a subject is told of a decision and some of its measures; not to be read yet.

    Nothing about a flag goes in: `AuthorSide` has no place for it.
    """
    if decision.author is None:
        return []
    terms = msgspec.structs.replace(
        terms, guidelines=told_in(house, subject.platform, subject.language, terms.guidelines)
    )
    verdict = next(one for one in terms.guidelines.verdicts if one.key == decision.verdict)
    known = terms.guidelines.notice_by_key
    side = _author_side(house, terms, subject, decision, measures, origin, following)
    values = rendering.author_values(side, tongue_for(terms.guidelines)) | {
        "resources": _resources(house, subject.platform, terms.guidelines.locale)
    }
    return [
        author_notice(
            house, platform=decision.platform, author=decision.author, text_key=key, guidelines=terms.guidelines,
            values=values, at=at, not_before=decision.not_before, decision=decision.key,
        )
        for key in verdict.notices
        if known[key].to == "author"
    ]  # fmt: skip


def statement_of_use(
    house: House,
    terms: Terms,
    subject: Judged,
    decision: Decision,
    measures: Sequence[Measure],
    flag: UUID,
    at: datetime,
) -> NewNotice:
    """Return what somebody is told of how they use flags, under one flag of theirs; not to be read yet."""
    terms = msgspec.structs.replace(terms, guidelines=told_in(house, subject.platform, "", terms.guidelines))
    side = _author_side(house, terms, subject, decision, measures, CaseOrigin.STAFF, None)
    values = rendering.author_values(side, tongue_for(terms.guidelines)) | {
        "resources": "",
        "status": "in_review",
    }
    notice = reporter_notice(
        house, platform=decision.platform, flag=flag, text_key="statement_of_reasons", guidelines=terms.guidelines,
        values=values, at=at, not_before=decision.not_before, decision=decision.key,
    )  # fmt: skip
    return msgspec.structs.replace(notice, released_at=None)


def _author_side(
    house: House,
    terms: Terms,
    subject: Judged,
    decision: Decision,
    measures: Sequence[Measure],
    origin: CaseOrigin,
    following: Rung | None,
) -> AuthorSide:
    guidelines, known = terms.guidelines, terms.guidelines.measure_by_key
    clause = terms.clause(decision.clauses[0]) if decision.clauses else None
    zone = zone_of(house, subject.platform)
    starts, platform = decision.not_before, house.policy.host(subject.platform).name
    return AuthorSide(
        platform=platform,
        subject=subject_words(subject, guidelines),
        posted_at=subject.posted_at,
        undated=decision.undated,
        guidelines_version=guidelines.version,
        clause=clause.key if clause else "",
        clause_title=clause.title if clause else "",
        clause_summary=clause.summary.replace("{platform}", platform) if clause else "",
        facts=decision.facts,
        quotable=rules.may_quote(subject.audience),
        automation=guidelines.phrases.automation["assisted" if origin is CaseOrigin.SIGNAL else "person"],
        measures=[_measure_side(known[one.kind].says, one, starts) for one in measures],
        next_step=[known[one.kind].says for one in following.step] if following else [],
        appeal_until=appeal_rules.appeal_until(starts, zone) - timedelta(microseconds=1),
        redress=guidelines.phrases.redress,
        mend=_mend(measures, guidelines),
        zone=zone.key,
    )


def told_in(house: House, platform: str, language: str | None, known: Guidelines | None = None) -> Guidelines:
    """Return the guidelines as somebody reads them who is to be told something.

    In their language as far as it is known, else in the first that the platform declared; `locale` says which it is.
    """
    first = next(iter(house.policy.host(platform).languages), "")
    return guidelines_in(known or house.policy.guidelines(platform), language or first)


def tongue_for(guidelines: Guidelines) -> Tongue:
    """Return who says things in the language that guidelines are read in."""
    return tongue_of(guidelines.locale)


def subject_words(subject: Judged, guidelines: Guidelines) -> str:
    """Return a subject's kind and place in words."""
    return rendering.subject_words(
        subject.kind, tongue_for(guidelines), name=guidelines.names.kinds.get(subject.kind, ""), board=subject.board,
        group=subject.community_group,
    )  # fmt: skip


def _resources(house: House, platform: str, language: str) -> str:
    known = menus_in(house.policy.menus(platform), language).texts.resources
    return next((one.fallback for one in known if one.key == "crisis"), "")


def _measure_side(says: str, measure: Measure, starts: datetime) -> MeasureSide:
    ends = starts + timedelta(days=measure.days) if measure.days else None
    on_person = measure.scope not in {Scope.CONTENT, Scope.OUTSIDE}
    return MeasureSide(says, ends, lasting=measure.kind == "terminate_account", on_person=on_person)


def _mend(measures: Sequence[Measure], guidelines: Guidelines) -> str:
    if any(one.kind == "request_edit" for one in measures):
        return tongue_for(guidelines).gettext("Mend the passage in question and it returns after a check.")
    return ""


def author_notice(
    house: House,
    *,
    platform: str,
    author: UUID,
    text_key: str,
    guidelines: Guidelines,
    values: Mapping[str, str],
    at: datetime,
    not_before: datetime,
    decision: UUID | None = None,
    hold: UUID | None = None,
    appeal: UUID | None = None,
    question: UUID | None = None,
    released: bool = False,
) -> NewNotice:
    """Return a notice to an author; `released`: to be read from `not_before` on, else when its decision holds.

    It is kept in the language that the guidelines are read in: what somebody was told stays as it was told.
    """
    return NewNotice(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.NOTICE),
        platform=platform,
        audience=Party.AUTHOR,
        author=author,
        decision=decision,
        hold=hold,
        appeal=appeal,
        question=question,
        text_key=text_key,
        guidelines_version=guidelines.version,
        values={**values, "language": guidelines.locale},
        made_at=at,
        not_before=not_before,
        released_at=not_before if released else None,
    )


def reporter_notice(
    house: House,
    *,
    platform: str,
    flag: UUID,
    text_key: str,
    guidelines: Guidelines,
    values: Mapping[str, str],
    at: datetime,
    not_before: datetime,
    decision: UUID | None = None,
    appeal: UUID | None = None,
) -> NewNotice:
    """Return a notice to the reporter of one flag, to be read from `not_before` on.

    Its number comes from a stream of its own: an author's numbers do not show how many were told beside them.
    """
    return NewNotice(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.REPLY),
        platform=platform,
        audience=Party.REPORTER,
        flag=flag,
        decision=decision,
        appeal=appeal,
        text_key=text_key,
        guidelines_version=guidelines.version,
        values={**values, "language": guidelines.locale},
        made_at=at,
        not_before=not_before,
        released_at=not_before,
    )


def reporter_values(
    house: House,
    *,
    platform: str,
    number: str,
    label: str,
    status: str,
    sentence: str,
    clause: str,
    guidelines: Guidelines,
    told_at: datetime,
) -> dict[str, str]:
    """Return what fills an outcome, in the language that the guidelines are read in.

    The nearest rule is the first that the flag's own option leads to.
    """
    known = guidelines.clause_by_key.get(clause)
    zone = zone_of(house, platform)
    side = ReporterSide(
        platform=house.policy.host(platform).name,
        number=number,
        option=label,
        why=tongue_for(guidelines).gettext(WHY.get(sentence, WHY["no_violation"])),
        clause=clause,
        clause_title=known.title if known else "",
        guidelines_version=guidelines.version,
        appeal_until=appeal_rules.appeal_until(told_at, zone) - timedelta(microseconds=1),
        zone=zone.key,
    )
    return rendering.reporter_values(side, tongue_for(guidelines)) | {"status": status}


async def send_notices(
    house: House, connection: Connection, notices: Sequence[NewNotice], at: datetime
) -> None:
    """Write notices that may be read by themselves, and let them leave."""
    await delivery.put_notices(connection, notices)
    await delivery.leave(connection, [leaving(house, one, at) for one in notices])


def leaving(house: House, notice: NewNotice | Notice, at: datetime) -> Outgoing:
    """Return the event that carries a notice; notices to one person, or about one flag, keep their order."""
    to_author = notice.audience is Party.AUTHOR
    stream = notice.author if to_author else notice.flag
    if stream is None:
        msg = "a notice is for an author or about a flag"
        raise AssertionError(msg)
    return Outgoing(
        key=house.ids.key(),
        platform=notice.platform,
        kind=_kind_of(notice),
        stream=stream,
        reference=notice.key,
        decision=notice.decision,
        made_at=at,
        not_before=max(at, notice.not_before),
    )


def _kind_of(notice: NewNotice | Notice) -> EventKind:
    if notice.audience is Party.AUTHOR:
        return EventKind.NOTICE_AUTHOR
    return EventKind.NOTICE_PERSON if notice.text_key in TEXTS else EventKind.NOTICE_REPORTER
