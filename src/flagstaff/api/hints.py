"""Propose options to somebody who describes what happened: a question that leaves no trace."""

from typing import Any, Final

import msgspec
from litestar import Response, post

from flagstaff.api.bodies import HintBody
from flagstaff.api.callers import Machine, demand
from flagstaff.api.contract import HINT_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.flag_intake import reporter_of
from flagstaff.api.reading import decode, headers_of, read_body
from flagstaff.flows.propose_options import HintsAnswer, Typed
from flagstaff.vocabulary.scopes import ApiScope

BYTES_AT_MOST: Final = 131_072
_decoder: Final = msgspec.json.Decoder(HintBody)


@post(
    "/v1/hints", status_code=200, operation_id="propose_options", tags=["menus"], security=SECURED,
    responses=HINT_PROBLEMS,
)  # fmt: skip
async def propose_options(request: type_of_request) -> Response[HintsAnswer]:
    """Propose at most three options of a menu for what somebody wrote so far, each with words of its own that fit.

    Nothing converts by itself. The text is neither stored nor logged nor sent on, and no part of it is answered.
    """
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive, BYTES_AT_MOST)
    caller = await desk.gate.caller(headers)
    typed = decode(body, _decoder)
    if isinstance(caller, Machine):
        demand(caller, ApiScope.FLAGS_WRITE)
        desk.allowance.spend(caller.name, 1)
        platform, language = caller.platform, typed.language
    else:
        token = reporter_of(caller)
        desk.hint_allowance.spend(caller.name, 1)
        platform, language = token.person.platform, typed.language or token.language
    asked = Typed(platform=platform, kind=typed.kind, language=language or "", text=typed.text)
    return Response(desk.hints.propose(asked), headers={"cache-control": "no-store"})


HANDLERS: Final[list[Any]] = [propose_options]
