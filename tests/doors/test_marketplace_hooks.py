"""Harborlane does what Flagstaff asks of it, only when Flagstaff asked, and only once."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from examples.marketplace.app import build_app
from examples.marketplace.page import Harborlane
from examples.marketplace.settings import Settings, load
from examples.marketplace.trust import catch_up

MEASURES = "whsec_" + "bWVhc3VyZXMtbWVhc3VyZXMtbWVhc3VyZXMtMDE="
REPORTERS = "whsec_" + "cmVwb3J0ZXJzLXJlcG9ydGVycy1yZXBvcnRlcnM="
JOB = {"kind": "job_post", "id": "job-pay-by-wire"}
JOB_PAGE = "/jobs/job-pay-by-wire"
RANT = "/community/threads/post-rant"


class Host:
    """Harborlane in this process: a browser's side, a webhook's side, and what it told Flagstaff."""

    def __init__(self, client: httpx.AsyncClient, told: list[httpx.Request], house: Harborlane) -> None:
        """Keep the client and the list that the stand-in for Flagstaff fills."""
        self.client = client
        self.told = told
        self.house = house
        self.sent = 0

    async def page(self, path: str, person: str = "ines") -> httpx.Response:
        """Open a page as one of the invented persons."""
        return await self.client.get(path, headers={"cookie": f"harborlane_person={person}"})

    async def post(self, path: str, person: str, **form: str) -> httpx.Response:
        """Send a form as one of the invented persons."""
        return await self.client.post(path, data=form, headers={"cookie": f"harborlane_person={person}"})

    async def hook(
        self,
        event: dict[str, Any],
        *,
        to: str = "measures",
        secret: str = MEASURES,
        key: str = "",
        late: int = 0,
    ) -> int:
        """Deliver one event, signed, and return the status of the answer."""
        self.sent += 1
        key = key or f"evt-{self.sent}"
        body, now = json.dumps(event), datetime.now(UTC) - timedelta(seconds=late)
        headers = {
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(key, now, body),
        }
        answer = await self.client.post(f"/flagstaff/hooks/{to}", content=body, headers=headers)
        return answer.status_code


def measure(
    effect: str, revision: int, *, lifted: bool = False, number: str = "M-1", **about: Any
) -> dict[str, Any]:
    """Return an event as Flagstaff sends it."""
    data = {
        "measure": number,
        "kind": "remove_content",
        "revision": revision,
        "effect": effect,
        "decision": "D-1",
    }
    kind = "measure.lifted" if lifted else "measure.applied"
    return {"type": kind, "position": "p", "at": "2026-03-02T10:00:00Z", "data": data | about}


def restriction(
    level: str, revision: int, *, ref: str = "", kind: str = "remove_from", **more: Any
) -> dict[str, Any]:
    """Return a measure against Ivo that closes something."""
    scope = {"level": level, "id": ref} if ref else {"level": level}
    about = {"person": "ivo", "scope": scope, "kind": kind, "number": f"M-{revision}"} | more
    return measure("restrict", revision, **about)


@pytest_asyncio.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """Start Harborlane with an empty folder and a Flagstaff that takes everything."""
    told: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        told.append(request)
        first = request.url.path == "/v1/measures" and "after" not in request.url.params
        items = [measure("hide", 1, subject=JOB)] if first else []
        return httpx.Response(200 if request.method == "GET" else 202, json={"items": items, "next": "c1"})

    settings = Settings(
        api_key="fs_demo_key",
        token_kid="k1",
        token_secret="t" * 40,
        measures_secret=MEASURES,
        reporters_secret=REPORTERS,
        folder=tmp_path,
    )
    app = build_app(settings, httpx.MockTransport(answer))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://harborlane.test") as client:
        yield Host(client, told, app.state.house)
    await app.state.house.close()


def test_settings_come_from_a_file_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "harborlane.toml"
    file.write_text('folder = "somewhere"\nport = 9000\napi_key = "fs_a_b"\n')
    found = load(file, {"HARBORLANE_PORT": "9001"})
    assert (found.folder, found.port, found.api_key) == (Path("somewhere"), 9001, "fs_a_b")
    assert found.address == "http://127.0.0.1:9001"


# -- who may ask


async def test_a_body_signed_with_another_secret_is_refused(host: Host) -> None:
    assert await host.hook(measure("hide", 1, subject=JOB), secret=REPORTERS) == 401
    assert (await host.page(JOB_PAGE)).status_code == 200


async def test_an_old_delivery_is_refused(host: Host) -> None:
    assert await host.hook(measure("hide", 1, subject=JOB), late=600) == 401


async def test_a_delivery_without_signature_is_refused(host: Host) -> None:
    answer = await host.client.post("/flagstaff/hooks/measures", json=measure("hide", 1, subject=JOB))
    assert answer.status_code == 401
    assert (await host.page(JOB_PAGE)).status_code == 200


async def test_the_endpoint_of_measures_hears_nothing_of_reporters(host: Host) -> None:
    """Whoever taps the system that hides content must not learn there who flagged."""
    told = {"person": "ines", "flag": "F-1", "status": "acted", "text": "We acted on it."}
    await host.hook({"type": "notice.reporter", "position": "p", "at": "2026-03-02T10:00:00Z", "data": told})
    assert "We acted on it." not in (await host.page("/trust")).text


# -- content


async def test_hide_hides_from_everybody_but_the_author_and_show_brings_it_back(host: Host) -> None:
    assert "Data entry, 300 PDF pages" in (await host.page("/jobs")).text
    assert await host.hook(measure("hide", 1, subject=JOB)) == 204
    assert (await host.page(JOB_PAGE)).status_code == 404
    assert "Data entry, 300 PDF pages" not in (await host.page("/jobs")).text
    mine = await host.page(JOB_PAGE, "quickhire")
    assert mine.status_code == 200
    assert "Hidden by Trust &amp; Safety." in mine.text
    assert await host.hook(measure("show", 2, lifted=True, subject=JOB)) == 204
    assert (await host.page(JOB_PAGE)).status_code == 200


async def test_a_second_delivery_of_the_same_event_changes_nothing(host: Host) -> None:
    hide = measure("hide", 1, subject=JOB)
    await host.hook(hide, key="same")
    await host.hook(measure("show", 2, lifted=True, subject=JOB))
    assert await host.hook(hide, key="same") == 204
    assert (await host.page(JOB_PAGE)).status_code == 200


async def test_an_older_revision_that_comes_late_is_ignored(host: Host) -> None:
    await host.hook(measure("show", 5, lifted=True, subject=JOB))
    assert await host.hook(measure("hide", 4, subject=JOB)) == 204
    assert (await host.page(JOB_PAGE)).status_code == 200
    await host.hook(measure("hide", 6, subject=JOB))
    assert (await host.page(JOB_PAGE)).status_code == 404


async def test_a_measure_that_ends_leaves_another_one_standing(host: Host) -> None:
    """A hold that is followed by a removal: Flagstaff only tells of its end, for the removal still hides."""
    await host.hook(measure("hide", 1, number="M-hold", subject=JOB))
    await host.hook(measure("hide", 2, number="M-removal", subject=JOB))
    await host.hook(measure("tell", 3, number="M-hold", lifted=True, subject=JOB))
    assert (await host.page(JOB_PAGE)).status_code == 404
    await host.hook(measure("show", 4, number="M-removal", lifted=True, subject=JOB))
    assert (await host.page(JOB_PAGE)).status_code == 200


async def test_a_hidden_post_leaves_a_gap_and_its_replies_stay(host: Host) -> None:
    await host.hook(measure("hide", 1, subject={"kind": "community_post", "id": "post-first-proposal"}))
    page = await host.page("/community/threads/post-first-proposal")
    assert "This post was removed by Trust &amp; Safety." in page.text
    assert "no answer until now" not in page.text
    assert "Short. Four sentences" in page.text


async def test_a_hidden_group_takes_its_threads_along(host: Host) -> None:
    await host.hook(measure("hide", 1, subject={"kind": "community_group", "id": "fast-tracks"}))
    assert (await host.page("/community/groups/fast-tracks")).status_code == 404
    assert (await host.page("/community/threads/post-rent-tips")).status_code == 404


async def test_what_no_webhook_brought_is_found_in_the_feed(host: Host) -> None:
    await catch_up(host.house)
    assert (await host.page(JOB_PAGE)).status_code == 404
    assert [request.url.params.get("after") for request in host.told] == [None, "c1"]
    await host.hook(measure("hide", 1, subject=JOB))
    await host.hook(measure("show", 2, lifted=True, subject=JOB))
    assert (await host.page(JOB_PAGE)).status_code == 200


# -- people


@pytest.mark.parametrize(
    ("level", "ref", "closed", "open_"),
    [
        ("group", "showcase", "/community/groups/showcase", "/community/groups/espanol"),
        ("board", "general", RANT, "/community/boards/craft"),
        ("part", "forum", "/community/boards/craft", "/community"),
        ("community", "", "/community", "/jobs"),
        ("site", "", "/jobs", "/messages/talk-ivo-adaeze"),
    ],
)
async def test_a_restriction_closes_its_ring_and_nothing_beyond(
    host: Host, level: str, ref: str, closed: str, open_: str
) -> None:
    await host.hook(restriction(level, 1, ref=ref))
    assert (await host.page(closed, "ivo")).status_code == 403
    assert (await host.page(open_, "ivo")).status_code == 200
    assert (await host.page(closed, "ines")).status_code == 200
    assert (await host.page("/trust", "ivo")).status_code == 200
    await host.hook(
        measure("allow", 2, number="M-1", lifted=True, person="ivo", scope={"level": level, "id": ref})
    )
    assert (await host.page(closed, "ivo")).status_code == 200


async def test_posting_is_closed_while_messages_of_contracts_stay_open(host: Host) -> None:
    await host.hook(restriction("person", 1, kind="restrict_posting"))
    assert (await host.page(RANT, "ivo")).status_code == 200
    assert (await host.post(RANT, "ivo", text="One more thing.")).status_code == 403
    assert (await host.post("/messages/talk-ivo-adaeze", "ivo", text="About the cut.")).status_code == 303


async def test_a_restricted_reporter_finds_the_button_where_it_was(host: Host) -> None:
    """Urgent flags stay open and the others are kept: the host must not close the button."""
    await host.hook(restriction("person", 1, kind="restrict_flagging"))
    assert 'kind="job_post"' in (await host.page(JOB_PAGE, "ivo")).text
    assert (await host.page("/flagstaff/token", "ivo")).status_code == 200


async def test_a_restriction_past_its_end_is_over_even_if_nobody_says_so(host: Host) -> None:
    await host.hook(restriction("community", 1, until="2020-01-01T00:00:00Z"))
    assert (await host.page("/community", "ivo")).status_code == 200


async def test_tell_shows_a_banner_until_the_message_is_read(host: Host) -> None:
    await host.hook(measure("tell", 1, person="ivo"))
    assert "Trust &amp; Safety has written to you." in (await host.page("/jobs", "ivo")).text
    assert "Trust &amp; Safety has written to you." not in (await host.page("/jobs", "ines")).text
    await host.page("/trust", "ivo")
    assert "Trust &amp; Safety has written to you." not in (await host.page("/jobs", "ivo")).text


# -- notices


async def test_notices_reach_the_person_they_are_for_and_no_other(host: Host) -> None:
    data = {
        "person": "ivo",
        "notice": "N-1",
        "code": "C-1",
        "text": "About your post in general.",
        "links": {},
    }
    event = {"position": "p", "at": "2026-03-02T10:00:00Z"}
    await host.hook(event | {"type": "notice.author", "data": data})
    outcome = {"person": "ines", "flag": "F-1", "status": "acted", "text": "Your flag F-1 has an answer."}
    hook = event | {"type": "notice.reporter", "data": outcome}
    assert await host.hook(hook, to="reporters", secret=REPORTERS) == 204
    for about, number in (("suggestion", "S-1"), ("letter", "L-1")):
        answer = {
            "person": "ines",
            "about": about,
            "number": number,
            "status": "accepted",
            "text": f"We read {number}.",
        }
        hook = event | {"type": "notice.person", "data": answer}
        assert await host.hook(hook, to="reporters", secret=REPORTERS) == 204
        await host.hook(hook | {"data": answer | {"text": "Not this way."}})
    his, hers = await host.page("/trust", "ivo"), await host.page("/trust", "ines")
    assert "About your post in general." in his.text
    assert "Your flag F-1" not in his.text
    assert "Your flag F-1 has an answer." in hers.text
    told = ("option you suggested", "We read S-1.", "your letter", "We read L-1.")
    assert [said for said in told if said not in hers.text] == []
    assert [said for said in ("S-1", "L-1") if said in his.text] == []
    assert "Not this way." not in hers.text
    assert "/trust/appeal?notice=N-1" in his.text
    assert "/guidelines" in his.text


# -- what the host tells


async def test_an_author_deletes_their_post_and_flagstaff_hears_it(host: Host) -> None:
    await host.post("/items/community_post/post-rant/delete", "ivo")
    told = json.loads(host.told[-1].content)
    assert host.told[-1].url.path == "/v1/content-events"
    assert told["events"][0]["type"] == "deleted_by_author"
    assert told["events"][0]["subject"]["id"] == "post-rant"
    assert "This post was deleted by its author." in (await host.page(RANT)).text


async def test_an_edit_is_told_with_its_new_words(host: Host) -> None:
    await host.post(
        "/items/community_post/post-rant/edit", "ivo", title="Search is slow", text="Here is an idea."
    )
    event = json.loads(host.told[-1].content)["events"][0]
    assert (event["type"], event["subject"]["text"]) == ("edited", "Here is an idea.")
    assert "edited_at" in event["subject"]


async def test_nobody_edits_or_deletes_what_another_wrote(host: Host) -> None:
    assert (await host.post("/items/community_post/post-rant/delete", "ines")).status_code == 403
    assert (await host.post("/items/private_message/msg-abuse/delete", "ines")).status_code == 404


async def test_private_messages_and_proposals_are_for_those_they_are_for(host: Host) -> None:
    assert (await host.page("/messages/talk-graham-yusuf", "ines")).status_code == 404
    assert (await host.post("/flag", "ines", kind="private_message", id="msg-abuse")).status_code == 404
    assert "prop-poster-dario" in (await host.page("/jobs/job-garden-poster", "oskar")).text
    assert "prop-poster-dario" not in (await host.page("/jobs/job-garden-poster", "ines")).text


async def test_a_form_from_another_site_is_refused(host: Host) -> None:
    answer = await host.client.post(
        "/items/community_post/post-rant/delete",
        headers={"cookie": "harborlane_person=ivo", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert (await host.page(RANT)).status_code == 200


async def test_the_switch_of_persons_never_leads_to_another_site(host: Host) -> None:
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = await host.client.get("/as/ines", params={"next": target})
        assert answer.headers["location"] == "/"


async def test_every_page_carries_a_strict_policy(host: Host) -> None:
    for path in ("/jobs", "/nothing-here", "/static/harborlane.css"):
        policy = (await host.page(path)).headers["content-security-policy"]
        assert "script-src 'self' http://127.0.0.1:8000;" in policy
        assert "unsafe" not in policy
