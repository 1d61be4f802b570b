"""Keep that a later decision was looked at after one that it counted did not last."""

from datetime import datetime
from uuid import UUID

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries

_queries = Queries(__package__, "let_stand.sql")
_put_let_stand = _queries.run("put_let_stand")


async def let_stand(
    connection: Connection, case: UUID, decision: str, reversed_: str, account: UUID, at: datetime
) -> bool:
    """Let a decision of a case stand beside a reversed one, both by their numbers; False where there are none such."""
    return bool(await _put_let_stand(connection, case, decision, reversed_, account, at))
