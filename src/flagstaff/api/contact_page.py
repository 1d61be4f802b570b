"""The pages for a letter to the team, without script: with the token of a platform's page, or without an account."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.letters import shown
from flagstaff.api.pages import private_page
from flagstaff.api.reading import FORM, headers_of, read_body, read_form
from flagstaff.flows.show_my_letters import show_my_letters, show_thread_by_code
from flagstaff.flows.write_letter import NoSuchThread, Posted, begin_thread, write_again, write_by_code
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"platform": "", "token": "", "number": "", "code": "", "text": ""}


@get("/contact", operation_id="contact_form", tags=["pages"], include_in_schema=False)
async def contact_form(request: type_of_request, platform: FromQuery[str] = "") -> Response[str]:
    """Show the form; neither a token nor a code is ever in an address."""
    desk = desk_of(request)
    return await _form(desk, _BLANK | {"platform": named_platform(desk.house.policy, platform)})


@post("/contact", status_code=200, operation_id="send_contact_form", tags=["pages"], include_in_schema=False)
async def send_contact(request: type_of_request) -> Response[str]:
    """Take a letter from the form; without words it opens the page for whoever a platform's token names."""
    desk, form = desk_of(request), await _read(request)
    platform = named_platform(desk.house.policy, form["platform"])
    try:
        desk.house.policy.host(platform)
        if not form["text"].strip():
            return await _form(desk, form)
        posted = await _post(desk, form, platform)
    except FlagstaffError as refused:
        return await _form(desk, form | {"platform": platform}, refused)
    return private_page("contacted.html", posted=posted, platform=platform)


@post(
    "/contact/thread", status_code=200, operation_id="open_thread_form", tags=["pages"], include_in_schema=False
)  # fmt: skip
async def open_thread(request: type_of_request) -> Response[str]:
    """Show the thread that number and code name, or take one more letter for it."""
    desk, form = desk_of(request), await _read(request)
    number, code = form["number"], form["code"].strip()
    problem, sent = None, False
    try:
        desk.guesses.check(number)
        own = await show_thread_by_code(desk.house, number, code)
    except FlagstaffError as refused:
        if isinstance(refused, NoSuchThread):
            desk.guesses.wrong(number)
        return await _form(desk, form, refused)
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
        "thread.html", status, thread=shown(own), code=code, text=text, problem=problem, sent=sent
    )


async def _post(desk: Desk, form: dict[str, str], platform: str) -> Posted:
    if not form["token"]:
        desk.letter_allowance.spend(f"nobody:{platform}", 1)
        async with desk.house.database.transaction(Role.INTAKE) as connection:
            return await begin_thread(desk.house, connection, Platform(platform), None, form["text"])
    who = (await desk.gate.person_of_form(form["token"])).token.person
    desk.letter_allowance.spend(f"{who.platform}:{who.id}", 1)
    async with desk.house.database.transaction(Role.INTAKE) as connection:
        if form["number"]:
            return await write_again(desk.house, connection, who, form["number"], form["text"])
        return await begin_thread(desk.house, connection, who.platform, who, form["text"])


async def _read(request: type_of_request) -> dict[str, str]:
    return _BLANK | read_form(await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM))


async def _form(desk: Desk, form: dict[str, str], problem: FlagstaffError | None = None) -> Response[str]:
    """Show the form with what was written; whoever a token names also sees their own threads."""
    platform, threads, token = named_platform(desk.house.policy, form["platform"]), [], form["token"]
    if token:
        try:
            who = (await desk.gate.person_of_form(token)).token.person
            platform = str(who.platform)
            threads = [shown(one) for one in await show_my_letters(desk.house, who)]
        except FlagstaffError as refused:
            problem, token = refused, ""
    host = desk.house.policy.host(platform)
    return private_page(
        "contact.html", problem.status if problem else 200, host=host, form=form, token=token, threads=threads,
        problem=problem,
    )  # fmt: skip


HANDLERS: Final[list[Any]] = [contact_form, send_contact, open_thread]
