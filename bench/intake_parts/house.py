"""Serve houses for a benchmark from a process of its own: `python -m bench.intake_parts.house WHAT FOLDER`.

WHAT is `compare` (the doors of doors.py on one database), `stages` (a house that watches itself) or `growth` (one house
on each of several databases that hold more and more flags). The last line it prints says where everything is.
"""

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop

from bench.intake_parts import doors, fill
from bench.intake_parts.shares import Shares
from flagstaff.api.build import build
from flagstaff.app import settle_memory
from flagstaff.flows.add_platform import AddPlatform
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.clock import Clocks, WallClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.connection import key_of
from flagstaff.store.database import Address, Database, connect
from flagstaff.store.opening import open_store
from flagstaff.store.roles import Role
from flagstaff.vault.keys import Keys

ROLES = [Role.INTAKE, Role.CONSOLE, Role.WORKER, Role.OWNER]


async def welcomed(address: Address, settings: Settings) -> tuple[House, str]:
    """Return a house with one platform, and that platform's API key."""
    house = await house_on(address, settings)
    made = await welcome_platform(house, None, AddPlatform(key=doors.PLATFORM, name="Harborlane"))
    return house, made.api_key


async def house_on(address: Address, settings: Settings) -> House:
    """Return a house on a database, as the command makes it: one process that holds everything."""
    wall = WallClock()
    database = await Database.open(address, ROLES, size=settings.pool_size)
    keys, book = Keys.load_or_make(settings.keys_folder), PolicyBook(database, Role.INTAKE)
    house = House(
        database,
        RandomIds(wall, key_of),
        Clocks(wall, wall),
        keys.sealer(),
        book,
        settings,
        None,
        keys.service(),
    )
    await book.refresh()
    settle_memory()  # as the command does
    return house


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def compare(folder: Path) -> None:
    settings = Settings(home=folder, port=0)
    async with open_store(settings, WallClock()) as address:
        house, key = await welcomed(address, settings)
        each, pool = await doors.transaction_per_request(house)
        all_doors = {
            "ours": build(house),
            "each": each,
            "door": await doors.without_a_database(house),
            "nothing": doors.nothing,
        }
        owner = await connect(address, Role.OWNER)
        await owner.execute("create database plain")
        await owner.close()
        bound = doors.bind(list(all_doors))
        before = await fill.stored(house)
        say(
            ports=ports(bound), key=key, version=version_of(house), dsn=address.url.reveal(), pool=doors.EACH_POOL,
            stored=before,
        )  # fmt: skip
        await doors.serve_all(all_doors, bound)
        await pool.close()
        await house.database.close()


async def stages(folder: Path) -> None:
    settings = Settings(home=folder, port=0)
    async with open_store(settings, WallClock()) as address:
        house, key = await welcomed(address, settings)
        shares = Shares()

        async def tell(scope: Any, receive: Any, send: Any) -> None:
            await doors.answer(scope, receive, send, 200, json.dumps(shares.take()).encode())

        all_doors = {"ours": build(house), "shares": tell}
        bound = doors.bind(list(all_doors))
        shares.begin()
        say(ports=ports(bound), key=key, version=version_of(house), dsn=address.url.reveal())
        await doors.serve_all(all_doors, bound)
        await house.database.close()


async def growth(folder: Path, sizes: list[int]) -> None:
    settings, wall = Settings(home=folder, port=0), WallClock()
    async with open_store(settings, wall) as address:
        key = ""

        async def prepare(growing: Address) -> tuple[UUID, dict[str, float]]:
            nonlocal key
            house, key = await welcomed(growing, settings)
            pattern = await fill.make_pattern(house)
            await house.database.close()
            return pattern

        made = await fill.grow(address, wall, prepare, sizes)
        houses = {
            str(size): await house_on(Address(address.url, address.passwords, name), settings)
            for size, name in made.databases.items()
        }
        all_doors: dict[str, Any] = {size: build(one) for size, one in houses.items()}
        all_doors["door"] = await doors.without_a_database(houses[str(sizes[0])])
        bound = doors.bind(list(all_doors))
        say(
            ports=ports(bound), key=key, version=version_of(houses[str(sizes[0])]), seconds=made.seconds,
            rows=made.tables, stored={size: await fill.stored(one) for size, one in houses.items()},
            megabytes={size: await fill.megabytes(one) for size, one in houses.items()},
        )  # fmt: skip
        await doors.serve_all(all_doors, bound)
        for one in houses.values():
            await one.database.close()


def ports(bound: dict[str, Any]) -> dict[str, int]:
    return {name: place.getsockname()[1] for name, place in bound.items()}


def version_of(house: House) -> int:
    return int(house.policy.menus(doors.PLATFORM).number)


if __name__ == "__main__":
    what, place, *rest = sys.argv[1:]
    if what == "compare":
        uvloop.run(compare(Path(place)))
    elif what == "stages":
        uvloop.run(stages(Path(place)))
    elif what == "growth":
        uvloop.run(growth(Path(place), [int(size) for size in rest]))
