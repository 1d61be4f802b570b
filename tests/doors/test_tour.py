"""The tour answers on this machine only, and only in the demo; it plays people, moves time, and shows five sides."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from flagstaff.console.markdown import shown_markdown
from flagstaff.console.tour import STEPS, STOPS, Tour, open_tour
from flagstaff.console.tour_parts import Player, Proof, Script, Tale, anonymous
from flagstaff.flows.house import House
from flagstaff.flows.move_time import NotTheDemo, move_time
from flagstaff.kernel.clock import BusinessClock, Clocks, StoppedClock
from flagstaff.kernel.errors import Conflict
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.clockwork import follow_clock
from flagstaff.store.database import Database
from flagstaff.store.marks import make_mark
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, build_house, flag, seen, sent
from tests.people import hire

ADDRESS = "http://127.0.0.1:8000"
HERE = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
PLAYERS = (
    Player(key="freelancer", part="freelancer", name="Rita Reporter", person="rita", says="Flags."),
    Player(key="moderator", part="moderator", name="Jonas", login="jonas", says="Decides."),
)


async def _prove(kind: str, option: str, person: str) -> Proof:
    voices = ((f"{person}: {option}",), ("somebody else",))
    return Proof(0.1, voices, ((f"GET {kind}", 3, True),), (), ("You were told F-0000-0000-0000.",), ("{}",))


SCRIPT = Script(
    platform=HARBORLANE, marketplace="http://127.0.0.1:8001", players=PLAYERS,
    tales=(Tale("job_post", "job-1", "first", "Worth a look."), Tale("job_post", "no-such-job", "gone", "Nowhere.")),
    lines="FLAGSTAFF_API_KEY=fs_x_y <b>", prove=_prove,
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(database: Database) -> House:
    """Give a house with one flag in it, whose business clock follows the database as in a running demo."""
    wall = StoppedClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    clock = BusinessClock(wall)
    built = await build_house(database, SeededIds("tour", wall), Clocks(wall, clock))
    await follow_clock(database, clock, Role.CONSOLE)
    await flag(built, sent("rita", seen(), details="Three samples for nothing."))
    await hire(built, StaffRole.MODERATOR, login="jonas")
    return built


@pytest_asyncio.fixture
async def marked(house: House) -> House:
    """Give the same house with the mark that the demo's seeding leaves."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        await make_mark(connection, "demo", "test", house.now)
    return house


