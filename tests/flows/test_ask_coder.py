"""A model of the operator's is asked about redacted words alone, on the record; the run ends well whatever it does."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.ask_coder import TRIES, UNREADABLE_AT_MOST, Questions, Said, coder_check, coder_of
from flagstaff.flows.ask_dive import BadSelection, ask_dive, cancel_dive, count_again
from flagstaff.flows.change_codebook import Words, name_themes, reword_theme
from flagstaff.flows.check_dive import Verdict, check_dive
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import open_on_record
from flagstaff.flows.run_dive import LEASE, Diver
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight import dives
from flagstaff.insight.dive import NOT_USABLE, OTHER, Selection
from flagstaff.insight.dives import DiveState
from flagstaff.insight.prompting import Outcome, Unanswered, asked_of
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Secret, Settings
from flagstaff.platforms.rules import BadWebhook
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vault import answers as kept_answers, opening
from flagstaff.vault.model import Asking, Purpose
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import rows_of
from tests.flows.test_dives import CANARY, SAID, written
from tests.houses import HARBORLANE, build_house, person
from tests.model_server import ModelServer, answers, completion, reply, serving
from tests.people import hire

pytestmark = pytest.mark.once

KEY = "sk-canary-4711"
ALL = Selection(platform=HARBORLANE, kinds=("job_post",), first=date(2026, 1, 1), last=date(2026, 12, 31))
FREE, MONEY = "theme-1", "theme-2"
AT_ONCE = {"retry-after": "0"}


def says(comment: str) -> str:
    """Answer as a sensible model would."""
    if "free" in comment or "unpaid" in comment:
        return FREE
    if any(word in comment for word in ("deposit", "fee", "money")):
        return MONEY
    return OTHER if " " in comment else NOT_USABLE


@pytest_asyncio.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with serving(says) as own:
        yield own


@pytest_asyncio.fixture
async def house(
    own_database: Database,
    ids: SeededIds,
    clocks: Clocks,
    model: ModelServer,
    tmp_path: Path,
) -> AsyncIterator[House]:
    (tmp_path / "key").write_text(f"{KEY}\n")
    settings = Settings(
        keys=tmp_path,
        coder_url=model.url,
        coder_model="small",
        coder_key_file=tmp_path / "key",
        coder_allow=(model.host,),
        coder_batch=3,
        coder_seconds=1,
    )
    yield dataclasses.replace(await build_house(own_database, ids, clocks), settings=settings)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    await name_themes(house, pia, HARBORLANE, [Words("Free work", "Unpaid"), Words("Fees", "Asks for money")])
    await written(house, SAID)
    return pia


async def questions(house: House, by: Account, **changed: object) -> Questions:
    """Ask for a run, read its comments as the worker does, and put them before the model."""
    await ask_dive(house, by, ALL, model_too=True)
    house = with_settings(house, **changed)
    moment, me = house.clocks.wall.now(), house.ids.key()
    async with house.database.transaction(Role.WORKER) as connection:
        run = await dives.claim(connection, me, moment, moment + LEASE)
    assert run is not None
    assert run.coder is not None
    refs = tuple(UUID(str(row["ref"])) for row in await rows_of(house, "select ref from vault.words"))
    asking = Asking(house.ids.key(), Purpose.DEEP_DIVE, refs, "test", moment, account=by.key, case=run.key)
    comments = await open_on_record(
        house, Role.ANALYST, asking, partial(opening.comments_for_dive, model="none")
    )
    return Questions(
        house, run, run.coder, {one.flag: Said(one.ref, one.text, one.person) for one in comments}
    )


def with_settings(house: House, **changed: object) -> House:
    return dataclasses.replace(house, settings=msgspec.structs.replace(house.settings, **changed))


async def asked(house: House, by: Account, **changed: object) -> Questions:
    """Put the comments of a run before the model, until it is over."""
    found = await questions(house, by, **changed)
    async for _ in found.steps():
        pass
    return found


async def sendings(house: House) -> list[dict[str, object]]:
    return await rows_of(house, "select actor, object, facts from audit.entry where deed = 'dive.sent'")


# ---------------------------------------------------------------- what leaves
async def test_a_run_is_coded_by_the_model_too_and_says_so(
    house: House, pia: Account, model: ModelServer
) -> None:
    number = await ask_dive(house, pia, ALL, model_too=True)
    diver = Diver()
    while await diver.step(house):
        pass
    dive = await show_dive(house, pia, number)
    assert dive.state is DiveState.READY
    assert dive.coder == coder_of(house.settings)
    assert dive.outcome == Outcome(comments=len(SAID), answered=len(SAID))
    held = await rows_of(house, "select theme, count(*) as many from vault.answer group by 1 order by 1")
    assert sum(int(str(row["many"])) for row in held) == len(SAID)
    assert {row["theme"] for row in held} == {FREE, MONEY, OTHER}

    before = len(model.asked)
    checked = await check_dive(house, pia, number, lambda *_: None)
    assert checked.verdict is Verdict.SAME, "what was answered is kept, and makes the same table again"
    assert len(model.asked) == before
    gone = await rows_of(house, "delete from vault.answer returning ref")
    async with house.database.transaction(Role.ANALYST) as connection:
        themes = {UUID(str(row["ref"])): "another" for row in gone}
        await kept_answers.put(connection, dive.key, bytes(32), themes)
    assert await rows_of(house, "select 1 from vault.answer") == [], "a run that is over is given no answers"


async def test_only_redacted_words_leave_and_each_sending_stands_in_the_log_before(
    house: House,
    pia: Account,
    model: ModelServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    found = await asked(house, pia)
    assert found.outcome == Outcome(comments=len(SAID), answered=len(SAID))
    sent = "".join(one.head + one.body.decode() for one in model.asked)
    keys = [
        str(value)
        for row in await rows_of(house, 'select key, "case" from flags.flag')
        for value in row.values()
    ]
    for leaked in (CANARY, "quillfeather@", "job_post", "harborlane", "job-", *keys):
        assert leaked not in sent, leaked
    assert KEY not in "".join(one.body.decode() for one in model.asked)
    assert sorted(model.comments) == sorted(
        {*SAID[:6], SAID[7], *(one for one in model.comments if "write to" in one)}
    )
    entries = await sendings(house)
    assert [one["facts"]["comments"] for one in entries] == [len(one.comments) for one in model.asked]  # type: ignore[index]
    assert {one["actor"] for one in entries} == {str(pia.key)}
    assert {one["facts"]["endpoint"] for one in entries} == {model.url}  # type: ignore[index]
    told = str(entries) + caplog.text + "".join(capfd.readouterr())
    assert KEY not in told
    assert not [one for one in SAID if one in told]


async def test_a_sending_stands_in_the_log_when_it_arrives(
    house: House, pia: Account, model: ModelServer
) -> None:
    written_down: list[int] = []

    async def look() -> None:
        written_down.append(len(await sendings(house)))

    model.before = look
    await asked(house, pia)
    assert written_down == [1, 2, 3]


async def test_what_is_erased_meanwhile_is_not_sent_and_its_answer_goes_with_it(
    house: House, pia: Account, model: ModelServer
) -> None:
    found = await questions(house, pia)
    await erase_person(house, None, person("r0"))
    async for _ in found.steps():
        pass
    assert SAID[0] not in model.comments
    assert len(found.answers) == len(SAID) - 1
    await erase_person(house, None, person("r1"))
    held = await rows_of(house, "select 1 from vault.answer")
    assert len(held) == len(SAID) - 2


async def test_what_is_erased_between_two_tries_is_not_sent_again(
    house: House, pia: Account, model: ModelServer
) -> None:
    found = await questions(house, pia)
    gone: list[str] = []

    async def erase() -> None:
        model.before = None
        gone.append(next(one for one in model.comments if one in SAID))
        await erase_person(house, None, person(f"r{SAID.index(gone[0])}"))

    model.before = erase
    model.first = [reply(503, "", AT_ONCE)]
    async for _ in found.steps():
        pass
    assert model.comments.count(gone[0]) == 1
    assert [one["facts"]["comments"] for one in await sendings(house)][:2] == [3, 2]  # type: ignore[index]
    assert found.outcome == Outcome(comments=len(SAID), answered=len(SAID) - 1)


async def test_an_edited_codebook_asks_again_and_the_same_one_only_what_is_missing(
    house: House, pia: Account, model: ModelServer
) -> None:
    model.say = lambda said: says(said) if "fee" not in said else "no such theme"
    first = await asked(house, pia)
    assert first.outcome == Outcome(comments=len(SAID), answered=len(SAID) - 1)
    (unanswered,) = await rows_of(house, "select count(*) as many from vault.answer where theme is null")
    assert unanswered["many"] == 1
    await over(house)
    model.say = says
    model.asked.clear()
    second = await asked(house, pia)
    assert (second.outcome.kept, second.outcome.answered) == (len(SAID) - 1, len(SAID))
    assert model.comments == [one for one in SAID if "fee" in one]
    await over(house)
    await reword_theme(house, pia, HARBORLANE, FREE, Words("Free work", "Unpaid samples and tests"))
    third = await asked(house, pia)
    assert third.outcome == Outcome(comments=len(SAID), answered=len(SAID))


async def test_a_run_that_is_begun_anew_keeps_what_it_is_answered_then(
    house: House, pia: Account, model: ModelServer
) -> None:
    house = with_settings(house, coder_seconds=60)
    number = await ask_dive(house, pia, ALL, model_too=True)
    model.first = [completion(answers())]
    held, more = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        if len(model.asked) == 2:
            held.set()
            await more.wait()

    model.before = hold
    diver = Diver()
    while not held.is_set():
        await diver.step(house)
    await diver.close(house)
    more.set()
    unanswered = await rows_of(house, "select ref from vault.answer where theme is null")
    assert unanswered
    diver = Diver()
    while await diver.step(house):
        pass
    dive = await show_dive(house, pia, number)
    assert dive.outcome == Outcome(comments=len(SAID), answered=len(SAID))
    assert await rows_of(house, "select ref from vault.answer where theme is null") == []
    assert (await check_dive(house, pia, number, lambda *_: None)).verdict is Verdict.SAME


async def test_a_theme_that_stands_is_never_replaced(house: House, pia: Account, model: ModelServer) -> None:
    await asked(house, pia)
    stood = await rows_of(house, "select * from vault.answer order by ref")
    async with house.database.transaction(Role.ANALYST) as connection:
        for row in stood:
            dive, ref, question = UUID(str(row["dive"])), UUID(str(row["ref"])), row["asked"]
            assert isinstance(question, bytes)
            await kept_answers.put(connection, dive, question, {ref: "another"})
            await kept_answers.put(connection, dive, question, {ref: None})
    assert await rows_of(house, "select * from vault.answer order by ref") == stood


async def over(house: House) -> None:
    """End what is under way."""
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute("update insight.dive set state = 'cancelled', ended_at = asked_at")


# ---------------------------------------------------------------- its bad days
@pytest.mark.parametrize(
    ("first", "tries"),
    [
        ([reply(500, "", AT_ONCE)], 1),
        ([reply(429, "", AT_ONCE), reply(503, "", AT_ONCE)], 2),
        ([b""], 1),
        ([reply(422, "no such thing as response_format")], 1),
    ],
    ids=["once broken", "twice busy", "hangs up", "knows no schema"],
)
async def test_a_bad_moment_is_waited_out(
    house: House, pia: Account, model: ModelServer, first: list[bytes], tries: int
) -> None:
    model.first = first
    found = await asked(house, pia)
    assert found.outcome == Outcome(comments=len(SAID), answered=len(SAID))
    assert len(model.asked) == 3 + tries
    assert len(await sendings(house)) == len(model.asked), "a try again is a sending like any other"


@pytest.mark.parametrize(
    ("always", "ended", "sent"),
    [
        (reply(500, "", AT_ONCE), Unanswered.BUSY, TRIES),
        (reply(401), Unanswered.REFUSED, 1),
        (reply(302, "", {"location": "http://127.0.0.1:9/v1/chat/completions"}), Unanswered.REFUSED, 1),
        (completion("I cannot help with that."), Unanswered.UNREADABLE, UNREADABLE_AT_MOST),
        (reply(200, "x" * 2_000_000), Unanswered.UNREADABLE, UNREADABLE_AT_MOST),
    ],
    ids=["broken", "refused", "elsewhere", "no answer", "too long"],
)
async def test_a_model_that_fails_for_good_is_given_up_and_the_run_goes_on(
    house: House, pia: Account, model: ModelServer, always: bytes, ended: Unanswered, sent: int
) -> None:
    model.always = always
    found = await asked(house, pia)
    assert found.outcome == Outcome(comments=len(SAID), answered=0, ended=ended)
    assert len(model.asked) == sent


async def test_what_was_answered_before_it_failed_is_kept(
    house: House, pia: Account, model: ModelServer
) -> None:
    found = await questions(house, pia)
    model.first = [completion(answers(FREE, "nonsense", OTHER)), reply(403)]
    async for _ in found.steps():
        pass
    assert found.outcome == Outcome(comments=len(SAID), answered=2, ended=Unanswered.REFUSED)
    assert sorted(found.answers.values()) == sorted([FREE, OTHER])


@pytest.mark.parametrize(
    ("changed", "ended"),
    [
        ({"coder_url": None}, Unanswered.UNSET),
        ({"coder_model": "large"}, Unanswered.CHANGED),
        ({"coder_url": "http://127.0.0.1:9/v2"}, Unanswered.CHANGED),
        ({"coder_allow": ()}, Unanswered.ADDRESS),
        ({"coder_key_file": Path("/nowhere/key")}, Unanswered.UNSET),
        ({"coder_key_file": None, "coder_key": Secret("two\nlines")}, Unanswered.UNSET),
    ],
    ids=["unset", "another model", "another address", "a private address", "no key", "no header"],
)
async def test_nothing_is_sent_where_it_must_not_go(
    house: House, pia: Account, model: ModelServer, changed: dict[str, object], ended: Unanswered
) -> None:
    found = await asked(house, pia, **changed)
    assert found.outcome == Outcome(comments=len(SAID), answered=0, ended=ended)
    assert model.asked == []


async def test_a_slow_model_ends_at_once_when_the_run_is_cancelled(
    house: House, pia: Account, model: ModelServer
) -> None:
    model.pause = 30
    found = await questions(house, pia, coder_seconds=60)
    async with asyncio.timeout(5), aclosing(found.steps()) as steps:
        async for far in steps:
            assert (far.stage, far.done, far.total) == ("ask", 0, len(SAID))
            if model.asked:
                break
    await asyncio.sleep(0.1)
    assert len(model.asked) == 1


async def test_comments_of_fewer_than_five_persons_are_not_sent(
    house: House, pia: Account, model: ModelServer
) -> None:
    for number in range(4):
        await erase_person(house, None, person(f"r{number}"))
    found = await asked(house, pia)
    assert found.outcome.ended is Unanswered.TOO_FEW
    assert model.asked == []


# ---------------------------------------------------------------- choosing it
async def test_a_model_is_chosen_for_a_run_where_one_is_set_and_never_by_itself(
    house: House, pia: Account
) -> None:
    number = await ask_dive(house, pia, ALL)
    assert (await show_dive(house, pia, number)).coder is None
    without = with_settings(house, coder_model=None)
    with pytest.raises(BadSelection, match="no model is set"):
        await ask_dive(without, pia, ALL, model_too=True)
    await cancel_dive(house, pia, number)
    chosen = await ask_dive(house, pia, ALL, model_too=True)
    assert (await show_dive(house, pia, await count_again(house, pia, chosen))).coder is not None
    assert (await show_dive(house, pia, await count_again(without, pia, chosen))).coder is None
    (entry,) = await rows_of(
        house, "select facts from audit.entry where deed = 'dive.asked' and object = $1",
        f"dive:{(await show_dive(house, pia, chosen)).key}",
    )  # fmt: skip
    coder = coder_of(house.settings)
    assert coder is not None
    assert entry["facts"] == {"run": chosen, "endpoint": coder.endpoint, "model": "small"}


@pytest.mark.parametrize(
    ("url", "addresses", "allowed"),
    [
        ("https://models.example/v1", ["93.184.216.34"], True),
        ("http://models.example/v1", ["93.184.216.34"], False),
        ("https://models.example/v1", ["10.0.0.7"], False),
        ("https://models.example/v1", ["93.184.216.34", "169.254.169.254"], False),
        ("https://name:word@models.example/v1", ["93.184.216.34"], False),
        ("http://localhost:11434/v1", ["127.0.0.1"], True),
        ("http://localhost:11435/v1", ["127.0.0.1"], False),
        ("file:///etc/passwd", [], False),
    ],
)
def test_a_model_is_reached_on_the_open_internet_by_tls_or_where_the_operator_says(
    url: str, addresses: list[str], allowed: bool
) -> None:
    check = coder_check(Settings(coder_allow=("localhost:11434",)))
    if allowed:
        check(url, addresses)
    else:
        with pytest.raises(BadWebhook):
            check(url, addresses)


@pytest.mark.parametrize(
    ("url", "endpoint", "host"),
    [("https://models.example/v1/", "https://models.example/v1", "models.example"),
     ("http://u:p@10.0.0.1:8000/a/v1?key=k", "http://10.0.0.1:8000/a/v1", "10.0.0.1:8000"),
     ("https://Models.example", "https://models.example", "models.example"),
     ("https://gate.example/to/https://b.example", "https://gate.example/to/https://b.example", "gate.example"),
     ("models", None, None), ("http://[", None, None), ("", None, None)],
)  # fmt: skip
def test_what_stands_in_the_log_is_the_address_without_name_password_and_query(
    url: str, endpoint: str | None, host: str | None
) -> None:
    found = coder_of(Settings(coder_url=url, coder_model="small"))
    assert (found.endpoint if found else None, found.host if found else None) == (endpoint, host)
    assert coder_of(Settings(coder_url=url)) is None


def test_another_path_on_the_same_host_is_another_model() -> None:
    one, other = (coder_of(Settings(coder_url=f"https://m.example/{at}", coder_model="s")) for at in "ab")
    assert one is not None
    assert other is not None
    assert (one.host, one != other, asked_of(one, ()) != asked_of(other, ())) == (other.host, True, True)
