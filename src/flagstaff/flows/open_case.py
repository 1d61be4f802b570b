"""Open a case on any subject that the house knows: staff saw something that nobody flagged."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import rules, storage as cases
from flagstaff.cases.storage import NewCase, Step
from flagstaff.flows.case_desk import reaches
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import terms_for
from flagstaff.flows.score_cases import score_cases
from flagstaff.kernel.errors import Conflict, NotFound, Refusal
from flagstaff.kernel.ids import NumberKind
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging, storage as subjects
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import Platform, SubjectRef
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState


class UnknownSubject(NotFound):
    """The house never saw this subject: nobody flagged it and the platform did not push it."""

    slug = "unknown-subject"
    title = "This subject is not known here"


class CaseStands(Conflict):
    """The subject has a case already; `case` is its number."""

    slug = "case-stands"
    title = "There is a case about this already"


class Opening(msgspec.Struct, frozen=True):
    """Which subject is looked into, why, and under which clause it may fall (that sets how urgent it is)."""

    subject: SubjectRef
    reason: str
    clause: str = ""


async def open_case(house: House, by: Account, opening: Opening) -> str:
    """Open a case and return its number.

    Raises UnknownSubject (also for what lies outside the account's places or is its own person's), CaseStands, Refusal.
    """
    if not opening.reason.strip():
        msg = "whoever takes the case needs to know what was seen"
        raise Refusal(msg, where="reason", mend="write a sentence")
    async with house.database.transaction(Role.CONSOLE) as connection:
        subject = await _subject(connection, by, opening.subject)
        standing = await cases.standing_of(connection, subject.key)
        if standing is not None:
            msg = "a case about this subject stands already"
            raise CaseStands(msg, mend="open that one; it may be in somebody's hands")
        case = _case(house, subject, opening)
        await cases.open_cases(connection, [case])
        target = rules.apply(None, "open")
        step = Step(case.key, house.now, "open", "", target, by.actor, opening.reason)
        await cases.append_steps(connection, [step], house.ids)
        await score_cases(house, connection, [case.key], house.now)
        facts = {"case": case.number, "clause": opening.clause}
        entry = Entry(
            house.ids.key(), house.now, "case.opened", by.actor, f"case:{case.key}", case.platform, facts
        )
        await audit.record(connection, [entry])
    return case.number


async def _subject(connection: Connection, by: Account, ref: SubjectRef) -> Judged:
    """Lock the subject, if this account may know of it."""
    standing = (await subjects.hold(connection, [ref])).get(ref)
    subject = await judging.judged(connection, standing.key) if standing else None
    if subject is None or not reaches(by, subject.platform):
        raise _unknown(ref)
    own = by.linked is not None and subject.staff_hash == by.linked.author_hash
    allowed = staff_rules.may(by, Permission.OPEN_CASE, subject.place, Platform(subject.platform))
    if own or not allowed:
        raise _unknown(ref)
    return subject


def _case(house: House, subject: Judged, opening: Opening) -> NewCase:
    clause = terms_for(house, subject).clause(opening.clause) if opening.clause else None
    if opening.clause and (clause is None or not clause.decidable):
        msg = f"{opening.clause!r} is no clause that a decision may name"
        raise Refusal(msg, where="clause", mend="choose one of the list, or leave it open")
    severity = Severity(clause.severity or 1) if clause else Severity.LOW
    return NewCase(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.CASE),
        platform=subject.platform,
        subject=subject.key,
        state=CaseState.OPEN,
        origin=CaseOrigin.STAFF,
        severity=severity,
        place=subject.place,
        opened_at=house.now,
        restricted=bool(clause and clause.reference_only == "everything"),
        audience=subject.audience,
    )


def _unknown(ref: SubjectRef) -> UnknownSubject:
    msg = f"no {ref.kind.replace('_', ' ')} {ref.id!r} is known here"
    return UnknownSubject(
        msg, where="id", mend="check kind and id; the platform can push it by POST /v1/content"
    )
