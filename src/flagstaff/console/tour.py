"""The tour through the demo: be everybody in turn, move time, and see one flag from every side.

It signs a browser in as anybody by one click, so it answers on loopback only, under a loopback name only (a foreign
name that was pointed here is refused), and only where the demo's seeding left its mark. The demo alone mounts it.
"""

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

import structlog
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.exceptions import HTTPException
from litestar.params import FromQuery

from flagstaff.console.headers import SecureHeaders
from flagstaff.console.markdown import shown_markdown
from flagstaff.console.pages import as_page, mark_as_demo
from flagstaff.console.session import no_cookie, session_cookie
from flagstaff.console.tour_parts import Player, Proof, Script, account_called, flags_of, sides_of, tales_now
from flagstaff.flows.house import House
from flagstaff.flows.move_time import NotTheDemo, is_demo, move_time
from flagstaff.flows.sign_in import open_session
from flagstaff.kernel.errors import FlagstaffError, NotFound
from flagstaff.language.asked import accepted
from flagstaff.language.marking import marked
from flagstaff.language.tongues import speaking, tongue_of
from flagstaff.store.roles import Role
from flagstaff.views.windows import windows

_log = structlog.get_logger()
_HTML: Final = "text/html; charset=utf-8"
_PLAYER: Final = "flagstaff_tour"
_MARKETPLACE: Final = "harborlane_person"
_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
STEPS: Final[Mapping[str, timedelta]] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "half-year": timedelta(days=183),
}
STOPS: Final = (
    ("/tour", marked("Welcome")),
    ("/tour/flag", marked("One flag, five sides")),
    ("/tour/clock", marked("The clock")),
    ("/tour/clones", marked("Two clones")),
    ("/tour/connect", marked("Your own site")),
)

Asked = Request[Any, Any, State]


