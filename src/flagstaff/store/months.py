"""Make the month partitions of append-only streams before their month comes."""

from datetime import date
from typing import TYPE_CHECKING

from flagstaff.store.statements import Queries

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

_queries = Queries("flagstaff.store", "months.sql")
_prepare_months = _queries.value("prepare_months", int)


async def prepare_months(connection: "Connection", first: date, months: int) -> int:
    """Make the partitions of `months` months from the one of `first` on (1 to 120); returns how many were new."""
    return await _prepare_months(connection, first, months) or 0
