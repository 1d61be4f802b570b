"""How the house keeps its word, and the log of who did what."""

from litestar import Response, get
from litestar.params import FromQuery

from flagstaff.console.guards import require
from flagstaff.console.looking import platforms_of, sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.views.health import LOOK_BACK, health
from flagstaff.views.log import log_page
from flagstaff.vocabulary.roles import Permission


@get("/health", guards=[require(Permission.READ_FIGURES)])
async def health_page(request: Visit) -> Response[str]:
    """Show what waits, how long decisions take, and what is late."""
    house = house_of(request)
    sight = sight_for(request, Permission.READ_FIGURES)
    figures = await health(house.database, sight.platforms, house.now)
    most = max((one for week in figures.weeks for one in (week.opened, week.decided)), default=0)
    return render(request, "health.html", health=figures, days=LOOK_BACK.days, most=max(most, 1))


@get("/log", guards=[require(Permission.READ_AUDIT)])
async def log_view(
    request: Visit, deed: FromQuery[str] = "", about: FromQuery[str] = "", skip: FromQuery[str] = ""
) -> Response[str]:
    """Show the log, the newest first."""
    house = house_of(request)
    page = await log_page(
        house.database,
        platforms_of(house),
        deed=deed.strip()[:60],
        case=about.strip()[:40],
        skip=int(skip) if skip.isascii() and skip.isdecimal() and len(skip) < 8 else 0,
    )
    return render(request, "log.html", page=page, deed=deed, about=about)


HANDLERS = [health_page, log_view]
