"""The console lets in who belongs there, keeps what it shows to them, and does nothing another site asks for."""

import hashlib
import re
from importlib import resources

import pytest

from flagstaff.console.errors import safe_next
from flagstaff.console.session import cookie_name
from flagstaff.flows.accept_invitation import accept_invitation
from flagstaff.flows.house import House
from flagstaff.flows.invite_account import InviteAccount, invite_account, invite_first_admin
from flagstaff.flows.recognise_session import recognise_session
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.people import ADDRESS, PASSWORD, browser, hire, staff_house

COOKIE = "__Host-session"


@pytest.fixture
def house(database: Database, ids: Ids, clocks: Clocks) -> House:
    return staff_house(database, ids, clocks)


async def with_password(house: House, login: str) -> None:
    wanted = InviteAccount(login, login.title(), frozenset({StaffRole.ADMIN}))
    invited = await invite_account(house, None, wanted)
    await accept_invitation(house, invited.link.split("#")[1], PASSWORD)


async def test_signing_in_leads_to_where_somebody_wanted_to_be(house: House) -> None:
    await with_password(house, "ada")
    async with browser(house) as page:
        sent_away = await page.get("/console/platforms")
        assert (sent_away.status_code, sent_away.headers["location"]) == (
            303,
            "/console/sign-in?next=/console/platforms",
        )
        await page.get(sent_away.headers["location"])
        entered = await page.post(
            "/console/sign-in", login="ada", password=PASSWORD, next="/console/platforms"
        )
        assert (entered.status_code, entered.headers["location"]) == (303, "/console/platforms")
        cookie = entered.headers["set-cookie"]
        for part in (f"{COOKIE}=", "HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
            assert part in cookie
        assert "Domain" not in cookie
        assert (await page.get("/console/platforms")).status_code == 200


async def test_a_session_id_that_somebody_planted_is_never_used(house: House) -> None:
    await with_password(house, "bea")
    async with browser(house) as page:
        page.remember(COOKIE, "planted")
        assert "set-cookie" not in (await page.get("/console/sign-in")).headers
        entered = await page.post("/console/sign-in", login="bea", password=PASSWORD)
        key = re.match(rf"{COOKIE}=([^;]+)", entered.headers["set-cookie"])
        assert key is not None
        assert key[1] != "planted"
        assert await recognise_session(house, "planted") is None
        assert await recognise_session(house, key[1]) is not None


async def test_an_unknown_cookie_is_nobody_and_writes_nothing(house: House) -> None:
    async with house.database.reading(Role.CONSOLE) as connection:
        before = await connection.fetchval("select count(*) from staff.session")
    async with browser(house) as page:
        page.remember(COOKIE, "x" * 4000)
        assert (await page.get("/console/me")).status_code == 303
    async with house.database.reading(Role.CONSOLE) as connection:
        assert await connection.fetchval("select count(*) from staff.session") == before


async def test_wrong_passwords_are_told_nothing_and_soon_wait(house: House) -> None:
    await with_password(house, "cy")
    async with browser(house) as page:
        for _ in range(5):
            answer = await page.post("/console/sign-in", login="cy", password="wrong password here")
            assert answer.status_code == 401
            assert "do not belong together" in answer.text
        answer = await page.post("/console/sign-in", login="cy", password=PASSWORD)
        assert answer.status_code == 429
        assert "seconds" in answer.text
        assert "wrong password here" not in answer.text


async def test_the_first_administrator_comes_in_through_the_page(
    own_database: Database, ids: Ids, clocks: Clocks
) -> None:
    house = staff_house(own_database, ids, clocks)
    invited = await invite_first_admin(house)
    async with browser(house) as page:
        assert (await page.get("/console/invitation")).status_code == 200
        fields = {"code": invited.link, "password": PASSWORD, "again": "something else"}
        assert "not the same" in (await page.post("/console/invitation", **fields)).text
        entered = await page.post("/console/invitation", **fields | {"again": PASSWORD})
        assert entered.headers["location"] == "/console/queue"
        assert (await page.get("/console/accounts")).status_code == 200
    async with browser(house) as page:
        assert (await page.post("/console/invitation", **fields | {"again": PASSWORD})).status_code == 410


async def test_signing_out_ends_the_session_on_the_server_too(house: House) -> None:
    somebody = await hire(house, StaffRole.ADMIN)
    async with browser(house, somebody) as page:
        key = page.client.cookies[COOKIE]
        await page.get("/console/me")
        gone = await page.post("/console/sign-out")
        assert "Max-Age=0" in gone.headers["set-cookie"]
        assert await recognise_session(house, key) is None


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({"origin": ADDRESS, "sec-fetch-site": "same-origin"}, True, 303),
        ({"origin": ADDRESS}, True, 303),
        ({"sec-fetch-site": "same-origin"}, True, 303),
        ({"origin": ADDRESS, "sec-fetch-site": "same-origin"}, False, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, True, 403),
        ({"origin": "https://evil.example"}, True, 403),
        ({"origin": "null"}, True, 403),
        ({"origin": ADDRESS, "sec-fetch-site": "same-site"}, True, 403),
        ({"sec-fetch-site": "none"}, True, 403),
        ({}, True, 403),
    ],
)
async def test_a_form_counts_only_from_our_own_page_and_with_the_token_of_the_session(
    house: House, headers: dict[str, str], token: bool, status: int
) -> None:
    somebody = await hire(house, StaffRole.ADMIN)
    async with browser(house, somebody) as page:
        await page.get("/console/me")
        data = {"_csrf": page.token} if token else {}
        assert (await page.client.post("/console/sign-out", data=data, headers=headers)).status_code == status


