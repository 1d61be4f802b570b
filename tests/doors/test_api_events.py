"""What a platform tells about content and accounts, and what follows from it."""

from typing import Any

import pytest

from flagstaff.vocabulary.scopes import ApiScope
from tests.desks import rows
from tests.doors.platform import Harborlane, weak_key


def _subject(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "job_post",
        "id": id_,
        "author": "ann",
        "title": "Logo",
        "text": "First words.",
        "audience": "20+",
    } | more


async def _tell(harborlane: Harborlane, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await harborlane.client.post(path, json=body, headers=harborlane.as_server() | headers)
    assert answer.status_code == 202, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def _copies(harborlane: Harborlane, id_: str) -> list[str]:
    query = (
        "select n.words from subjects.snapshot n join subjects.subject s on s.key = n.subject "
        "where s.outside_id = $1 order by n.number"
    )
    return [str(row["words"]) for row in await rows(harborlane.house, query, id_)]


async def _one(harborlane: Harborlane, query: str, id_: str) -> dict[str, Any]:
    (row,) = await rows(harborlane.house, query, id_)
    return row


async def test_pushed_content_is_what_a_later_flag_means(harborlane: Harborlane, job: str) -> None:
    """A ticket without text refers to what was pushed; the same push twice is one copy."""
    for _ in range(2):
        assert await _tell(harborlane, "/v1/content", _subject(job)) == {"accepted": 1}
    body = {
        "ticket": harborlane.ticket(job, title=None, text=None),
        "option": "job_post.free_work",
        "menu_version": 3,
    }
    answer = await harborlane.client.post("/v1/flags", json=body, headers=harborlane.as_person())
    assert answer.status_code == 202
    assert await _copies(harborlane, job) == ["First words."]


async def test_an_edit_is_a_new_copy_and_the_case_goes_on(harborlane: Harborlane, job: str) -> None:
    await harborlane.flag(job, subject=_subject(job))
    body = {"events": [{"type": "edited", "subject": _subject(job, text="Other words.")}]}
    assert (await _tell(harborlane, "/v1/content-events", body))["accepted"] == 1
    assert await _copies(harborlane, job) == ["First words.", "Other words."]
    case = await _one(
        harborlane,
        "select c.state, (select array_agg(arrow order by p.key) from cases.step p where p.case = c.key) as arrows "
        "from cases.case c join subjects.subject s on s.key = c.subject where s.outside_id = $1",
        job,
    )
    assert (case["state"], case["arrows"]) == ("open", ["open", "grow"])


async def test_a_deletion_names_its_cause_and_the_case_is_still_decided(
    harborlane: Harborlane, job: str
) -> None:
    await harborlane.flag(job, subject=_subject(job))
    body = {"events": [{"type": "deleted_by_author", "subject": _subject(job)}]}
    for _ in range(2):
        await _tell(harborlane, "/v1/content-events", body)
    query = (
        "select s.state, s.cause, c.state as case_state from subjects.subject s "
        "join cases.case c on c.subject = s.key where s.outside_id = $1"
    )
    row = await _one(harborlane, query, job)
    assert (row["state"], row["cause"], row["case_state"]) == ("deleted_by_author", "by_author", "open")
    await _tell(
        harborlane, "/v1/content-events", {"events": [{"type": "restored", "subject": _subject(job)}]}
    )
    row = await _one(harborlane, query, job)
    assert (row["state"], row["cause"]) == ("standing", None)


async def test_a_platform_does_not_learn_whether_something_was_flagged(
    harborlane: Harborlane, job: str
) -> None:
    body = {"events": [{"type": "deleted_by_author", "subject": _subject(job)}]}
    unseen = await _tell(harborlane, "/v1/content-events", body)
    await harborlane.flag(f"{job}-2", subject=_subject(f"{job}-2"))
    body = {"events": [{"type": "deleted_by_author", "subject": _subject(f"{job}-2")}]}
    assert await _tell(harborlane, "/v1/content-events", body) == unseen


async def test_cases_of_a_closed_account_are_moot_unless_grave(harborlane: Harborlane, job: str) -> None:
    """Below severity 3 the reporter is told that nothing could be checked, with its own sentence; graver ones stay."""
    author = f"gone-{job}"[:60]
    light = await harborlane.flag(f"{job}-a", "lena", subject=_subject(f"{job}-a", author=author))
    grave = await harborlane.flag(
        f"{job}-b",
        "lena",
        subject=_subject(f"{job}-b", author=author),
        option="job_post.off_platform_payment",
    )
    for _ in range(2):
        await _tell(harborlane, "/v1/person-events", {"events": [{"type": "closed", "person": author}]})
    mine = (await harborlane.client.get("/v1/my/flags", headers=harborlane.as_person("lena"))).json()["items"]
    status = {one["number"]: one["status"] for one in mine}
    assert status[light["number"]] == "could_not_verify"
    assert status[grave["number"]] == "received"
    told = (await harborlane.client.get("/v1/my/notices", headers=harborlane.as_person("lena"))).json()[
        "items"
    ]
    assert [one["flag"] for one in told if "is gone" in one["text"]] == [light["number"]]


async def test_an_erased_person_leaves_no_words(
    harborlane: Harborlane, job: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import dataclasses

    import msgspec

    from tests.doors.platform import open_harborlane

    keys = tmp_path_factory.mktemp("keys")
    settings = msgspec.structs.replace(harborlane.house.settings, keys=keys)
    host = await open_harborlane(dataclasses.replace(harborlane.house, settings=settings))
    author = f"erased-{job}"[:60]
    await host.flag(job, subject=_subject(job, author=author))
    answer = await host.client.post(
        "/v1/person-events", json={"events": [{"type": "erased", "person": author}]}, headers=host.as_server()
    )
    assert answer.status_code == 202, answer.text
    assert await _copies(host, job) == ["None"]


async def test_a_write_under_the_same_key_is_done_once(harborlane: Harborlane, job: str) -> None:
    first = await _tell(harborlane, "/v1/content", _subject(job), **{"idempotency-key": job[:90]})
    again = await _tell(harborlane, "/v1/content", _subject(job), **{"idempotency-key": job[:90]})
    assert first == again
    other = await harborlane.client.post(
        "/v1/content",
        json=_subject(job, text="x"),
        headers=harborlane.as_server() | {"idempotency-key": job[:90]},
    )
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/v1/content", {"kind": "job_post", "id": "1"}, "author"),
        ("/v1/content", {"kind": "job_post", "id": "1", "author": "a", "x": 1}, "x"),
        ("/v1/content-events", {"events": []}, "events"),
        ("/v1/content-events", {"events": [{"type": "moved", "subject": _subject("1")}]}, "events[0].type"),
        ("/v1/person-events", {"events": [{"type": "joined", "person": "a"}]}, "events[0].type"),
        ("/v1/person-events", {"events": [{"type": "closed", "person": ""}]}, "events[0].person"),
    ],
)
async def test_each_fault_of_an_event_is_named(
    harborlane: Harborlane, path: str, body: Any, where: str
) -> None:
    answer = await harborlane.client.post(path, json=body, headers=harborlane.as_server())
    assert (answer.status_code, answer.json()["where"]) == (400, where), answer.text


