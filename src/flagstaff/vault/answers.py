"""Keep what a model answered about comments of a deep dive: a theme each, no word, gone with the comment."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class Known(msgspec.Struct, frozen=True):
    """One comment with the theme that a model gave it."""

    ref: UUID
    theme: str


_queries = Queries(__package__, "answers.sql")
_put = _queries.run("put_answers")
_known = _queries.rows("answers_known", Known)


async def put(connection: Connection, dive: UUID, asked: bytes, themes: Mapping[UUID, str | None]) -> None:
    """Keep answers of a run that is under way, by comment; None: it did not answer. Role analyst.

    `asked`: what tells one question from another. A theme that stands is never replaced, and an erased comment keeps
    nothing: what is kept is what `known` returns for the run.
    """
    await _put(connection, dive, asked, list(themes), list(themes.values()))


async def known(
    connection: Connection, asked: bytes, refs: Sequence[UUID], dive: UUID | None = None
) -> dict[UUID, str]:
    """Return what was answered about some comments asked alike, for one run or for any. Role analyst."""
    return {one.ref: one.theme for one in await _known(connection, asked, list(refs), dive)}