@pytest_asyncio.fixture
async def client(marked: House) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser on this machine."""
    tour = await open_tour(marked, SCRIPT)
    async with _browser(tour) as opened:
        yield opened


def _browser(tour: Tour, client: tuple[str, int] = ("127.0.0.1", 5000)) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(tour, client=client), base_url=ADDRESS)


async def test_without_the_mark_there_is_no_tour_and_no_moving_of_time(house: House) -> None:
    with pytest.raises(NotTheDemo):
        await open_tour(house, SCRIPT)
    with pytest.raises(NotTheDemo):
        await move_time(house, timedelta(hours=1))


@pytest.mark.parametrize("at", ["192.168.1.7", "10.0.0.2", "2001:db8::1", "not-an-address"])
async def test_another_machine_is_refused(marked: House, at: str) -> None:
    async with _browser(await open_tour(marked, SCRIPT), (at, 5000)) as far:
        assert (await far.get("/tour")).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
async def test_a_foreign_name_that_leads_here_is_refused(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/tour", headers={"host": host})).status_code == 403


@pytest.mark.parametrize(
    "sender",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8001", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {},
    ],
)
async def test_a_form_of_another_page_signs_nobody_in(
    client: httpx.AsyncClient, sender: dict[str, str]
) -> None:
    answer = await client.post("/tour/as", data={"player": "moderator"}, headers=sender)
    assert (answer.status_code, answer.headers.get_list("set-cookie")) == (403, [])


@pytest.mark.parametrize("path", [path for path, _ in STOPS])
async def test_every_page_opens_with_the_tour_round_it(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text


async def test_one_click_is_somebody_in_the_console_and_in_the_marketplace(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/tour/as", data={"player": "moderator", "next": "/console/queue"}, headers=HERE
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/queue")
    assert answer.cookies.get("flagstaff_session")
    answer = await client.post("/tour/as", data={"player": "freelancer"}, headers=HERE)
    assert answer.cookies.get("harborlane_person") == "rita"
    assert not client.cookies.get("flagstaff_session")
    assert "You are <strong>Rita Reporter</strong>" in (await client.get("/tour")).text


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil", "/v1/flags", "javascript:x"]
)
async def test_the_switch_leads_nowhere_else(client: httpx.AsyncClient, target: str) -> None:
    answer = await client.post("/tour/as", data={"player": "freelancer", "next": target}, headers=HERE)
    assert answer.headers["location"] == "/tour"


@pytest.mark.parametrize("by", sorted(STEPS))
async def test_time_moves_on_and_every_page_knows(client: httpx.AsyncClient, marked: House, by: str) -> None:
    before = marked.now
    answer = await client.post("/tour/clock", data={"by": by}, headers=HERE)
    assert answer.headers["location"] == "/tour/clock"
    assert marked.now - before == STEPS[by]
    assert "moved on" in (await client.get("/tour")).text


async def test_time_never_goes_back(client: httpx.AsyncClient, marked: House) -> None:
    before = marked.now
    with pytest.raises(Conflict):
        await move_time(marked, -timedelta(hours=1))
    for wrong in ("-hour", "", "-1"):
        await client.post("/tour/clock", data={"by": wrong}, headers=HERE)
    assert marked.now == before


async def test_one_flag_is_shown_from_five_sides_and_its_words_only_sealed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/tour/flag", params={"person": "rita"})).text
    for side in ("The reporter", "The moderator", "The author", "The platform", "The database"):
        assert side in page
    assert "Reporter A" in page
    assert "vault.person" in page
    assert "vault.words" in page
    assert "Three samples for nothing." not in page
    assert "Nothing. That somebody flagged is told to nobody." in page


async def test_the_same_flag_is_sent_as_somebody_else(client: httpx.AsyncClient) -> None:
    form = {"kind": "job_post", "option": "job_post.free_work", "person": "rita"}
    answer = await client.post("/tour/clones", data=form, headers=HERE)
    assert answer.headers["location"] == "/tour/clones"
    page = (await client.get("/tour/clones")).text
    assert "Equal, to the letter." in page
    assert "rita: job_post.free_work" in page


async def test_cases_worth_a_look_are_linked_where_they_stand(client: httpx.AsyncClient) -> None:
    page = (await client.get("/tour")).text
    assert page.count('value="/console/cases/C-') == 1
    assert "Not flagged now" in page


async def test_the_lines_for_ones_own_site_are_shown_and_escaped(client: httpx.AsyncClient) -> None:
    page = (await client.get("/tour/connect")).text
    assert "FLAGSTAFF_API_KEY=fs_x_y &lt;b&gt;" in page


def test_a_page_in_markdown_stays_text_where_it_carries_tags_or_script() -> None:
    page = shown_markdown("# One\n\n<b>two</b> [three](javascript:alert(1))\n\n```sh\ncurl <four>\n```\n")
    assert page.startswith("<h2>One</h2>")
    assert "&lt;b&gt;two" in page
    assert "href" not in page
    assert 'id="block-6" tabindex="0"><code>curl &lt;four&gt;' in page
    assert '<fs-copy for="block-6">' in page


async def test_an_address_of_no_page_is_told_kindly(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tour/nowhere")
    assert (answer.status_code, "no such page" in answer.text) == (404, True)


def test_numbers_are_named_in_the_order_in_which_they_are_met() -> None:
    texts = ["F-8K2M-Q4TZ-9HWN, C-0000-1111-2222", "again F-8K2M-Q4TZ-9HWN, and F-word"]
    assert anonymous(texts) == ["‹id 1›, ‹id 2›", "again ‹id 1›, and F-word"]