async def test_the_token_of_another_session_does_not_fit_and_a_header_will_do(house: House) -> None:
    one, two = await hire(house, StaffRole.ADMIN), await hire(house, StaffRole.ADMIN)
    async with browser(house, one) as first, browser(house, two) as second:
        await first.get("/console/me")
        await second.get("/console/me")
        theirs, second.token = second.token, first.token
        assert (await second.post("/console/sign-out")).status_code == 403
        headers = {"origin": ADDRESS, "x-csrf-token": theirs}
        assert (await second.client.post("/console/sign-out", headers=headers)).status_code == 303


async def test_signing_in_cannot_be_forged_either(house: House) -> None:
    await with_password(house, "dee")
    async with browser(house) as page:
        answer = await page.client.post(
            "/console/sign-in",
            data={"login": "dee", "password": PASSWORD},
            headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "onward"),
    [
        ("/console/accounts", "/console/accounts"),
        ("/console/cases/C-1?tab=2", "/console/cases/C-1?tab=2"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/console/../../x//evil", ""),
        ("/console\\evil", ""),
        ("/console/\\evil.example", ""),
        ("/console/a\r\nSet-Cookie: x", ""),
        ("/console/sign-in?next=/console/sign-in", ""),
        ("/v1/flags", ""),
        ("", ""),
    ],
)
def test_a_link_never_leads_out_of_the_console_after_signing_in(wanted: str, onward: str) -> None:
    assert safe_next(wanted) == onward


async def test_every_answer_carries_the_headers_that_protect_it(house: House) -> None:
    async with browser(house) as page:
        for path in ("/console/sign-in", "/console/nowhere", "/nothing", "/console/static/console.css"):
            headers = (await page.client.get(path)).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["strict-transport-security"]
        assert (await page.client.get("/console/sign-in")).headers["cache-control"] == "no-store"
        kept = await page.client.get(
            re.findall(
                r'href="(/console/static/console.css[^"]+)"', (await page.get("/console/sign-in")).text
            )[0]
        )
        assert "immutable" in kept.headers["cache-control"]


async def test_names_that_people_chose_are_shown_as_text(house: House) -> None:
    admin = await hire(house, StaffRole.ADMIN)
    await invite_account(
        house, None, InviteAccount("mal", "<script>alert('x')</script>", frozenset({StaffRole.AUDITOR}))
    )
    async with browser(house, admin) as page:
        text = (await page.get("/console/accounts")).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


async def test_no_page_carries_a_script_or_style_of_its_own(house: House) -> None:
    templates = resources.files("flagstaff.console").joinpath("templates")
    for template in templates.iterdir():
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)), (
            template.name
        )
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", text), template.name


def test_the_cookie_is_bound_to_the_host_where_https_makes_that_possible() -> None:
    assert cookie_name(Settings(public_url="https://flags.example")) == "__Host-session"
    assert cookie_name(Settings()) == "flagstaff_session"


def test_vendored_files_are_the_ones_that_were_fetched() -> None:
    static = resources.files("flagstaff.console").joinpath("static")
    lines = static.joinpath("vendored.txt").read_text(encoding="utf-8").split("\n")
    listed = [line.split() for line in lines if line and not line.startswith("#")]
    assert listed
    for digest, name in listed:
        assert hashlib.sha256(static.joinpath(name).read_bytes()).hexdigest() == digest
