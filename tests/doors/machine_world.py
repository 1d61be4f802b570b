"""Set up a whole house for machines that try it: every role, two platforms, and something in every state.

A machine calls from a thread of its own; the house lives in the event loop of the tests. `Bridge` leads from one to
the other, and `Ledger` keeps what was answered to whom.
"""

import asyncio
import contextlib
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from flagstaff.app import Part, build_doors
from flagstaff.console.session import cookie_name
from flagstaff.decisions.model import Chosen
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.make_api_key import MakeApiKey, make_api_key
from flagstaff.flows.publish import publish
from flagstaff.flows.publish_policy import FirstPolicy, publish_first
from flagstaff.flows.sign_in import open_session
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.platforms import storage as platforms
from flagstaff.staff.model import Account, Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import ClauseId, MeasureKind, Platform
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.scopes import ApiScope
from flagstaff.vocabulary.states import Verdict
from tests.desks import moderator
from tests.doors.platform import Harborlane, open_harborlane
from tests.houses import HARBORLANE, build_house, default_policy, harborlane
from tests.people import ADDRESS, hire

LANTERN = Platform("lantern")
"""Another platform of the same house: its keys must open nothing of Harborlane's."""

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

Asgi = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Caller:
    """One role as a machine plays it: a name for the table, and what it sends with every request."""

    name: str
    headers: Mapping[str, str]


@dataclass
class Ledger:
    """Count answers by endpoint, role and status."""

    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def note(self, endpoint: str, role: str, status: int) -> None:
        """Count one answer."""
        self.seen[endpoint, role, status] += 1

    def never_answered(self, endpoints: set[str]) -> set[str]:
        """Return the endpoints that never answered 2xx to anybody."""
        return endpoints - {endpoint for endpoint, _, status in self.seen if 200 <= status < 300}

    def by_role(self) -> dict[str, int]:
        """Return how many requests each role sent."""
        sent: Counter[str] = Counter()
        for (_, role, _), times in self.seen.items():
            sent[role] += times
        return dict(sent)

    def table(self) -> str:
        """Return endpoint and role, with the statuses seen and how often."""
        lines = []
        for endpoint, role in sorted({(endpoint, role) for endpoint, role, _ in self.seen}):
            found = {s: n for (e, r, s), n in self.seen.items() if (e, r) == (endpoint, role)}
            told = ", ".join(f"{status} × {times}" for status, times in sorted(found.items()))
            lines.append(f"{endpoint:<42} {role:<26} {told}")
        return "\n".join(lines)


class Bridge:
    """Serve an application of another event loop, so that a thread can call it like any other."""

    def __init__(self, app: Asgi, loop: asyncio.AbstractEventLoop) -> None:
        """Lead to `app`, which lives in `loop`."""
        self._app = app
        self._loop = loop

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the whole request here, let it be answered there, and pass the answer on."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        answer = asyncio.run_coroutine_threadsafe(self._answered(dict(scope), body), self._loop)
        for message in await asyncio.wrap_future(answer):
            await send(message)

    async def _answered(self, scope: Any, body: bytes) -> list[Any]:
        messages: list[Any] = []
        request = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return request.pop() if request else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            messages.append(message)

        async with asyncio.timeout(30):
            await self._app(scope, receive, send)
        return messages


@dataclass(frozen=True)
class World:
    """A house with its doors, who may call them, and the names of what is in it."""

    host: Harborlane
    app: Asgi
    callers: tuple[Caller, ...]
    numbers: Mapping[str, tuple[str, ...]]

    @property
    def house(self) -> House:
        return self.host.house

    def caller(self, name: str) -> Caller:
        """Return a role by its name."""
        return next(one for one in self.callers if one.name == name)


@contextlib.asynccontextmanager
async def closed_world(database: Database, name: str, folder: Path) -> AsyncIterator[World]:
    """Open a world of its own for a whole file of tests; its clocks stand still."""
    wall, business = StoppedClock(AT), StoppedClock(AT)
    house = await build_house(database, SeededIds(name, wall), Clocks(wall, business))
    yield await open_world(house, business, folder)


async def open_world(house: House, business: StoppedClock, folder: Path) -> World:
    """Fill a house that has its policy, and open its doors; `folder` is for what lies beside the keys."""
    settings = Settings(public_url=ADDRESS, home=folder, letters_per_minute=0, reactions_per_minute=0)
    settings.keys_folder.mkdir(exist_ok=True)
    house = dataclasses.replace(house, settings=settings)
    await _add_lantern(house)
    host = await open_harborlane(house)
    # Tokens run out by the wall clock, which stands still; the business clock moves while the world is filled.
    numbers = await _fill(host, business)
    app, _ = build_doors(house, (Part.API, Part.CONSOLE), {})
    return World(host, app, tuple(await _callers(host)), numbers)


