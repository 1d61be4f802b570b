"""The queue: what waits, in the order in which it is to be taken, and a key that takes the next case."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import live_guidelines, platforms_of, sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.next_case import next_case
from flagstaff.views.queue import COUNTED_AT_MOST, IN_HAND, Filter, count_late, queue_page
from flagstaff.vocabulary.references import Surface
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState

Member = TypeVar("Member", bound=StrEnum)

_sees = require(Permission.SEE_QUEUE)
_decides = require(Permission.DECIDE)
_GRADES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@get("/queue", guards=[_sees])
async def queue(
    request: Visit,
    show: FromQuery[str] = "",
    surface: FromQuery[str] = "",
    severity: FromQuery[str] = "",
    place: FromQuery[str] = "",
    mine: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """Show a page of the queue; what an address names that does not exist is left out of the filter."""
    house, sight = house_of(request), sight_for(request)
    wanted = Filter(
        state=_one(show, (CaseState.OPEN, *IN_HAND)) or CaseState.OPEN,
        surface=_one(surface, Surface),
        severities=frozenset({Severity(int(severity))} if severity in {"1", "2", "3", "4"} else Severity),
        place=place.strip()[:100],
        mine=mine == "yes",
    )
    page = await queue_page(house.database, sight, wanted, after)
    late = await count_late(house.database, sight, house.now)
    return render(
        request,
        "queue.html",
        page=page,
        late=late,
        wanted=wanted,
        at_most=COUNTED_AT_MOST,
        states=(CaseState.OPEN, *IN_HAND),
        grades=_GRADES,
        grade=severity if len(wanted.severities) == 1 else "",
        places=_places(request),
        several=len(sight.platforms) > 1,
        everywhere=sight.everywhere,
        nothing=request.query_params.get("nothing", "") == "yes",
        link=lambda **changed: _link(wanted, severity, **changed),
    )


@post("/next", status_code=303, guards=[_decides])
async def take_next(request: Visit) -> Response[str]:
    """Claim the most urgent case and open it; back to the queue where nothing waits."""
    form = await read_form(request)
    surface = _one(form.text("surface"), Surface)
    claimed = await next_case(house_of(request), current_account(request), None, surface)
    return go(f"/console/cases/{claimed.case}" if claimed else "/console/queue?nothing=yes")


def _one(text: str, known: Iterable[Member]) -> Member | None:
    return next((member for member in known if member.value == text), None)


def _places(request: Visit) -> list[str]:
    """Return the places that the filter proposes: one's own, or the groups of the guidelines."""
    account, house = current_account(request), house_of(request)
    own = [reach.key for reach in account.places]
    if own:
        return own
    published = live_guidelines(house, platforms_of(house))
    return sorted({group.key for one in published for group in one.groups})


def _link(wanted: Filter, severity: str, **changed: str) -> str:
    """Return the address of the queue with something of the filter changed."""
    now = {
        "show": "" if wanted.state is CaseState.OPEN else wanted.state.value,
        "surface": wanted.surface.value if wanted.surface else "",
        "severity": severity if len(wanted.severities) == 1 else "",
        "place": wanted.place,
        "mine": "yes" if wanted.mine else "",
    }
    query = urlencode({name: value for name, value in (now | changed).items() if value})
    return "/console/queue" + (f"?{query}" if query else "")


HANDLERS = [queue, take_next]
