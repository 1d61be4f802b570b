"""A batch of flags answers each row as if it had come alone, keeps the good ones, and is safe to send again."""

import json
from typing import Any

import asyncpg
import httpx
import pytest

from flagstaff.api import bulk
from flagstaff.api.allowance import Allowance, TooManyFlags
from flagstaff.flows import receive_flags as story
from flagstaff.flows.house import House
from flagstaff.flows.sent_flag import Sent
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Unavailable
from flagstaff.store.roles import Role
from flagstaff.vocabulary.scopes import ApiScope
from tests.doors.platform import Harborlane, weak_key


def row(harborlane: Harborlane, key: str, id_: str, /, reporter: str = "rita", **more: Any) -> dict[str, Any]:
    return harborlane.body(id_, reporter, **more) | {"idempotency_key": key}


async def send(harborlane: Harborlane, rows: list[Any], **headers: str) -> httpx.Response:
    return await harborlane.client.post(
        "/v1/flags:bulk", json={"flags": rows}, headers=harborlane.as_server() | headers
    )


async def results(harborlane: Harborlane, rows: list[Any]) -> list[dict[str, Any]]:
    answer = await send(harborlane, rows)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


async def kept(house: House, id_: str) -> int:
    async with house.database.transaction(Role.OWNER) as connection:
        counted: int = await connection.fetchval(
            'select count(*) from flags.flag f join cases."case" c on c.key = f."case" '
            "join subjects.subject s on s.key = c.subject where s.outside_id like $1",
            f"{id_}%",
        )
    return counted


def refused_rows(harborlane: Harborlane, job: str) -> dict[str, Any]:
    """Return rows by the problem that each meets."""
    good = row(harborlane, "k", job)
    message = {"kind": "private_message", "id": "m", "author": "ann"}
    return {
        "unknown-option": good | {"option": "job_post.nothing"},
        "unknown-menu-version": good | {"menu_version": 4711},
        "unknown-kind": good | {"subject": good["subject"] | {"kind": "house"}},
        "own-content": good | {"reporter": {"id": "ann"}},
        "not-a-participant": good | {"subject": message, "option": "private_message.suspicious_link_or_spam"},
        "details-missing": good | {"option": "job_post.something_else", "details": "Bad."},
        "details-too-long": good | {"details": "word " * 3000},
        "wrong-way": good | {"ticket": "a.b.c"},
        "refused": good | {"answers": {"never_asked": "yes"}},
        "malformed": good | {"nonsense": 1},
    }


async def test_rows_are_answered_in_their_order_and_good_ones_are_kept(
    harborlane: Harborlane, job: str
) -> None:
    rows = [row(harborlane, f"{job}-{place}"[-100:], f"{job}-{place}") for place in range(6)]
    rows[1]["option"] = "job_post.nothing"
    rows[4]["menu_version"] = "three"
    told = await results(harborlane, rows)
    assert [one["status"] for one in told] == [202, 422, 202, 202, 400, 202]
    assert len({one["receipt"]["number"] for one in told if one["status"] == 202}) == 4
    assert told[4]["problem"]["where"] == "menu_version"
    assert await kept(harborlane.house, job) == 4


async def test_each_refused_row_reads_as_if_it_had_come_alone(harborlane: Harborlane, job: str) -> None:
    """Word for word, facts and the current menu included."""
    rows = {
        slug: sent | {"idempotency_key": f"{slug}-{job}"[:100]}
        for slug, sent in refused_rows(harborlane, job).items()
    }
    together = await results(harborlane, list(rows.values()))
    for (slug, sent), told in zip(rows.items(), together, strict=True):
        alone = {name: value for name, value in sent.items() if name != "idempotency_key"}
        answer = await harborlane.client.post("/v1/flags", json=alone, headers=harborlane.as_server())
        assert told == {"status": answer.status_code, "problem": answer.json()}
        assert told["problem"]["type"] == f"/problems/{slug}"


