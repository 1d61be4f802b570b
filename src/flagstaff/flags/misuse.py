"""Name somebody's way of using flags by one flag of theirs, for nobody outside the vault knows more."""

from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Behind(msgspec.Struct, frozen=True):
    """The one flag that stands for a reporter, and the case that it is in."""

    key: UUID
    case: UUID


_queries = Queries(__package__, "misuse.sql")
_flag_behind_use = _queries.row("flag_behind_use", Behind)
_flagged_in = _queries.value("flagged_in", UUID)


async def flag_behind_use(connection: Connection, subject: UUID) -> Behind | None:
    """Return the flag that a subject of kind `flag_use` is named by; None for other kinds."""
    return await _flag_behind_use(connection, subject)


async def flagged_in(connection: Connection, case: UUID) -> UUID | None:
    """Return the case in which that flag is, for a case about a way of using flags; None for all others."""
    return await _flagged_in(connection, case)
