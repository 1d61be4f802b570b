"""The appeal form for somebody who cannot sign in: number and code from the notice, both sent by POST only."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.pages import page
from flagstaff.api.reading import FORM, headers_of, read_body, read_form
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.kernel.errors import FlagstaffError

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"number": "", "code": "", "text": ""}


@get("/appeal", operation_id="appeal_form", tags=["pages"], include_in_schema=False)
async def appeal_form(number: FromQuery[str] = "") -> Response[str]:
    """Show the form. The code is never in an address, where logs and histories would keep it."""
    return _form(_BLANK | {"number": number[:40]}, None, 200)


@post("/appeal", status_code=200, operation_id="send_appeal_form", tags=["pages"], include_in_schema=False)
async def send_appeal(request: type_of_request) -> Response[str]:
    """Take an appeal from the form; a refused one is shown again with its words kept."""
    desk = desk_of(request)
    body = await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM)
    form = _BLANK | read_form(body)
    try:
        taken = await receive_appeal(
            desk.house, Asked(form["number"], form["text"], code=form["code"].strip())
        )
    except FlagstaffError as refused:
        return _form(form, refused, refused.status)
    return page("appealed.html", number=taken.number, answer_by=taken.answer_by)


def _form(form: dict[str, str], problem: FlagstaffError | None, status: int) -> Response[str]:
    return page("appeal.html", status, form=form, problem=problem)


HANDLERS: Final[list[Any]] = [appeal_form, send_appeal]
