"""Six months lived by the flows themselves leave a house in order: nothing about the demo's past is made up beside."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from rich.console import Console

from examples.demo.cast import LATER_TALES, PLAYERS, STAFF
from examples.demo.days import DAYS
from examples.demo.seeding import SECOND_VERSION, connect_again, imported_months, is_demo, seed
from examples.demo.texts import read_comments, read_history, read_present
from examples.marketplace.content import seed_items, seed_people
from flagstaff.cli.demo_home import Connected, Stages
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.show_my_notices import show_my_notices
from flagstaff.kernel.clock import Clocks, WallClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import FlagStatus
from tests.desks import rows
from tests.houses import HARBORLANE, open_keys, person

pytestmark = pytest.mark.once
MARKETPLACE = "http://127.0.0.1:8001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(database: Database) -> House:
    """Give an empty house under the real clock."""
    wall = WallClock()
    settings = Settings(webhook_allow=("127.0.0.1:8001", "127.0.0.1:9001"))
    sealer, opener, service = open_keys()
    book = PolicyBook(database, Role.CONSOLE)
    return House(database, RandomIds(wall), Clocks(wall, wall), sealer, book, settings, opener, service)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seeded(house: House) -> Connected:
    """Seed it, once for all tests of this file."""
    return await seed(house, MARKETPLACE, Stages(Console(file=io.StringIO())))


@pytest_asyncio.fixture(autouse=True)
async def _seeded_first(seeded: Connected) -> None:
    assert seeded.marketplace == MARKETPLACE


async def one(house: House, query: str) -> int:
    """Return one number from the database."""
    found = await rows(house, f"select ({query})::bigint as n")
    return int(str(found[0]["n"]))


async def test_the_mark_is_made_when_all_of_it_stands(house: House) -> None:
    assert await is_demo(house)
    assert [row["name"] for row in await rows(house, "select name from house.mark where name = 'demo'")] == [
        "demo"
    ]


async def test_version_2_is_live_with_its_history_behind_it_and_3_is_left_to_the_user(house: House) -> None:
    assert house.policy.menus(HARBORLANE).number == 2
    assert house.policy.menus_version(HARBORLANE, 1) is not None
    assert house.policy.menus_version(HARBORLANE, 3) is None
    found = await rows(house, "select number, published_at from menus.version order by number")
    first, second = (row["published_at"] for row in found)
    assert isinstance(first, datetime)
    assert isinstance(second, datetime)
    assert ((house.now - first).days > 400, (house.now - second).days > 240) == (True, True)


NOTHING_OF: Mapping[str, str] = {
    "a case per subject before it takes effect": "select count(*) from (select subject from cases.case where state in"
    " ('open','claimed','parked','asked','awaiting_second','decided') group by subject having count(*) > 1) d",
    "a closed case whose flag has no outcome": 'select count(*) from flags.flag f join cases.case c on c.key = f."case"'
    " where c.state in ('effective', 'closed') and f.state not in ('withdrawn') and f.outcome is null",
    "a flag from the future": "select count(*) from flags.flag where received_at > clock_timestamp()",
    "a case from the future": "select count(*) from cases.case where opened_at > clock_timestamp()",
    "a step from the future": "select count(*) from cases.step where at > clock_timestamp()",
    "a decision from the future": "select count(*) from decisions.decision where decided_at > clock_timestamp()",
    "an entry from the future": "select count(*) from audit.entry where at > clock_timestamp()",
    "a notice from the future": "select count(*) from delivery.notice where made_at > clock_timestamp()",
    "a measure that should have ended": "select count(*) from decisions.measure where state = 'running'"
    " and ends_at < clock_timestamp() - interval '1 hour'",
    "a violation without a clause": "select count(*) from decisions.decision where verdict = 'violation'"
    " and cardinality(clauses) = 0",
    "an imported flag that was not marked": 'select count(*) from flags.flag f join cases.case c on c.key = f."case"'
    " where c.origin = 'import' and not f.legacy",
    "an entry that waits to be chained": "select count(*) from audit.unchained"
    " where at < clock_timestamp() - interval '2 hours'",
    "a clock that was left ahead": "select count(*) from house.clock where ahead <> interval '0'",
}


@pytest.mark.parametrize("what", NOTHING_OF)
async def test_there_is_not(house: House, what: str) -> None:
    assert await one(house, NOTHING_OF[what]) == 0


AT_LEAST: Mapping[str, tuple[int, str]] = {
    "decisions": (200, "select count(*) from decisions.decision"),
    "verdicts": (5, "select count(distinct verdict) from decisions.decision"),
    "reversed decisions": (5, "select count(*) from decisions.decision where state = 'reversed'"),
    "undone decisions": (3, "select count(*) from decisions.decision where state = 'undone'"),
    "measures that run": (50, "select count(*) from decisions.measure where state = 'running'"),
    "measures that ended": (5, "select count(*) from decisions.measure where state = 'ended'"),
    "kinds of measures": (6, "select count(distinct kind) from decisions.measure"),
    "holds": (5, "select count(*) from decisions.hold"),
    "holds that run": (1, "select count(*) from decisions.hold where state = 'running'"),
    "appeals upheld": (3, "select count(*) from appeals.appeal where state = 'upheld'"),
    "appeals rejected": (3, "select count(*) from appeals.appeal where state = 'rejected'"),
    "appeals that wait": (2, "select count(*) from appeals.appeal where state = 'received'"),
    "flags taken back": (3, "select count(*) from flags.flag where state = 'withdrawn'"),
    "second persons": (1, "select count(*) from decisions.second"),
    "cases parked": (1, "select count(*) from cases.case where state = 'parked'"),
    "cases asked": (1, "select count(*) from cases.case where state = 'asked'"),
    "cases in hand": (3, "select count(*) from cases.case where state = 'claimed'"),
    "cases that wait for a second": (1, "select count(*) from cases.case where state = 'awaiting_second'"),
    "decisions that wait for their window": (
        1,
        "select count(*) from decisions.decision where state = 'decided'",
    ),
    "languages": (2, "select count(distinct language) from subjects.snapshot where language is not null"),
}


@pytest.mark.parametrize("what", AT_LEAST)
async def test_no_page_is_empty(house: House, what: str) -> None:
    least, query = AT_LEAST[what]
    assert await one(house, query) >= least


async def test_about_120_cases_wait(house: House) -> None:
    waiting = "('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided')"
    assert 110 <= await one(house, f"select count(*) from cases.case where state in {waiting}") <= 135


async def test_a_thousand_comments_were_imported_each_by_somebody_else(house: House) -> None:
    assert len(read_comments()) == 1000
    assert (
        await one(house, "select count(*) from flags.flag where legacy and option like '%.something_else'")
        == 1000
    )
    old = (
        "select count(distinct l.person) from vault.link l join flags.flag f on f.key = l.flag where f.legacy"
    )
    assert await one(house, old) == 1000
    assert (
        await one(house, "select count(*) from cases.case where origin = 'import' and state = 'closed'")
        == 1000
    )


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 8, 31), date(2027, 1, 15), date(2027, 9, 4)])
def test_imported_comments_fill_whole_months_that_hold_nothing_else(day: date) -> None:
    """From the second version to a month's end, before the days that were lived through; long enough to look real."""
    today = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    first, last = imported_months(today)
    assert first == today - SECOND_VERSION
    assert last.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%d %H:%M") == "01 00:00"
    assert first + timedelta(days=25) < last < today - timedelta(days=DAYS)


