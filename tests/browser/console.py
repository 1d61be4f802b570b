"""Serve the console of a house on a port of this machine, in the loop of the tests."""

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from playwright.async_api import BrowserContext, Page

from flagstaff.app import Part, build_doors
from flagstaff.console.router import Console
from flagstaff.console.session import cookie_name
from flagstaff.flows.house import House
from flagstaff.flows.sign_in import open_session
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


class _Announced(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextlib.asynccontextmanager
async def served(house: House, *, every_door: bool = False) -> AsyncIterator[House]:
    """Serve a house's console, or every door of it; the house that is given knows its own address."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        at_home = dataclasses.replace(
            house, settings=Settings(public_url=f"http://127.0.0.1:{line.getsockname()[1]}")
        )
        app: Any = Console(at_home)
        api = None
        if every_door:
            app, api = build_doors(at_home, (Part.API, Part.CONSOLE), {})
        server = _Announced(uvicorn.Config(app, log_level="error", lifespan="off"))
        task = asyncio.create_task(server.serve([line]))
        try:
            await server.ready.wait()
            yield at_home
        finally:
            server.should_exit = True
            await task
            if api is not None:
                await api.close()


async def sign_in(context: BrowserContext, house: House, account: Account) -> None:
    """Let a browser be signed in as somebody."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        entered = await open_session(house, connection, account)
    cookie = cookie_name(house.settings)
    await context.add_cookies([{"name": cookie, "value": entered.session, "url": house.settings.address}])


async def press(page: Page, key: str) -> None:
    """Press a key of the page that is coming up; before its scripts have run a letter would go nowhere."""
    await page.wait_for_load_state()
    await page.keyboard.press(key)