async def test_pushing_is_for_servers_with_the_scope(harborlane: Harborlane, job: str) -> None:
    person = await harborlane.client.post("/v1/content", json=_subject(job), headers=harborlane.as_person())
    assert (person.status_code, person.json()["type"]) == (400, "/problems/wrong-way")
    weak = {"authorization": f"Bearer {await weak_key(harborlane.house, ApiScope.FLAGS_WRITE)}"}
    answer = await harborlane.client.post("/v1/content", json=_subject(job), headers=weak)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/scope-missing")


async def test_the_feed_of_versions_tells_what_was_published(harborlane: Harborlane) -> None:
    from flagstaff.flows.publish import publish

    while (await publish(harborlane.house)).events:
        pass
    seen: list[tuple[str, int]] = []
    after = ""
    while True:
        page = (
            await harborlane.client.get(f"/v1/versions?limit=2&after={after}", headers=harborlane.as_server())
        ).json()
        assert page["next"]
        if not page["items"]:
            assert page["next"] == after
            break
        seen += [(item["type"], item["data"]["version"]) for item in page["items"]]
        after = page["next"]
    assert ("menu.published", 3) in seen
    assert ("guidelines.published", 1) in seen


async def test_gravest_material_pushed_again_is_still_not_kept(harborlane: Harborlane, job: str) -> None:
    """After a child-safety flag neither an edit nor a push brings the words back."""
    await harborlane.flag(job, subject=_subject(job), option="job_post.child_safety")
    await _tell(harborlane, "/v1/content", _subject(job, text="Second words."))
    body = {"events": [{"type": "edited", "subject": _subject(job, text="Third words.")}]}
    await _tell(harborlane, "/v1/content-events", body)
    assert set(await _copies(harborlane, job)) == {"None"}


@pytest.mark.parametrize("path", ["/v1/content", "/v1/content-events"])
async def test_how_somebody_flags_is_nothing_that_a_platform_pushes(
    harborlane: Harborlane, path: str
) -> None:
    """Its subjects are made here, each for one flag; a pushed one would pass for it."""
    subject = {"kind": "flag_use", "id": "F-8K2M-Q4TZ-9HWN", "author": "rita"}
    body = {"events": [{"type": "edited", "subject": subject}]} if path.endswith("events") else subject
    answer = await harborlane.client.post(path, json=body, headers=harborlane.as_server())
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-kind")
