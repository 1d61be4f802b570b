"""Keep past subjects, persons and verdicts of one batch, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flagstaff.cases import importing as past_cases, rules as case_rules, storage as cases
from flagstaff.cases.importing import PastJudgement
from flagstaff.cases.storage import NewCase, Step
from flagstaff.decisions import importing as past_decisions
from flagstaff.decisions.importing import ImportedDecision
from flagstaff.decisions.rules import DECISION
from flagstaff.flags import importing as past_flags
from flagstaff.flows.house import House
from flagstaff.flows.import_policy import seen_of
from flagstaff.imports import storage as imports
from flagstaff.imports.model import Content, PastPerson, PastVerdict
from flagstaff.imports.storage import PastCase
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.ids import NumberKind
from flagstaff.store.database import Connection
from flagstaff.subjects import importing as past_subjects, storage as subjects
from flagstaff.subjects.model import KeptSubject, Seen
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import PersonRef, Platform
from flagstaff.vocabulary.severity import Severity

ACTOR: Final = "import"
UNNAMED: Final = UUID(int=0)
"""Names the one closed case of a subject whose past cases have no names of their own."""
_WHY: Final = "history from before Flagstaff"


async def keep_subjects(house: House, connection: Connection, platform: str, past: Sequence[Content]) -> None:
    """Copy past contents; what was gone already is marked so."""
    kept = await copy(house, connection, [seen_of(platform, one) for one in past])
    gone = {at.subject: one.state for one, at in zip(past, kept, strict=True) if one.state != "standing"}
    await past_subjects.note_gone(connection, sorted(gone.items()), house.now)


async def copy(house: House, connection: Connection, seen: Sequence[Seen]) -> list[KeptSubject]:
    """Copy what was seen of subjects, and return where each copy stands."""
    staff = [house.sealer.staff_hash(PersonRef(one.ref.platform, one.author or "")) for one in seen]
    return await subjects.keep(connection, seen, staff, house.ids, house.now)


async def keep_persons(
    house: House, connection: Connection, platform: str, past: Sequence[PastPerson]
) -> None:
    """Keep authors by name and reporters in the vault alone, where nobody can list them."""
    authors = {one.person: one for one in past if one.role == "author"}
    named = [(name, house.sealer.staff_hash(PersonRef(Platform(platform), name))) for name in authors]
    await past_subjects.add_authors(connection, platform, named, house.ids, house.now)
    closed = sorted(one.person for one in past if one.role == "author" and one.state == "closed")
    await past_subjects.close_authors(connection, platform, closed, house.now)
    reporters = [
        Newcomer(PersonRef(Platform(platform), one.person)) for one in past if one.role == "reporter"
    ]
    if reporters:
        await admission.admit(connection, reporters, house.sealer, house.sealer.batch(), house.ids)


async def keep_verdicts(
    house: House, connection: Connection, platform: str, past: Sequence[tuple[PastVerdict, UUID]]
) -> None:
    """Keep past verdicts, each in effect on a closed case; no measure, no notice and no event comes of one.

    With each comes the name of its case; an unnamed case that has its verdict gives way to a new one, named by the row.
    """
    seen = [seen_of(platform, one.content) for one, _ in past]
    kept = await copy(house, connection, seen)
    named = [
        (at.subject, past_name(house, platform, one.case)) for (one, _), at in zip(past, kept, strict=True)
    ]
    there = await imports.past_cases(connection, named)
    opened: list[NewCase] = []
    made: list[PastCase] = []
    decided: list[ImportedDecision] = []
    judged: list[PastJudgement] = []
    for (one, row), at, wanted in zip(past, kept, named, strict=True):
        judged_already = wanted in there and there[wanted].decision is not None
        name = (at.subject, row) if judged_already else wanted
        case = there.get(name)
        if case is None:
            fresh = closed_case(
                house, at, seen_of(platform, one.content), Severity(one.severity or 1), one.at
            )
            opened.append(fresh)
            case = PastCase(at.subject, name[1], fresh.key)
            made.append(case)
        decision = _decision(house, platform, one, at, case.case)
        decided.append(decision)
        there[name] = PastCase(case.subject, case.name, case.case, decision.key, one.verdict)
        judged.append(
            PastJudgement(case.case, one.verdict, decision.key, one.clauses, at.content_hash, one.at)
        )
    await cases.open_cases(connection, opened)
    await cases.append_steps(connection, [closing_step(case) for case in opened], house.ids)
    await imports.put_past_cases(connection, made)
    await past_decisions.put_past(connection, decided, DECISION.apply(None, "import"))
    await past_cases.judge(connection, judged)
    await past_flags.tie(connection, {one.case: one.decision for one in judged})


def past_name(house: House, platform: str, case: str | None) -> UUID:
    """Return what a past case is found by: a keyed digest of the name that the platform gave it."""
    if case is None:
        return UNNAMED
    return UUID(bytes=house.sealer.idempotency_digest(platform, "past case", case)[:16])


def closed_case(
    house: House,
    at: KeptSubject,
    seen: Seen,
    severity: Severity,
    opened_at: datetime,
    *,
    staff_only: bool = False,
) -> NewCase:
    """Return the closed case that a past one becomes."""
    return NewCase(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.CASE),
        platform=seen.ref.platform,
        subject=at.subject,
        state=case_rules.apply(None, "import"),
        origin=CaseOrigin.IMPORT,
        severity=severity,
        place=seen.place,
        opened_at=opened_at,
        staff_only=staff_only,
        restricted=seen.reference_only,
        audience=seen.audience,
    )


def closing_step(case: NewCase) -> Step:
    """Return the one step of a past case; it carries the day, for a flag may have begun it."""
    return Step(case.key, day_of(case.opened_at), "import", "", case.state, ACTOR, _WHY)


def _decision(house: House, platform: str, one: PastVerdict, at: KeptSubject, case: UUID) -> ImportedDecision:
    words_at = one.content.edited_at or one.content.posted_at
    return ImportedDecision(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.DECISION),
        platform=platform,
        case=case,
        subject=at.subject,
        snapshot=at.snapshot,
        author=at.author,
        verdict=one.verdict,
        clauses=one.clauses,
        severity=one.severity or 1,
        guidelines_version=house.policy.guidelines_in_force(platform, one.at).version,
        words_at=words_at or one.at,
        undated=words_at is None,
        reason=one.reason or _WHY,
        facts=one.facts,
        at=one.at,
    )
