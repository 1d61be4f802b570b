"""Keep appeals about holds: they are like those about decisions, and end with their hold."""

from uuid import UUID

from flagstaff.appeals.storage import Appeal
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "holds.sql")
_lodge_about_hold = _queries.run("lodge_about_hold")
_of_hold = _queries.row("of_hold", Appeal)


async def lodge_about_hold(connection: Connection, appeal: Appeal) -> None:
    """Begin a second look at a hold; a second one of the same hold raises a unique violation."""
    await _lodge_about_hold(
        connection, appeal.key, appeal.number, appeal.platform, appeal.hold, appeal.case, appeal.received_at,
        appeal.answer_by,
    )  # fmt: skip


async def of_hold(connection: Connection, hold: UUID) -> Appeal | None:
    """Lock the appeal of a hold, if it has one."""
    return await _of_hold(connection, hold)
