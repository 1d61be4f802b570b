"""Put a real house, a platform and its people together, and let business time go on."""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from bench.chaos.house import RealHouse
from bench.chaos.ledger import Accepting, Ledger
from bench.chaos.moved_clock import follow
from bench.chaos.receiver import Receiver
from flagstaff.app import Part, open_house
from flagstaff.console.forgery import token_of
from flagstaff.console.session import cookie_name
from flagstaff.flows.add_platform import AddPlatform, Connection
from flagstaff.flows.house import House
from flagstaff.flows.sign_in import open_session
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.errors import Unavailable
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account, AccountState
from flagstaff.store.clockwork import move_clock
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import StaffRole

HOST = "harbor"
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    Unavailable,
)


class Staff:
    """Somebody at a desk of the console, with the cookie of a browser."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.session = ""


class World:
    """Everything a run needs in one place."""

    def __init__(
        self, parts: RealHouse, inside: House, receiver: Receiver, client: httpx.AsyncClient, seed: int
    ) -> None:
        """Use `open_world`. `inside` looks at the database from this process, as its owner."""
        self.parts = parts
        self.inside = inside
        self.receiver = receiver
        self.client = client
        self.chance = random.Random(seed)
        self.numbers = itertools.count()
        self.clock_went_back = False
        self.ledger = Ledger()
        self.accepting = Accepting()
        self.platform: Connection
        self.staff: list[Staff] = []

    # ------------------------------------------------------------ the platform's side
    def as_server(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.platform.api_key}", "content-type": "application/json"} | more

    def as_author(self, person: str, **more: str) -> dict[str, str]:
        now = int(self.parts.clock.now().timestamp())
        claims = {"iss": HOST, "sub": person, "role": "author", "iat": now, "exp": now + 900}
        key = OctKey.import_key(self.platform.token_secret)
        token = jwt.encode({"alg": "HS256", "kid": self.platform.kid}, claims, key)
        return {"authorization": f"Bearer {token}", "content-type": "application/json"} | more

    # ------------------------------------------------------------ the console's side
    async def hire(self, name: str) -> Staff:
        """Let a moderator work here."""
        account = Account(
            key=AccountKey(self.inside.ids.key()),
            login=name,
            name=name.title(),
            roles=frozenset({StaffRole.MODERATOR}),
            state=AccountState.ACTIVE,
            made_at=self.inside.now,
        )
        async with self.inside.database.transaction(Role.CONSOLE) as connection:
            await staff.add_account(connection, account)
        hired = Staff(account)
        await self.enter(hired)
        self.staff.append(hired)
        return hired

    async def enter(self, who: Staff) -> None:
        """Sign somebody in (without the price of a password)."""
        async with self.inside.database.transaction(Role.CONSOLE) as connection:
            who.session = (await open_session(self.inside, connection, who.account)).session

    async def ask(self, who: Staff, method: str, path: str, **form: str | list[str]) -> httpx.Response:
        """Ask the console as a browser does."""
        headers = {
            "cookie": f"{cookie_name(self.inside.settings)}={who.session}",
            "origin": self.parts.address,
            "sec-fetch-site": "same-origin" if method == "POST" else "none",
        }
        data = {"_csrf": token_of(who.session), **form} if method == "POST" else None
        return await self.client.request(method, path, data=data, headers=headers)

    # ------------------------------------------------------------ looking inside, and time
    async def rows(self, query: str, *arguments: object, patience: float = 30.0) -> list[dict[str, Any]]:
        """Look at the database as its owner; while it is away, again."""
        deadline = time.monotonic() + patience
        while True:
            try:
                async with self.inside.database.reading(Role.OWNER) as connection:
                    return [dict(row) for row in await connection.fetch(query, *arguments)]
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def let_pass(self, by: timedelta, patience: float = 30.0) -> None:
        """Move business time on, as every process hears."""
        deadline = time.monotonic() + patience
        while True:
            try:
                async with self.inside.database.transaction(Role.CONSOLE) as connection:
                    await move_clock(connection, by)
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def wake(self) -> None:
        """Ring every bell of the worker, as a moved clock does not."""
        await self.rows("select pg_notify(c, '') from unnest(array['work', 'publish', 'deliver', 'clock']) c")


@contextlib.asynccontextmanager
async def open_world(folder: Path, seed: int, **settings: str) -> AsyncIterator[World]:
    """Start all parts in an empty folder, connect a platform and hire two moderators; end everything afterwards."""
    _lay_out(folder)
    receiver = Receiver(random.Random(seed + 1))
    port = await receiver.open()
    parts = RealHouse(folder, port, **settings)
    try:
        await parts.open()
        roles = frozenset({Role.OWNER})
        async with contextlib.AsyncExitStack() as stack:
            inside = await stack.enter_async_context(
                open_house(parts.owner_settings(), (Part.CONSOLE, Part.API), roles)
            )
            client = await stack.enter_async_context(_client(parts))
            world = World(parts, inside, receiver, client, seed)
            await _connect(world, port)
            await parts.open_parts()
            await _until_open(world)
            yield world
    finally:
        await parts.close()
        await receiver.close()


def _lay_out(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may have to run as `nobody`, who must be able to enter
    follow(folder / "clock")


def _client(parts: RealHouse) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    return httpx.AsyncClient(base_url=parts.address, timeout=25, limits=limits, trust_env=False)


async def _connect(world: World, port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    wanted = AddPlatform(
        key=Platform(HOST),
        name="Harbor",
        webhook=f"{address}/measures",
        reporter_webhook=f"{address}/reporters",
    )
    world.platform = await welcome_platform(world.inside, None, wanted)
    world.receiver.secrets = {hook.url.rpartition("/")[2]: hook.secret for hook in world.platform.webhooks}
    await world.inside.policy.refresh()
    for name in ("jonas", "mira"):
        await world.hire(name)


async def _until_open(world: World, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if (await world.client.get("/health")).is_success:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"the app did not come: {world.parts.parts['app'].last_words()}")
        await asyncio.sleep(0.05)
