"""Stop decisions whose window still runs when something comes in that they did not judge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "handing_back.sql")
_stop_decisions = _queries.values("stop_decisions", UUID)
_stop_measures = _queries.run("stop_measures")
_stop_seconds = _queries.run("stop_seconds")


async def stop(connection: Connection, cases: Sequence[UUID], at: datetime) -> list[UUID]:
    """Stop the decisions of these cases and return their keys; what has taken effect meanwhile is left alone."""
    decisions = await _stop_decisions(connection, cases, at)
    await _stop_measures(connection, decisions)
    await _stop_seconds(connection, decisions)
    return decisions
