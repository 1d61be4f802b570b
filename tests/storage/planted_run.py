"""Leave a deep dive in the database as the functions of the vault look for it."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from flagstaff.kernel.ids import NumberKind, SeededIds
from flagstaff.platforms import storage as platforms
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from tests.houses import harborlane

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


async def plant_dive(
    database: Database, ids: SeededIds, platform: Platform, *, key: UUID, by: UUID, ready: bool = False
) -> None:
    """Leave a run as a worker has it that just took it up, or as it stands once it is ready."""
    async with database.transaction(Role.CONSOLE) as connection:
        await platforms.add_host(connection, msgspec.structs.replace(harborlane(), key=platform))
    row = (key, ids.number(NumberKind.DIVE), platform, by, NOW)
    async with database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "insert into insight.dive (key, number, platform, selection, lines, labels, state, asked_by, asked_at) "
            "values ($1, $2, $3, '{}', '[]', '[]', 'reading', $4, $5)", *row
        )  # fmt: skip
        if ready:
            await connection.execute(
                "update insight.dive set state = 'ready', ended_at = asked_at, result = '', digest = '', "
                "proposed = '[]', unsure = '{}' where key = $1", key
            )  # fmt: skip
