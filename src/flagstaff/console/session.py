"""Say who a request comes from, by the session cookie; an unknown key is nobody, and nothing is written for it.

The library's sessions are not used: they begin one under whatever id a visitor brings (fixation) and cannot change it
at sign-in.
"""

from datetime import datetime
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import ASGIApp, Receive, Scope, Send

from flagstaff.console.alerts import Alert, alerts_for
from flagstaff.flows.house import House
from flagstaff.flows.recognise_session import recognise_session
from flagstaff.flows.sign_in import SignedIn
from flagstaff.kernel.settings import Settings
from flagstaff.language.asked import accepted
from flagstaff.language.tongues import Tongue, speaking, tongue_of
from flagstaff.staff.model import Account

Visit: TypeAlias = Request[Account | None, str, State]
"""A request to the console: `user` is who is signed in or None, `auth` the session's key or ""."""

HOUSE: Final = "flagstaff.house"
"""Under this key the console gives its house along with each request."""
_ALERTS: Final = "flagstaff_alerts"
_LONGEST_KEY: Final = 100


def by_https(settings: Settings) -> bool:
    """Tell whether people reach this house by https."""
    return urlsplit(settings.address).scheme == "https"


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: bound to this very host by its prefix, where https makes that possible."""
    return "__Host-session" if by_https(settings) else "flagstaff_session"


def session_cookie(house: House, signed_in: SignedIn) -> Cookie:
    """Return the cookie that carries a new session."""
    ends_in = int((signed_in.until - house.clocks.wall.now()).total_seconds())
    return _cookie(house.settings, signed_in.session, ends_in)


def no_cookie(house: House) -> Cookie:
    """Return the cookie that removes a session from the browser."""
    return _cookie(house.settings, "", 0)


def _cookie(settings: Settings, value: str, max_age: int) -> Cookie:
    return Cookie(
        cookie_name(settings),
        value=value,
        path="/",
        max_age=max_age,
        secure=by_https(settings),
        httponly=True,
        samesite="lax",
    )


def house_of(connection: ASGIConnection[Any, Any, Any, Any]) -> House:
    """Return the house that a request of the console is served by."""
    house = cast("dict[str, Any]", connection.scope)[HOUSE]
    if not isinstance(house, House):
        raise TypeError(house)
    return house


def alerts_of(connection: ASGIConnection[Any, Any, Any, Any]) -> tuple[Alert, ...]:
    """Return what whoever is signed in has to know on every page."""
    found: tuple[Alert, ...] = connection.scope["state"].get(_ALERTS, ())
    return found


def tongue_for(connection: ASGIConnection[Any, Any, Any, Any], account: Account | None = None) -> Tongue:
    """Return the language of a page: what the account chose, else what the browser asks for, else English."""
    who = account or connection.scope.get("user")
    chosen = (who.language,) if isinstance(who, Account) and who.language else ()
    return tongue_of(*chosen, *accepted(connection.headers.get("accept-language", "")))


def now_of(connection: ASGIConnection[Any, Any, Any, Any]) -> datetime:
    """Return the business time, which windows and deadlines run by."""
    return house_of(connection).clocks.business.now()


class SessionMiddleware(AbstractAuthenticationMiddleware):
    """Recognise the session of each request in the house that came with it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the console's routes."""
        super().__init__(_spoken_by(app), exclude=["^/console/static/"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI app; also where nobody is looked up (scripts, OPTIONS) an error is shown as a page."""
        scope["user"], scope["auth"] = None, ""
        await super().__call__(scope, receive, send)

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Return the account of the session, or nobody."""
        house = house_of(connection)
        key = connection.cookies.get(cookie_name(house.settings), "")[:_LONGEST_KEY]
        account = await recognise_session(house, key)
        if account is not None and connection.scope.get("method") == "GET":
            with speaking(tongue_for(connection, account)):
                connection.scope["state"][_ALERTS] = await alerts_for(house, account)
        return AuthenticationResult(user=account, auth=key if account else "")


def _spoken_by(app: ASGIApp) -> ASGIApp:
    """Let handlers say what they write themselves, such as drafted reasons, in the language of their page."""

    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope, receive, send)
        with speaking(tongue_for(connection)):
            await app(scope, receive, send)

    return speak
