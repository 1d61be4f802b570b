"""Answer errors of the console as pages: what happened, and what to do next."""

from urllib.parse import quote

import structlog
from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from flagstaff.console.pages import render
from flagstaff.console.refusals import told
from flagstaff.console.session import Visit, tongue_for
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import speaking
from flagstaff.staff.rules import NotSignedIn

SIGN_IN = "/console/sign-in"


def show_error(request: Visit, error: FlagstaffError) -> Response[str]:
    """Return a page for an error of the house; whoever is not signed in goes to sign in, and comes back."""
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    with speaking(tongue_for(request)):
        says = told(error)
    what = says.text if error.status < 500 or error.mend else ""
    return render(
        request, "error.html", status=error.status, title=says.title, what=what, mend="", english=says.english
    )


def show_fault(request: Visit, error: Exception) -> Response[str]:
    """Return a page for what nobody foresaw; the log gets its kind and its place in our code, and no words."""
    structlog.get_logger().error("a page failed", method=request.method, exc_info=error)
    return _page(
        request,
        500,
        marked("Something went wrong inside Flagstaff"),
        marked("Nothing was changed. It is in the log, without what was sent."),
        marked("Try again; if it stays, run `flagstaff doctor`."),
    )


def show_http_error(request: Visit, error: HTTPException) -> Response[str]:
    """Return a page for what the web library refused, such as an address that is not there."""
    if error.status_code == 404:
        title = marked("There is nothing here")
        what = marked("The page was moved, or the address is not quite right.")
    elif error.status_code == 405:
        title, what = marked("This cannot be done here"), marked("The address is known, but not for this.")
    else:
        title, what = marked("This request cannot be used"), marked("It was not written as expected.")
    return _page(request, error.status_code, title, what)


def _page(request: Visit, status: int, title: str, what: str, mend: str = "") -> Response[str]:
    tongue = tongue_for(request)
    said = [tongue.gettext(one) if one else "" for one in (title, what, mend)]
    return render(
        request, "error.html", status=status, title=said[0], what=said[1], mend=said[2], english=False
    )


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
