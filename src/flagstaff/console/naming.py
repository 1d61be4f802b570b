"""Name a reporter: asked for in a case, agreed to by a second account, seen once."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.cases import show_case
from flagstaff.console.errors import go
from flagstaff.console.forms import BadForm, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import case_for, sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.unmask_reporter import (
    AskUnmasking,
    ask_unmasking,
    confirm_unmasking,
    see_reporter,
    unmaskings_of,
)
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.tongues import spoken
from flagstaff.vault.model import Unmasking
from flagstaff.views.case import flag_behind
from flagstaff.views.desk import FlagSeen, find_flags
from flagstaff.views.drafts import names_of
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.roles import Permission

_unmasks = require(Permission.UNMASK)


class _Line(msgspec.Struct, frozen=True):
    """One request with the flag that it is about; `mine`: this account asked."""

    request: Unmasking
    flag: FlagSeen
    asked_by: str
    mine: bool


@get("/naming", guards=[_unmasks])
async def naming_page(request: Visit) -> Response[str]:
    """List what waits for a second person, and what this account asked for."""
    return await _show(request)


async def _show(
    request: Visit, problem: FlagstaffError | None = None, named: PersonRef | None = None
) -> Response[str]:
    house, account = house_of(request), current_account(request)
    waiting = await unmaskings_of(house, account)
    flags = await find_flags(house.database, sight_for(request), [one.flag for one in waiting])
    names = {one.key: one.name for one in await names_of(house.database)}
    lines = [
        _Line(
            one,
            flags[one.flag],
            names.get(one.asked_by) or spoken().gettext("somebody"),
            one.asked_by == account.key,
        )
        for one in waiting
        if one.flag in flags
    ]
    status = problem.status if problem else 200
    return render(request, "naming.html", status=status, lines=lines, problem=problem, named=named)


@post("/cases/{number:str}/naming", status_code=303, guards=[_unmasks])
async def take_asking(request: Visit, number: FromPath[str]) -> Response[str]:
    """Ask that the reporter behind a letter be named."""
    house, seen = house_of(request), await case_for(request, number)
    form = await read_form(request)
    letter = form.text("letter")
    try:
        flag = await flag_behind(house.database, seen.key, int(letter)) if letter.isdecimal() else None
        wanted = AskUnmasking(number, flag or "", form.text("reason"))
        await ask_unmasking(house, current_account(request), wanted)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go("/console/naming")


@post("/cases/{number:str}/naming/{key:uuid}", status_code=200, guards=[_unmasks])
async def take_answer(request: Visit, number: FromPath[str], key: FromPath[UUID]) -> Response[str]:
    """Agree as the second person, or see who it was: shown on this answer and on no other."""
    house, account = house_of(request), current_account(request)
    form = await read_form(request)
    try:
        match form.text("do"):
            case "see":
                return await _show(request, named=await see_reporter(house, account, number, key))
            case "confirm":
                await confirm_unmasking(house, account, number, key)
            case _:
                msg = "nothing was chosen, and nobody agreed to anything"
                raise BadForm(msg, where="do", mend="use the buttons of the page")
    except FlagstaffError as problem:
        return await _show(request, problem)
    return go("/console/naming")


HANDLERS = [naming_page, take_asking, take_answer]
