"""What is sent to forms of the console, and as bodies to the API, is refused precisely and soon, and leaves nothing."""

import inspect
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import quote_from_bytes
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given, strategies as st

from flagstaff.console import deciding, decision_form
from flagstaff.console.forgery import token_of
from flagstaff.console.router import HANDLERS
from flagstaff.flows.claim_case import claim_case
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.doors.machine_effort import keep_counts, tried
from tests.doors.machine_world import Ledger, World, closed_world, session_of
from tests.people import ADDRESS, hire

LEDGER: Final = Ledger()
LONGEST_SECONDS: Final = 10
REFUSALS: Final = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429}
FORM: Final = "application/x-www-form-urlencoded"
POSTS: Final = sorted(
    path
    for handler in HANDLERS
    if "POST" in handler.http_methods
    for path in handler.paths
    if path != "/sign-out" and not path.endswith(("/leave", "/password"))  # they would end the walk
)
PAGES: Final = sorted(path for handler in HANDLERS if "GET" in handler.http_methods for path in handler.paths)
FIELDS: Final = (
    *(
        "answer",
        "reason",
        "until",
        "why",
        "whom",
        "question",
        "clause",
        "measure",
        "platform",
        "kind",
        "id",
        "revision",
    ),
    *(
        "verdict",
        "other",
        "further",
        "proposed_for",
        "code",
        "facts",
        "copy",
        "login",
        "password",
        "next",
        "decision",
    ),
    *(
        "reversed",
        "letter",
        "name",
        "roles",
        "places",
        "platforms",
        "present",
        "person",
        "do",
        "surface",
        "key",
        "zone",
    ),
    *(
        "languages",
        "origins",
        "webhook",
        "reporter_webhook",
        "label",
        "scopes",
        "purpose",
        "feed",
        "url",
        "again",
    ),
    *(
        "days_warning",
        "days_educate",
        "my_flags",
        "appeal",
        "rules",
        "show",
        "severity",
        "place",
        "mine",
        "after",
    ),
    *("version", "deed", "about", "skip", "before", "answered", "_csrf", "number"),
)
RIGHT: Final[Mapping[str, str]] = {
    "answer": "confirm", "reason": "Somebody looked at it.", "until": "2026-03-09", "why": "It has to wait.",
    "question": "When was it?", "clause": "MT-6", "platform": "harborlane", "kind": "job_post", "id": "machine-opens",
    "verdict": "no_violation", "facts": "It asks for samples.", "copy": "as_it_stands", "measure": "remove_content",
    "login": "nobody", "password": "correct horse battery", "again": "correct horse battery", "name": "Somebody",
    "roles": "moderator", "platforms": "harborlane", "person": "somebody", "do": "publish", "purpose": "token",
    "feed": "measures", "url": "https://127.0.0.1/in", "label": "tests", "scopes": "flags:write", "key": "machine",
    "zone": "UTC", "languages": "en", "origins": "https://machine.example", "letter": "A", "surface": "marketplace",
    "place": "", "show": "all", "severity": "3", "proposed_for": "MT-6", "revision": "1", "code": "x", "whom": "",
}  # fmt: skip
POISON: Final = ("a\x00b", "\x00", "\ud800", "a\udfffb", "9" * 30, "-1", "x" * 25_000)
"""What breaks a house whose forms let it through: texts that no database holds, numbers that no column holds."""

ODD: Final = (
    *(
        "",
        "\x00",
        "a\x00b",
        "-1",
        "0",
        "99999999999999999999999",
        "1e400",
        "NaN",
        "0001-01-01",
        "9999-12-31T23:59:59",
    ),
    *(
        "2026-13-45",
        "'; drop table cases.case; --",
        "../../etc/passwd",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "%",
    ),
    *(
        "\u202e",
        "\ufeff",
        "é" * 300,
        "x" * 25_000,
        "☃" * 7_000,
        "http://[",
        "https://[::1",
        "//evil.example",
        "\r\nx: y",
    ),
    *(
        "board:",
        ":general",
        "board:\x00",
        "١٢٣",
        "²",
        "True",
        "null",
        "[]",
        "0x10",
        " ",
        "\t",
        "𝟙",
        "ﬁ",
        "https://\x00",
    ),
)


