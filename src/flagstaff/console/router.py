"""Build the console: its pages with sessions, the guard against forged requests, and errors as pages."""

from functools import cache
from typing import Any, Final

from litestar import Litestar, Response, Router, get
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from flagstaff.console import (
    backfill,
    beside,
    cases,
    codebook,
    coding,
    contact,
    deciding,
    dives,
    dives_files,
    dives_theme,
    drafts,
    effects,
    figures,
    going_in,
    later,
    misuse,
    naming,
    people,
    platforms,
    policy,
    publications,
    queries,
    queue,
    rules_used,
    suggestions,
    usage,
    watches,
    words,
)
from flagstaff.console.errors import show_error, show_fault, show_http_error
from flagstaff.console.forgery import refuse_forged
from flagstaff.console.forms import refuse_unwritable
from flagstaff.console.guards import everybody
from flagstaff.console.headers import SecureHeaders
from flagstaff.console.pages import static_file
from flagstaff.console.session import HOUSE, SessionMiddleware, by_https
from flagstaff.flows.house import House
from flagstaff.kernel.errors import FlagstaffError, NotFound

_LARGEST_BODY: Final = 1_000_000
_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}


@get("/", include_in_schema=False)
async def begin() -> Redirect:
    """Lead whoever comes to the front door to the console."""
    return Redirect("/console")


@get("/static/{name:str}", guards=[everybody])
async def static(name: FromPath[str], v: FromQuery[str] = "") -> Response[bytes]:
    """Serve style and scripts; under the address that carries their hash a browser may keep them for ever."""
    found = static_file(name)
    kind = _KINDS.get(name.rpartition(".")[2])
    if found is None or kind is None:
        return Response(b"There is no such file.", status_code=404, media_type=_KINDS["txt"])
    keep = "public, max-age=31536000, immutable" if v == found[1] else "public, max-age=300"
    return Response(found[0], media_type=kind, headers={"Cache-Control": keep})


@get("/{rest:path}", guards=[everybody])
async def nowhere(rest: FromPath[str]) -> Response[str]:
    """Answer what no other route knows, as a page of the console."""
    msg = f"no page has the address {rest[:200]!r}"
    raise NotFound(msg, mend="go back, or begin at the first page")


HANDLERS: list[HTTPRouteHandler] = [
    static,
    nowhere,
    *going_in.HANDLERS,
    *people.HANDLERS,
    *platforms.HANDLERS,
    *queue.HANDLERS,
    *cases.HANDLERS,
    *deciding.HANDLERS,
    *words.HANDLERS,
    *beside.HANDLERS,
    *later.HANDLERS,
    *misuse.HANDLERS,
    *naming.HANDLERS,
    *figures.HANDLERS,
    *usage.HANDLERS,
    *rules_used.HANDLERS,
    *watches.HANDLERS,
    *dives.HANDLERS,
    *dives_files.HANDLERS,
    *dives_theme.HANDLERS,
    *coding.HANDLERS,
    *codebook.HANDLERS,
    *policy.HANDLERS,
    *backfill.HANDLERS,
    *drafts.HANDLERS,
    *effects.HANDLERS,
    *publications.HANDLERS,
    *queries.HANDLERS,
    *suggestions.HANDLERS,
    *contact.HANDLERS,
]
"""Every page of the console; a new module of pages adds its own list here."""


class Console:
    """Serve the console of a house as one ASGI application, and lead the front door to it."""

    def __init__(self, house: House) -> None:
        """Serve this house."""
        self._house = house
        self._app = SecureHeaders(_framework(), https=by_https(house.settings))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection."""
        scope[HOUSE] = self._house
        await self._app(scope, receive, send)


@cache
def _framework() -> Litestar:
    """Return the framework's application: it knows addresses and no house, so all consoles of a process share it."""
    pages = Router(
        path="/console",
        route_handlers=HANDLERS,
        middleware=[SessionMiddleware],
        guards=[refuse_unwritable, refuse_forged],
        exception_handlers={
            FlagstaffError: show_error,
            HTTPException: show_http_error,
            Exception: show_fault,
        },
        request_max_body_size=_LARGEST_BODY,
        include_in_schema=False,
    )
    return Litestar(route_handlers=[begin, pages], openapi_config=None, logging_config=None)
