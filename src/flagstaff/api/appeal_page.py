"""The form for somebody who cannot sign in, to appeal or to answer a question: number and code, by POST only."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.pages import page
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import FORM, headers_of, read_body, read_form
from flagstaff.flows.answer_as_author import AuthorAnswer, NoSuchQuestion, answer_as_author
from flagstaff.flows.house import House
from flagstaff.flows.receive_appeal import Asked, NothingToAppeal, Taken, receive_appeal
from flagstaff.kernel.errors import FlagstaffError

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"number": "", "code": "", "text": ""}


@get("/appeal", operation_id="appeal_form", tags=["pages"], include_in_schema=False)
async def appeal_form(
    request: type_of_request, number: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Show the form. The code is never in an address, where logs and histories would keep it."""
    return _form(_reader(request, language), _BLANK | {"number": number[:40]}, None, 200)


@post("/appeal", status_code=200, operation_id="send_appeal_form", tags=["pages"], include_in_schema=False)
async def send_appeal(request: type_of_request, language: FromQuery[str] = "") -> Response[str]:
    """Take an appeal, or the answer to a question, from the form; what is refused is shown again, its words kept."""
    desk, reader = desk_of(request), _reader(request, language)
    body = await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM)
    form = _BLANK | read_form(body)
    try:
        desk.guesses.check(form["number"])
        taken = await _take(
            desk.house, form["number"], form["code"].strip(), form["text"], reader.tongue.language
        )
    except FlagstaffError as refused:
        if isinstance(refused, NothingToAppeal):
            desk.guesses.wrong(form["number"])
        return _form(reader, form, refused, refused.status)
    desk.guesses.right(form["number"])
    if taken is None:
        return page("answered.html", reader)
    return page("appealed.html", reader, number=taken.number, answer_by=taken.answer_by)


async def _take(house: House, number: str, code: str, text: str, language: str) -> Taken | None:
    """Take what a notice asks for: most can be appealed, one that puts a question (None) takes an answer."""
    try:
        return await receive_appeal(house, Asked(number, text, code=code, language=language))
    except NothingToAppeal as nothing:
        try:
            await answer_as_author(house, AuthorAnswer(number, text, code=code))
        except NoSuchQuestion:
            raise nothing from None
        return None


def _reader(request: type_of_request, language: str) -> Reader:
    """Return who reads the form; whose platform it is only the notice says, unless there is only one."""
    policy = desk_of(request).house.policy
    hosts = policy.hosts()
    return reader_of(policy, request.scope, language, str(hosts[0].key) if len(hosts) == 1 else "")


def _form(reader: Reader, form: dict[str, str], problem: FlagstaffError | None, status: int) -> Response[str]:
    return page("appeal.html", reader, status, form=form, problem=problem)


HANDLERS: Final[list[Any]] = [appeal_form, send_appeal]
