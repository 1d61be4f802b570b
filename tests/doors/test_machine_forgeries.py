"""No forged key, token or ticket is believed or breaks the door; what is forbidden reads like what is not there."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, strategies as st

from flagstaff.flows.make_api_key import MakeApiKey, make_api_key
from flagstaff.flows.revoke_api_key import revoke_api_key
from flagstaff.store.database import Database
from tests.desks import rows
from tests.doors.machine_effort import keep_counts, tried
from tests.doors.machine_forger import Kind, broken, forged, lanterns_secret
from tests.doors.machine_world import Asgi, Ledger, World, closed_world
from tests.doors.platform import ORIGIN
from tests.houses import HARBORLANE
from tests.people import ADDRESS

LEDGER = Ledger()
PROBLEM = "application/problem+json"


@pytest_asyncio.fixture(scope="module")
async def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Give one world to all tests of this file: they change nothing in it."""
    async with closed_world(database, "forgeries", tmp_path_factory.mktemp("home")) as opened:
        yield opened
    keep_counts("forgeries", LEDGER.by_role())


@pytest_asyncio.fixture(scope="module")
async def others(world: World) -> tuple[str, str]:
    return await lanterns_secret(world)


async def ask(
    app: Asgi, method: str, path: str, headers: list[tuple[bytes, bytes]], **more: Any
) -> httpx.Response:
    """Send a request whose headers are bytes, as nobody's client would."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        request = client.build_request(method, path, **more)
        request.headers = httpx.Headers([*request.headers.raw, *headers])
        answer = await client.send(request)
    LEDGER.note(f"{method} {path.partition('?')[0]}", "forger", answer.status_code)
    return answer


def bearer(text: str) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", b"Bearer " + text.encode("utf-8", "surrogatepass"))]


async def expect_refusal(app: Asgi, token: str) -> None:
    """Fail where a token opens anything, or breaks something."""
    answer = await ask(app, "GET", "/v1/my/flags", bearer(token))
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM), answer.text
    assert answer.json()["type"] in {
        f"/problems/{slug}" for slug in ("bad-token", "expired-token", "bad-key")
    }


@given(st.data())
@tried(250, "tokens")
async def test_no_forged_person_token_is_believed(
    world: World, others: tuple[str, str], data: st.DataObject
) -> None:
    kind = Kind(world, others, ticket=False)
    token = data.draw(broken(kind.good) | forged(kind))
    if token.strip(" \t") != kind.good:
        await expect_refusal(world.app, token)


@given(st.data())
@tried(250, "tickets")
async def test_no_forged_ticket_is_believed_and_nothing_is_kept(
    world: World, others: tuple[str, str], data: st.DataObject
) -> None:
    kind = Kind(world, others, ticket=True)
    ticket = data.draw(broken(kind.good) | forged(kind))
    body = {"ticket": ticket, "option": "job_post.free_work", "menu_version": 3}
    if ticket == kind.good:
        return
    answer = await ask(world.app, "POST", "/v1/flags", bearer(world.host.token("rita")), json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM), answer.text
    assert answer.json()["type"] in {"/problems/bad-ticket", "/problems/malformed"}
    assert await rows(world.house, "select from subjects.subject where outside_id = 'machine'") == []


@given(st.data())
@tried(150, "keys")
async def test_no_forged_key_is_believed(world: World, data: st.DataObject) -> None:
    good = world.host.api_key
    key = data.draw(broken(good))
    if key.strip(" \t") != good:
        answer = await ask(world.app, "GET", "/v1/measures", bearer(key))
        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM), answer.text


async def test_a_door_that_believes_a_forgery_is_found(world: World, others: tuple[str, str]) -> None:
    """The planted fault: a door that looks at no signature."""

    async def gullible(scope: Any, receive: Any, send: Any) -> None:
        del receive
        shown = dict(scope["headers"]).get(b"authorization", b"")
        status = 200 if shown.count(b".") == 2 else 401
        head = [(b"content-type", PROBLEM.encode())]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b'{"type": "/problems/bad-token"}'})

    await expect_refusal(gullible, "no token at all")  # the status is the only lie
    with pytest.raises(AssertionError):
        await expect_refusal(gullible, Kind(world, others, ticket=False).good[:-3])


@pytest.mark.parametrize(
    ("claims", "believed"),
    [
        ({"iat": -840, "exp": 60}, True),
        ({"iat": -500, "exp": -59}, True),
        ({"iat": -500, "exp": -60}, False),
        ({"iat": 60, "exp": 120}, True),
        ({"iat": 61, "exp": 120}, False),
        ({"iat": 0, "exp": 900}, True),
        ({"iat": 0, "exp": 901}, False),
        ({"iat": 0, "exp": 60, "nbf": 60}, True),
        ({"iat": 0, "exp": 60, "nbf": 61}, False),
    ],
)
async def test_a_clock_may_be_a_minute_wrong_and_no_more(
    world: World, claims: dict[str, int], believed: bool
) -> None:
    now = world.host.now()
    token = world.host.token("rita", **{name: now + at for name, at in claims.items()})
    answer = await ask(world.app, "GET", "/v1/my/flags", bearer(token))
    assert (answer.status_code == 200) is believed, answer.text


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        ORIGIN + ".evil.example",
        ORIGIN + ":8443",
        ORIGIN.upper(),
        ORIGIN + "/",
        "http:",
        "",
        "http://[",
    ],
)
async def test_a_token_of_one_site_is_useless_on_another(world: World, origin: str) -> None:
    headers = [*bearer(world.host.token("rita")), (b"origin", origin.encode())]
    answer = await ask(world.app, "GET", "/v1/my/flags", headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-token")
    assert "access-control-allow-origin" not in answer.headers


async def test_two_names_in_one_request_name_nobody(world: World) -> None:
    """A proxy may read the first Authorization and we the last: such a request is refused."""
    good = bearer(world.host.token("rita"))
    for headers in ([*bearer("a.b.c"), *good], [*good, *bearer("a.b.c")], [*good, *good]):
        answer = await ask(world.app, "GET", "/v1/my/flags", headers)
        assert answer.status_code in {400, 401}, answer.text
        assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "shown", ["Basic cml0YTpyaXRh", "Bearer", "Bearer ", "bearer\x00x", "Negotiate x", "Bearer a b", "\xff"]
)
async def test_nothing_else_names_anybody(world: World, shown: str) -> None:
    answer = await ask(world.app, "GET", "/v1/my/flags", [(b"authorization", shown.encode("latin-1"))])
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="flagstaff"')


async def test_keys_that_do_not_hold_all_read_the_same(world: World) -> None:
    """Unknown, revoked, or with another secret: nobody learns which keys there are."""
    house = world.house
    made = await make_api_key(house, None, MakeApiKey(HARBORLANE, "to be revoked"))
    await revoke_api_key(house, None, made.bearer.split("_")[1])
    _, id_, secret = world.host.api_key.split("_", 2)
    wrong = [made.bearer, f"fs_{id_}_{'A' * 43}", f"fs_{'0' * len(id_)}_{secret}", "fs_", "fs_x"]
    answers = [await ask(world.app, "GET", "/v1/measures", bearer(one)) for one in wrong]
    assert {(one.status_code, one.content) for one in answers} == {(401, answers[0].content)}


PRIVATE = [
    ("DELETE", "/v1/my/appeals/{}", "appeal", None),
    ("GET", "/v1/my/flags/{}", "flag", None),
    ("DELETE", "/v1/my/flags/{}", "flag", None),
    ("POST", "/v1/my/flags/{}/answer", "flag", {"text": "I answer for her."}),
    ("POST", "/v1/my/notices/{}/answer", "notice", {"text": "I answer for her."}),
    ("POST", "/v1/my/appeals", "notice", {"text": "I appeal for her.", "notice": "{}"}),
    ("POST", "/v1/my/appeals", "flag", {"text": "I appeal for her.", "flag": "{}"}),
]
UNKNOWN = {"flag": "F-0000-0000-0000", "appeal": "A-0000-0000-0000", "notice": "N-0000-0000-0000"}


@pytest.mark.parametrize(("method", "path", "kind", "body"), PRIVATE)
@pytest.mark.parametrize("who", ["another person", "key of another platform"])
async def test_what_is_not_yours_reads_like_what_is_not_there(
    world: World, method: str, path: str, kind: str, body: dict[str, str] | None, who: str
) -> None:
    """To another person and to another platform, who may even name the right one."""
    caller = bearer(world.host.token("tom"))
    query = ""
    if who != "another person":
        caller = [(b"authorization", world.caller(who).headers["authorization"].encode())]
        query = "?person=rita" if kind == "flag" else "?person=ann"
    answers = set()
    for number in (*world.numbers[kind][:3], UNKNOWN[kind]):
        sent = {name: text.replace("{}", number) for name, text in (body or {}).items()}
        more = {"json": sent} if sent else {}
        answer = await ask(world.app, method, path.format(number) + query, caller, **more)
        answers.add((answer.status_code, answer.text.replace(number, "…")))
    assert [status for status, _ in answers] == [404]


async def test_another_platform_reads_nothing_of_this_one(world: World) -> None:
    caller = [(b"authorization", world.caller("key of another platform").headers["authorization"].encode())]
    for path in ("/v1/measures", "/v1/my/flags?person=rita", "/v1/my/notices?person=ann"):
        assert (await ask(world.app, "GET", path, caller)).json()["items"] == []
    standing = await ask(world.app, "GET", "/v1/my/standing?person=ann", caller)
    assert (standing.json()["counted"], standing.json()["running"]) == (0, [])
    own = await ask(world.app, "GET", "/v1/measures", bearer(world.host.api_key))
    stolen = await ask(world.app, "GET", f"/v1/measures?after={own.json()['next']}", caller)
    assert own.json()["items"]
    assert stolen.json().get("items", []) == []


@given(st.data())
@tried(60, "codes")
async def test_a_code_that_is_nearly_right_reads_like_a_number_that_is_not_there(
    world: World, data: st.DataObject
) -> None:
    number = world.numbers["notice"][0]
    good = world.house.sealer.notice_code(number)
    code = data.draw(broken(good))
    if "".join(code.split()).replace("-", "").upper() == good or "\x00" in code:
        return
    pages = []
    for named in (number, UNKNOWN["notice"]):
        form = {"number": named, "code": code, "text": "Please look again."}
        answer = await ask(world.app, "POST", "/appeal", [], data=form)
        pages.append((answer.status_code, answer.text.replace(named, "…")))
    assert pages[0] == pages[1]
    assert pages[0][0] in {404, 429}
