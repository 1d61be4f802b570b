"""Flags come in by both ways, are answered after they are durable, and every fault is named."""

import json
from typing import Any

import pytest

from flagstaff.kernel.clock import StoppedClock
from flagstaff.store.roles import Role
from flagstaff.vocabulary.scopes import ApiScope
from tests.doors.platform import ORIGIN, Harborlane, weak_key


def slug(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_a_server_sends_a_flag_and_gets_everything_its_reporter_is_told(
    harborlane: Harborlane, job: str
) -> None:
    receipt = await harborlane.flag(job, details="They want three logos for nothing.")
    assert receipt["number"].startswith("F-")
    assert (receipt["status"], receipt["received"]) == ("received", True)
    assert receipt["status_text"] == "We have your flag."
    assert receipt["number"] in receipt["text"]
    assert receipt["expected"] == {"text": "1 day (our target)", "hours": 24.0, "target": True}
    assert receipt["withdraw_url"] == f"/v1/my/flags/{receipt['number']}"
    assert receipt["advice"]["key"] == "samples_ok"
    assert {offer["key"] for offer in receipt["next"]} <= {
        "hide_item",
        "mute_user",
        "block_user",
        "leave_group",
    }


async def test_a_browser_sends_a_flag_with_a_token_and_a_ticket(harborlane: Harborlane, job: str) -> None:
    body = {"ticket": harborlane.ticket(job), "option": "job_post.free_work", "menu_version": 3}
    answer = await harborlane.client.post(
        "/v1/flags", json=body, headers=harborlane.as_person("rita", origin=ORIGIN)
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    mine = await harborlane.client.get("/v1/my/flags", headers=harborlane.as_person())
    assert answer.json()["number"] in [one["number"] for one in mine.json()["items"]]


async def test_a_second_flag_reads_like_a_first_one(harborlane: Harborlane, job: str) -> None:
    """A repeat, a second reporter and a late one learn nothing but their own number."""
    first = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job), headers=harborlane.as_server()
    )
    again = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job), headers=harborlane.as_server()
    )
    other = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job, "sam"), headers=harborlane.as_server()
    )
    alone = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(f"{job}-2", "tom"), headers=harborlane.as_server()
    )
    plain = {
        answer.content.replace(answer.json()["number"].encode(), b"F")
        for answer in (first, again, other, alone)
    }
    assert len(plain) == 1
    assert first.json()["number"] == again.json()["number"] != other.json()["number"]
    heads = {tuple(sorted(answer.headers.items())) for answer in (first, again, other, alone)}
    assert len(heads) == 1


async def test_no_reporter_puts_words_into_an_authors_mouth(harborlane: Harborlane, job: str) -> None:
    """A ticket that only names the subject lets a browser add words; what the platform showed stands against them."""
    real = {
        "kind": "job_post",
        "id": job,
        "author": "ann",
        "title": "Logo",
        "text": "Three samples, all paid.",
    }
    await harborlane.client.post("/v1/content", json=real, headers=harborlane.as_server())
    body = {
        "ticket": harborlane.ticket(job, title=None, text=None),
        "option": "job_post.free_work",
        "menu_version": 3,
        "text": "I will find you.",
    }
    answer = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person())
    assert answer.status_code == 202
    async with harborlane.house.database.reading(Role.INTAKE) as connection:
        copies = await connection.fetch(
            "select words from subjects.snapshot p join subjects.subject s on s.key = p.subject "
            "where s.outside_id = $1",
            job,
        )
    assert [copy["words"] for copy in copies] == ["Three samples, all paid."]


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(
    harborlane: Harborlane, job: str
) -> None:
    headers = harborlane.as_server() | {"idempotency-key": job[:100]}
    first = await harborlane.client.post("/v1/flags", json=harborlane.body(job), headers=headers)
    again = await harborlane.client.post("/v1/flags", json=harborlane.body(job), headers=headers)
    assert first.content == again.content
    mine = await harborlane.client.get("/v1/my/flags?person=rita", headers=harborlane.as_server())
    assert [one["number"] for one in mine.json()["items"]].count(first.json()["number"]) == 1
    other = await harborlane.client.post("/v1/flags", json=harborlane.body(job, "sam"), headers=headers)
    assert (other.status_code, slug(other)) == (422, "key-reused")


