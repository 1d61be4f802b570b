"""Letters to the team: what waits, one thread with both sides, and the answer to it."""

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import platforms_of
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.answer_letter import answer_letter, close_thread
from flagstaff.flows.read_letters import read_letters
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.staff.rules import may
from flagstaff.views.drafts import names_of
from flagstaff.views.people_write import list_threads
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_answers = require(Permission.ANSWER_CONTACT)


@get("/contact", guards=[_answers])
async def contact_page(request: Visit) -> Response[str]:
    """List threads of letters, those that wait first."""
    house, by = house_of(request), current_account(request)
    hosts = [one for one in platforms_of(house) if may(by, Permission.ANSWER_CONTACT, None, Platform(one))]
    return render(request, "letters.html", threads=await list_threads(house.database, hosts))


@get("/contact/{number:str}", guards=[_answers])
async def thread_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show one thread and a form to answer it."""
    return await _thread(request, number)


@post("/contact/{number:str}", guards=[_answers])
async def take_answer(request: Visit, number: FromPath[str]) -> Response[str]:
    """Answer a thread, answer and close it, or close it."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    try:
        seen = form.one("seen", datetime.fromisoformat)
        if form.text("do") == "close":
            await close_thread(house, by, number, seen)
        else:
            closing = form.text("do") == "answer_and_close"
            await answer_letter(house, by, number, form.text("text"), seen, closing=closing)
    except FlagstaffError as problem:
        return await _thread(request, number, form, problem)
    return go("/console/contact")


async def _thread(
    request: Visit, number: str, form: Form | None = None, problem: FlagstaffError | None = None
) -> Response[str]:
    house = house_of(request)
    read = await read_letters(house, current_account(request), number)
    names = {one.key: one.name for one in await names_of(house.database)}
    return render(
        request, "letter.html", status=problem.status if problem else 200, read=read, thread=read.thread, names=names,
        problem=problem, text=form.text("text") if form else "",
    )  # fmt: skip


HANDLERS = [contact_page, thread_page, take_answer]
