"""The pages for a letter to the team, without script: with the token of a platform's page, or without an account."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.letters import shown
from flagstaff.api.pages import private_page
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import FORM, headers_of, read_body, read_form
from flagstaff.flows.show_my_letters import show_my_letters, show_thread_by_code
from flagstaff.flows.write_letter import NoSuchThread, Posted, begin_thread, write_again, write_by_code
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"platform": "", "token": "", "number": "", "code": "", "text": ""}


@get("/contact", operation_id="contact_form", tags=["pages"], include_in_schema=False)
async def contact_form(
    request: type_of_request, platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Show the form; neither a token nor a code is ever in an address."""
    desk = desk_of(request)
    form = _BLANK | {"platform": named_platform(desk.house.policy, platform)}
    return await _form(desk, _reader(request, language, form["platform"]), form)


@post("/contact", status_code=200, operation_id="send_contact_form", tags=["pages"], include_in_schema=False)
async def send_contact(request: type_of_request, language: FromQuery[str] = "") -> Response[str]:
    """Take a letter from the form; without words it opens the page for whoever a platform's token names."""
    desk, form = desk_of(request), await _read(request)
    platform = named_platform(desk.house.policy, form["platform"])
    reader = _reader(request, language, platform)
    try:
        desk.house.policy.host(platform)
        if not form["text"].strip():
            return await _form(desk, reader, form)
        posted, reader = await _post(desk, reader, form, platform)
    except FlagstaffError as refused:
        return await _form(desk, reader, form | {"platform": platform}, refused)
    return private_page("contacted.html", reader, posted=posted, platform=platform)


@post(
    "/contact/thread", status_code=200, operation_id="open_thread_form", tags=["pages"], include_in_schema=False
)  # fmt: skip
async def open_thread(request: type_of_request, language: FromQuery[str] = "") -> Response[str]:
    """Show the thread that number and code name, or take one more letter for it."""
    desk, form = desk_of(request), await _read(request)
    number, code = form["number"], form["code"].strip()
    reader = _reader(request, language, form["platform"])
    problem, sent = None, False
    try:
        desk.guesses.check(number)
        own = await show_thread_by_code(desk.house, number, code)
    except FlagstaffError as refused:
        if isinstance(refused, NoSuchThread):
            desk.guesses.wrong(number)
        return await _form(desk, reader, form, refused)
    desk.guesses.right(number)
    if form["text"].strip():
        try:
            desk.letter_allowance.spend(own.thread.number, 1)
            await write_by_code(desk.house, number, code, form["text"])
            sent, own = True, await show_thread_by_code(desk.house, number, code)
        except FlagstaffError as refused:
            problem = refused
    status = problem.status if problem else 200
    text = "" if sent else form["text"]
    return private_page(
        "thread.html",
        reader,
        status,
        thread=shown(own, reader.tongue),
        code=code,
        text=text,
        problem=problem,
        sent=sent,
    )


async def _post(desk: Desk, reader: Reader, form: dict[str, str], platform: str) -> tuple[Posted, Reader]:
    if not form["token"]:
        desk.letter_allowance.spend(f"nobody:{platform}", 1)
        async with desk.house.database.transaction(Role.INTAKE) as connection:
            posted = await begin_thread(desk.house, connection, Platform(platform), None, form["text"])
        return posted, reader
    token = (await desk.gate.person_of_form(form["token"])).token
    who = token.person
    desk.letter_allowance.spend(f"{who.platform}:{who.id}", 1)
    async with desk.house.database.transaction(Role.INTAKE) as connection:
        if form["number"]:
            posted = await write_again(desk.house, connection, who, form["number"], form["text"])
        else:
            posted = await begin_thread(desk.house, connection, who.platform, who, form["text"])
    return posted, reader.signed(token.language)


async def _read(request: type_of_request) -> dict[str, str]:
    return _BLANK | read_form(await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM))


def _reader(request: type_of_request, language: str, platform: str) -> Reader:
    return reader_of(desk_of(request).house.policy, request.scope, language, platform)


async def _form(
    desk: Desk, reader: Reader, form: dict[str, str], problem: FlagstaffError | None = None
) -> Response[str]:
    """Show the form with what was written; whoever a token names also sees their own threads."""
    platform, threads, token = named_platform(desk.house.policy, form["platform"]), [], form["token"]
    if token:
        try:
            signed = (await desk.gate.person_of_form(token)).token
            who, reader = signed.person, reader.signed(signed.language)
            platform = str(who.platform)
            threads = [shown(one, reader.tongue) for one in await show_my_letters(desk.house, who)]
        except FlagstaffError as refused:
            problem, token = refused, ""
    host = desk.house.policy.host(platform)
    return private_page(
        "contact.html", reader, problem.status if problem else 200, host=host, form=form, token=token, threads=threads,
        problem=problem,
    )  # fmt: skip


HANDLERS: Final[list[Any]] = [contact_form, send_contact, open_thread]
