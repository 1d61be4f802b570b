"""No forged session, form token, one-time link or webhook signature is believed, and none breaks anything."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from flagstaff.console.forgery import token_of
from flagstaff.delivery.signing import headers as signed_headers
from flagstaff.flows.invite_account import InviteAccount, LoginTaken, invite_account, invite_again
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff import storage
from flagstaff.staff.rules import IDLE, LONGEST
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.doors.machine_effort import keep_counts, tried
from tests.doors.machine_forger import broken
from tests.doors.machine_world import Ledger, World, closed_world, session_of
from tests.people import ADDRESS, PASSWORD, browser, hire, staff_house

LEDGER: Final = Ledger()
OUR_OWN: Final = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}


@pytest_asyncio.fixture(scope="module")
async def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with closed_world(database, "sessions", tmp_path_factory.mktemp("home")) as opened:
        yield opened
    keep_counts("sessions", LEDGER.by_role())


@pytest_asyncio.fixture(scope="module")
async def sessions(world: World) -> tuple[str, str]:
    """Sign two administrators in; return their session keys."""
    both = [await session_of(world.house, await hire(world.house, StaffRole.ADMIN)) for _ in range(2)]
    return both[0]["cookie"].partition("=")[2], both[1]["cookie"].partition("=")[2]


async def ask(
    world: World, method: str, path: str, session: str | None = None, **more: object
) -> httpx.Response:
    """Ask as a browser with this cookie would; a cookie of any letters."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url=ADDRESS) as client:
        request = client.build_request(method, path, **more)  # type: ignore[arg-type]
        if session is not None:
            raw = b"__Host-session=" + session.encode("utf-8", "surrogatepass")
            request.headers = httpx.Headers([*request.headers.raw, (b"cookie", raw)])
        answer = await client.send(request)
    LEDGER.note(f"{method} {path}", "forger of sessions", answer.status_code)
    return answer


@given(st.data())
@tried(120, "sessions")
async def test_no_forged_session_lets_anybody_in(
    world: World, sessions: tuple[str, str], data: st.DataObject
) -> None:
    key = data.draw(broken(sessions[0]))
    if key.partition(";")[0].strip() == sessions[0]:
        return
    answer = await ask(world, "GET", "/console/me", key)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in?next=/console/me")


@given(st.data())
@tried(100, "form tokens")
async def test_no_forged_form_token_does_anything(
    world: World, sessions: tuple[str, str], data: st.DataObject
) -> None:
    good, others = token_of(sessions[0]), token_of(sessions[1])
    sent = data.draw(broken(good) | st.sampled_from([others, "", good.upper() + "A", good + good]))
    if sent == good:
        return
    form = {
        "_csrf": sent.encode("utf-8", "replace").decode(),
        "login": "forged",
        "name": "F",
        "roles": "admin",
    }
    answer = await ask(world, "POST", "/console/accounts", sessions[0], data=form, headers=OUR_OWN)
    assert answer.status_code in {403, 422}, answer.status_code
    assert "forged" not in (await ask(world, "GET", "/console/accounts", sessions[0])).text


@given(st.data())
@tried(60, "one-time links")
async def test_no_forged_link_lets_anybody_in(world: World, data: st.DataObject) -> None:
    wanted = InviteAccount("ingrid", "Ingrid", frozenset({StaffRole.MODERATOR}))
    link = (await _invited(world, wanted)).partition("#")[2]
    code = data.draw(broken(link))
    if code.strip().rpartition("#")[2] == link:
        return
    form = {"code": code.encode("utf-8", "replace").decode(), "password": PASSWORD, "again": PASSWORD}
    answers = [
        await ask(world, "POST", "/console/invitation", data=one, headers=OUR_OWN)
        for one in (form, form | {"code": "x"})
    ]
    assert answers[0].status_code in {410, 422}
    assert "set-cookie" not in answers[0].headers
    assert answers[1].status_code == 410


async def _invited(world: World, wanted: InviteAccount) -> str:
    try:
        return (await invite_account(world.house, None, wanted)).link
    except LoginTaken:
        async with world.house.database.reading(Role.CONSOLE) as connection:
            account = await storage.find_account_by_login(connection, wanted.login)
        assert account
        return (await invite_again(world.house, None, account.key)).link


async def test_a_link_lets_in_once(world: World) -> None:
    link = await _invited(world, InviteAccount("once", "Once", frozenset({StaffRole.MODERATOR})))
    form = {"code": link.partition("#")[2], "password": PASSWORD, "again": PASSWORD}
    first, second = [
        await ask(world, "POST", "/console/invitation", data=form, headers=OUR_OWN) for _ in range(2)
    ]
    assert (first.status_code, second.status_code) == (303, 410)
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize(
    ("after", "alive"),
    [
        ([IDLE - timedelta(seconds=1)], True),
        ([IDLE], False),
        ([timedelta(hours=1)] * 11 + [timedelta(minutes=59)], True),
        ([timedelta(hours=1)] * 12, False),
        ([LONGEST], False),
    ],
)
async def test_a_session_ends_by_itself_to_the_second(
    database: Database,
    ids: SeededIds,
    wall: StoppedClock,
    clocks: Clocks,
    after: list[timedelta],
    alive: bool,
) -> None:
    house = staff_house(database, ids, clocks)
    async with browser(house, await hire(house, StaffRole.ADMIN)) as page:
        for span in after:
            wall.move(span)
            await page.get("/console/me")
        assert ((await page.get("/console/me")).status_code == 200) is alive


SECRET: Final = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY: Final = json.dumps({"type": "measure.applied", "data": {"measure": "M-8K2M-Q4TZ-9HWN"}})


@given(st.data())
@tried(150, "webhooks")
def test_no_forged_webhook_is_believed_by_a_receiver(data: st.DataObject) -> None:
    """Body, id, moment or signature changed, or signed under another secret: the library of a receiver refuses it."""
    good = signed_headers([SECRET], "msg-1", datetime.now(UTC), BODY)
    assert Webhook(SECRET).verify(BODY, good) == json.loads(BODY)
    name = data.draw(
        st.sampled_from(["body", "webhook-id", "webhook-timestamp", "webhook-signature", "secret"])
    )
    body, sent = BODY, dict(good)
    if name == "body":
        body = data.draw(broken(BODY))
    elif name == "secret":
        other = "whsec_" + "A" * 32
        sent = signed_headers([other], "msg-1", datetime.now(UTC), BODY)
    else:
        sent[name] = data.draw(broken(good[name]))
    if body == BODY and sent == good:
        return
    try:
        told = Webhook(SECRET).verify(body, sent)
    except (WebhookVerificationError, ValueError):
        return
    assert name in {"webhook-signature", "webhook-timestamp"}, (name, sent)
    assert told == json.loads(BODY), "another spelling of the same signature or moment, of the same words"
