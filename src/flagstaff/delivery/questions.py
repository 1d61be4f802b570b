"""Find what an author was asked: a notice that waits for words."""

from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Question(msgspec.Struct, frozen=True):
    """One question to the author of what `case` is about."""

    key: UUID
    platform: str
    author: UUID
    case: UUID
    made_at: datetime


_queries = Queries(__package__, "questions.sql")
_question_called = _queries.row("question_called", Question)


async def question_called(connection: Connection, number: str, at: datetime) -> Question | None:
    """Return the question in a notice of this number; None for what is no question, or may not be read yet."""
    return await _question_called(connection, number, at)
