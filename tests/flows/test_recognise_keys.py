"""A house starts only with the keys its database was first sealed with, and may renew the pair."""

import dataclasses
from pathlib import Path

import pytest

from flagstaff.flows.recognise_keys import OtherKeys, recognise_keys
from flagstaff.flows.renew_keys import renew_keys
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.vault.keys import Keys
from tests.desks import rows
from tests.houses import build_house


async def test_a_lost_folder_is_not_replaced_unnoticed_and_a_renewed_pair_is_welcome(
    own_database: Database, ids: SeededIds, clocks: Clocks, tmp_path: Path
) -> None:
    first, other = Keys.load_or_make(tmp_path / "first"), Keys.load_or_make(tmp_path / "other")
    house = await build_house(own_database, ids, clocks)
    house = dataclasses.replace(house, sealer=first.sealer(), settings=Settings(keys=tmp_path / "first"))
    await recognise_keys(house)
    await recognise_keys(house)
    with pytest.raises(OtherKeys, match="another hash key"):
        await recognise_keys(dataclasses.replace(house, sealer=other.sealer()))
    fresh = await renew_keys(house)
    renewed = Keys.load(tmp_path / "first").sealer()
    assert renewed.key_id == fresh
    await recognise_keys(dataclasses.replace(house, sealer=renewed))
    (entry,) = await rows(house, "select actor, object from audit.entry where deed = 'keys.renewed'")
    assert (entry["actor"], entry["object"]) == ("operator", f"key:{fresh}")
