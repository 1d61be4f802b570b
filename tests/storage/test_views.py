"""Pages ask little of the database, and show each account only what exists for it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account, LinkedPerson, Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.views.case import CaseSeen, case_page, find_case, letter_of, owners
from flagstaff.views.desk import DecisionFilter, list_appeals, list_decisions, list_seconds, list_todos
from flagstaff.views.health import health
from flagstaff.views.log import log_page
from flagstaff.views.queue import PER_PAGE, BadQueueCursor, Filter, queue_page
from flagstaff.views.sight import Sight, sight_of
from flagstaff.vocabulary.references import Surface
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState
from tests.case_work import ESPANOL, GENERAL, busy_house, job, post_in
from tests.houses import HARBORLANE, build_house, person
from tests.people import hire


class Counting:
    """Hand out connections that count what is asked through them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements = 0

    @contextlib.asynccontextmanager
    async def reading(self, role: Role) -> AsyncIterator[Any]:
        async with self._database.reading(role) as connection:
            yield _Counted(self, connection)


class _Counted:
    def __init__(self, counter: Counting, connection: Any) -> None:
        self._counter, self._connection = counter, connection

    def __getattr__(self, name: str) -> Any:
        if name in {"fetch", "fetchrow", "fetchval", "execute"}:
            self._counter.statements += 1
        return getattr(self._connection, name)


@pytest.fixture
def counted(database: Database) -> Counting:
    return Counting(database)


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


@pytest_asyncio.fixture
async def moderator(house: House) -> Account:
    return await hire(house, StaffRole.MODERATOR)


def sight(account: Account) -> Sight:
    return sight_of(account, [HARBORLANE])


async def seen_by(house: House, account: Account, number: str) -> CaseSeen | None:
    return await find_case(house.database, sight(account), number)


async def test_a_queue_page_takes_three_statements_and_a_case_page_twelve_at_most(
    own_database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock
) -> None:
    """However much stands on them: nothing is asked row by row."""
    house = await build_house(own_database, ids, clocks)
    moderator = await hire(house, StaffRole.MODERATOR)
    cases = await busy_house(house, await hire(house, StaffRole.MODERATOR), business)
    counted = Counting(own_database)
    as_database = cast("Database", counted)
    page = await queue_page(as_database, sight(moderator), Filter())
    assert len(page.cases) == 13
    assert counted.statements <= 2
    counted.statements = 0
    await queue_page(as_database, sight(moderator), Filter(), page.cases[3].number)
    assert counted.statements <= 3
    for name in ("free work", "threat", "ad"):
        counted.statements = 0
        found = await find_case(as_database, sight(moderator), cases[name])
        assert found
        shown = await case_page(as_database, sight(moderator), found)
        assert counted.statements <= 12, name
        assert shown.flags
    found = await find_case(as_database, sight(moderator), cases["free work"])
    assert found
    shown = await case_page(as_database, sight(moderator), found)
    assert (len(shown.copies), len(shown.before), len(shown.precedents)) == (2, 1, 1)
    assert shown.table[0] == "MT-6"
    assert len(await list_decisions(own_database, sight(moderator), DecisionFilter())) == 1
    assert (await health(own_database, [HARBORLANE], house.now)).severities[0].waiting == 1
    assert (await log_page(own_database, [HARBORLANE], case=cases["free work"])).entries


async def test_the_queue_stands_in_order_and_pages_never_overlap(house: House, moderator: Account) -> None:
    for place in range(PER_PAGE + 5):
        option = "job_post.off_platform_payment" if place % 7 == 0 else "job_post.free_work"
        await job(house, f"order-{place}", *("rita", "sam", "tom")[: 1 + place % 3], option=option)
    first = await queue_page(house.database, sight(moderator), Filter())
    assert len(first.cases) == PER_PAGE
    assert first.next == first.cases[-1].number
    second = await queue_page(house.database, sight(moderator), Filter(), first.next)
    both = [*first.cases, *second.cases]
    assert len({one.key for one in both}) == len(both) >= PER_PAGE + 5
    order = [(not one.front, -one.priority, one.due_at) for one in both]
    assert order == sorted(order)
    assert second.next == ""
    with pytest.raises(BadQueueCursor):
        await queue_page(house.database, sight(moderator), Filter(), "C-NONE")


