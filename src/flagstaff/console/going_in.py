"""The pages before and after: sign in, come in by a one-time link, sign out."""

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.console.errors import go, safe_next
from flagstaff.console.forms import check_repeated, read_form
from flagstaff.console.guards import current_account, everybody, signed_in
from flagstaff.console.navigation import first_page
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, cookie_name, house_of, no_cookie, session_cookie
from flagstaff.flows.accept_invitation import accept_invitation
from flagstaff.flows.sign_in import SignedIn, sign_in
from flagstaff.flows.sign_out import sign_out
from flagstaff.kernel.errors import FlagstaffError


@get("/", guards=[signed_in])
async def home(request: Visit) -> Response[str]:
    """Lead to the first page that is theirs."""
    return go(first_page(current_account(request)))


@get("/sign-in", guards=[everybody])
async def sign_in_page(request: Visit, next: FromQuery[str] = "") -> Response[str]:  # noqa: A002 - the field's name
    """Ask who it is; whoever is signed in already goes on."""
    if request.user is not None:
        return go(safe_next(next) or first_page(request.user))
    return render(request, "sign_in.html", next=safe_next(next), login="", problem=None)


@post("/sign-in", status_code=303, guards=[everybody])
async def take_sign_in(request: Visit) -> Response[str]:
    """Sign in and go on to where somebody wanted to be."""
    house, form = house_of(request), await read_form(request)
    login, onward = form.text("login"), safe_next(form.text("next"))
    try:
        entered = await sign_in(house, login, form.secret("password"), _former(request))
    except FlagstaffError as problem:
        return render(
            request, "sign_in.html", status=problem.status, next=onward, login=login, problem=problem
        )
    return _enter(request, entered, onward)


@get("/invitation", guards=[everybody])
async def invitation_page(request: Visit) -> Response[str]:
    """Ask for a password; the secret of the link stands behind its '#', which no server sees until it is sent."""
    return render(request, "invitation.html", code="", problem=None)


@post("/invitation", status_code=303, guards=[everybody])
async def take_invitation(request: Visit) -> Response[str]:
    """Let somebody in who holds the link."""
    house, form = house_of(request), await read_form(request)
    code = form.text("code").rpartition("#")[2]
    try:
        check_repeated(form)
        entered = await accept_invitation(house, code, form.secret("password"), _former(request))
    except FlagstaffError as problem:
        return render(request, "invitation.html", status=problem.status, code=code, problem=problem)
    return _enter(request, entered, "")


@post("/sign-out", status_code=303, guards=[signed_in])
async def take_sign_out(request: Visit) -> Response[str]:
    """End this session, or all of the account."""
    house, form = house_of(request), await read_form(request)
    everywhere = form.text("everywhere") == "yes"
    await sign_out(house, current_account(request), request.auth, everywhere=everywhere)
    return go("/console/sign-in", no_cookie(house))


def _former(request: Visit) -> str:
    """Return the key that the browser came with, known or not: it ends at sign-in."""
    return request.cookies.get(cookie_name(house_of(request).settings), "")[:100]


def _enter(request: Visit, entered: SignedIn, onward: str) -> Response[str]:
    cookie = session_cookie(house_of(request), entered)
    return go(onward or first_page(entered.account), cookie)


HANDLERS = [home, sign_in_page, take_sign_in, invitation_page, take_invitation, take_sign_out]
