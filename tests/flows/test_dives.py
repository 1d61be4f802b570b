"""A deep dive from what people wrote to a table: opened on the record, made apart, kept for good, telling of nobody."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.ask_dive import (
    BadSelection,
    DiveIsOver,
    TooManyDives,
    ask_dive,
    cancel_dive,
    count_again,
)
from flagstaff.flows.check_dive import Checked, Verdict, check_dive
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.export_dive import NoTableYet, export_dive
from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.run_dive import LEASE, TRIES, Diver
from flagstaff.flows.show_dive import NoSuchDive, list_dives, show_dive
from flagstaff.insight.checking import DIGEST
from flagstaff.insight.dive import Selection
from flagstaff.insight.dives import Dive, DiveState, Failure, Result
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden, Refusal
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.views.log import log_page
from flagstaff.vocabulary.roles import StaffRole
from tests.dived import asked_by, let_stand
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, build_house, flag, person, seen, sent
from tests.people import hire

OTHER = "job_post.something_else"
CANARY = "zeph.quillfeather@canary.example"
SAID = [
    "they want a free sample before they decide",
    "wants me to work for free for two days",
    "an unpaid test project, then silence",
    "asks for a deposit before the work begins",
    "I shall pay a fee of forty first",
    "the client asks for money for training",
    f"she is Zephyrine Quillfeather, write to {CANARY}",
    "ghmpf brrr asdf jkl",
]
ALL = Selection(platform=HARBORLANE, kinds=("job_post",), first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest_asyncio.fixture
async def house(
    own_database: Database, ids: SeededIds, clocks: Clocks, tmp_path: Path
) -> AsyncIterator[House]:
    house = await build_house(own_database, ids, clocks)
    yield dataclasses.replace(house, settings=Settings(keys=tmp_path))


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


async def written(house: House, texts: list[str]) -> None:
    """Let each of these be written by somebody else about another job, and have the redacted copies made."""
    await flag(
        house, *(sent(f"r{n}", seen(id_=f"job-{n}"), OTHER, details=one) for n, one in enumerate(texts))
    )
    while await redact_words(house, 200):
        pass


async def plant_asked(house: House, by: Account, selection: Selection) -> str:
    """Let a run wait that nobody could ask for any more."""
    asked = msgspec.structs.replace(asked_by(house, by, (), ()), selection=selection)
    return await let_stand(house, asked, Result(table=b"", proposed=(), unsure=(), rows=()), DiveState.ASKED)


async def made(house: House, by: Account, number: str, diver: Diver | None = None) -> Dive:
    """Let a worker do all there is to do, and return the run."""
    own = diver or Diver()
    while await own.step(house):
        pass
    return await show_dive(house, by, number)


async def test_a_dive_is_made_of_what_is_opened_on_the_record_and_counted_again_without_who_was_erased(
    house: House, pia: Account
) -> None:
    await written(house, SAID)
    seen_outside = await _outside(house)
    number = await ask_dive(house, pia, ALL)
    with pytest.raises(NoTableYet):
        await export_dive(house, pia, number, "csv")
    first = await made(house, pia, number.lower().replace("-", " "))
    table = first.table
    assert first.state is DiveState.READY
    assert table is not None
    assert (table.of, table.gone, table.labels) == (len(SAID), 0, 0)
    assert first.digest == sha256(first.result or b"").digest()
    assert [one.number for one in await list_dives(house, pia, HARBORLANE)] == [number]
    rows = await rows_of(house, "select kind, place from insight.dive_row")
    assert {row["kind"] for row in rows} == {"job_post"}
    assert len({row["place"] for row in rows}) == len(SAID)
    await _opened_on_the_record(house, pia, first)
    await _quotes_nobody(house, pia, first)
    assert await _outside(house) == seen_outside, "neither an author nor a reporter can tell that it was made"

    kept = await _vectors(house)
    assert len(kept) == len(SAID)
    await erase_person(house, None, person("r0"))
    await erase_person(house, None, person("r0"))
    left = await _vectors(house)
    assert (len(left), await rows_of(house, "select platform from vault.gone")) == (
        len(SAID) - 1,
        [{"platform": HARBORLANE}],
    )
    second = await made(house, pia, await count_again(house, pia, first.number))
    after = second.table
    assert after is not None
    assert (after.of, after.gone, second.follows) == (len(SAID), 1, first.number)
    assert await _vectors(house) == left, "what was kept is not made again"
    turns = await rows_of(house, "select flag, place from insight.dive_row group by 1, 2 having count(*) = 2")
    assert len(turns) == len(SAID) - 1, "a comment keeps its turn in every run"
    assert (await show_dive(house, pia, number)).result == first.result, "what is ready stays as it is"


async def _outside(house: House) -> dict[str, object]:
    """Return a digest of every table whose rows reach an author, a reporter or a platform."""
    rooms = [
        "subjects",
        "cases",
        "flags",
        "decisions",
        "appeals",
        "contact",
        "delivery",
        "menus",
        "guidelines",
    ]
    listed = "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1::text[])"
    tables = await rows_of(house, listed, rooms)
    found: dict[str, object] = {}
    for one in tables:
        (row,) = await rows_of(
            house, f"select md5(string_agg(t::text, '' order by t::text)) as all from {one['name']} t"
        )
        found[str(one["name"])] = row["all"]
    return found


async def _vectors(house: House) -> dict[object, object]:
    return {row["ref"]: row["sealed"] for row in await rows_of(house, "select ref, sealed from vault.vector")}


async def _named_in_log(house: House) -> set[str]:
    """Return what the console's log says its lines about deep dives are about."""
    page = await log_page(house.database, [HARBORLANE], deed="dive.")
    return {one.object for one in page.entries}


