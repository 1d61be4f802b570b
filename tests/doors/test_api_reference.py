"""The hot route answers what its documented handler answers, and the document says what both take."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from flagstaff.api.contract import BODIES
from flagstaff.api.problems import explained
from tests.doors.platform import Harborlane
from tests.examples import examples

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_changes = st.dictionaries(
    st.sampled_from(
        [
            "option",
            "menu_version",
            "reporter",
            "subject",
            "ticket",
            "language",
            "details",
            "answers",
            "neighbours",
            "title",
            "x",
        ]
    ),
    _json,
    max_size=3,
)
_bodies = st.one_of(_changes, _json, st.binary(max_size=60))


async def _both(harborlane: Harborlane, body: bytes, headers: dict[str, str]) -> list[tuple[int, str, Any]]:
    """Send the same bytes to the hot route and to the framework's own handler behind it."""
    answers = []
    doors: list[Any] = [harborlane.door, harborlane.door.answer_by_framework]
    for app in doors:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://flagstaff.test") as client:
            answer = await client.post("/v1/flags", content=body, headers=headers)
        kept = json.loads(answer.content)
        answers.append((answer.status_code, answer.headers["content-type"], kept))
    return answers


@given(changes=_bodies)
@settings(max_examples=examples(120), suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_hot_route_reads_like_its_reference(harborlane: Harborlane, changes: Any) -> None:
    """Whatever is sent, status, media type and body are the same (a repeat reads like a first flag)."""
    if isinstance(changes, bytes):
        body = changes
    else:
        usual = harborlane.body("job-reference")
        body = json.dumps(usual | changes if isinstance(changes, dict) else changes).encode()
    hot, reference = await _both(
        harborlane, body, harborlane.as_server() | {"content-type": "application/json"}
    )
    assert hot == reference
    assert hot[0] < 500


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer fs_x"},
        {"authorization": "Bearer a.b.c"},
        {"content-type": "text/plain"},
        {"content-length": "99999999"},
        {"idempotency-key": ""},
        {"idempotency-key": "k" * 201},
    ],
)
async def test_headers_are_read_alike(harborlane: Harborlane, headers: dict[str, str]) -> None:
    body = json.dumps(harborlane.body("job-reference")).encode()
    sent = harborlane.as_server() | {"content-type": "application/json"} | headers
    hot, reference = await _both(harborlane, body, sent)
    assert hot == reference


async def _document(harborlane: Harborlane) -> dict[str, Any]:
    answer = await harborlane.client.get("/schema/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_the_document_is_valid_and_closed(harborlane: Harborlane) -> None:
    """OpenAPI 3.1, every body of our own closed, every failure a problem document."""
    document = await _document(harborlane)
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    schemas = document["components"]["schemas"]
    for body in BODIES.values():
        assert schemas[body.__name__]["additionalProperties"] is False
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)


async def test_every_body_that_is_taken_is_in_the_document(harborlane: Harborlane) -> None:
    document = await _document(harborlane)
    writing = {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method == "post"
    }
    assert set(writing) == set(BODIES)
    assert all("requestBody" in operation for operation in writing.values())


async def test_every_problem_has_its_page(harborlane: Harborlane) -> None:
    for slug in explained():
        page = await harborlane.client.get(f"/problems/{slug}")
        assert page.status_code == 200, slug
        assert slug in page.text


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/v1/nothing", 404, "no-such-page"),
        ("GET", "/v1/flags", 405, "method-not-allowed"),
        ("PUT", "/v1/menus/profile", 405, "method-not-allowed"),
        ("GET", "/v1/measures?limit=0", 400, "malformed"),
        ("GET", "/v1/measures?limit=x", 400, "malformed"),
        ("GET", "/v1/measures?after=zzz", 400, "bad-cursor"),
        ("GET", "/v1/my/flags", 400, "person-missing"),
        ("GET", "/v1/my/flags?person=a%00b", 400, "malformed"),
        ("GET", "/v1/my/flags/F-0000-0000-0000?person=rita", 404, "no-such-flag"),
        ("GET", "/v1/my/flags/zzz?person=rita", 404, "no-such-page"),
        ("GET", "/v1/menus/house?platform=harborlane", 404, "unknown-kind"),
        ("GET", "/v1/menus/profile?platform=nobody", 404, "nothing-published"),
        ("GET", "/problems/none", 404, "no-such-page"),
        ("GET", "/static/secret.txt", 404, "no-such-page"),
    ],
)
async def test_the_frameworks_own_failures_are_problems_too(
    harborlane: Harborlane, method: str, path: str, status: int, slug: str
) -> None:
    answer = await harborlane.client.request(method, path, headers=harborlane.as_server())
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    assert answer.json()["type"] == f"/problems/{slug}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
