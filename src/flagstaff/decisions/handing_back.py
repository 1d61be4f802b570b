"""Stop decisions whose window still runs when something comes in that they did not judge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.decisions import storage
from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import MeasureState

_queries = Queries(__package__, "handing_back.sql")
_stop_decisions = _queries.values("stop_decisions", UUID)
_stop_measures = _queries.values("stop_measures", UUID)
_stop_seconds = _queries.run("stop_seconds")


async def stop(connection: Connection, cases: Sequence[UUID], at: datetime, ids: Ids) -> list[UUID]:
    """Stop the decisions of these cases and return their keys; what has taken effect meanwhile is left alone."""
    decisions = await _stop_decisions(connection, cases, at)
    undone = await _stop_measures(connection, decisions)
    why = "its decision was handed back"
    await storage.append_measure_steps(connection, undone, "undo", MeasureState.UNDONE, "house", at, ids, why)
    await _stop_seconds(connection, decisions)
    return decisions
