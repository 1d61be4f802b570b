"""The demo from beginning to end in a real browser: one command, one flag, its whole life, everything stopped again."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from flagstaff.cli.demo_home import DemoHome, Running
from flagstaff.console.tour import STOPS
from tests.browser import menu_story
from tests.browser.conftest import CHROMIUM
from tests.browser.ease import violations_in_both_schemes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium here"),
]
_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 150.0
JOB = "/jobs/job-dashboard"
FLAG = "Person is requesting payment outside of Harborlane"


def _free_port() -> int:
    """Return a port with a free one above it."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "flagstaff", "--home", str(home), "demo", *words]


class Started(msgspec.Struct, frozen=True):
    """A demo that runs in a process of its own."""

    process: "subprocess.Popen[str]"
    home: Path
    port: int
    running: Running

    @property
    def address(self) -> str:
        """Return where Flagstaff is."""
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Run `flagstaff demo` on an empty home, from another folder, and expect nothing of it to be left at the end."""
    home, port = tmp_path_factory.mktemp("demo"), _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLAGSTAFF_")}
    process = subprocess.Popen(
        _command(home, "--port", str(port)), cwd="/", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        yield Started(process, home, port, _wait(process, DemoHome(home / "demo")))
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode in {0, 130}
    assert not _listens(port)
    assert not (home / "demo" / "running.json").exists()
    assert not [one for one in _servers() if str(home) in one], "PostgreSQL was left running"


def _wait(process: "subprocess.Popen[str]", home: DemoHome) -> Running:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the demo ended: {process.stdout.read() if process.stdout else ''}")
        if (home.folder / "running.json").exists():
            found = home.who_runs()
            assert found is not None
            return found
        time.sleep(0.2)
    process.kill()
    pytest.fail("the demo did not start in time")


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _servers() -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [one for one in found if "postgres" in one]


@pytest_asyncio.fixture(loop_scope="session")
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Give a browser of its own to each test."""
    opened = await chromium.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(20_000)
    yield opened
    await opened.close()


async def be(page: Page, demo: Started, name: str) -> None:
    """Be somebody, by the one click of the tour."""
    await page.goto(f"{demo.address}/tour#people")
    card = page.locator(".cast > li").filter(has=page.get_by_role("heading", name=name))
    if await card.get_by_text("This is you").count() == 0:
        await card.get_by_role("button").click()
        await page.wait_for_load_state()


async def one_hour_on(page: Page, demo: Started, step: str = "+1 hour") -> None:
    await page.goto(f"{demo.address}/tour/clock")
    await page.get_by_role("button", name=step).click()
    await expect(page.get_by_text("moved on", exact=True)).to_be_visible()


async def test_a_flag_lives_its_whole_life(context: BrowserContext, demo: Started) -> None:
    """Flagged by the dialog, decided in the console, hidden on the host, told to both, reversed, and back again."""
    page, market = await context.new_page(), demo.running.marketplace
    await be(page, demo, "Ines Quintal")
    await page.goto(market + JOB)
    await page.get_by_role("button", name="Flag as inappropriate").first.click()
    await page.get_by_label(FLAG).check()
    await page.get_by_role("button", name="Send flag").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    await page.goto(f"{demo.address}/tour/flag?person=ines")
    await expect(page.get_by_text("Nobody has decided yet.")).to_be_visible()
    await page.get_by_role("button", name="Open the case as Jonas").click()
    case = page.url
    await expect(page.get_by_text("This is the demo")).to_be_visible()
    await page.get_by_role("button", name="Take it").click()
    await page.locator("input[name=verdict][value=violation]").check()
    await page.locator("input[name=clause][value='MT-1']").check()
    await page.get_by_label("Reason", exact=False).first.fill("It asks to be paid outside.")
    await page.get_by_role("button", name="Decide", exact=False).first.click()
    await expect(page.get_by_text("Decided:")).to_be_visible()

    await one_hour_on(page, demo)
    await _until(context, market + JOB, 404, "hana-is-not-here")
    assert "MT-1" in json.dumps(await _my(demo, "hana", "notices")) or "Pay and be paid here" in json.dumps(
        await _my(demo, "hana", "notices")
    )
    assert (await _my(demo, "ines", "flags"))["items"][0]["status"] == "acted"
    await be(page, demo, "Ines Quintal")
    await page.goto(f"{market}/trust")
    await expect(page.get_by_text("It breaks one of the rules", exact=False).first).to_be_visible()

    await be(page, demo, "Jonas Brekke")
    await page.goto(case)
    await page.get_by_text("Reverse the decision").click()
    await page.locator("#reverse-reason").fill("It is a plain job.")
    await page.get_by_role("button", name="Reverse it").click()
    await page.wait_for_load_state()
    await one_hour_on(page, demo)
    await _until(context, market + JOB, 200, "hana-is-not-here")
    assert "We took back our decision" in json.dumps(await _my(demo, "hana", "notices"))
    assert (await _my(demo, "ines", "flags"))["items"][0]["status"] == "no_violation"