async def test_a_ticket_signed_anew_is_still_the_same_request(
    harborlane: Harborlane, job: str, wall: StoppedClock
) -> None:
    """A page that was loaded again carries a fresh ticket; its reporter sends the same flag."""
    from datetime import timedelta

    answers = []
    for _ in range(2):
        body = {"ticket": harborlane.ticket(job), "option": "job_post.free_work", "menu_version": 3}
        headers = harborlane.as_person() | {"idempotency-key": f"k-{job}"[:100]}
        answers.append(await harborlane.client.post("/v1/flags", json=body, headers=headers))
        wall.move(timedelta(minutes=20))
    assert answers[0].status_code == 202
    assert answers[0].content == answers[1].content


async def test_a_preference_is_noted_without_a_number(harborlane: Harborlane, job: str) -> None:
    receipt = await harborlane.flag(job, option="job_post.low_pay")
    assert (receipt["number"], receipt["withdraw_url"], receipt["expected"]) == (None, None, None)
    assert "breaks no rule" in receipt["status_text"]


def _subject(job: str, **more: Any) -> dict[str, Any]:
    return {"kind": "job_post", "id": job, "author": "ann"} | more


@pytest.mark.parametrize(
    ("changes", "status", "expected", "where"),
    [
        ({"subject": _subject("x", kind="house")}, 404, "unknown-kind", "subject.kind"),
        ({"option": "job_post.nothing"}, 422, "unknown-option", "option"),
        ({"option": "profile.impersonation"}, 422, "unknown-option", "option"),
        ({"menu_version": 99}, 409, "unknown-menu-version", "menu_version"),
        ({"reporter": {"id": "ann"}}, 403, "own-content", "subject"),
        ({"option": "job_post.something_else", "details": "too short"}, 422, "details-missing", "details"),
        ({"details": "x" * 4001}, 422, "details-too-long", "details"),
        (
            {"subject": _subject("m", kind="private_message"), "option": "private_message.free_work"},
            403, "not-a-participant", "subject",
        ),
        (
            {
                "subject": _subject("m", kind="private_message", participant=["bob", "ann"]),
                "option": "private_message.free_work",
            },
            403, "not-a-participant", "reporter",
        ),
        ({"surprise": 1}, 400, "malformed", "surprise"),
        ({"subject": _subject("x", colour="red")}, 400, "malformed", "subject.colour"),
        ({"menu_version": "3"}, 400, "malformed", "menu_version"),
        ({"subject": _subject("x", text="a\x00b")}, 400, "malformed", "body"),
        ({"reporter": None}, 400, "malformed", "reporter"),
        ({"subject": _subject("")}, 400, "malformed", "subject.id"),
        ({"ticket": "a.b.c"}, 400, "wrong-way", "ticket"),
        ({"subject": _subject("x", place={"surface": "moon"})}, 400, "malformed", "subject.place.surface"),
        ({"subject": _subject("x", posted_at="yesterday")}, 400, "malformed", "subject.posted_at"),
        ({"subject": _subject("x", posted_at="9999-12-31T23:59:59-14:00")}, 400, "malformed", "subject.posted_at"),
        ({"subject": _subject("x", edited_at="0001-01-01T00:00:00+14:00")}, 400, "malformed", "subject.edited_at"),
        ({"answers": {"amount": "5"}}, 400, "refused", "answers"),
        ({"details": "y" * 1_100_000}, 413, "too-large", "body"),
    ],
)  # fmt: skip
async def test_each_fault_of_a_flag_is_named(
    harborlane: Harborlane, job: str, changes: dict[str, Any], status: int, expected: str, where: str
) -> None:
    answer = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job) | changes, headers=harborlane.as_server()
    )
    assert (answer.status_code, slug(answer), answer.json()["where"]) == (status, expected, where), (
        answer.text
    )
    assert answer.json()["mend"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "kind", "status", "expected"),
    [
        (b"", "application/json", 400, "malformed"),
        (b"{", "application/json", 400, "malformed"),
        (b"[]", "application/json", 400, "malformed"),
        (b"null", "application/json", 400, "malformed"),
        (b"\xff", "application/json", 400, "malformed"),
        (b'{"option":"\xff"}', "application/json", 400, "malformed"),
        (b'{"option":"\\ud800","menu_version":3}', "application/json", 400, "malformed"),
        (b'{"option":"\\udc00 and more words","menu_version":3}', "application/json", 400, "malformed"),
        (b'{"answers":' + b"[" * 100_000, "application/json", 400, "malformed"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", 400, "malformed"),
        (b"option=1", "application/x-www-form-urlencoded", 400, "malformed"),
        (b"{}", "text/plain", 400, "malformed"),
        (b" " * 1_048_577, "application/json", 413, "too-large"),
    ],
)
async def test_what_is_no_flag_at_all_is_refused(
    harborlane: Harborlane, body: bytes, kind: str, status: int, expected: str
) -> None:
    headers = harborlane.as_server() | {"content-type": kind}
    answer = await harborlane.client.post("/v1/flags", content=body, headers=headers)
    assert (answer.status_code, slug(answer)) == (status, expected)