async def _add_lantern(house: House) -> None:
    if any(one.key == LANTERN for one in house.policy.hosts()):
        return
    other = msgspec.structs.replace(
        harborlane(), key=LANTERN, name="Lantern", origins=("https://lantern.example",)
    )
    async with house.database.transaction(Role.CONSOLE) as connection:
        await platforms.add_host(connection, other)
    newest = {version.number: house.now for version in default_policy().menu_versions}
    await publish_first(house, default_policy(), FirstPolicy(LANTERN, newest, house.now, "test"))


async def _callers(host: Harborlane) -> list[Caller]:
    house = host.house
    found = [
        Caller("anonymous", {}),
        Caller("person as reporter", host.as_person("rita")),
        Caller("person as author", {"authorization": f"Bearer {host.token('ann', role='author')}"}),
        Caller("key with every scope", host.as_server()),
    ]
    for scope in ApiScope:
        made = await make_api_key(house, None, MakeApiKey(HARBORLANE, "one scope", frozenset({scope})))
        found.append(Caller(f"key {scope.value}", {"authorization": f"Bearer {made.bearer}"}))
    other = await make_api_key(house, None, MakeApiKey(LANTERN, "another platform"))
    found.append(Caller("key of another platform", {"authorization": f"Bearer {other.bearer}"}))
    for role in StaffRole:
        places = [Reach("board", "general")] if role is StaffRole.COMMUNITY_MODERATOR else []
        found.append(
            Caller(f"staff {role.value}", await session_of(house, await hire(house, role, places=places)))
        )
    return found


async def session_of(house: House, account: Account) -> dict[str, str]:
    """Return the cookie of somebody who is signed in."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        entered = await open_session(house, connection, account)
    return {"cookie": f"{cookie_name(house.settings)}={entered.session}"}


async def _fill(host: Harborlane, business: StoppedClock) -> dict[str, tuple[str, ...]]:
    """Flag, ask, decide: the names of flags with a question, and of notices that can be answered or appealed."""
    house, by = host.house, moderator(host.house.ids)
    asked, mark = [], house.ids.key().hex[-8:]
    for place in range(6):
        receipt = await host.flag(f"asked-{place}-{mark}")
        case = await _claimed(house, by, f"asked-{place}-{mark}")
        await ask_reporter(
            house, by, Question(case, "When was it?", receipt["number"] if place % 2 else None)
        )
        asked.append(receipt["number"])
    for place in range(4):
        await host.flag(f"judged-{place}-{mark}")
        case = await _claimed(house, by, f"judged-{place}-{mark}")
        judgement = Judgement(
            case=case, verdict=Verdict.VIOLATION, reason="Somebody looked at it.",
            facts="It asks for samples made for this job without pay.", clauses=(ClauseId("MT-6"),),
            measures=(Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("educate"))),
        )  # fmt: skip
        await decide_case(house, by, judgement)
    business.move(timedelta(days=1))
    while await take_effect(house):
        pass
    business.move(timedelta(seconds=1))
    while (await publish(house)).events:
        pass
    told = await host.client.get("/v1/my/notices", headers=host.as_person("ann"))
    notices = tuple(one["number"] for one in told.json()["items"])
    appeals: list[str] = []
    author = {"authorization": f"Bearer {host.token('ann', role='author')}"}
    for notice in notices:
        body = {"notice": notice, "text": "It was paid, please look again."}
        lodged = await host.client.post("/v1/my/appeals", json=body, headers=author)
        appeals += [lodged.json()["number"]] if lodged.status_code == 202 and len(appeals) < 2 else []
    letter = {"text": "Why may a group lift a rule?"}
    written = await host.client.post("/v1/contact", json=letter, headers=host.as_person("rita"))
    threads = (written.json()["number"],)
    return {"flag": tuple(asked), "notice": notices, "appeal": tuple(appeals), "contact": threads}


async def _claimed(house: House, by: Account, subject: str) -> str:
    async with house.database.reading(Role.OWNER) as connection:
        found = await connection.fetchval(
            "select c.number from cases.case c join subjects.subject s on s.key = c.subject "
            "where s.outside_id = $1 order by c.opened_at desc limit 1",
            subject,
        )
    assert isinstance(found, str)
    await claim_case(house, by, found)
    return found
