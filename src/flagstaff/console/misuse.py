"""Look into how the sender of one flag uses flags, from the case that the flag is in."""

from litestar import Response, post
from litestar.params import FromPath

from flagstaff.console.cases import show_case
from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import case_for
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.flag_use import Misuse, look_into_flag_use
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.views.case import flag_behind
from flagstaff.vocabulary.roles import Permission

_opens = require(Permission.OPEN_CASE)


@post("/cases/{number:str}/misuse", status_code=303, guards=[_opens])
async def take_misuse(request: Visit, number: FromPath[str]) -> Response[str]:
    """Open a case about one reporter's way of using flags; they are named by their letter, and by nobody's name."""
    house, seen = house_of(request), await case_for(request, number)
    form = await read_form(request)
    letter = form.text("letter")
    try:
        flag = await flag_behind(house.database, seen.key, int(letter)) if letter.isdecimal() else None
        wanted = Misuse(number, flag or "", form.text("reason"))
        opened = await look_into_flag_use(house, current_account(request), wanted)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go(f"/console/cases/{opened}")


HANDLERS = [take_misuse]