async def test_half_of_a_letter_is_named_with_its_place(harborlane: Harborlane, job: str) -> None:
    whole = json.dumps(harborlane.body(job, details="A cut emoji: @"))
    headers = harborlane.as_server() | {"content-type": "application/json"}
    answer = await harborlane.client.post("/v1/flags", content=whole.replace("@", "\\ud83d"), headers=headers)
    assert (answer.status_code, answer.json()["where"]) == (400, "details")
    assert "surrogate" in answer.text


async def test_an_unknown_menu_version_brings_the_current_menu(harborlane: Harborlane, job: str) -> None:
    answer = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job, menu_version=99), headers=harborlane.as_server()
    )
    live = await harborlane.client.get("/v1/menus/job_post?platform=harborlane&lang=en")
    assert answer.json()["menu"] == live.json()


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("", 401, "unauthorised"),
        ("Basic eDp5", 401, "unauthorised"),
        ("Bearer fs_abc", 401, "bad-key"),
        ("Bearer fs_000000000000_" + "x" * 43, 401, "bad-key"),
        ("Bearer not.a.token", 401, "bad-token"),
        ("Bearer ", 401, "bad-token"),
    ],
)
async def test_who_cannot_be_recognised_is_refused(
    harborlane: Harborlane, job: str, header: str, status: int, expected: str
) -> None:
    headers = {"authorization": header} if header else {}
    answer = await harborlane.client.post("/v1/flags", json=harborlane.body(job), headers=headers)
    assert (answer.status_code, slug(answer)) == (status, expected)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("claims", "status", "expected"),
    [
        ({"exp": 1}, 401, "bad-token"),
        ({"iss": "elsewhere"}, 401, "bad-token"),
        ({"sub": None}, 401, "bad-token"),
        ({"origin": "https://other.example"}, 401, "bad-token"),
        ({"role": "author"}, 403, "not-a-reporter"),
        ({"role": "king"}, 401, "bad-token"),
    ],
)
async def test_forged_and_foreign_tokens_are_refused(
    harborlane: Harborlane, job: str, claims: dict[str, Any], status: int, expected: str
) -> None:
    body = {"ticket": harborlane.ticket(job), "option": "job_post.free_work", "menu_version": 3}
    headers = {"authorization": f"Bearer {harborlane.token('rita', **claims)}", "origin": ORIGIN}
    answer = await harborlane.client.post("/v1/flags", json=body, headers=headers)
    assert (answer.status_code, slug(answer)) == (status, expected), answer.text


async def test_an_expired_token_says_so_and_nothing_is_lost(
    harborlane: Harborlane, job: str, wall: StoppedClock
) -> None:
    from datetime import timedelta

    old = harborlane.as_person()
    body = {"ticket": harborlane.ticket(job), "option": "job_post.free_work", "menu_version": 3}
    wall.move(timedelta(minutes=17))
    answer = await harborlane.client.post("/v1/flags", json=body, headers=old)
    assert (answer.status_code, slug(answer)) == (401, "expired-token")
    answer = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person())
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "claims",
    [{"iss": "elsewhere"}, {"exp": 5_000_000_000}, {"author": None}, {"title": "a\x00b"}],
    ids=["issuer", "too long", "no author", "nul"],
)
async def test_a_ticket_that_cannot_be_trusted_is_refused(
    harborlane: Harborlane, job: str, claims: dict[str, Any]
) -> None:
    body = {"ticket": harborlane.ticket(job, **claims), "option": "job_post.free_work", "menu_version": 3}
    answer = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person())
    assert answer.status_code == 400
    assert slug(answer) in {"bad-ticket", "malformed"}


