"""Void what touches content that its author deleted, and bring it back with the content; the person's part goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flagstaff.decisions import storage
from flagstaff.decisions.storage import Measure
from flagstaff.kernel.ids import Ids
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.states import MeasureState

_queries = Queries(__package__, "voiding.sql")
_void_measures = _queries.values("void_measures", UUID)
_bring_back_measures = _queries.values("bring_back_measures", UUID)


async def void_content(
    connection: Connection, subjects: Sequence[UUID], at: datetime, ids: Ids
) -> list[Measure]:
    """Void the content measures of some subjects and return them; a platform knows of those that had started."""
    if not subjects:
        return []
    measures = await _void_measures(connection, subjects)
    await storage.append_measure_steps(
        connection, measures, "void", MeasureState.VOID, "author", at, ids, "its author deleted the content"
    )
    return await storage.measures(connection, measures)


async def bring_back(connection: Connection, subject: UUID, at: datetime, ids: Ids) -> list[Measure]:
    """Let what a decision in effect says of a subject run again and return it: deleting is no way round a decision."""
    measures = await _bring_back_measures(connection, subject, at)
    await storage.append_measure_steps(
        connection,
        measures,
        "bring_back",
        MeasureState.RUNNING,
        "author",
        at,
        ids,
        "the content stands again",
    )
    return await storage.measures(connection, measures)
