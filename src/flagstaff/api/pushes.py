"""What a platform's server tells: new content, what happened to it, and to accounts."""

from typing import Final, TypeVar

import msgspec
from litestar import Response, post

from flagstaff.api.answers import Accepted
from flagstaff.api.bodies import ContentEventsBody, PersonEventsBody, Subject
from flagstaff.api.callers import Machine
from flagstaff.api.contract import MACHINES, PUSH_PROBLEMS
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.reading import decode, headers_of, read_body, request_key
from flagstaff.api.subjects import seen_in_body
from flagstaff.flows.answer_once import Request, answer_each_time, answer_once
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, take_events
from flagstaff.flows.house import House
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.push_content import take_content
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.scopes import ApiScope

T = TypeVar("T")
_subject: Final = msgspec.json.Decoder(Subject)
_content_events: Final = msgspec.json.Decoder(ContentEventsBody)
_person_events: Final = msgspec.json.Decoder(PersonEventsBody)


@post(
    "/v1/content", status_code=202, operation_id="push_content", tags=["content"], security=MACHINES,
    responses=PUSH_PROBLEMS,
)  # fmt: skip
async def push(request: type_of_request) -> Response[Accepted]:
    """Push a subject as it stands, so that a later flag finds the words as they were posted."""
    machine, subject, once = await _read(request, ApiScope.CONTENT_WRITE, _subject)
    house = desk_of(request).house
    seen = seen_in_body(house.policy, machine.platform, subject)

    async def deed(connection: Connection) -> Accepted:
        await take_content(house, connection, [seen])
        return Accepted(accepted=1)

    return _accepted(await answer_once(house, once, Accepted, deed))


@post(
    "/v1/content-events", status_code=202, operation_id="follow_content", tags=["content"], security=MACHINES,
    responses=PUSH_PROBLEMS,
)  # fmt: skip
async def content_events(request: type_of_request) -> Response[Accepted]:
    """Tell what happened to subjects: edited (with the new words), deleted_by_author, restored."""
    machine, body, once = await _read(request, ApiScope.EVENTS_WRITE, _content_events)
    house = desk_of(request).house
    events = [
        ContentEvent(ContentEventKind(one.type), seen_in_body(house.policy, machine.platform, one.subject))
        for one in body.events
    ]

    async def deed(connection: Connection) -> Accepted:
        await take_events(house, connection, events)
        return Accepted(accepted=len(events))

    return _accepted(await answer_once(house, once, Accepted, deed))


@post(
    "/v1/person-events", status_code=202, operation_id="follow_persons", tags=["content"], security=MACHINES,
    responses=PUSH_PROBLEMS,
)  # fmt: skip
async def person_events(request: type_of_request) -> Response[Accepted]:
    """Tell what happened to accounts: closed, or erased with everything they wrote, for good."""
    machine, body, once = await _read(request, ApiScope.EVENTS_WRITE, _person_events)
    house = desk_of(request).house
    events = [
        PersonEvent(PersonEventKind(one.type), PersonRef(machine.platform, one.person)) for one in body.events
    ]

    async def deed() -> Accepted:
        return Accepted(accepted=await follow_persons(house, events, f"platform:{machine.platform}"))

    return _accepted(await answer_each_time(house, once, Accepted, deed))


async def _read(
    request: type_of_request, scope: ApiScope, decoder: "msgspec.json.Decoder[T]"
) -> tuple[Machine, T, Request]:
    headers = headers_of(request.scope)
    body = await read_body(headers, request.receive)
    desk = desk_of(request)
    machine = await desk.gate.machine(headers, scope)
    once = once_per_key(desk.house, machine.name, request.scope["path"], request_key(headers), body)
    return machine, decode(body, decoder), once


def once_per_key(house: House, caller: str, route: str, key: str | None, body: bytes) -> Request:
    """Return a write as its repeats are recognised by."""
    digest = None if key is None else house.sealer.idempotency_digest(caller, route, key)
    return Request(digest, house.sealer.body_digest(body))


def _accepted(answer: Accepted) -> Response[Accepted]:
    return Response(answer, status_code=202, headers={"cache-control": "no-store"})