async def _until(context: BrowserContext, url: str, status: int, visitor: str) -> None:
    """Ask the host until a stranger sees what was ordered; a webhook takes a moment."""
    del context
    async with httpx.AsyncClient(cookies={"harborlane_person": visitor}) as stranger:
        for _ in range(200):
            if (await stranger.get(url)).status_code == status:
                return
            await asyncio.sleep(0.1)
    pytest.fail(f"{url} never answered {status}")


async def _my(demo: Started, person: str, what: str) -> dict[str, Any]:
    """Ask the door as the host's server does."""
    return await _ask(demo, f"/v1/my/{what}", person=person)


async def _ask(demo: Started, path: str, **query: str) -> dict[str, Any]:
    key = json.loads((demo.home / "demo" / "connected.json").read_text())["api_key"]
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}) as server:
        answer = await server.get(demo.address + path, params=query)
    found: dict[str, Any] = answer.json()
    return found


async def test_the_tour_page_by_page(chromium: Browser, demo: Started) -> None:
    """Every page stands at 390 px, in both schemes, from right to left, and axe finds nothing."""
    opened = await chromium.new_context(viewport={"width": 390, "height": 844})
    page, wrong = await opened.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    for path, _ in STOPS:
        await page.goto(demo.address + path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
        wrong += [f"{path} {one}" for one in await violations_in_both_schemes(page)]
        await page.evaluate("document.documentElement.dir = 'rtl'")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
    await opened.close()
    assert wrong == []


async def test_the_tour_works_without_script(chromium: Browser, demo: Started) -> None:
    opened = await chromium.new_context(java_script_enabled=False)
    page = await opened.new_page()
    await be(page, demo, "Petra Holm")
    await page.goto(f"{demo.address}/tour")
    await expect(page.get_by_text("You are Petra Holm, policy manager.")).to_be_visible()
    await page.goto(f"{demo.address}/console/menus")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await opened.close()


async def test_the_same_flag_by_somebody_else_looks_the_same(context: BrowserContext, demo: Started) -> None:
    page = await context.new_page()
    await page.goto(f"{demo.address}/tour/flag?person=ines")
    await page.get_by_role("button", name="Send the same flag as someone else").click(timeout=60_000)
    await expect(page.get_by_text("Equal, to the letter.")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("different", exact=True)).to_have_count(0)


async def test_everybody_finds_a_page_of_theirs_that_is_not_empty(
    context: BrowserContext, demo: Started
) -> None:
    page = await context.new_page()
    for name, path in (
        *[("Jonas Brekke", path) for path in ("queue", "appeals", "decisions")],
        *[("Selim Aydin", path) for path in ("log", "health")],
        *[("Ada Vance", "second"), ("Petra Holm", "guidelines"), ("Marisol Echeverría", "queue")],
    ):
        await be(page, demo, name)
        answer = await page.goto(f"{demo.address}/console/{path}")
        assert answer is not None
        assert answer.status == 200, (name, path)
        await expect(page.locator(".empty")).to_have_count(0)


async def test_community_and_linked_accounts_see_only_what_is_theirs(
    context: BrowserContext, demo: Started
) -> None:
    page = await context.new_page()
    await be(page, demo, "Marisol Echeverría")
    await page.goto(f"{demo.address}/console/queue")
    await expect(page.get_by_text("Marketplace", exact=False)).to_have_count(0)


def test_a_second_run_says_where_it_runs_and_ends(demo: Started) -> None:
    done = subprocess.run(
        _command(demo.home), capture_output=True, text=True, timeout=60, check=False, cwd="/"
    )
    assert done.returncode == 0
    assert demo.running.tour in done.stdout


def test_a_port_that_is_taken_is_told_before_anything_is_started(demo: Started, tmp_path: Path) -> None:
    done = subprocess.run(
        _command(tmp_path, "--port", str(demo.port)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    assert done.returncode == 1
    assert "choose another" in done.stderr
    assert not (tmp_path / "demo" / "database").exists()


def test_secrets_of_the_demo_are_readable_by_their_owner_alone(demo: Started) -> None:
    for name in ("connected.json", "marketplace.toml"):
        assert (demo.home / "demo" / name).stat().st_mode & 0o077 == 0


# -- the second story: from Other to an option


async def test_what_people_miss_becomes_an_option_again(
    context: BrowserContext, chromium: Browser, demo: Started
) -> None:
    """Rows 24, 26 to 29, 36 to 39, 41 and 45: Other and a suggestion, a draft, a second person, and a note for all."""
    page, market, address = await context.new_page(), demo.running.marketplace, demo.address
    reader, public = await menu_story.stranger(chromium), f"{address}/help/flags"
    await be(page, demo, "Ines Quintal")
    await menu_story.flag_under_other(page, market)
    await menu_story.suggest(page, market)
    await be(page, demo, "Petra Holm")
    await menu_story.read_the_evidence(page, address)
    draft = await menu_story.begin_from_suggestion(page, address)
    await menu_story.fill_draft(page, draft)
    figure = await menu_story.stand_on_a_figure(page, draft)
    await menu_story.look_around(page, draft)
    await menu_story.propose(page, draft)
    await be(page, demo, "Robin Ferrante")
    await menu_story.publish(page, address)

    said = await asyncio.to_thread(menu_story.run_commands, address)
    assert '"version":3' in said
    assert '"edge":"restore"' in said
    await menu_story.read_the_note(reader, public, figure)
    await reader.goto(f"{public}?platform=harborlane")
    assert await menu_story.listed(reader) == await _live(demo)
    await reader.context.close()
    edges = (await _ask(demo, "/v1/lineage"))["edges"]
    assert [(one["version"], one["edge"]) for one in edges if one["before"] == "job_post.free_work"] == [
        (2, "remove"),
        (3, "restore"),
    ]
    assert ("menu.published", 3) in await _published(demo)
    await be(page, demo, "Ines Quintal")
    await menu_story.find_it_in_the_dialog(page, market)
    await page.goto(f"{market}/trust/flags")
    await expect(page.get_by_role("heading", name=menu_story.OTHER).first).to_be_visible()
    await one_hour_on(page, demo, "+1 day")
    await menu_story.my_suggestions(page, market)
    await expect(page.get_by_text(menu_story.WHY)).to_be_visible()
    await expect(page.get_by_text("There is an option for it now.")).to_be_visible()


async def _live(demo: Started) -> set[str]:
    """Return every option that the live menus offer, as the contract tells it, with the tips that go with it."""
    found: set[str] = set()
    for kind in menu_story.KINDS:
        menu = await _ask(demo, f"/v1/menus/{kind}", platform="harborlane")
        assert menu["version"] == 3
        assert menu["tips"]
        for row in (menu["top"], menu["more"], menu["preference"], [menu["last"]]):
            found |= {option["key"] for option in row}
    return found


async def _published(demo: Started) -> list[tuple[str, int]]:
    """Read the feed of versions until the event of the newest is there; a publisher gives it its place after commit."""
    for _ in range(200):
        items = (await _ask(demo, "/v1/versions", limit="100"))["items"]
        seen = [(one["type"], one["data"]["version"]) for one in items]
        if ("menu.published", 3) in seen:
            return seen
        await asyncio.sleep(0.1)
    return []


def test_the_tutorial_of_the_second_story_says_what_the_walk_did() -> None:
    """Its table is read by the walk; the other words that were typed stand in it too."""
    for words in (
        menu_story.FREE_WORK,
        menu_story.TITLE,
        menu_story.NOTE,
        menu_story.WHY,
        menu_story.MISSED,
        *menu_story.MOVED,
    ):
        assert words in menu_story.TUTORIAL


async def test_a_menu_is_changed_and_published_by_keyboard_alone(
    context: BrowserContext, demo: Started
) -> None:
    """Begin, change, say why, propose; read and publish: no step needs a pointer."""
    page = await context.new_page()
    await be(page, demo, "Petra Holm")
    draft = await menu_story.draft_by_keyboard(page, demo.address)
    await be(page, demo, "Robin Ferrante")
    await page.goto(draft)
    await page.keyboard.press("y")
    await expect(page.get_by_text("Published by Robin Ferrante").first).to_be_visible()