async def test_the_months_of_the_imported_comments_hold_them_alone(house: House) -> None:
    first, last = imported_months(house.now)
    under_other = "select count(*) from flags.flag where option_kind = 'open' and received_at"
    assert await one(house, f"{under_other} between '{first}' and '{last}'") == 1000
    assert await one(house, f"{under_other} < '{first}'") == 0


async def test_what_people_wrote_lies_in_the_vault_alone(house: House) -> None:
    """Every text column outside the vault is looked through for words of flags."""
    columns = await rows(
        house,
        "select table_schema as s, table_name as t, column_name as c from information_schema.columns"
        " where table_schema not in ('pg_catalog', 'information_schema', 'vault') and data_type in ('text', 'jsonb')",
    )
    words = [
        "I know this trick",
        "Do not open the message",
        "drags everybody down",
        "asks me to change my review",
    ]
    words += [comment.comment for comment in read_comments()[:1000:97] if len(comment.comment) > 30]
    for column in columns:
        place = f'"{column["s"]}"."{column["t"]}"'
        query = f'select count(*) from {place} where "{column["c"]}"::text ilike any($1::text[])'
        found = await rows(house, f"{query}", [f"%{word}%" for word in words])
        assert found[0]["count"] == 0, (place, column["c"])


async def test_everybody_of_the_tour_has_something_to_see(house: House) -> None:
    flags = await show_my_flags(house, person("ines"))
    assert {one.status for one in flags} >= {FlagStatus.RECEIVED, FlagStatus.ACTED}
    assert await show_my_notices(house, person("dario"))
    assert len([one for one in PLAYERS if one.login]) == 6


async def test_its_marketplace_can_move_to_another_address(house: House, seeded: Connected) -> None:
    moved = await connect_again(house, seeded, "http://127.0.0.1:9001")
    assert house.policy.host(HARBORLANE).origins == ("http://127.0.0.1:9001",)
    assert moved.measures_secret != seeded.measures_secret
    assert moved.api_key == seeded.api_key
    await connect_again(house, moved, MARKETPLACE)


async def test_the_cases_written_by_hand_wait_for_the_visitor(house: House) -> None:
    """Nobody has taken or decided them before."""
    for case in (one for one in read_present() if one.name):
        found = await rows(
            house,
            "select c.state from cases.case c join subjects.subject s on s.key = c.subject"
            " where s.kind = $1 and s.outside_id = $2 order by c.opened_at desc limit 1",
            case.kind,
            case.id,
        )
        assert [row["state"] for row in found] == ["open"], case.name


def test_all_material_is_about_what_the_marketplace_shows_and_by_people_it_knows() -> None:
    shown = {(item.kind, item.id) for item in seed_items(WallClock().now())}
    people = {one.id for one in seed_people()}
    for case in read_present():
        assert (case.kind, case.id) in shown
        assert set(case.by) <= people
    for tale in LATER_TALES:
        assert (tale.kind, tale.id) in shown
    assert {one.person for one in (*PLAYERS, *STAFF) if one.person} <= people


def test_the_twelve_cases_are_told_and_the_policy_knows_every_option() -> None:
    told = [one for one in read_present() if one.name]
    assert len(told) + len(LATER_TALES) >= 12
    assert all(one.about for one in told)
    assert {entry.verdict for entry in read_history().entries} >= {
        "violation",
        "no_violation",
        "care",
        "housekeeping",
    }
