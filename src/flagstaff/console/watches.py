"""The weekly watch on the page of deep dives: begin it, see what it told, end it."""

from typing import Any, Final

from litestar import Response, post

from flagstaff.console.errors import go
from flagstaff.console.forms import BadForm, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.house import House
from flagstaff.flows.watch_themes import begin_watch, end_watch, find_watch
from flagstaff.insight.rising import FALSE_ALARMS, WEEKS_BEFORE
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_asks: Final = require(Permission.RUN_DEEP_DIVE)


@post("/dives/watch", status_code=303, guards=[_asks])
async def take_watch(request: Visit) -> Response[str]:
    """Begin a watch in the name of who asks, or end it."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    platform = Platform(form.text("platform"))
    match form.text("do"):
        case "begin":
            await begin_watch(house, by, platform, form.many("kinds"))
        case "end":
            await end_watch(house, by, platform)
        case _:
            msg = "nothing is called so"
            raise BadForm(msg, where="do", mend="load the page again and use its buttons")
    return go(f"/console/dives?platform={platform}#watch")


async def watch_values(house: House, by: Account, platform: str) -> dict[str, Any]:
    """Return what the card of the watch shows."""
    return {
        "watch": await find_watch(house, by, Platform(platform)),
        "weeks_before": WEEKS_BEFORE,
        "one_in": round(1 / FALSE_ALARMS),
    }


HANDLERS = [take_watch]
