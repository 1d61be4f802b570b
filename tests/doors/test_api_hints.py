"""Hints answer in the menu's own words, to whoever may flag, within bounds, and leave no trace of what was typed."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from flagstaff.api.hints import BYTES_AT_MOST
from flagstaff.api.my_flags import flag_number
from flagstaff.kernel.clock import StoppedClock
from flagstaff.vocabulary.scopes import ApiScope
from tests.clusters import owner
from tests.desks import rows
from tests.doors.platform import Harborlane, weak_key

TYPED = "They want three samples and only the winner is paid"
CANARY = "canarytyped5e21 wants three samples and only the winner canarytyped5e22 is paid"


async def ask(harborlane: Harborlane, text: str = TYPED, person: str = "rita", **more: Any) -> httpx.Response:
    """Ask for hints as a browser does."""
    body = {"kind": "job_post", "text": text} | more
    return await harborlane.client.post("/v1/hints", json=body, headers=harborlane.as_person(person))


async def test_what_fits_is_proposed_with_the_options_own_words(harborlane: Harborlane) -> None:
    answer = await ask(harborlane)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told = answer.json()
    assert told["version"] == harborlane.house.policy.menus("harborlane").number
    first = told["hints"][0]
    assert (first["key"], first["label"]) == ("job_post.free_work", "Client is asking for free work")
    assert "only the winner is paid" in first["why"]
    assert 1 <= len(told["hints"]) <= 3
    assert [word for word in ("something_else", "three samples and") if word in answer.text] == []


async def test_the_platforms_name_is_filled_in(harborlane: Harborlane) -> None:
    told = (await ask(harborlane, "wants to pay me outside the platform, by paypal")).json()
    assert "outside of Harborlane" in str(told)
    assert "{platform}" not in str(told)


async def test_a_server_asks_for_a_form_without_script(harborlane: Harborlane) -> None:
    body = {"kind": "private_message", "text": "asks for my passport photo"}
    answer = await harborlane.client.post("/v1/hints", json=body, headers=harborlane.as_server())
    assert [hint["key"] for hint in answer.json()["hints"]][:1] == ["private_message.account_rental"]


async def test_what_cannot_be_asked_is_refused_without_its_words(harborlane: Harborlane) -> None:
    person, server = harborlane.as_person(), harborlane.as_server()
    author = {"authorization": f"Bearer {harborlane.token('ann', role='author')}"}
    weak = {"authorization": f"Bearer {await weak_key(harborlane.house, ApiScope.FLAGS_READ)}"}
    secret = "unsaid-4411"
    kind = "job_post"
    for headers, body, status, slug in [
        ({}, {"kind": kind, "text": secret}, 401, "unauthorised"),
        (author, {"kind": kind, "text": secret}, 403, "not-a-reporter"),
        (weak, {"kind": kind, "text": secret}, 403, "scope-missing"),
        (person, {"kind": "pigeon", "text": secret}, 404, "unknown-kind"),
        (person, {"kind": kind, "text": secret * 400}, 422, "details-too-long"),
        (person, {"kind": kind, "text": secret * 20_000}, 413, "too-large"),
        (person, {"kind": kind, "text": secret, "person": secret}, 400, "malformed"),
        (server, {"kind": kind, "text": secret + "\0"}, 400, "malformed"),
    ]:
        answer = await harborlane.client.post("/v1/hints", json=body, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
        assert secret not in answer.text
    assert len(secret) * 20_000 > BYTES_AT_MOST


async def test_only_by_post(harborlane: Harborlane) -> None:
    answer = await harborlane.client.get("/v1/hints?text=x", headers=harborlane.as_person())
    assert answer.status_code == 405


async def test_as_much_as_details_may_hold_is_looked_at(harborlane: Harborlane) -> None:
    assert (await ask(harborlane, "👨‍👩‍👧 " * 1990 + "free sample")).status_code == 200


async def test_nobody_asks_faster_than_people_type(harborlane: Harborlane, wall: StoppedClock) -> None:
    harborlane.door.desk.hint_allowance.__init__(2, wall)  # type: ignore[misc]
    assert [(await ask(harborlane, person="typist")).status_code for _ in range(3)] == [200, 200, 429]
    slow = await ask(harborlane, person="typist")
    assert (slow.json()["type"], slow.headers["retry-after"]) == ("/problems/too-many-hints", "30")
    assert (await ask(harborlane, person="somebody-else")).status_code == 200


async def test_a_hint_that_was_chosen_is_a_bare_fact_of_the_flag(harborlane: Harborlane, job: str) -> None:
    other = {"option": "job_post.something_else", "details": "nothing of yours fits this"}
    sent = [
        await harborlane.flag(f"{job}-1", hinted=True, details="three samples, nobody gets paid"),
        await harborlane.flag(f"{job}-2"),
        await harborlane.flag(f"{job}-3", hinted=True, **other),
    ]
    query = "select converted_from from flags.flag where number = $1"
    found = [await rows(harborlane.house, query, flag_number(receipt["number"])) for receipt in sent]
    assert [one[0]["converted_from"] for one in found] == ["job_post.something_else", None, None]


async def test_what_was_typed_is_nowhere_afterwards(
    harborlane: Harborlane, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in a table, a file of the database, a log, an answer, or what the process remembers."""
    caplog.set_level(0)
    answers = [
        await ask(harborlane, CANARY),
        await ask(harborlane, CANARY * 200),
        await ask(harborlane, CANARY, kind="pigeon"),
        await ask(harborlane, CANARY, language=CANARY),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 404, 400]
    said = capfd.readouterr()
    shown = [
        caplog.text,
        said.out,
        said.err,
        *(one.text for one in answers),
    ]
    assert [text for text in shown if "canarytyped5e2" in text] == []
    assert await _tables_with(harborlane, "Harborlane"), "the search finds what is there"
    assert await _tables_with(harborlane, "canarytyped5e2") == []
    assert await _files_with(harborlane, b"canarytyped5e2") == []
    remembered = harborlane.door.desk.hints.__dict__, harborlane.door.desk.hint_allowance.__dict__
    assert "canarytyped5e2" not in str(remembered)


async def _tables_with(harborlane: Harborlane, canary: str) -> list[str]:
    tables = await rows(
        harborlane.house,
        "select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n"
        " on n.oid = c.relnamespace where c.relkind in ('r', 'v')"
        " and n.nspname not in ('pg_catalog', 'information_schema')",
    )
    return [
        str(table["name"])
        for table in tables
        if await rows(
            harborlane.house, f"select 1 from {table['name']} t where t::text like $1 limit 1", f"%{canary}%"
        )
    ]


async def _files_with(harborlane: Harborlane, canary: bytes) -> list[str]:
    async with owner(harborlane.house.database.address) as connection:
        await connection.execute("checkpoint")
        data = Path(await connection.fetchval("select current_setting('data_directory')"))
    found = []
    for path in data.parent.rglob("*"):
        try:
            held = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:  # another test's database went meanwhile
            continue
        if canary in held:
            found.append(path.name)
    return found
