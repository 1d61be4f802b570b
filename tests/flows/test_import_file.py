"""History comes in as it was: marked, sealed, once, whatever cuts it off, and nobody hears of it."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.import_file import Reached, Summary, Wanted, import_file
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.take_effect import take_effect
from flagstaff.imports.rejects import RejectsInTheWay
from flagstaff.imports.storage import SomebodyElseReads
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.ids import NumberKind
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.views.case import case_page, find_case
from flagstaff.views.sight import sight_of
from flagstaff.vocabulary.states import FlagStatus, Verdict
from tests.examples import examples
from tests.flows.desks import decided, rows_of, value_of
from tests.houses import flag, person, seen, sent

COLUMNS: dict[str, str] = {
    "id": "id", "reporter": "who", "subject": "what", "option": "why", "at": "when", "details": "said",
    "outcome": "result", "state": "state", "case": "ticket", "author": "by",
}  # fmt: skip
FLAGS: dict[str, object] = {"rows": "flags", "columns": COLUMNS, "constants": {"kind": "job_post"}}
NAMES = ("id", "who", "what", "why", "when", "said", "result", "state", "ticket", "by")
OLD = "2024-05-01T10:00:00Z"


def row(id_: int, **more: str) -> dict[str, str]:
    """Return one row of an export, with what is usual where nothing else is said."""
    usual = {"who": f"rita-{id_}", "what": f"job-{id_}", "why": "free_work", "when": OLD}
    return dict.fromkeys(NAMES, "") | {"id": str(id_)} | usual | more


@dataclasses.dataclass
class Desk:
    """A folder with files of history, and the house they go to."""

    house: House
    folder: Path

    def write(self, rows: Sequence[Mapping[str, str]], name: str = "old.jsonl") -> Path:
        path = self.folder / name
        path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
        return path

    async def take(
        self,
        rows: Sequence[Mapping[str, str]] | Path,
        mapping: Mapping[str, object] = FLAGS,
        tell: Callable[[Reached], None] = lambda _: None,
        *,
        check: bool = False,
    ) -> Summary:
        """Import rows, or a file that is there."""
        file = rows if isinstance(rows, Path) else self.write(rows)
        plan = self.folder / "mapping.toml"
        plan.write_text('platform = "harborlane"\n' + _toml(mapping), encoding="utf-8")
        return await import_file(self.house, Wanted(file, plan, check=check), tell)

    async def count(self, what: str) -> int:
        return int(str(await value_of(self.house, f"select count(*) from {what}")))


def _toml(mapping: Mapping[str, object]) -> str:
    lines = [
        f"{key} = {json.dumps(value)}\n" for key, value in mapping.items() if not isinstance(value, dict)
    ]
    for key, value in mapping.items():
        if isinstance(value, dict):
            lines.append(f"[{key}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in value.items()))
    return "".join(lines)


@pytest.fixture
def desk(own_house: House, tmp_path: Path) -> Desk:
    """Give an empty house whose keys lie in a folder of this test."""
    (tmp_path / "keys").mkdir(mode=0o700)
    return Desk(dataclasses.replace(own_house, settings=Settings(home=tmp_path)), tmp_path)


async def test_flags_below_todays_rules_come_in_marked(desk: Desk) -> None:
    """Five letters under Other, an option of another menu, a case still open: history as it was, not refused."""
    rows = [
        row(1, why="something_else", said="weird", result="acted"),
        row(2, why="Was rude & loud", said="", result="no_violation"),
        row(3, state="open", said="三つのロゴ"),
        row(4, who="ann", by="ann"),
    ]
    assert (await desk.take(rows, check=True)).strange == {"job_post.was_rude_loud": 1}
    summary = await desk.take(rows)
    assert summary.total == (4, 0, 0)
    assert summary.strange == {"job_post.was_rude_loud": 1}
    (first,) = await show_my_flags(desk.house, person("rita-1"))
    assert (first.legacy, first.status, first.option) == (True, FlagStatus.ACTED, "job_post.something_else")
    found = await rows_of(
        desk.house,
        "select f.legacy, f.state, f.outcome, f.label, c.state as case_state, c.origin, c.opened_at"
        ' from flags.flag f join cases.case c on c.key = f."case" order by f.label',
    )
    assert {one["legacy"] for one in found} == {True}
    assert {one["origin"] for one in found} == {"import"}
    assert {str(one["opened_at"]) for one in found} == {"2024-05-01 10:00:00+00:00"}
    assert sorted(
        (str(one["state"]), str(one["outcome"]), one["case_state"]) for one in found if one["outcome"]
    ) == [
        ("answered", "acted", "closed"),
        ("answered", "could_not_verify", "closed"),
        ("answered", "no_violation", "closed"),
    ]
    assert [(one["state"], one["case_state"]) for one in found if not one["outcome"]] == [("live", "open")]
    assert "Was rude & loud" in {one["label"] for one in found}


async def test_nobody_is_told_of_history_and_nobody_is_judged_by_it(
    desk: Desk, mia: Account, business: StoppedClock
) -> None:
    """No receipt, notice or webhook; a decision of today on an old case teaches and tells reporters of today alone."""
    told = "delivery.notice n full join delivery.outbox o on false"
    before = await desk.count(told)
    await desk.take(
        [row(1, what="job-1", state="open", by="ann"), row(2, result="acted"), row(3, result="acted")]
    )
    assert await desk.count(told) == before
    (case,) = await rows_of(desk.house, "select number from cases.case where state = 'open'")
    await flag(desk.house, sent("tom", seen(id_="job-1")))
    await decided(desk.house, mia, str(case["number"]))
    business.move(timedelta(days=7))
    await take_effect(desk.house)
    heard = await rows_of(
        desk.house,
        "select f.legacy from delivery.notice n join flags.flag f on f.key = n.flag where n.text_key like 'outcome%'",
    )
    assert [one["legacy"] for one in heard] == [False]
    learned = await rows_of(desk.house, "select decided from vault.person where decided > 0")
    assert len(learned) == 1


async def test_a_second_flag_of_somebody_is_added_to_the_first(desk: Desk) -> None:
    rows = [row(n, who="rita", what="job-9", state="open", said=f"Words {n}.") for n in range(3)]
    rows += [row(7, who="tom", what="job-9", when="2023-01-01T00:00:00Z", state="open")]
    assert (await desk.take(rows)).total == (4, 0, 0)
    assert [await desk.count(f"flags.{name}") for name in ("flag", "addendum")] == [2, 2]
    assert await desk.count("vault.words") == 3
    begun = await value_of(desk.house, "select opened_at::date::text from cases.case where flags_counted = 2")
    assert begun == "2023-01-01"


async def test_rejects_are_mended_and_nothing_comes_in_twice(desk: Desk) -> None:
    rows = [row(n, when="soon" if n in {3, 4} else OLD) for n in range(6)]
    first = await desk.take(rows)
    assert first.total == (4, 0, 2)
    assert first.rejects is not None
    assert first.reasons is not None
    mended = desk.folder / "mended.jsonl"
    mended.write_text(first.rejects.read_text().replace("soon", OLD))
    assert (await desk.take(mended)).total == (2, 0, 0)
    assert (await desk.take(mended)).total == (0, 2, 0)
    for path in (first.rejects, first.reasons):
        path.unlink()
    assert (await desk.take(rows)).total == (0, 4, 2)
    assert await desk.count("flags.flag") == 6


async def test_an_id_that_means_something_else_now_is_turned_down(desk: Desk) -> None:
    """Within one file, and in another: nothing that came in changes, and nothing is lost unseen."""
    summary = await desk.take([row(1), row(1), row(1, said="other words")])
    assert summary.total == (1, 1, 1)
    assert summary.reasons is not None
    assert "with this id came in before" in summary.reasons.read_text()
    again = await desk.take(desk.write([row(1, said="and others")], "again.jsonl"))
    assert again.total == (0, 0, 1)
    elsewhere = await desk.take(
        desk.write([row(1, what="job-2")], "more.jsonl"), {**FLAGS, "source": "shop 2"}
    )
    assert elsewhere.total == (1, 0, 0)


async def test_a_file_of_rejects_that_somebody_mends_is_not_written_over(desk: Desk) -> None:
    await desk.take([row(1, when="soon")])
    with pytest.raises(RejectsInTheWay, match="earlier import"):
        await desk.take([row(1, when="soon"), row(2)])
    assert await desk.count("flags.flag") == 0


class _CutOff(Exception):
    """What a kill looks like from inside."""


class _CutIds:
    """Give ids until so many were asked for; then the process is gone."""

    def __init__(self, house: House, after: int) -> None:
        self._ids, self._left = house.ids, after

    def key(self) -> UUID:
        self._left -= 1
        if self._left < 0:
            raise _CutOff
        return self._ids.key()

    def number(self, kind: NumberKind) -> str:
        return self._ids.number(kind)


MANY = [row(n, what=f"job-{n % 700}", when="soon" if n % 50 == 7 else OLD) for n in range(1600)]


async def test_what_was_cut_off_goes_on_and_comes_to_the_same(desk: Desk) -> None:
    """Cut off in the middle of a batch, right behind one, with half a reject on disk: the same rows, none twice."""
    file = desk.write(MANY)
    whole = desk.house

    async def until(after: int) -> None:
        desk.house = dataclasses.replace(whole, ids=_CutIds(whole, after))
        with pytest.raises(_CutOff):
            await desk.take(file)

    def stop(told: Reached) -> None:
        raise _CutOff

    await until(100)  # in the first batch
    assert await desk.count("flags.flag") == 0
    await until(3500)  # in the second
    done = await desk.count("flags.flag")
    assert done == 490
    desk.house = whole
    with pytest.raises(_CutOff):
        await desk.take(file, tell=stop)  # behind the second
    with (desk.folder / "old.rejects.jsonl").open("ab") as rejects:
        rejects.write(b'{"half a row')
    summary = await desk.take(file)
    assert summary.resumed_at == 1001
    assert summary.total == (1568, 0, 32)
    assert await desk.count("flags.flag") == 1568
    assert await desk.count("imports.taken") == 1568
    assert summary.rejects is not None
    assert [json.loads(line)["id"] for line in summary.rejects.read_text().splitlines()] == [
        one["id"] for one in MANY if one["when"] == "soon"
    ]


async def test_of_two_who_import_the_same_file_one_is_stopped(desk: Desk) -> None:
    file = desk.write([one for one in MANY if one["when"] == OLD])
    both = await asyncio.gather(desk.take(file), desk.take(file), return_exceptions=True)
    stopped = [one for one in both if isinstance(one, BaseException)]
    assert all(isinstance(one, SomebodyElseReads) for one in stopped)
    assert await desk.count("flags.flag") == 1568


async def test_check_says_what_would_happen_and_writes_nothing(desk: Desk) -> None:
    await desk.take([row(1)])
    summary = await desk.take(desk.write([row(1), row(2), row(3, when="soon")], "more.jsonl"), check=True)
    assert summary.total == (1, 1, 1)
    assert summary.rejects is None
    assert await desk.count("flags.flag") == 1
    assert sorted(path.name for path in desk.folder.glob("*reject*")) == []


VERDICTS = {
    "rows": "decisions",
    "columns": {"subject": "what", "verdict": "said", "at": "when", "clauses": "why", "author": "by"},
    "constants": {"kind": "job_post"},
}


async def test_a_verdict_of_before_stands_on_its_case_and_counts_for_nothing_of_today(desk: Desk) -> None:
    clause = "job_post.free_work"
    (option,) = [
        one
        for one in desk.house.policy.menus("harborlane").menu_by_kind["job_post"].options
        if one.key == clause
    ]
    old = {"said": "violation", "why": option.clauses[0], "by": "ann"}
    summary = await desk.take(
        [
            row(1, **old),
            row(1, **old | {"when": "2024-06-01T00:00:00Z", "said": "no_violation"}),
            row(2, **old | {"why": "no.such_clause"}),
            row(3, **old | {"why": ""}),
        ],
        VERDICTS,
    )
    assert summary.total == (2, 0, 2)
    await desk.take(desk.write([row(1, who="rita")], "flags.jsonl"))
    found = await rows_of(
        desk.house,
        "select d.state, d.legacy, d.ladder, c.state as case_state, c.verdict, c.number from decisions.decision d"
        " join cases.case c on c.decision = d.key order by d.decided_at",
    )
    assert [(one["state"], one["legacy"], one["ladder"], one["case_state"]) for one in found] == [
        ("effective", True, None, "closed")
    ] * 2
    (mine,) = await show_my_flags(desk.house, person("rita"))
    assert mine.status is FlagStatus.ACTED
    assert [await desk.count(f"decisions.{name}") for name in ("measure", "event")] == [0, 0]
    assert Verdict(str(found[0]["verdict"])) is Verdict.VIOLATION


async def test_what_was_gone_comes_in_as_gone_and_a_reporter_is_listed_nowhere(desk: Desk) -> None:
    subjects = {
        "rows": "subjects",
        "columns": {"subject": "what", "words": "said", "state": "state", "author": "by"},
        "constants": {"kind": "job_post"},
    }
    rows = [
        row(1, said="One.", state="removed"),
        row(2, said="Two.", by="ann"),
        row(2, said="Two, edited.", by="ann"),
    ]
    assert (await desk.take(rows, subjects)).total == (3, 0, 0)
    states = await rows_of(desk.house, "select state, cause from subjects.subject order by outside_id")
    assert [(one["state"], one["cause"]) for one in states] == [("removed", "by_policy"), ("standing", None)]
    assert await desk.count("subjects.snapshot") == 3
    persons = {"rows": "persons", "columns": {"person": "who", "role": "why", "state": "state"}}
    people = [row(1, who="ann", why="author", state="closed"), row(2, who="rita", why="reporter")]
    known = await desk.take(desk.write(people, "people.jsonl"), persons)
    assert known.sums == {"author": (1, 0, 0), "reporter": (1, 0, 0)}
    (author,) = await rows_of(desk.house, "select person, state from subjects.author")
    assert (author["person"], author["state"]) == ("ann", "closed")
    assert await desk.count("vault.person") == 1


async def test_who_was_erased_is_not_brought_back(desk: Desk) -> None:
    await erase_person(desk.house, None, person("rita"))
    summary = await desk.take([row(1, who="rita"), row(2, by="rita"), row(3)])
    assert summary.total == (1, 0, 2)
    assert summary.reasons is not None
    assert "erased" in summary.reasons.read_text()


async def test_reporters_and_words_of_before_lie_in_the_vault_alone(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """No table shows them in the clear, nor does anything that is logged or told; the reasons quote neither."""
    told: list[Reached] = []
    states = enumerate(["open", "closed", "ajar"])
    rows = [row(n, who="canary-rita", said="canary words", state=state) for n, state in states]
    summary = await desk.take(rows, tell=told.append)
    assert summary.total == (2, 0, 1)
    tables = await rows_of(
        desk.house,
        "select format('%I.%I', schemaname, tablename) as name from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')",
    )
    for table in tables:
        assert await desk.count(f"{table['name']} t where t::text like '%canary%'") == 0, table["name"]
    said = capsys.readouterr()
    assert summary.reasons is not None
    assert "canary" not in f"{said.out}{said.err}{told}{summary.reasons.read_text()}{summary}"


async def test_the_mark_is_on_the_case_page(desk: Desk, mia: Account) -> None:
    await desk.take([row(1, state="open")])
    (case,) = await rows_of(desk.house, "select number from cases.case")
    found = await find_case(desk.house.database, sight_of(mia, ["harborlane"]), str(case["number"]))
    assert found is not None
    page = await case_page(desk.house.database, sight_of(mia, ["harborlane"]), found)
    assert [one.legacy for one in page.flags] == [True]
    assert page.case.origin == "import"
    assert {one.at.hour for one in page.history} == {0}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=24))
@settings(max_examples=examples(6), suppress_health_check=list(HealthCheck))
async def test_read_is_taken_and_there_and_rejected(desk: Desk, which: list[int]) -> None:
    """Whatever stands in a file, however often."""
    kinds = [row(1), row(2, when="soon"), row(3, who=""), row(4, state="open"), row(1, said="else"), row(5)]
    for path in desk.folder.glob("*reject*"):
        path.unlink()
    summary = await desk.take([kinds[one] for one in which])
    assert sum(summary.total) == len(which)


async def test_old_words_do_not_hold_up_those_of_today(desk: Desk) -> None:
    """Redaction takes the newest first: who flags now is read now, however much was imported."""
    await desk.take([row(n, said=f"Old words {n}.") for n in range(30)])
    await flag(desk.house, sent("tom", seen(id_="job-today"), details="They want three logos for nothing."))
    await redact_words(desk.house, most=1)
    fresh = "vault.words w join flags.flag f on f.key = w.owner where w.redacted is not null and not f.legacy"
    assert await desk.count(fresh) == 1


async def test_what_is_never_a_case_is_counted_on_its_day_and_the_gravest_is_named_only(desk: Desk) -> None:
    menu = desk.house.policy.menus("harborlane").menu_by_kind["job_post"]
    guidelines = desk.house.policy.guidelines("harborlane")
    (grave, *_) = [
        option.key
        for option in menu.options
        for clause in option.clauses
        if guidelines.clause_by_key[clause].reference_only == "everything"
    ]
    columns = COLUMNS | {"words": "ticket"}
    del columns["case"]
    rows = [row(1, why=menu.preference[0].key), row(2, why=grave, ticket="canary of the gravest kind")]
    assert (await desk.take(rows, {**FLAGS, "columns": columns})).total == (2, 0, 0)
    assert await desk.count("flags.preference_count where day = '2024-05-01' and count = 1") == 1
    assert await desk.count("flags.flag") == 1
    (copy,) = await rows_of(desk.house, "select words, reference_only from subjects.snapshot")
    assert copy == {"words": None, "reference_only": True}
    assert await desk.count("cases.case where restricted") == 1
