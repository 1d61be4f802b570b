"""Answer errors of the console as pages: what happened, and what to do next."""

from urllib.parse import quote

import structlog
from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from flagstaff.console.pages import render
from flagstaff.console.session import Visit
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.staff.rules import NotSignedIn

SIGN_IN = "/console/sign-in"


def show_error(request: Visit, error: FlagstaffError) -> Response[str]:
    """Return a page for an error of the house; whoever is not signed in goes to sign in, and comes back."""
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    return render(
        request,
        "error.html",
        status=error.status,
        title=error.title,
        what=error.what if error.status < 500 or error.mend else "",
        mend=error.mend,
    )


def show_fault(request: Visit, error: Exception) -> Response[str]:
    """Return a page for what nobody foresaw; the log gets its kind and its place in our code, and no words."""
    structlog.get_logger().error("a page failed", method=request.method, exc_info=error)
    what = "Nothing was changed. It is in the log, without what was sent."
    return render(
        request, "error.html", status=500, title="Something went wrong inside Flagstaff", what=what,
        mend="try again; if it stays, run `flagstaff doctor`",
    )  # fmt: skip


def show_http_error(request: Visit, error: HTTPException) -> Response[str]:
    """Return a page for what the web library refused, such as an address that is not there."""
    if error.status_code == 404:
        title, what = "There is nothing here", "The page was moved, or the address is not quite right."
    elif error.status_code == 405:
        title, what = "This cannot be done here", "The address is known, but not for this."
    else:
        title, what = "This request cannot be used", "It was not written as expected."
    return render(request, "error.html", status=error.status_code, title=title, what=what, mend="")


def _to_sign_in(request: Visit) -> Response[str]:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = SIGN_IN if request.method != "GET" else f"{SIGN_IN}?next={quote(back, safe='/')}"
    if request.headers.get("hx-request"):
        return Response("", status_code=401, headers={"HX-Redirect": to})
    return go(to)


def go(to: str, *cookies: Cookie) -> Response[str]:
    """Lead on to another page after something was done (303: by GET, and a reload does not repeat it)."""
    return Response("", status_code=303, headers={"Location": to}, cookies=cookies)


def safe_next(wanted: str) -> str:
    """Return a page of the console to go on to, "" for anything else: no link may lead somebody out."""
    inside = wanted.startswith("/console/") and not wanted.startswith(SIGN_IN)
    return wanted if inside and "\\" not in wanted and "//" not in wanted and wanted.isprintable() else ""