async def test_a_receipt_in_a_batch_is_the_receipt_of_a_single_flag(harborlane: Harborlane, job: str) -> None:
    alone = await harborlane.flag(job)
    (told,) = await results(harborlane, [row(harborlane, job[-100:], f"{job}-2", "sam")])
    number = told["receipt"]["number"]
    assert json.dumps(told["receipt"]).replace(number, "F") == json.dumps(alone).replace(alone["number"], "F")


async def test_sending_a_batch_again_keeps_nothing_twice(harborlane: Harborlane, job: str) -> None:
    rows = [row(harborlane, f"{job}-{place}"[-100:], f"{job}-{place}") for place in range(5)]
    first = await results(harborlane, rows[:3])
    again = await results(harborlane, rows)
    assert again[:3] == first
    assert await kept(harborlane.house, job) == 5
    other = await results(harborlane, [rows[0] | {"reporter": {"id": "sam"}}])
    assert other[0]["problem"]["type"] == "/problems/key-reused"


async def test_one_key_twice_in_a_batch_is_one_flag(harborlane: Harborlane, job: str) -> None:
    one = row(harborlane, job[-100:], job)
    told = await results(harborlane, [one, one, one | {"reporter": {"id": "sam"}}])
    assert [answer["status"] for answer in told] == [202, 202, 422]
    assert told[0] == told[1]
    assert await kept(harborlane.house, job) == 1


async def test_one_reporter_twice_in_a_batch_adds_to_one_flag(harborlane: Harborlane, job: str) -> None:
    told = await results(harborlane, [row(harborlane, f"{n}{job}"[:100], job) for n in range(2)])
    assert told[0]["receipt"]["number"] == told[1]["receipt"]["number"]
    assert await kept(harborlane.house, job) == 1


@pytest.mark.parametrize("key", [None, "", "k" * 201, "clé", 5])
async def test_a_row_without_a_usable_key_is_refused_by_itself(
    harborlane: Harborlane, job: str, key: Any
) -> None:
    keyless = row(harborlane, "k", job) | {"idempotency_key": key}
    if key is None:
        del keyless["idempotency_key"]
    told = await results(harborlane, [keyless, row(harborlane, f"{job}{key}"[-100:].replace("é", "e"), job)])
    assert (told[0]["status"], told[0]["problem"]["where"]) == (400, "idempotency_key")
    assert told[1]["status"] == 202


