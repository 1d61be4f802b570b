"""Suggest an option that a menu lacks, and follow what becomes of it."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.bodies import SuggestionBody
from flagstaff.api.contract import LETTER_PROBLEMS, MY_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.pushes import once_per_key
from flagstaff.api.readers import reader_known
from flagstaff.api.reading import decode, headers_of, read_body, request_key
from flagstaff.api.replies import MySuggestion, MySuggestions, SuggestionAnswer
from flagstaff.flows.answer_once import answer_once
from flagstaff.flows.show_my_suggestions import OwnSuggestion, show_my_suggestions
from flagstaff.flows.suggest_option import Suggested, take_suggestion
from flagstaff.language.marking import marked
from flagstaff.language.tongues import Tongue
from flagstaff.store.database import Connection
from flagstaff.vocabulary.scopes import ApiScope

_NO_STORE: Final = {"cache-control": "no-store"}
_decoder: Final = msgspec.json.Decoder(SuggestionBody)
TAKEN: Final = marked("Thank you. A person reads it, and you are told how it ends.")
STATUS: Final = {
    "received": marked("We have it. A person reads it."),
    "accepted": marked("We are preparing an option for it."),
    "merged": marked("There is an option for it."),
    "offered": marked("There is an option for it now."),
    "declined": marked("We do not add an option for it."),
}


@post(
    "/v1/option-suggestions", status_code=202, operation_id="suggest_option", tags=["suggestions"], security=SECURED,
    responses=LETTER_PROBLEMS,
)  # fmt: skip
async def suggest(request: type_of_request, person: FromQuery[str] = "") -> Response[SuggestionAnswer]:
    """Suggest an option for one menu; a server names the person by `?person=`."""
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive)
    who, caller, languages = await desk.gate.person(headers, ApiScope.FLAGS_WRITE, person)
    once = once_per_key(
        desk.house, f"{caller}:{who.id}", "/v1/option-suggestions", request_key(headers), body
    )
    tongue = reader_known(desk.house.policy, who, languages).tongue
    wanted = decode(body, _decoder)
    desk.letter_allowance.spend(f"{who.platform}:{who.id}", 1)
    given = Suggested(who, wanted.kind, wanted.label, wanted.details, wanted.language or "")

    async def deed(connection: Connection) -> SuggestionAnswer:
        number = await take_suggestion(desk.house, connection, given)
        return SuggestionAnswer(number=number, status="received", text=tongue.gettext(TAKEN))

    answer = await answer_once(desk.house, once, SuggestionAnswer, deed)
    return Response(answer, status_code=202, headers=_NO_STORE)


@get(
    "/v1/my/suggestions", operation_id="list_my_suggestions", tags=["suggestions"], security=SECURED,
    responses=MY_PROBLEMS,
)  # fmt: skip
async def list_my_suggestions(
    request: type_of_request, person: FromQuery[str] = ""
) -> Response[MySuggestions]:
    """List one's own suggestions with what became of them; a server names the person by `?person=`."""
    desk = desk_of(request)
    who, _, wanted = await desk.gate.person(headers_of(request.scope), ApiScope.FLAGS_READ, person)
    tongue = reader_known(desk.house.policy, who, wanted).tongue
    items = tuple(shown(one, tongue) for one in await show_my_suggestions(desk.house, who))
    return Response(MySuggestions(items=items), headers=_NO_STORE)


def shown(one: OwnSuggestion, tongue: Tongue) -> MySuggestion:
    """Return one suggestion as its writer reads it; what was being prepared may have been published since."""
    status = "offered" if one.told.status == "accepted" and one.offered else one.told.status
    return MySuggestion(
        number=one.number,
        kind=one.kind,
        status=one.told.status,
        status_text=tongue.gettext(STATUS[status]),
        received_at=one.received_at,
        reason=one.told.reason,
        option=one.told.option,
    )


HANDLERS: Final[list[Any]] = [suggest, list_my_suggestions]
