"""Comments of a run are opened to make it again once it is ready, for one account and a thousand at a time."""

import pytest

from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vault import storage
from flagstaff.vault.model import Asking, Purpose
from flagstaff.vault.storage import NotGranted
from flagstaff.vocabulary.references import Platform
from tests.storage.planted_run import NOW, plant_dive


@pytest.mark.parametrize("fault", ["not ready", "no account", "too many", "no such run"])
async def test_nothing_else_is_opened_for_a_check(database: Database, ids: SeededIds, fault: str) -> None:
    run, refs = ids.key(), (ids.key(),) * (1001 if fault == "too many" else 1)
    await plant_dive(database, ids, Platform("shop"), key=run, by=ids.key(), ready=fault != "not ready")
    asking = Asking(
        ids.key(), Purpose.CHECK, refs, "a check", NOW, account=None if fault == "no account" else ids.key(),
        case=ids.key() if fault == "no such run" else run,
    )  # fmt: skip
    with pytest.raises(NotGranted, match="a run that is ready"):
        async with database.transaction(Role.ANALYST) as connection:
            await storage.ask(connection, asking)


async def test_what_was_asked_for_a_check_serves_no_run_that_is_made(
    database: Database, ids: SeededIds
) -> None:
    run = ids.key()
    await plant_dive(database, ids, Platform("shop"), key=run, by=ids.key(), ready=True)
    asking = Asking(ids.key(), Purpose.CHECK, (ids.key(),), "a check", NOW, account=ids.key(), case=run)
    async with database.transaction(Role.ANALYST) as connection:
        await storage.ask(connection, asking)
    with pytest.raises(NotGranted, match="nothing committed was asked"):
        async with database.transaction(Role.ANALYST) as connection:
            await storage.take_for_dive(connection, asking.key, NOW)
    async with database.transaction(Role.ANALYST) as connection:
        assert await storage.take_for_check(connection, asking.key, NOW) == [], "no run counted it"