async def test_a_token_is_no_ticket_and_a_ticket_no_token(harborlane: Harborlane, job: str) -> None:
    body = {"ticket": harborlane.token(), "option": "job_post.free_work", "menu_version": 3}
    swapped = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person())
    assert slug(swapped) == "bad-ticket"
    headers = {"authorization": f"Bearer {harborlane.ticket(job)}"}
    assert slug(await harborlane.client.post("/v1/flags", json=body, headers=headers)) == "bad-token"


async def test_a_browser_names_nobody_and_nothing_itself(harborlane: Harborlane, job: str) -> None:
    answer = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job), headers=harborlane.as_person()
    )
    assert (answer.status_code, slug(answer)) == (400, "wrong-way")


async def test_only_who_takes_part_flags_a_message(harborlane: Harborlane, job: str) -> None:
    claims = {"kind": "private_message", "participant": "rita"}
    body = {
        "ticket": harborlane.ticket(job, **claims),
        "option": "private_message.free_work",
        "menu_version": 3,
    }
    fine = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person("rita"))
    assert fine.status_code == 202, fine.text
    stranger = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person("sam"))
    assert (stranger.status_code, slug(stranger)) == (403, "not-a-participant")
    sender = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person("ann"))
    assert (sender.status_code, slug(sender)) == (403, "own-content")


async def test_a_key_without_the_scope_may_not_flag(harborlane: Harborlane, job: str) -> None:
    weak = await weak_key(harborlane.house, ApiScope.MEASURES_READ)
    answer = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job), headers={"authorization": f"Bearer {weak}"}
    )
    assert (answer.status_code, slug(answer)) == (403, "scope-missing")


async def test_no_problem_repeats_what_a_reporter_wrote(harborlane: Harborlane, job: str) -> None:
    """Problem documents end in logs of hosts; they carry no words."""
    canary = "canary-in-details"
    for changes in ({"option": "nothing"}, {"menu_version": 99}, {"details": canary * 300}, {"x": canary}):
        sent = harborlane.body(job, details=canary) | changes
        answer = await harborlane.client.post("/v1/flags", json=sent, headers=harborlane.as_server())
        assert answer.status_code >= 400
        assert canary not in json.dumps(answer.json())


async def test_a_full_house_says_when_to_come_again(harborlane: Harborlane, job: str) -> None:
    """Nothing was kept; the same request may be sent again."""
    await harborlane.door.close()
    answer = await harborlane.client.post(
        "/v1/flags", json=harborlane.body(job), headers=harborlane.as_server()
    )
    assert (answer.status_code, slug(answer), answer.headers["retry-after"]) == (503, "busy", "1")


async def test_a_client_that_leaves_while_sending_is_not_answered(harborlane: Harborlane) -> None:
    said: list[Any] = []
    heard = [{"type": "http.request", "body": b'{"opt', "more_body": True}, {"type": "http.disconnect"}]
    scope = {
        "type": "http", "method": "POST", "path": "/v1/flags",
        "headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer x")],
    }  # fmt: skip

    async def receive() -> Any:
        return heard.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    await harborlane.door(scope, receive, send)
    assert said == []


async def test_a_client_that_leaves_before_the_answer_still_has_its_flag(
    harborlane: Harborlane, job: str
) -> None:
    """What was taken in is committed, whoever waits for it."""
    import asyncio

    sending = asyncio.create_task(harborlane.flag(job, "leaver"))
    await asyncio.sleep(0.01)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await harborlane.door.close()
    mine = await harborlane.client.get("/v1/my/flags?person=leaver", headers=harborlane.as_server())
    assert len(mine.json()["items"]) == 1
