"""The list of what was built on decisions that did not last."""

from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import live_guidelines, platforms_of, sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.let_stand import Standing, let_stand
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.views.later import list_later
from flagstaff.vocabulary.roles import Permission

_reviews = require(Permission.REVIEW_APPEAL)


@get("/later", guards=[_reviews])
async def later_page(request: Visit) -> Response[str]:
    """List later decisions whose step counted one that was reversed."""
    return await _show(request)


async def _show(request: Visit, problem: FlagstaffError | None = None) -> Response[str]:
    house = house_of(request)
    live = live_guidelines(house, platforms_of(house))
    decay = max((one.ladder_rules.decay_days for one in live), default=0)
    found = await list_later(house.database, sight_for(request), decay)
    return render(
        request, "later.html", status=problem.status if problem else 200, later=found, problem=problem
    )


@post("/cases/{number:str}/stands", status_code=303, guards=[_reviews])
async def take_standing(request: Visit, number: FromPath[str]) -> Response[str]:
    """Let one of them stand."""
    form = await read_form(request)
    wanted = Standing(number, form.text("decision"), form.text("reversed"))
    try:
        await let_stand(house_of(request), current_account(request), wanted)
    except FlagstaffError as problem:
        return await _show(request, problem)
    return go("/console/later")


HANDLERS = [later_page, take_standing]
