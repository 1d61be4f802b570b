"""Refuse requests that another site makes a signed-in browser send (cross-site request forgery)."""

import hashlib
import hmac
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from flagstaff.console.forms import fields_of
from flagstaff.console.session import house_of
from flagstaff.kernel.errors import Forbidden

FIELD: Final = "_csrf"
HEADER: Final = "x-csrf-token"
_HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Forged(Forbidden):
    """The request does not come from a page of this house, or its page is too old."""

    slug = "forged-request"
    title = "This request was not sent from here"


def token_of(session: str) -> str:
    """Return the token of a session's forms: bound to it, so that a new sign-in makes old forms useless."""
    return hmac.digest(session.encode(), b"flagstaff csrf", hashlib.sha256).hex() if session else ""


async def refuse_forged(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard every changing route: it must come from our own page, and carry the token of the session."""
    if not isinstance(connection, Request) or connection.method in _HARMLESS:
        return
    if not _from_here(connection):
        msg = "your browser says that another site sent this"
        raise Forged(msg, mend="open the page here and try again")
    session = connection.auth
    if not session:
        return  # the forms before sign-in: the check above is what guards them
    sent = connection.headers.get(HEADER) or str((await fields_of(connection)).get(FIELD, ""))
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), token_of(session).encode()):
        msg = "the token of this form is missing or belongs to another session"
        raise Forged(msg, mend="load the page again and repeat the step")


def _from_here(request: Request[Any, Any, Any]) -> bool:
    """Read what the browser says of the sender; where it says nothing, it is not a browser that we trust."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return site == "same-origin"
    ours = {request.headers.get("host", ""), urlsplit(house_of(request).settings.address).netloc}
    try:
        return urlsplit(origin).netloc in ours
    except ValueError:  # "http://[" is no address
        return False
