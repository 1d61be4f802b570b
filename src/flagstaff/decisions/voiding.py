"""Void what touches content that its author deleted; what touches the person goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.decisions import storage
from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import MeasureState

_queries = Queries(__package__, "voiding.sql")
_void_measures = _queries.values("void_measures", UUID)
_lift_holds = _queries.values("lift_holds", UUID)


async def void_content(
    connection: Connection, subjects: Sequence[UUID], at: datetime, ids: Ids
) -> tuple[list[UUID], list[UUID]]:
    """Void content measures and lift holds of some subjects; returns the measures and the holds."""
    if not subjects:
        return [], []
    measures = await _void_measures(connection, subjects)
    await storage.append_measure_steps(
        connection, measures, "void", MeasureState.VOID, "author", at, ids, "its author deleted the content"
    )
    return measures, await _lift_holds(connection, subjects, at)
