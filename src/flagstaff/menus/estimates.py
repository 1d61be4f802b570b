"""Keep what a count of comments found for a draft; nothing here is ever changed."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from flagstaff.menus.drafts import Draft
from flagstaff.menus.estimating import Heard
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries


class HintEstimate(msgspec.Struct, frozen=True):
    """One estimate as the database holds it. `about`: the draft as it was when it was made."""

    key: UUID
    draft: UUID
    about: bytes
    days: int
    seed: str
    found: tuple[Heard, ...]
    made_by: UUID
    made_at: datetime


_queries = Queries(__package__, "estimates.sql")
_put_estimate = _queries.run("put_estimate")
_newest_estimate = _queries.row("newest_estimate", HintEstimate)


def about(draft: Draft, live: int) -> bytes:
    """Name the state of a draft that an estimate is about: its operations, and the version they are applied to."""
    return sha256(msgspec.json.encode([live, draft.operations])).digest()


async def put(connection: Connection, kept: HintEstimate) -> None:
    """Keep an estimate."""
    found: Sequence[object] = msgspec.to_builtins(kept.found)
    await _put_estimate(
        connection, kept.key, kept.draft, kept.about, kept.days, kept.seed, found, kept.made_by, kept.made_at
    )


async def newest(connection: Connection, draft: UUID, days: int) -> HintEstimate | None:
    """Return the newest estimate of a draft over so many days."""
    return await _newest_estimate(connection, draft, days)
