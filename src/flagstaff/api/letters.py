"""Write to the team about what is no flag, and read what it answered."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.api.bodies import LetterBody
from flagstaff.api.contract import LETTER_PROBLEMS, MY_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.pushes import once_per_key
from flagstaff.api.readers import reader_known
from flagstaff.api.reading import decode, headers_of, read_body, request_key
from flagstaff.api.replies import MyLetter, MyThread, MyThreads, ThreadAnswer
from flagstaff.contact.storage import Side
from flagstaff.flows.answer_once import Request, answer_once
from flagstaff.flows.show_my_letters import OwnThread, show_my_letters
from flagstaff.flows.write_letter import Posted, begin_thread, write_again
from flagstaff.language.marking import marked
from flagstaff.language.tongues import Tongue
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.scopes import ApiScope

_NO_STORE: Final = {"cache-control": "no-store"}
_decoder: Final = msgspec.json.Decoder(LetterBody)
TAKEN: Final = marked("Thank you. A person reads it and answers here.")
STATUS: Final = {
    "open": marked("It waits for our answer."),
    "answered": marked("We have answered. Write again if something is missing."),
    "closed": marked("It is closed. Writing again opens it."),
}


@post(
    "/v1/contact", status_code=202, operation_id="write_letter", tags=["contact"], security=SECURED,
    responses=LETTER_PROBLEMS,
)  # fmt: skip
async def write(request: type_of_request, person: FromQuery[str] = "") -> Response[ThreadAnswer]:
    """Write to the team and begin a thread; a server names the person by `?person=`."""
    who, text, once, tongue = await _read(request, "/v1/contact", person)
    house = desk_of(request).house

    async def deed(connection: Connection) -> ThreadAnswer:
        return taken(await begin_thread(house, connection, who.platform, who, text), tongue)

    return Response(await answer_once(house, once, ThreadAnswer, deed), status_code=202, headers=_NO_STORE)


@post(
    "/v1/my/contact/{number:str}", status_code=202, operation_id="write_again", tags=["contact"], security=SECURED,
    responses=LETTER_PROBLEMS,
)  # fmt: skip
async def go_on(
    request: type_of_request, number: FromPath[str], person: FromQuery[str] = ""
) -> Response[ThreadAnswer]:
    """Write one more letter in a thread of one's own; a closed one is opened by it."""
    who, text, once, tongue = await _read(request, request.scope["path"], person)
    house = desk_of(request).house

    async def deed(connection: Connection) -> ThreadAnswer:
        return taken(await write_again(house, connection, who, number, text), tongue)

    return Response(await answer_once(house, once, ThreadAnswer, deed), status_code=202, headers=_NO_STORE)


@get(
    "/v1/my/contact", operation_id="list_my_letters", tags=["contact"], security=SECURED, responses=MY_PROBLEMS
)  # fmt: skip
async def list_my_letters(request: type_of_request, person: FromQuery[str] = "") -> Response[MyThreads]:
    """List one's own threads with the team's answers; a server names the person by `?person=`."""
    desk = desk_of(request)
    who, _, wanted = await desk.gate.person(headers_of(request.scope), ApiScope.NOTICES_READ, person)
    tongue = reader_known(desk.house.policy, who, wanted).tongue
    items = tuple(shown(one, tongue) for one in await show_my_letters(desk.house, who))
    return Response(MyThreads(items=items), headers=_NO_STORE)


async def _read(request: type_of_request, route: str, person: str) -> tuple[PersonRef, str, Request, Tongue]:
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive)
    who, caller, wanted = await desk.gate.person(headers, ApiScope.FLAGS_WRITE, person)
    once = once_per_key(desk.house, f"{caller}:{who.id}", route, request_key(headers), body)
    text = decode(body, _decoder).text
    desk.letter_allowance.spend(f"{who.platform}:{who.id}", 1)
    return who, text, once, reader_known(desk.house.policy, who, wanted).tongue


def taken(posted: Posted, tongue: Tongue) -> ThreadAnswer:
    """Return what is said of a letter that was taken."""
    return ThreadAnswer(number=posted.number, code=posted.code, status="open", text=tongue.gettext(TAKEN))


def shown(own: OwnThread, tongue: Tongue) -> MyThread:
    """Return one thread as its writer reads it."""
    return MyThread(
        number=own.thread.number,
        status=own.thread.state.value,
        status_text=tongue.gettext(STATUS[own.thread.state.value]),
        opened_at=own.thread.opened_at,
        letters=tuple(
            MyLetter(
                by=one.written_by.value,
                at=one.written_at,
                text=one.answer if one.written_by is Side.TEAM else None,
            )
            for one in own.letters
        ),
    )


HANDLERS: Final[list[Any]] = [write, go_on, list_my_letters]