@pytest_asyncio.fixture(scope="module")
async def world(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with closed_world(database, "forms", tmp_path_factory.mktemp("home")) as opened:
        yield opened
    keep_counts("forms", LEDGER.by_role())


@pytest_asyncio.fixture(scope="module")
async def desk(world: World) -> tuple[dict[str, str], tuple[str, ...]]:
    """Sit somebody with every right down, with cases in their hands: what they send, and the numbers of the cases."""
    account = await hire(
        world.house, StaffRole.ADMIN, StaffRole.POLICY_MANAGER, StaffRole.MODERATOR, StaffRole.AUDITOR
    )
    numbers = []
    for place in range(3):
        receipt = await world.host.flag(f"desk-{place}")
        async with world.house.database.reading(Role.OWNER) as connection:
            number = await connection.fetchval(
                "select c.number from cases.case c join flags.flag f on f.case = c.key where f.number = $1",
                receipt["number"],
            )
        await claim_case(world.house, account, str(number))
        numbers.append(str(number))
    cookie = await session_of(world.house, account)
    session = cookie["cookie"].partition("=")[2]
    sent = {**cookie, "origin": ADDRESS, "sec-fetch-site": "same-origin", "x-csrf-token": token_of(session)}
    return sent, tuple(numbers)


class Answer:
    """What a door said to bytes that no client would send."""

    def __init__(self) -> None:
        self.status = 0
        self.media_type = ""
        self.body = b""
        self.read = 0


async def send_raw(
    world: World, method: str, path: str, headers: Mapping[str, str], *parts: bytes, endless: bool = False
) -> Answer:
    """Send a body in parts, without end where asked; count what the door read of it."""
    plain, _, query = path.partition("?")
    answer, rest = Answer(), list(parts)

    async def receive() -> dict[str, Any]:
        answer.read += 1
        assert answer.read < 5_000, "it reads a body that never ends"
        if rest:
            part = rest[0] if endless else rest.pop(0)
            return {"type": "http.request", "body": part, "more_body": endless or bool(rest)}
        return (
            {"type": "http.disconnect"}
            if parts
            else {"type": "http.request", "body": b"", "more_body": False}
        )

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.media_type = dict(message["headers"]).get(b"content-type", b"").decode()
        else:
            answer.body += message.get("body", b"")

    raw = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "https",
        "path": plain, "raw_path": plain.encode("utf-8", "surrogatepass"), "query_string": query.encode("latin-1"),
        "root_path": "", "headers": [(b"host", ADDRESS.partition("//")[2].encode()), *raw],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 443), "state": {}, "extensions": {},
    }  # fmt: skip
    began = time.monotonic()
    await world.app(scope, receive, send)
    assert time.monotonic() - began < LONGEST_SECONDS, f"{method} {path} took its time"
    LEDGER.note(f"{method} {plain}", "bad bodies", answer.status)
    return answer


async def written(world: World) -> list[Any]:
    """Return how much stands in each table, and how the cases stand; without what counts visits and tries."""
    async with world.house.database.reading(Role.OWNER) as connection:
        tables = await connection.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables "
            "where schemaname not in ('pg_catalog', 'information_schema', 'staff') order by 1"
        )
        counted = " union all ".join(f"select '{one['name']}', count(*) from {one['name']}" for one in tables)
        cases = await connection.fetchval(
            "select md5(string_agg(c::text, '' order by c.key)) from cases.\"case\" c"
        )
        return [*map(tuple, await connection.fetch(counted)), cases]


def filled(path: str, numbers: tuple[str, ...], choice: int) -> str:
    number = (*numbers, *numbers, "C-0000-0000-0000")[choice % (2 * len(numbers) + 1)]
    filling = {
        "{number:str}": number, "{key:uuid}": str(UUID(int=choice)), "{key:str}": "harborlane" if choice % 3 else "x",
        "{key_id:str}": "0" * 16, "{kid:str}": "t0", "{name:str}": "x", "{rest:path}": "x",
        "{platform:str}": "harborlane" if choice % 3 else "x", "{version:int}": str(choice),
    }  # fmt: skip
    for name, value in filling.items():
        path = path.replace(name, value)
    return "/console" + path


def names_in(path: str) -> list[str]:
    """Return the fields that the page behind an address reads, as its module names them."""
    (module,) = {
        sys.modules[one.fn.__module__] for one in HANDLERS if path in one.paths and "POST" in one.http_methods
    }
    sources = [inspect.getsource(module), *([inspect.getsource(decision_form)] if module is deciding else [])]
    return sorted({name for source in sources for name in re.findall(r'form\.\w+\("(\w+)"', source)}) or ["x"]


