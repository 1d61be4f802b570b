"""Put Harborlane together: its pages, the endpoints that Flagstaff needs, and the headers that every answer carries."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from litestar import Litestar, Request
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.response import Response
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from . import community, market, messages, plain_form, trust
from .content import HERE, Books, wall_clock
from .flagstaff import Flagstaff
from .page import Closed, Harborlane, show_closed, show_page
from .settings import Settings
from .trust import catch_up


class Marketplace(Litestar):
    """The host, with a guard in front of everything, also of what is not found."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        house: Harborlane = self.state.house
        await _guarded(house.settings, super().__call__, scope, receive, send)


def build_app(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = wall_clock,
) -> Marketplace:
    """Return the whole host as an ASGI application; tests give a `transport` to answer for Flagstaff, and a `clock`."""
    books = Books(settings.folder, clock)
    house = Harborlane(settings, books, Flagstaff(settings, books, transport))

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await catch_up(house)
        await house.flagstaff.send_kept()
        yield
        await house.close()

    app = Marketplace(
        route_handlers=[
            *(market.ROUTES + community.ROUTES + messages.ROUTES + plain_form.ROUTES + trust.ROUTES),
            create_static_files_router(path="/static", directories=[HERE / "static"]),
        ],
        lifespan=[lifespan],
        exception_handlers={Closed: show_closed, HTTPException: _show_error},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )
    app.state.house = house
    return app


def _show_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
    words = {404: "There is nothing here.", 403: "That is not yours to do.", 401: "Please sign in first."}
    told = words.get(error.status_code, "That did not work.")
    return show_page(request, "said.html", status=error.status_code, title=told, lines=[error.detail])


async def _guarded(settings: Settings, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Set the headers of every answer and refuse forms that another site sends."""
    if scope["type"] != ScopeType.HTTP:
        await app(scope, receive, send)
        return
    headers = _headers(settings)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    request: Request[Any, Any, Any] = Request(scope)
    signed = scope["path"].startswith("/flagstaff/hooks/")
    if request.method == "POST" and not signed and _is_foreign(request):
        refusal: Response[str] = Response("This form came from another site.", status_code=403)
        await refusal.to_asgi_response(app=None, request=request)(scope, receive, sending)
        return
    await app(scope, receive, sending)


def _headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    flagstaff = "{0.scheme}://{0.netloc}".format(urlsplit(settings.flagstaff))
    policy = (
        f"default-src 'none'; script-src 'self' {flagstaff}; connect-src 'self' {flagstaff}; style-src 'self';"
        f" img-src 'self' data:; form-action 'self' {flagstaff}; base-uri 'none'; frame-ancestors 'none'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
    ]


def _is_foreign(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a browser says that another site sent this."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
