"""Serve the demo's house for a benchmark: `python -m bench.pages_parts.house FOLDER`.

It is seeded as `flagstaff demo` seeds it, and served without background work. Besides its pages it answers /bench/…:
`nothing` (the server alone), `count?path=` (how often a page asks the database), `fill?cases=` (more cases).
"""

import asyncio
import json
import sys
import traceback
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import asyncpg
import uvicorn
import uvloop

from bench.intake_parts import fill
from bench.intake_parts.doors import answer, bind
from bench.pages_parts.pages import PLAYER
from flagstaff.app import Part, build_doors, open_house
from flagstaff.cli.demo_home import DemoHome, Stages
from flagstaff.cli.demonstration import Bound, Demo
from flagstaff.console.session import session_cookie
from flagstaff.console.tour import open_tour
from flagstaff.console.tour_parts import account_called
from flagstaff.flows.house import House
from flagstaff.flows.sign_in import open_session
from flagstaff.kernel.settings import Settings
from flagstaff.store.roles import Role

PARTS: Final = (Part.API, Part.CONSOLE)
CASES_OF_PATTERN: Final = fill.SUBJECTS


class Statements:
    """Count what is asked of the database, by every connection of this process."""

    def __init__(self) -> None:
        self.count = 0
        for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
            setattr(asyncpg.Connection, name, self._counted(getattr(asyncpg.Connection, name)))

    def _counted(self, real: Any) -> Any:
        async def counted(connection: Any, sql: str, *arguments: Any, **named: Any) -> Any:
            if not sql.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK")):
                self.count += 1
            return await real(connection, sql, *arguments, **named)

        return counted


class Served:
    """The house's doors, and beside them what the benchmark asks."""

    def __init__(self, house: House, doors: Any, statements: Statements) -> None:
        self.house = house
        self.doors = doors
        self.statements = statements

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/bench/"):
            await self.doors(scope, receive, send)
            return
        asked = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, said = await self._say(path.removeprefix("/bench/"), asked, scope)
        await answer(scope, receive, send, status, json.dumps(said).encode())

    async def _say(self, what: str, asked: dict[str, str], scope: Any) -> tuple[int, Any]:
        if what == "count":
            return 200, await self._count(asked["path"], scope)
        if what == "fill":
            try:
                return 200, await self._fill(int(asked["cases"]))
            except Exception as error:
                error.add_note("while filling the demo's house with more cases")
                traceback.print_exception(error)
                raise
        return 200, {}

    async def _count(self, path: str, scope: Any) -> dict[str, int]:
        """Ask for a page as the asker would, and say its status, bytes and statements."""
        told = {"status": 0, "bytes": 0}

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            told["status"] = message.get("status", told["status"])
            told["bytes"] += len(message.get("body", b""))

        bare, _, query = path.partition("?")
        inner = {**scope, "path": bare, "raw_path": bare.encode(), "query_string": query.encode()}
        before = self.statements.count
        await self(inner, receive, send)
        return told | {"statements": self.statements.count - before}

    async def _fill(self, cases: int) -> dict[str, int]:
        since, _ = await fill.make_pattern(self.house)
        await fill.multiply_quickly(self.house.database.address, since, 1, cases // CASES_OF_PATTERN - 1)
        return await self.sizes()

    async def sizes(self) -> dict[str, int]:
        """Say how much there is."""
        async with self.house.database.reading(Role.OWNER) as connection:
            return {
                "cases": await connection.fetchval('select count(*) from cases."case"'),
                "open": await connection.fetchval("select count(*) from cases.\"case\" where state = 'open'"),
                "flags": await connection.fetchval("select count(*) from flags.flag"),
            }


async def main(folder: Path) -> None:
    sockets = bind(["house", "market"])
    home = DemoHome(folder)
    with home.alone() as ours:
        assert ours, f"somebody uses {folder}"
        bound = Bound(sockets["house"], sockets["market"])
        demo = Demo(Settings(home=folder), home, _root(), Stages(), bound, open_page=False)
        # What `flagstaff demo` does, without the worker and the marketplace: pages alone are measured here.
        async with demo._database():  # noqa: SLF001
            more = frozenset({Role.TOUR, Role.OWNER})
            async with open_house(demo.settings, tuple(Part), more) as house:
                connected = await demo._connected(house)  # noqa: SLF001
                tour = await open_tour(house, demo._script(house, connected))  # noqa: SLF001
                doors, api = build_doors(house, PARTS, {"/tour": tour})
                served = Served(house, doors, Statements())
                said = {
                    "port": sockets["house"].getsockname()[1],
                    "key": connected.api_key,
                    "cookie": await _cookie(house),
                    "sizes": await served.sizes(),
                    "cases": await _cases(house),
                }
                print(json.dumps(said), flush=True)
                config = uvicorn.Config(
                    served, log_config=None, access_log=False, server_header=False, lifespan="off"
                )
                await uvicorn.Server(config).serve(sockets=[sockets["house"]])
                if api is not None:
                    await api.close()


def _root() -> Path:
    return Path(__file__).resolve().parents[2]


async def _cookie(house: House) -> str:
    account = await account_called(house, PLAYER)
    assert account is not None
    async with house.database.transaction(Role.CONSOLE) as connection:
        cookie = session_cookie(house, await open_session(house, connection, account))
    return f"{cookie.key}={cookie.value}"


async def _cases(house: House) -> dict[str, str]:
    """Return the numbers of the case with most flags and of one with a single flag."""
    async with house.database.reading(Role.OWNER) as connection:
        rows = await connection.fetch(
            'select c.number from cases."case" c join flags.flag f on f."case" = c.key '
            "where c.state = 'open' and not c.restricted and not c.staff_only "
            "group by c.key order by count(*) desc, c.number"
        )
    return {"crowded": rows[0]["number"], "single": rows[-1]["number"]}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1])))
