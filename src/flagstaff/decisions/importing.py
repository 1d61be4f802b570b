"""Keep verdicts of before Flagstaff."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import DecisionState, Verdict


class ImportedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that somebody else than this house gave; it has no measures here and stands on no ladder."""

    key: UUID
    number: str
    platform: str
    case: UUID
    subject: UUID
    snapshot: UUID
    author: UUID | None
    verdict: Verdict
    clauses: tuple[str, ...]
    severity: int
    guidelines_version: int
    words_at: datetime
    undated: bool
    reason: str
    facts: str
    at: datetime


_queries = Queries(__package__, "importing.sql")
_put_past_decisions = _queries.run("put_past_decisions")


async def put_past(connection: Connection, past: Sequence[ImportedDecision], state: DecisionState) -> None:
    """Keep past decisions; a second one in force on the same case raises a unique violation."""
    await _put_past_decisions(
        connection,
        [one.key for one in past],
        [one.number for one in past],
        [one.platform for one in past],
        [one.case for one in past],
        [one.subject for one in past],
        [one.snapshot for one in past],
        [one.author for one in past],
        [one.verdict.value for one in past],
        [" ".join(one.clauses) for one in past],
        [one.severity for one in past],
        [one.guidelines_version for one in past],
        [one.words_at for one in past],
        [one.undated for one in past],
        [one.reason for one in past],
        [one.facts for one in past],
        [one.at for one in past],
        state.value,
    )
