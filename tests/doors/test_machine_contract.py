"""A machine walks the API by its own document, as every role, and finds nothing that the document does not say."""

import asyncio
import contextlib
import copy
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi_checks

from flagstaff.api.contract import BODIES
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from tests.doors.machine_effort import TIMES, keep_counts, seed_of
from tests.doors.machine_world import Asgi, Bridge, Caller, Ledger, World, open_world
from tests.houses import build_house

load_all_checks()
CHECKS: Final = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.missing_required_header,
    openapi_checks.unsupported_method,
]
"""Not `positive_data_acceptance`: whether an option is on the menu no schema can say; that every address takes
something is counted instead. Not `allow_header_conformance`: the library answers OPTIONS for one handler of a path.
"""

_ABOUT_WHAT_WAS_DRAWN: Final = {
    openapi_checks.negative_data_rejection,
    openapi_checks.missing_required_header,
}

AT_ONCE: Final = 4
"""Scenarios under one seed."""

MOST_NAMES: Final = 20
"""So many of the names of one kind are tried before an address counts as one that takes nothing."""

_SCENARIOS: Final = settings(
    max_examples=AT_ONCE, stateful_step_count=10, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def body_that_fits(operation: str, world: World) -> dict[str, Any]:
    """Return a body that this house takes."""
    subject = {
        "kind": "job_post",
        "id": "machine",
        "author": "ann",
        "text": "Three samples first.",
        "audience": "20+",
    }
    text = {"text": "It was paid, the contract says so."}
    return {
        "receive_flag": world.host.body("machine"),
        "receive_flags": {"flags": [world.host.body("machine"), world.host.body("machine", "tom")]},
        "propose_options": text | {"kind": "job_post"},
        "push_content": subject,
        "follow_content": {"events": [{"type": "edited", "subject": subject}]},
        "follow_persons": {"events": [{"type": "closed", "person": "nobody-here"}]},
        "lodge_appeal": text | {"notice": world.numbers["notice"][0]},
        "answer_question": text,
        "answer_notice": text,
        "suggest_option": {"kind": "job_post", "label": "Asks for my password"},
        "write_letter": text,
        "write_again": text,
    }[operation]


def in_any_order(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with one link more to each operation: whoever asked for the health may do anything next."""
    whole: dict[str, Any] = copy.deepcopy(dict(document))
    named = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
    whole["paths"]["/health"]["get"]["responses"]["200"]["links"] = {
        name: {"operationId": name, "parameters": {}} for name in named
    }
    return whole


class Walker:
    """Walk the document of an application as one role, and keep what was answered."""

    def __init__(self, world: World, app: Asgi, document: Mapping[str, Any], ledger: Ledger) -> None:
        self._world = world
        self._ledger = ledger
        self._found: list[FailureGroup] = []
        self._schema = schemathesis.openapi.from_dict(in_any_order(document))
        self._schema.app = Bridge(app, asyncio.get_running_loop())

    async def ask_each(self) -> None:
        """Ask for each operation by what exists, as one role after the other until it is taken."""
        await asyncio.to_thread(self._ask_each)

    async def walk(self, caller: Caller, scenarios: int) -> None:
        """Ask in many orders; raise the first answer that the document does not allow, with what was asked."""
        machine = self._machine(caller)
        for turn in range(-(-scenarios // AT_ONCE)):
            await asyncio.to_thread(_run, machine, seed_of(caller.name, turn))
            if self._found:
                raise self._found[0]

    def _ask_each(self) -> None:
        for found in self._schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            for number in range(MOST_NAMES):
                case = operation.Case()
                _fill_in(case, self._world, number)
                if any(self._takes(case, caller) for caller in self._world.callers):
                    break

    def _takes(self, case: Any, caller: Caller) -> bool:
        answer = case.call(headers=dict(caller.headers))
        self._ledger.note(case.operation.label, caller.name, answer.status_code)
        case.validate_response(answer, checks=[one for one in CHECKS if one not in _ABOUT_WHAT_WAS_DRAWN])
        return bool(200 <= answer.status_code < 300)

    def _machine(self, caller: Caller) -> Any:
        world, ledger, found = self._world, self._ledger, self._found

        class Machine(self._schema.as_state_machine()):  # type: ignore[misc]
            def before_call(self, case: Any) -> None:
                self.mended = _name_what_is_there(case, world)

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                del case
                return {"headers": dict(caller.headers)}

            def after_call(self, response: Any, case: Any) -> None:
                ledger.note(case.operation.label, caller.name, response.status_code)

            def validate_response(self, response: Any, case: Any, **_: Any) -> None:
                named = case.operation.definition.raw["operationId"]
                about_the_whole = self.mended or named == "receive_flags"
                # What was drawn to be wrong may be right by now, and a batch answers each of its rows for itself.
                checks = [one for one in CHECKS if not (about_the_whole and one in _ABOUT_WHAT_WAS_DRAWN)]
                try:
                    case.validate_response(response, checks=checks)
                except FailureGroup as failed:
                    found.append(failed)
                    raise

        return Machine


def _run(machine: Any, seed: int) -> None:
    """Run a few scenarios; later ones meet what earlier ones left, which Hypothesis would call a flaw of the test."""
    hypothesis.seed(seed)(machine)
    with contextlib.suppress(Flaky, FailureGroup):
        machine.run(settings=_SCENARIOS)


def _name_what_is_there(case: Any, world: World) -> bool:
    """Fill most requests in with names that exist, so that more than refusals is met; tell whether it did.

    Which requests are filled in follows from what was drawn, and from nothing else: a run can be repeated.
    """
    drawn = [case.path_parameters, dict(case.query or {}), repr(case.body)]
    chance = zlib.crc32(json.dumps(drawn, sort_keys=True, default=repr).encode("utf-8", "replace"))
    if chance % 3 == 0:
        return False
    _fill_in(case, world, chance // 3)
    if (
        case.operation.path in {"/v1/measures", "/v1/versions"}
        and "after" in (case.query or {})
        and chance % 2
    ):
        case.query = {name: value for name, value in case.query.items() if name != "after"}
    return True


def _fill_in(case: Any, world: World, chance: int) -> None:
    """Name things that exist, which of several by `chance`, and send a body that fits."""
    operation = case.operation.definition.raw.get("operationId", "")
    path = case.operation.path
    if "{number}" in path:
        kinds = {"/notices/": "notice", "/appeals/": "appeal", "/flags/": "flag", "/my/contact/": "contact"}
        kind = next(kind for place, kind in kinds.items() if place in path)
        known = world.numbers[kind]
        case.path_parameters = {"number": known[chance % len(known)]}
    if "{kind}" in path:
        case.path_parameters = {"kind": ("job_post", "profile", "private_message")[chance % 3]}
        case.query = {"platform": "harborlane"}
    if path == "/v1/lineage":
        case.query = {"platform": "harborlane"}
    if path in {"/v1/option-suggestions", "/v1/contact"}:
        case.query = {"person": "rita"}
    if path.startswith("/v1/my/"):
        author = "notices" in path or "standing" in path or "appeals" in path
        case.query = {"person": "ann" if author else "rita"}
    if operation in BODIES:
        case.body = body_that_fits(operation, world)
        case.media_type = "application/json"
        case.headers = {}


@pytest_asyncio.fixture
async def world(
    database: Database, ids: SeededIds, clocks: Clocks, business: StoppedClock, tmp_path: Path
) -> World:
    return await open_world(await build_house(database, ids, clocks), business, tmp_path)


async def document_of(world: World) -> dict[str, Any]:
    answer = await world.host.client.get("/schema/openapi.json")
    found: dict[str, Any] = answer.json()
    return found


def endpoints(document: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method in methods:
            yield f"{method.upper()} {path}"


async def test_every_address_answers_every_role_as_the_document_says(
    world: World, record_property: Any
) -> None:
    """No 5xx, no undeclared status, no answer that its schema does not allow; and each address takes something."""
    ledger, document = Ledger(), await document_of(world)
    walker = Walker(world, world.app, document, ledger)
    await walker.ask_each()  # while everything that can be asked for is still there
    for caller in world.callers:
        often = 20 if caller.name.startswith(("key with", "person")) else 4
        await walker.walk(caller, often * TIMES)
    record_property("shown", ledger.table())
    keep_counts("contract", ledger.by_role())
    assert ledger.never_answered(set(endpoints(document))) == set()


class _Faulty:
    """The house's own doors with one planted fault."""

    def __init__(self, app: Asgi, status: int, body: bytes, media_type: bytes = b"application/json") -> None:
        self._app = app
        self._answer = status, body, media_type

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/v1/versions":
            await self._app(scope, receive, send)
            return
        status, body, media_type = self._answer
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", media_type)]}
        )
        await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("status", "body", "media_type", "found"),
    [
        (500, b"{}", b"application/json", "Server error"),
        (418, b"{}", b"application/problem+json", "Undocumented status code"),
        (200, b'{"items": [], "reporter": "rita"}', b"application/json", "Response violates schema"),
        (200, b"<p>", b"text/html", "Undocumented Content-Type"),
    ],
)
async def test_a_planted_fault_is_found(
    world: World, status: int, body: bytes, media_type: bytes, found: str
) -> None:
    faulty = _Faulty(world.app, status, body, media_type)
    walker = Walker(world, faulty, await document_of(world), Ledger())
    with pytest.raises(FailureGroup) as caught:
        await walker.walk(world.caller("key with every scope"), 10)
    assert found in repr(caught.value.exceptions)


async def test_an_address_that_answers_nobody_is_found(world: World) -> None:
    ledger, document = Ledger(), await document_of(world)
    for endpoint in endpoints(document):
        ledger.note(endpoint, "anonymous", 401 if endpoint == "GET /v1/versions" else 200)
    assert ledger.never_answered(set(endpoints(document))) == {"GET /v1/versions"}
