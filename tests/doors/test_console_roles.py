"""Every page of the console says who may open it, and opens for nobody else: all pages × all roles."""

import dataclasses
import re
from uuid import UUID

import pytest
from litestar.handlers import HTTPRouteHandler

from flagstaff.console.guards import everybody, require
from flagstaff.console.router import HANDLERS
from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Reach
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole, permissions_of
from tests.houses import build_house
from tests.people import ADDRESS, browser, hire

# Whatever stands in an address is filled with what exists nowhere: 404 then means "you may, but it is not here".
FILLED = {"uuid": str(UUID(int=1)), "str": "nothing", "path": "nothing", "int": "999999"}
DOORS = [
    (method, "/console" + path, handler)
    for handler in HANDLERS
    for path in sorted(handler.paths)
    for method in sorted(handler.http_methods)
]


@pytest.fixture
async def house(database: Database, ids: Ids, clocks: Clocks) -> House:
    """Give a house with a live policy, for pages that show it."""
    built = await build_house(database, ids, clocks)
    return dataclasses.replace(built, settings=Settings(public_url=ADDRESS))


def filled(path: str) -> str:
    return re.sub(r"\{\w+:(\w+)\}", lambda found: FILLED[found[1]], path).replace("//", "/")


def guards_of(handler: HTTPRouteHandler) -> list[require]:
    return [guard for guard in handler.guards or () if isinstance(guard, require)]


@pytest.mark.parametrize(("method", "path", "handler"), DOORS, ids=[f"{m} {p}" for m, p, _ in DOORS])
def test_every_page_says_who_may_open_it(method: str, path: str, handler: HTTPRouteHandler) -> None:
    assert guards_of(handler) or everybody in (handler.guards or ()), f"{method} {path}"


@pytest.mark.parametrize("role", [None, *StaffRole])
async def test_a_page_opens_for_the_roles_of_the_table_and_for_no_other(
    house: House, role: StaffRole | None
) -> None:
    places = [Reach("board", "help")] if role is StaffRole.COMMUNITY_MODERATOR else []
    account = await hire(house, role, places=places) if role else None
    checked = 0
    async with browser(house, account) as page:
        await page.get("/console/me")
        for method, path, handler in DOORS:
            if "sign-out" in path:
                continue  # it would end the walk
            status = (await (page.get if method == "GET" else page.post)(filled(path))).status_code
            wanted = guards_of(handler)
            if role is None:
                assert status == 303 or not wanted, f"{method} {path} answered nobody with {status}"
            else:
                own = permissions_of(frozenset({role}))
                let_in = all(not guard.permissions or guard.permissions & own for guard in wanted)
                assert (status != 403) == let_in, f"{method} {path} answered {role} with {status}"
            assert status < 500, f"{method} {path} answered {role} with {status}"
            checked += 1
    assert checked >= 25


@pytest.mark.parametrize("role", list(StaffRole))
async def test_the_rail_offers_only_what_opens(house: House, role: StaffRole) -> None:
    places = [Reach("board", "help")] if role is StaffRole.COMMUNITY_MODERATOR else []
    async with browser(house, await hire(house, role, places=places)) as page:
        offered = set(re.findall(r'<li><a href="(/console/[^"]+)"', (await page.get("/console/me")).text))
        assert "/console/me" in offered
        for path in offered:
            assert (await page.get(path)).status_code == 200, path
        home = await page.get("/console")
        assert home.headers["location"] in offered
