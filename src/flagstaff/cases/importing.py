"""Keep cases of before Flagstaff: what stands about a subject, and the verdicts that closed cases had."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import CaseState, Verdict


class StandingOne(msgspec.Struct, frozen=True):
    """The case of a subject that has not taken effect."""

    subject: UUID
    key: UUID
    state: CaseState


class PastJudgement(msgspec.Struct, frozen=True):
    """The verdict that a closed case had."""

    case: UUID
    verdict: Verdict
    decision: UUID
    clauses: tuple[str, ...]
    content_hash: bytes
    at: datetime


_queries = Queries(__package__, "importing.sql")
_standing_of_subjects = _queries.rows("standing_of_subjects", StandingOne)
_date_back = _queries.run("date_back")
_judge_past = _queries.run("judge_past")


async def standing_of(connection: Connection, subjects: Sequence[UUID]) -> dict[UUID, StandingOne]:
    """Lock the cases of subjects that have not taken effect, and return them by subject."""
    return {one.subject: one for one in await _standing_of_subjects(connection, subjects)}


async def date_back(connection: Connection, first: Mapping[UUID, datetime]) -> None:
    """Let imported cases begin no later than the earliest of their flags."""
    if first:
        await _date_back(connection, list(first), list(first.values()))


async def judge(connection: Connection, judged: Sequence[PastJudgement]) -> None:
    """Give closed cases their verdicts; one that has a verdict keeps it."""
    await _judge_past(
        connection,
        [one.case for one in judged],
        [one.verdict.value for one in judged],
        [one.decision for one in judged],
        [" ".join(one.clauses) for one in judged],
        [one.content_hash for one in judged],
        [one.at for one in judged],
    )
