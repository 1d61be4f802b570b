"""Give tests their database, their ids and their clocks, and keep them off the network."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Address, Database
from flagstaff.store.roles import Role
from tests.clusters import clone, make_folder, remove_folder, shared_cluster
from tests.examples import register_profiles
from tests.network import refuse_network

_MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_PATIENT = timedelta(seconds=60)
_FOLDER = pytest.StashKey[Path]()

# Before Hypothesis reads its option, which may ask for another one.
register_profiles()


def pytest_configure(config: pytest.Config) -> None:
    """Decide where this run's cluster lies; with xdist the controller decides for its workers."""
    refuse_network()
    given = getattr(config, "workerinput", {}).get("cluster_folder")
    config.stash[_FOLDER] = Path(given) if given else make_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the cluster of this run lies."""
    node.workerinput["cluster_folder"] = str(node.config.stash[_FOLDER])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests found out beside passing; `record_property("shown", …)` also comes from workers of xdist."""
    for report in terminalreporter.getreports("passed"):
        for name, page in report.user_properties:
            if name == "shown":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(str(page))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, however the run ended."""
    if not hasattr(config, "workerinput") and _FOLDER in config.stash:
        remove_folder(config.stash[_FOLDER])


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """Give the folder of this run, in memory where there is room; it is removed at the end."""
    return pytestconfig.stash[_FOLDER]


@pytest.fixture(scope="session")
def cluster(run_folder: Path) -> Iterator[Address]:
    """Give the address of the run's PostgreSQL, started when the first test asks for it."""
    with shared_cluster(run_folder) as address:
        yield address


@pytest_asyncio.fixture(scope="module")
async def address(cluster: Address) -> AsyncIterator[Address]:
    """Give the address of a migrated database for this test file alone."""
    async with clone(cluster) as copy:
        yield copy


@pytest_asyncio.fixture(scope="module")
async def database(address: Address) -> AsyncIterator[Database]:
    """Give this test file's database, open for every role; rows stay from test to test within the file."""
    database = await Database.open(address, Role, statement_timeout=_PATIENT)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def own_database(clones: Callable[[], Awaitable[Database]]) -> Database:
    """Give a fresh database to one test that cannot share."""
    return await clones()


@pytest_asyncio.fixture
async def clones(cluster: Address) -> AsyncIterator[Callable[..., Awaitable[Database]]]:
    """Give a function that makes fresh databases, or with `of=` copies of one that was closed."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(*, of: Address | None = None) -> Database:
            source = {"of": of.database} if of and of.database else {}
            copy = await stack.enter_async_context(clone(cluster, **source))
            database = await Database.open(copy, Role, statement_timeout=_PATIENT)
            stack.push_async_callback(database.close)
            return database

        yield make


@pytest.fixture
def wall() -> StoppedClock:
    """Give the wall clock, stopped on Monday 2 March 2026 at 10:00 UTC."""
    return StoppedClock(_MOMENT)


@pytest.fixture
def business() -> StoppedClock:
    """Give the business clock, stopped at the same moment and moved apart from the wall."""
    return StoppedClock(_MOMENT)


@pytest.fixture
def clocks(wall: StoppedClock, business: StoppedClock) -> Clocks:
    """Give both clocks; ask for `wall` or `business` as well to move one."""
    return Clocks(wall, business)


@pytest.fixture
def ids(request: pytest.FixtureRequest, wall: StoppedClock) -> SeededIds:
    """Give ids that are the same at every run of this test, and others in every other test."""
    return SeededIds(request.node.nodeid, wall)