@pytest.mark.parametrize(
    ("body", "status", "slug", "words"),
    [
        (b"{}", 400, "malformed", "flags"),
        (b'{"flags": 5}', 400, "malformed", "flags"),
        (b'{"flags": [], "more": 1}', 400, "malformed", "more"),
        (b"nonsense", 400, "malformed", "JSON"),
        (b'{"flags": []}', 422, "too-many-rows", "1 to 500"),
        (b'{"flags": [' + b",".join([b"{}"] * 501) + b"]}", 422, "too-many-rows", "501"),
        (b'{"flags": ["' + b"x" * bulk.BYTES_AT_MOST + b'"]}', 413, "too-large", "4194304"),
    ],
)
async def test_what_is_wrong_with_the_whole_is_one_problem(
    harborlane: Harborlane, body: bytes, status: int, slug: str, words: str
) -> None:
    headers = harborlane.as_server() | {"content-type": "application/json"}
    answer = await harborlane.client.post("/v1/flags:bulk", content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert words in answer.text


async def test_rows_that_are_no_flags_are_refused_one_by_one(harborlane: Harborlane, job: str) -> None:
    huge = row(harborlane, "k", job, details="x" * 1_100_000)
    told = await results(harborlane, [{}, 5, None, "flag", {"idempotency_key": "\u0000"}, huge])
    assert [one["status"] for one in told] == [400, 400, 400, 400, 400, 413]


async def test_only_a_server_with_the_scope_sends_batches_and_the_key_belongs_to_the_row(
    harborlane: Harborlane, job: str
) -> None:
    rows = [row(harborlane, job[-100:], job)]
    weak = await weak_key(harborlane.house, ApiScope.FLAGS_READ)
    refusals = [
        ({"authorization": f"Bearer {weak}"}, 403, "scope-missing"),
        (harborlane.as_person(), 400, "wrong-way"),
        ({"authorization": "Bearer fs_x"}, 401, "bad-key"),
        ({"idempotency-key": "one"}, 400, "malformed"),
    ]
    for headers, status, slug in refusals:
        answer = await send(harborlane, rows, **headers)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert await kept(harborlane.house, job) == 0


async def test_a_batch_that_the_database_fails_is_kept_row_by_row(
    harborlane: Harborlane, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row that no table can hold must not cost its 499 neighbours."""
    real = story.receive_flags

    async def failing(house: House, batch: Any) -> Any:
        if len(batch) > 1:
            raise asyncpg.NumericValueOutOfRangeError("planted")
        return await real(house, batch)

    monkeypatch.setattr(story, "receive_flags", failing)
    told = await results(harborlane, [row(harborlane, f"{n}{job}"[:100], f"{job}-{n}") for n in range(3)])
    assert [one["status"] for one in told] == [202] * 3
    assert await kept(harborlane.house, job) == 3


async def test_a_row_that_fails_alone_too_is_answered_by_itself(harborlane: Harborlane, job: str) -> None:
    async def alone(sent: Sent) -> Any:
        raise ValueError(sent.seen.ref.id)

    async def nothing(*_: Any) -> Any:
        raise ValueError

    intake = bulk.bulk_intake(harborlane.house, alone)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(story, "receive_flags", nothing)
        sent = bulk._read_row(
            harborlane.door.desk,
            await harborlane.door.desk.gate.machine(harborlane.as_server(), ApiScope.FLAGS_WRITE),
            json.dumps(row(harborlane, job[-100:], job)).encode(),
        )
        assert isinstance(sent, Sent)
        (outcome,) = await intake.submit([sent])
    assert isinstance(outcome, ValueError)
    assert bulk._result(harborlane.door.desk, sent, {sent.request or b"": sent}, {sent.request or b"": outcome})[
        "status"
    ] == 500  # fmt: skip


async def test_a_batch_without_a_database_is_answered_whole(
    harborlane: Harborlane, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Any:
        raise Unavailable("the database cannot be reached", retry_after=2)

    monkeypatch.setattr(story, "receive_flags", away)
    answer = await send(harborlane, [row(harborlane, job[-100:], job)])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_an_allowance_fills_up_evenly_and_counts_rows(wall: StoppedClock) -> None:
    from datetime import timedelta

    allowance = Allowance(60, wall)
    allowance.spend("key:a", 50)
    with pytest.raises(TooManyFlags) as refused:
        allowance.spend("key:a", 20)
    assert refused.value.facts == {"retry_after": 10}
    allowance.spend("key:a", 10)
    allowance.spend("key:b", 60)
    wall.move(timedelta(seconds=20))
    allowance.spend("key:a", 20)
    with pytest.raises(TooManyFlags):
        allowance.spend("key:a", 1)


def test_a_batch_larger_than_a_minutes_worth_passes_once_and_is_worked_off(wall: StoppedClock) -> None:
    from datetime import timedelta

    allowance = Allowance(60, wall)
    allowance.spend("key:a", 180)
    wall.move(timedelta(seconds=100))
    with pytest.raises(TooManyFlags) as refused:
        allowance.spend("key:a", 1)
    assert refused.value.facts == {"retry_after": 21}
    Allowance(0, wall).spend("key:a", 10**9)


@pytest.mark.parametrize("path", ["/v1/flags", "/v1/flags:bulk"])
async def test_both_addresses_count_against_one_allowance(
    harborlane: Harborlane, job: str, wall: StoppedClock, path: str
) -> None:
    harborlane.door.desk.allowance.__init__(3, wall)  # type: ignore[misc]
    rows = [row(harborlane, f"{n}{path[-4:]}{job}"[:100], f"{job}-{n}") for n in range(3)]
    assert [one["status"] for one in await results(harborlane, rows)] == [202] * 3
    body = harborlane.body(job) if path == "/v1/flags" else {"flags": rows}
    answer = await harborlane.client.post(path, json=body, headers=harborlane.as_server())
    assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-many-flags")
    assert answer.headers["retry-after"] == str(answer.json()["retry_after"])
