"""The frozen values of the sealed log."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """Record one deed: who did what to which thing, with facts that name no reporter and quote no words.

    `actor` is an account key, `api:<key id>`, `job:<name>` or `platform:<key>`; `object` is `<room>:<key or number>`.
    Entries about flags carry midnight of their day in `at`, so that the log does not tell when somebody flagged.
    """

    key: UUID
    at: datetime
    deed: str
    actor: str
    object: str
    platform: str | None = None
    facts: Mapping[str, str | int | bool | None] = {}