async def _opened_on_the_record(house: House, pia: Account, dive: Dive) -> None:
    asked = 'select account, purpose, digest is not null as served from vault.asking where "case" = $1'
    assert await rows_of(house, asked, dive.key) == [
        {"account": pia.key, "purpose": "deep_dive", "served": True}
    ]
    deeds = await rows_of(house, "select deed from audit.entry where object = $1", f"dive:{dive.key}")
    assert [row["deed"] for row in deeds] == ["dive.asked"]


async def _quotes_nobody(house: House, pia: Account, dive: Dive) -> None:
    """Look for what somebody wrote, and for the keys of comments, in files and in tables."""
    flags = [row["flag"] for row in await rows_of(house, "select flag::text from insight.dive_row")]
    for form in ("csv", "md", "json"):
        text = await export_dive(house, pia, dive.number, form)
        assert dive.number in text
        leaked = [one for one in ("ephyrine", "uillfeather", "canary", *flags, *SAID) if str(one) in text]
        assert leaked == [], form
    with pytest.raises(Refusal, match="xlsx"):
        await export_dive(house, pia, dive.number, "xlsx")
    for table in ("insight.dive", "insight.dive_row", "audit.entry", "vault.asking"):
        held = str(await rows_of(house, f"select t::text from {table} t"))
        for one in (CANARY, *SAID):
            assert one not in held, table
            assert one.encode().hex() not in held, table


@pytest.mark.parametrize(
    ("texts", "why"),
    [([], Failure.NOTHING_TO_READ), (SAID[:1], Failure.TOO_FEW_PERSONS), (SAID[:4], Failure.TOO_FEW_PERSONS)],
)
async def test_too_little_ends_without_a_table_and_says_why(
    house: House, pia: Account, texts: list[str], why: Failure
) -> None:
    await written(house, texts) if texts else None
    dive = await made(house, pia, await ask_dive(house, pia, ALL))
    assert (dive.state, dive.failure, dive.table) == (DiveState.FAILED, why, None)


async def test_cancelled_it_ends_at_the_next_step_and_leaves_nothing(house: House, pia: Account) -> None:
    await written(house, SAID)
    number, diver = await ask_dive(house, pia, ALL), Diver()
    await diver.step(house)
    await diver.step(house)
    await cancel_dive(house, pia, number)
    dive = await made(house, pia, number, diver)
    assert (dive.state, dive.table) == (DiveState.CANCELLED, None)
    assert await rows_of(house, "select 1 from insight.dive_row") == []
    with pytest.raises(DiveIsOver):
        await cancel_dive(house, pia, number)


async def test_a_worker_that_falls_silent_loses_its_run_to_the_next(
    house: House, pia: Account, wall: StoppedClock
) -> None:
    await written(house, SAID)
    number, lost, other = await ask_dive(house, pia, ALL), Diver(), Diver()
    await lost.step(house)
    await lost.step(house)
    assert not await other.step(house), "it has it still"
    wall.move(LEASE * 1.1)
    assert await other.step(house)
    assert await lost.step(house)
    assert not await lost.step(house), "it let go of what it lost"
    await lost.close(house)
    (row,) = await rows_of(house, "select held_by is not null as held, attempts from insight.dive")
    assert (row["held"], row["attempts"]) == (True, 2)
    await other.close(house)
    assert (await show_dive(house, pia, number)).state is DiveState.READING


async def test_a_run_that_ends_its_worker_each_time_is_given_up(
    house: House, pia: Account, wall: StoppedClock
) -> None:
    await written(house, SAID)
    number = await ask_dive(house, pia, ALL)
    for _ in range(TRIES):
        assert await Diver().step(house)
        wall.move(LEASE * 1.1)
    dive = await made(house, pia, number)
    assert (dive.state, dive.failure) == (DiveState.FAILED, Failure.GAVE_UP)


