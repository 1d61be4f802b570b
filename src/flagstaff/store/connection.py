"""Name the type of a connection once, below everything that uses one."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

import asyncpg
from asyncpg.pgproto import pgproto

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection


def key_of(whole: bytes) -> UUID:
    """Return a key of 16 bytes in the driver's own form: made, hashed and sent at a fraction of the library's cost."""
    return cast("UUID", pgproto.UUID(whole))