_value = st.sampled_from(ODD) | st.sampled_from(POISON) | st.text(max_size=30)
_fields = st.lists(st.tuples(st.sampled_from(FIELDS), _value), max_size=4)


def _urlencoded(fields: list[tuple[str, str]]) -> bytes:
    return "&".join(f"{n}={quote_from_bytes(v.encode('utf-8', 'surrogatepass'))}" for n, v in fields).encode()


def _multipart(fields: list[tuple[str, str]]) -> bytes:
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    return ("".join(parts) + "--B--\r\n").encode("utf-8", "surrogatepass")


@st.composite
def bodies(draw: st.DrawFn, path: str) -> tuple[str, bytes]:
    """Return a Content-Type and a body that may or may not fit it."""
    names = names_in(path)
    odd = draw(st.dictionaries(st.sampled_from(names), _value, max_size=2))
    fields = [(name, odd.get(name, RIGHT.get(name, ""))) for name in names] + draw(_fields)
    kind = draw(
        st.sampled_from(
            [FORM, FORM, FORM, "multipart/form-data; boundary=B", "application/json", "text/plain", ""]
        )
    )
    made = {
        "multipart/form-data; boundary=B": _multipart(fields), "application/json": json.dumps(dict(fields)).encode(),
    }.get(kind, _urlencoded(fields))  # fmt: skip
    return kind, draw(st.sampled_from([made, made, made, made[: len(made) // 2], made + b"\xff\xfe%ZZ&=&"]))


@given(path=st.sampled_from(POSTS), choice=st.integers(0, 9), data=st.data())
@tried(250, "forms")
async def test_no_form_breaks_the_console_or_leaves_half_of_something(
    world: World, desk: tuple[dict[str, str], tuple[str, ...]], path: str, choice: int, data: st.DataObject
) -> None:
    sent, numbers = desk
    body = data.draw(bodies(path))
    before = await written(world)
    headers = sent | ({"content-type": body[0]} if body[0] else {})
    answer = await send_raw(world, "POST", filled(path, numbers, choice), headers, body[1])
    assert answer.status in REFUSALS | {200, 201, 303}, (path, answer.body[-400:])
    assert answer.media_type.startswith("text/html") or answer.status == 303, answer.media_type
    if answer.status in REFUSALS:
        assert await written(world) == before, path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/console/sign-in", b"login=a%00b&password=x"),
        ("POST", "/console/cases", b"platform=harborlane&kind=job_post&id=a%00b&reason=Look&clause=MT-6"),
        ("POST", "/console/cases/{}/ask", b"whom=&question=a%00b"),
        ("POST", "/console/cases/{}/decide", b"verdict=no_violation&reason=a%00b"),
        ("POST", "/console/cases/{}/decide", b"verdict=violation&clause=MT-6&measure=warning&measure=%00"),
        ("POST", "/console/platforms/harborlane/keys", b"label=%00&scopes=flags:write"),
        ("GET", "/console/queue?place=%00", b""),
        ("GET", "/console/decisions?clause=%00", b""),
        ("GET", "/console/log?about=%00", b""),
        ("OPTIONS", "/console/queue?place=%00", b""),
    ],
)
async def test_what_no_database_holds_is_refused_before_it_gets_there(
    world: World, desk: tuple[dict[str, str], tuple[str, ...]], method: str, path: str, body: bytes
) -> None:
    """Each of these once was a fault of ours (500)."""
    sent, numbers = desk
    answer = await send_raw(world, method, path.format(numbers[0]), sent | {"content-type": FORM}, body)
    assert answer.status == 422, answer.body[-300:]


@given(path=st.sampled_from(PAGES), choice=st.integers(0, 9), fields=_fields, junk=st.binary(max_size=12))
@tried(150, "queries")
async def test_no_query_breaks_a_page(
    world: World,
    desk: tuple[dict[str, str], tuple[str, ...]],
    path: str,
    choice: int,
    fields: Any,
    junk: bytes,
) -> None:
    sent, numbers = desk
    fields = [(name, value[:2000]) for name, value in fields]
    query = _urlencoded(fields).decode() + "&" + quote_from_bytes(junk, safe="&=+;")
    answer = await send_raw(world, "GET", f"{filled(path, numbers, choice)}?{query}", sent)
    assert answer.status in REFUSALS | {200, 303}, (path, query, answer.body[-400:])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "http://["),
        ("origin", "https://[::1"),
        ("origin", "null"),
        ("origin", "\udcff"),
        ("origin", ADDRESS + "@evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", ""),
        ("x-csrf-token", ""),
        ("x-csrf-token", "\udcff\udc80"),
        ("x-csrf-token", "０" * 64),
        ("x-csrf-token", "a" * 100_000),
        ("content-type", "multipart/form-data"),
        ("content-type", "multipart/form-data; boundary="),
        ("content-type", 'multipart/form-data; boundary="\udcff"'),
        ("content-type", FORM + "; charset=utf-7"),
        ("content-type", FORM + "; charset=nothing"),
        ("content-length", "9" * 5_000),
        ("content-length", "-1"),
        ("content-length", "x"),
        ("cookie", "__Host-session=\udcff"),
        ("cookie", "__Host-session=" + "a" * 100_000),
        ("cookie", "=;=;;;__Host-session"),
    ],
)
async def test_no_header_breaks_the_console(
    world: World, desk: tuple[dict[str, str], tuple[str, ...]], name: str, value: str
) -> None:
    sent, numbers = desk
    before = await written(world)
    path = f"/console/cases/{numbers[0]}/decide"
    headers = {"content-type": FORM} | sent | {name: value}
    answer = await send_raw(world, "POST", path, headers, b"verdict=&_csrf=")
    assert answer.status in REFUSALS | {303}, answer.body[-300:]
    assert await written(world) == before


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "ODD"])
@pytest.mark.parametrize(
    "path",
    ["/console/static/console.css", "/console/static/\x00", "/console/cases", "/console/%", "/console"],
)
async def test_no_method_breaks_the_console(world: World, method: str, path: str) -> None:
    answer = await send_raw(world, method, path + "?v=%00&v=1", {})
    assert answer.status in REFUSALS | {200, 204, 303}, answer.body[-300:]