async def test_a_run_whose_reading_breaks_each_time_ends_after_its_tries_and_the_next_is_made(
    house: House, pia: Account, wall: StoppedClock
) -> None:
    await written(house, SAID)
    broken = await plant_asked(house, pia, msgspec.structs.replace(ALL, last=date.max))
    number, diver = await ask_dive(house, pia, ALL), Diver()
    for _ in range(TRIES):
        assert await diver.step(house)
        with pytest.raises(OverflowError):
            await diver.step(house)
        assert (await show_dive(house, pia, number)).state is DiveState.ASKED
        wall.move(timedelta(seconds=11))
    dive = await show_dive(house, pia, broken)
    assert (dive.state, dive.failure) == (DiveState.FAILED, Failure.BROKEN)
    assert (await made(house, pia, number, diver)).state is DiveState.READY


async def test_a_worker_that_is_to_end_gives_its_run_back_at_once(house: House, pia: Account) -> None:
    await written(house, SAID)
    await ask_dive(house, pia, ALL)
    first, second = Diver(), Diver()
    await first.step(house)
    await first.step(house)
    await first.close(house)
    (row,) = await rows_of(house, "select held_by, attempts from insight.dive")
    assert (row["held_by"], row["attempts"]) == (None, 0)
    assert await second.step(house)
    await second.close(house)


async def test_who_asks_needs_the_right_and_a_selection_that_there_is(house: House, pia: Account) -> None:
    mia = await hire(house, StaffRole.MODERATOR, login="mia")
    with pytest.raises(Forbidden):
        await ask_dive(house, mia, ALL)
    for changes in (
        {"kinds": ("carrier_pigeon",)},
        {"first": date(2026, 5, 1), "last": date(2026, 4, 1)},
        {"first": date(2030, 1, 1), "last": date(2030, 2, 1)},
        {"first": date.min},
        {"first": date(1999, 12, 31)},
        {"last": date.max},
        {"language": "xx"},
        {"language": "english"},
    ):
        with pytest.raises(BadSelection):
            await ask_dive(house, pia, msgspec.structs.replace(ALL, **changes))
    told_apart = await ask_dive(house, pia, msgspec.structs.replace(ALL, language=" pt-BR"))
    assert (await show_dive(house, pia, told_apart)).selection.language == "pt"
    await cancel_dive(house, pia, told_apart)
    numbers = [await ask_dive(house, pia, ALL) for _ in range(5)]
    with pytest.raises(TooManyDives):
        await ask_dive(house, pia, ALL)
    with pytest.raises(Forbidden):
        await cancel_dive(house, mia, numbers[0])
    with pytest.raises(NoSuchDive):
        await show_dive(house, pia, "I-0000-0000-0000")
    with pytest.raises(NoSuchDive):
        await show_dive(house, pia, "nonsense")


@pytest.mark.once
async def test_a_run_is_made_again_to_the_byte_in_another_order_and_what_was_changed_since_is_found(
    house: House, pia: Account
) -> None:
    await written(house, SAID)
    number = await ask_dive(house, pia, ALL)
    stages: list[str] = []

    async def checked() -> Checked:
        return await check_dive(house, pia, number, lambda stage, *_: stages.append(stage))

    with pytest.raises(NoTableYet):
        await checked()
    dive = await made(house, pia, number)
    rows = await rows_of(house, "select flag, place from insight.dive_row order by place")
    turns = [str(row["flag"]) for row in rows]
    assert turns != sorted(turns), "it is read in another order"
    found = await checked()
    assert (found.verdict, found.read, found.differences) == (Verdict.SAME, len(SAID), ())
    assert {"read", "estimate"} <= {*stages}
    (asked,) = await rows_of(
        house, "select account, cardinality(refs) as refs from vault.asking where purpose = 'check'"
    )
    assert (asked["account"], asked["refs"]) == (pia.key, len(SAID))
    deeds = await rows_of(
        house, "select deed from audit.entry where object = $1 order by key", f"dive:{dive.key}"
    )
    assert [row["deed"] for row in deeds] == ["dive.asked", "dive.checked"]
    assert await _named_in_log(house) == {f"deep dive {number}"}

    await rows_of(
        house, "update insight.dive_row set theme = 'other' where place = $1 returning 1", rows[0]["place"]
    )
    stored = dive.result or b""
    altered = stored.replace(b'"of":8', b'"of":9')
    assert altered != stored
    sql = "update insight.dive set result = $1, digest = $2 returning 1"
    for result, digest, told in (
        (altered, dive.digest, [DIGEST, "of", "comments with another theme"]),
        (altered, sha256(altered).digest(), ["of", "comments with another theme"]),
        (b"nothing", dive.digest, [DIGEST]),
    ):
        await rows_of(house, sql, result, digest)
        found = await checked()
        assert found.verdict is Verdict.DIFFERS
        assert [one.what for one in found.differences][: len(told)] == told
    await rows_of(house, sql, stored, dive.digest)
    await erase_person(house, None, person("r0"))
    found = await checked()
    assert (found.verdict, found.gone, found.differences) == (Verdict.GONE, 1, ())
    mia = await hire(house, StaffRole.AUDITOR, login="mia")
    with pytest.raises(Forbidden):
        await check_dive(house, mia, number, lambda *_: None)