class Tour:
    """The door of the tour: what is not of this machine gets a refusal before any page is looked for."""

    def __init__(self, house: House, script: Script) -> None:
        """Mount the pages; use `open_tour`, which looks for the mark first."""
        state = State({"house": house, "script": script, "proof": None})
        app = Litestar(
            route_handlers=[welcome, play, clock, move, flag, clones, prove, connect],
            state=state,
            exception_handlers={
                FlagstaffError: _show_error,
                HTTPException: _show_lost,
                Exception: _show_fault,
            },
            openapi_config=None,
            logging_config=None,
            request_max_body_size=100_000,
        )
        self._app = SecureHeaders(app, https=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not _is_local(scope):
            refusal: Response[str] = Response("The tour answers on this machine only.\n", status_code=403)
            await refusal.to_asgi_response(app=None, request=Request(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def open_tour(house: House, script: Script) -> Tour:
    """Return the tour of a house that the demo made; raises NotTheDemo for any other. Pages then show a banner."""
    if not await is_demo(house):
        msg = "the demo's seeding left no mark in this database"
        raise NotTheDemo(msg, mend="run `flagstaff demo`; the tour is not for a house that people use")
    mark_as_demo(house)
    return Tour(house, script)


def _is_local(scope: Any) -> bool:
    """Tell whether a request comes from this machine, under a name of this machine, and from no other site's page."""
    client = scope.get("client")
    try:
        near = client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        near = False
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    named = urlsplit(f"//{host}").hostname in _NAMES
    if scope["method"] in {"GET", "HEAD"}:
        return near and named
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    ours = urlsplit(origin).netloc == host if origin else site == "same-origin"
    return near and named and ours and site in {None, "same-origin"}


# -- pages


@get("/tour")
async def welcome(request: Asked) -> Response[str]:
    """Begin: what this is, whom one can be, and which cases are worth trying."""
    house, script = _house(request), _script(request)
    return _page(request, "tour.html", tales=await tales_now(house, script))


@post("/tour/as", status_code=303)
async def play(request: Asked) -> Response[str]:
    """Be somebody else: in the console and in the marketplace at once."""
    house, script = _house(request), _script(request)
    form = await request.form()
    player = script.player(str(form.get("player", "")))
    target = _safe(str(form.get("next", "")))
    if player is None:
        return _go(target)
    cookies = [Cookie(_PLAYER, value=player.key, path="/", httponly=True, samesite="lax")]
    # Cookies know no ports: this one is what the marketplace beside us reads.
    cookies.append(Cookie(_MARKETPLACE, value=player.person or "", path="/", httponly=True, samesite="lax"))
    account = await account_called(house, player.login) if player.login else None
    if account is None:
        cookies.append(no_cookie(house))
    else:
        async with house.database.transaction(Role.CONSOLE) as connection:
            cookies.append(session_cookie(house, await open_session(house, connection, account)))
    return _go(target, *cookies)


@get("/tour/clock")
async def clock(request: Asked) -> Response[str]:
    """Show what time it is, and what runs out by itself."""
    house, script = _house(request), _script(request)
    running = await windows(house.database, script.platform, house.now)
    return _page(request, "tour_clock.html", running=running)


@post("/tour/clock", status_code=303)
async def move(request: Asked) -> Response[str]:
    """Move business time on."""
    form = await request.form()
    step = STEPS.get(str(form.get("by", "")))
    if step is not None:
        house = _house(request)
        then = await move_time(house, step)
        await _until(house, then)
    return _go(_safe(str(form.get("next", ""))) if form.get("next") else "/tour/clock")


async def _until(house: House, then: Any) -> None:
    """Wait until this process has heard of the new time, so that the page that follows shows it."""
    import asyncio

    for _ in range(100):
        if house.now >= then - timedelta(seconds=5):
            return
        await asyncio.sleep(0.02)


@get("/tour/flag")
async def flag(request: Asked, person: FromQuery[str] = "", number: FromQuery[str] = "") -> Response[str]:
    """Show one flag from five sides."""
    house, script = _house(request), _script(request)
    people = [one for one in script.players if one.person]
    me = _player(request)
    chosen = next((one for one in people if one.person == person), None)
    if chosen is None:
        chosen = me if me is not None and me.person else people[0]
    found = await flags_of(house, script, chosen.person or "")
    if not found and not person:
        chosen = people[0]
        found = await flags_of(house, script, chosen.person or "")
    wanted = next((one for one in found if one.number == number), found[0] if found else None)
    sides = await sides_of(house, script, chosen.person or "", wanted) if wanted else None
    return _page(request, "tour_flag.html", people=people, chosen=chosen, flags=found[:30], sides=sides)


@get("/tour/clones")
async def clones(request: Asked) -> Response[str]:
    """Show what the last comparison found, or what it would do."""
    proof: Proof | None = request.app.state.proof
    return _page(request, "tour_clones.html", proof=proof)


@post("/tour/clones", status_code=303)
async def prove(request: Asked) -> Response[str]:
    """Send the same flag as somebody else, on two clones of one database."""
    script, form = _script(request), await request.form()
    kind, option = str(form.get("kind", "")) or "job_post", str(form.get("option", ""))
    option = option if option.startswith(f"{kind}.") else "job_post.off_platform_payment"
    kind = option.partition(".")[0]
    request.app.state.proof = await script.prove(kind, option, str(form.get("person", "")) or "ines")
    return _go("/tour/clones")


@get("/tour/connect")
async def connect(request: Asked) -> Response[str]:
    """Show the lines that put the button into one's own site."""
    return _page(request, "tour_connect.html", lines=shown_markdown(_script(request).lines))


# -- what the pages share


def _page(request: Asked, template: str, **values: object) -> Response[str]:
    house, script = _house(request), _script(request)
    tongue = tongue_of(*accepted(request.headers.get("accept-language", "")))
    with speaking(tongue):
        text = as_page(
            template,
            script=script,
            market=script.marketplace,
            me=_player(request),
            stops=STOPS,
            path=request.url.path,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            now=house.now,
            ahead=_whole_minutes(house.now - house.clocks.wall.now()),
            **values,
        )
    return Response(
        text, media_type=_HTML, headers={"Cache-Control": "no-store", "Content-Language": tongue.language}
    )


def _show_error(request: Asked, error: FlagstaffError) -> Response[str]:
    _log.info("the tour refused something", slug=error.slug)
    page = _page(request, "tour_error.html", error=error)
    page.status_code = error.status
    return page


def _show_lost(request: Asked, error: HTTPException) -> Response[str]:
    """Answer what no page of the tour is for."""
    lost = NotFound("the tour has no such page", mend="begin at the first one")
    page = _page(request, "tour_error.html", error=lost)
    page.status_code = error.status_code
    return page


def _show_fault(request: Asked, error: Exception) -> Response[str]:
    """Answer a mistake of ours, and let the log have it: the framework would keep it to itself."""
    _log.error("a page of the tour failed", path=request.url.path, exc_info=error)
    page = _page(
        request, "tour_error.html", error=FlagstaffError("this page failed", mend="the log says why")
    )
    page.status_code = 500
    return page


def _house(request: Asked) -> House:
    house: House = request.app.state.house
    return house


def _script(request: Asked) -> Script:
    script: Script = request.app.state.script
    return script


def _player(request: Asked) -> Player | None:
    return _script(request).player(request.cookies.get(_PLAYER, ""))


def _safe(wanted: str) -> str:
    """Return a page of this house to go on to; anything else leads to the beginning."""
    inside = wanted.startswith(("/tour", "/console")) and "//" not in wanted and "\\" not in wanted
    return quote(wanted, safe="/?&=%-_.~#") if inside else "/tour"


def _whole_minutes(span: timedelta) -> timedelta:
    """Round a span, for two clocks that are read one after the other never agree to the moment."""
    return timedelta(minutes=round(span / timedelta(minutes=1)))


def _go(to: str, *cookies: Cookie) -> Response[str]:
    return Response("", status_code=303, headers={"Location": to}, cookies=cookies)
