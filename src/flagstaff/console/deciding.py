"""Decide a case, see what its author would read, take it back, confirm it as the second person, reverse it."""

from litestar import Response, post
from litestar.params import FromPath

from flagstaff.console.cases import load_case, show_case
from flagstaff.console.decision_form import judgement_of, read_filled
from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.decide_case import decide_case
from flagstaff.flows.preview_notice import preview_notice
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vocabulary.roles import Permission

_decides = require(Permission.DECIDE)
_confirms = require(Permission.CONFIRM)
_reverses = require(Permission.REVERSE)


@post("/cases/{number:str}/decide", status_code=303, guards=[_decides])
async def take_decision(request: Visit, number: FromPath[str]) -> Response[str]:
    """Decide; what cannot stand yet comes back with all that is wrong and everything typed."""
    form = await read_form(request)
    page, panel = await load_case(request, number)
    filled = read_filled(form, panel)
    try:
        judgement = judgement_of(number, _revision(form), filled, page.copies)
        await decide_case(house_of(request), current_account(request), judgement)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem, filled=filled)
    return go(f"/console/cases/{number}")


@post("/cases/{number:str}/preview", status_code=200, guards=[_decides])
async def show_preview(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show what the author would read: a fragment for the page's script, else the whole page with it."""
    form = await read_form(request)
    page, panel = await load_case(request, number)
    filled = read_filled(form, panel)
    fragment = bool(request.headers.get("hx-request"))
    try:
        judgement = judgement_of(number, None, filled, page.copies)
        texts = await preview_notice(house_of(request), page.case.key, judgement)
    except FlagstaffError as problem:
        if fragment:
            return render(request, "preview.html", texts=(), problem=problem)
        return await show_case(request, number, problem=problem, filled=filled)
    if fragment:
        return render(request, "preview.html", texts=texts, problem=None)
    return await show_case(request, number, filled=filled, preview=texts)


@post("/cases/{number:str}/undo", status_code=303, guards=[_decides])
async def take_undo(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take a decision back before anything of it left."""
    try:
        await undo_decision(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go(f"/console/cases/{number}")


@post("/cases/{number:str}/second", status_code=303, guards=[_confirms])
async def take_second(request: Visit, number: FromPath[str]) -> Response[str]:
    """Answer as the second person."""
    form = await read_form(request)
    answer = Answer(number, form.text("answer") == "confirm", form.text("reason"))
    try:
        await answer_second(house_of(request), current_account(request), answer)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go(f"/console/cases/{number}")


@post("/cases/{number:str}/reverse", status_code=303, guards=[_reverses])
async def take_reversal(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take back a decision that is in effect."""
    form = await read_form(request)
    try:
        reversal = Reversal(number, form.text("reason"))
        await reverse_decision(house_of(request), current_account(request), reversal)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go(f"/console/cases/{number}")


def _revision(form: Form) -> int | None:
    text = form.text("revision")
    return int(text) if text.isascii() and text.isdecimal() else None


HANDLERS = [take_decision, show_preview, take_undo, take_second, take_reversal]