async def test_filters_narrow_the_queue(house: House, moderator: Account) -> None:
    await post_in(house, "filter-1", GENERAL)
    await job(house, "filter-2", option="job_post.off_platform_payment")
    community = await queue_page(house.database, sight(moderator), Filter(surface=Surface.COMMUNITY))
    assert {one.surface for one in community.cases} == {Surface.COMMUNITY}
    grave = await queue_page(house.database, sight(moderator), Filter(severities=frozenset({Severity.HIGH})))
    assert {one.severity for one in grave.cases} == {3}
    board = await queue_page(house.database, sight(moderator), Filter(place="general"))
    assert {one.board for one in board.cases} == {"general"}
    assert not (await queue_page(house.database, sight(moderator), Filter(state=CaseState.PARKED))).cases


async def test_a_community_moderator_sees_their_places_and_nothing_else(house: House) -> None:
    helper = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("group", "espanol")])
    inside = await post_in(house, "cm-1", ESPANOL)
    outside = await post_in(house, "cm-2", GENERAL)
    market = await job(house, "cm-3")
    assert await seen_by(house, helper, inside)
    assert await seen_by(house, helper, outside) is None
    assert await seen_by(house, helper, market) is None
    page = await queue_page(house.database, sight(helper), Filter())
    assert {one.community_group for one in page.cases} == {"espanol"}


@pytest.mark.parametrize("hidden", ["staff_only", "restricted"])
async def test_what_is_for_staff_or_the_restricted_desk_does_not_exist_for_a_community_moderator(
    house: House, hidden: str
) -> None:
    helper = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("group", "espanol")])
    number = await post_in(house, f"hidden-{hidden}", ESPANOL)
    assert await seen_by(house, helper, number)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(f'update cases."case" set {hidden} = true where number = $1', number)
    assert await seen_by(house, helper, number) is None
    page = await queue_page(house.database, sight(helper), Filter())
    assert number not in {one.number for one in page.cases}


async def test_what_an_accounts_own_person_wrote_does_not_exist_for_it(house: House) -> None:
    plain = await hire(house, StaffRole.MODERATOR)
    own = person("own-author")
    linked = LinkedPerson(HARBORLANE, house.sealer.person_hash(own), house.sealer.staff_hash(own))
    eyes = sight_of(plain, [HARBORLANE])
    number = await job(house, "own-1", author="own-author")
    assert await find_case(house.database, eyes, number)
    import msgspec

    other = sight_of(msgspec.structs.replace(plain, linked=linked), [HARBORLANE])
    assert await find_case(house.database, other, number) is None
    page = await queue_page(house.database, other, Filter(place=""))
    assert number not in {one.number for one in page.cases}


async def test_an_auditor_has_no_eyes_for_cases(house: House) -> None:
    auditor = await hire(house, StaffRole.AUDITOR)
    number = await job(house, "audit-1")
    assert await seen_by(house, auditor, number) is None
    assert not (await queue_page(house.database, sight(auditor), Filter())).cases


async def test_letters_say_nothing_of_time_and_words_find_their_letter(
    house: House, moderator: Account
) -> None:
    number = await job(house, "letters", *(f"reporter-{place}" for place in range(8)))
    found = await seen_by(house, moderator, number)
    assert found
    page = await case_page(house.database, sight(moderator), found)
    assert [one.name for one in page.flags] == list("ABCDEFGH")
    by_letter = [one.key for one in page.flags]
    assert by_letter != sorted(by_letter), "letters follow the order in which flags came"
    names = await owners(house.database, found.key)
    assert {names[one.key] for one in page.flags} == {f"Reporter {letter}" for letter in "ABCDEFGH"}
    assert (letter_of(26), letter_of(27), letter_of(703)) == ("Z", "AA", "AAA")


async def test_what_a_reporter_set_off_carries_the_day(
    house: House, moderator: Account, business: StoppedClock
) -> None:
    number = await job(house, "days", "rita", "sam")
    found = await seen_by(house, moderator, number)
    assert found
    page = await case_page(house.database, sight(moderator), found)
    by_reporter = [one for one in page.history if one.by_reporter]
    assert by_reporter
    assert {(one.at.hour, one.at.minute) for one in by_reporter} == {(0, 0)}
    assert found.opened_at.minute == found.due_at.minute == 0


async def test_lists_beside_the_queue_are_empty_where_nothing_waits(house: House, moderator: Account) -> None:
    assert await list_appeals(house.database, sight(moderator)) == []
    assert await list_seconds(house.database, sight(moderator)) == []
    assert await list_todos(house.database, sight(moderator)) == []