WRITES: Final = (
    *(
        "/v1/flags",
        "/v1/flags:bulk",
        "/v1/content",
        "/v1/content-events",
        "/v1/person-events",
        "/v1/my/appeals",
    ),
    "/v1/my/flags/F-0000-0000-0000/answer",
    "/v1/option-suggestions",
    "/v1/contact",
    "/v1/my/contact/T-0000-0000-0000",
)
BODIES: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "not a number": b"NaN",
    "not a number inside": b'{"text": NaN}',
    "infinity": b'{"menu_version": 1e999}',
    "a huge number": b'{"menu_version": ' + b"9" * 100_000 + b"}",
    "nested lists": b"[" * 200_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nested in a field": b'{"subject":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a list": b"[]",
    "a text": b'"x"',
    "a name twice": b'{"text": "a", "text": ["b"]}',
    "a lone surrogate": b'{"text": "\\ud800"}',
    "U+0000": b'{"text": "a\\u0000b"}',
    "broken UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "x"}'.encode("utf-16"),
    "a mark before it": b'\xef\xbb\xbf{"text": "x"}',
    "zipped": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "ten megabytes": b" " * 10_000_000,
    "many names": b"{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}",
}


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("name", BODIES)
async def test_no_body_breaks_the_api(world: World, path: str, name: str) -> None:
    before = await written(world)
    headers = world.host.as_server() | {"content-type": "application/json"}
    answer = await send_raw(world, "POST", path + "?person=rita", headers, BODIES[name])
    assert answer.status in {400, 413}, answer.body[:300]
    assert answer.media_type == "application/problem+json"
    assert json.loads(answer.body)["where"]
    assert await written(world) == before


@pytest.mark.parametrize("path", [*WRITES, "/appeal", "/console/sign-in", "/console/cases", "/console/next"])
@pytest.mark.parametrize("kind", ["application/json", FORM, "multipart/form-data; boundary=B"])
async def test_a_body_without_end_is_not_read_to_its_end(
    world: World, desk: tuple[dict[str, str], tuple[str, ...]], path: str, kind: str
) -> None:
    """At most five megabytes are held of it (the bulk route takes four), and it is refused."""
    headers = {"content-type": kind, "transfer-encoding": "chunked"}
    headers |= dict(desk[0]) if path.startswith("/console") else world.host.as_server()
    if path.startswith("/console"):
        headers.pop("x-csrf-token")  # so that the form has to be read
    answer = await send_raw(world, "POST", path, headers, b"a" * 65_536, endless=True)
    assert answer.status in {400, 403, 413}, answer.body[:300]
    assert answer.read <= 80
