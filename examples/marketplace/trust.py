"""Where Harborlane and Flagstaff meet: tokens, the form without script, webhooks, notices, my flags and appeals."""

import contextlib
import json
import secrets
from typing import Any

from litestar import get, post
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from . import hooks
from .access import Deed
from .content import WORDS, Item, Person
from .flagstaff import TOKEN_SECONDS, Refused
from .page import Harborlane, Visit, show_page, type_of_request, visit

OPEN = Deed(trust=True)
ARRANGED = {
    "hide_item": "hide",
    "show_less": "less",
    "mute_user": "mute",
    "block_user": "block",
    "leave_group": "leave",
}


# -- for the dialog


@get("/flagstaff/token")
async def token(request: type_of_request) -> Response[dict[str, Any]]:
    """Hand the dialog a token for whoever is signed in here."""
    here = visit(request, OPEN)
    if not here.person:
        problem = {
            "title": "You are not signed in",
            "status": 401,
            "mend": "Choose a person at the top right.",
        }
        return Response(problem, status_code=401, media_type="application/problem+json")
    answer = {"token": here.house.flagstaff.person_token(here.person), "expires_in": TOKEN_SECONDS}
    return Response(answer, headers={"cache-control": "no-store"})


@post("/preferences", status_code=204)
async def arrange(request: type_of_request) -> None:
    """Keep what a reporter chose for themselves after sending; Flagstaff never hears of it."""
    here = visit(request, OPEN)
    me = here.signed_in()
    said = await request.json()
    what = ARRANGED.get(str(said.get("offer")), "")
    item = here.books.item(str(said.get("kind")), str(said.get("id")))
    if not what or not item:
        raise NotFoundException("There is nothing to arrange.")
    row = ("person", item.author) if what in ("mute", "block") else (item.kind, item.id)
    here.books.run(
        "insert or ignore into preference (person, what, kind, id) values (?, ?, ?, ?)", me.id, what, *row
    )


# -- the form that needs no script: this server sends the flag with its API key


@get("/flag")
async def flag_form(
    request: type_of_request, kind: FromQuery[str], id_: FromQuery[str] = ""
) -> Response[str]:
    here = visit(request, OPEN)
    item = _flaggable(here, kind, request.query_params.get("id") or id_)
    return await _show_form(request, here, item, {}, None)


@post("/flag", status_code=200)
async def send_flag(request: type_of_request) -> Response[str]:
    here = visit(request, OPEN)
    form = {name: str(value) for name, value in (await request.form()).items()}
    item = _flaggable(here, form.get("kind", ""), form.get("id", ""))
    choice: dict[str, Any] = {
        "option": form.get("option", ""),
        "menu_version": int(form.get("menu_version") or 0),
        "language": form.get("language") or "en",
    }
    details = form.get("details", "").strip()
    if details:
        choice["details"] = details
    key = form.get("key") or secrets.token_hex(16)
    try:
        receipt = await here.house.flagstaff.flag(here.signed_in(), item, choice, key)
    except Refused as refused:
        return await _show_form(request, here, item, form, refused)
    return show_page(request, "receipt.html", receipt=receipt, item=item)


async def _show_form(
    request: type_of_request, here: Visit, item: Item, form: dict[str, str], refused: Refused | None
) -> Response[str]:
    """Show the options with what was already written; a refused flag is shown again with the reason on top."""
    try:
        menu = await here.house.flagstaff.menu(item.kind, here.signed_in().language)
    except Refused as closed:
        return _say(request, closed)
    # A refused body was never taken in: a new key, or the changed words would count as another body under the old one.
    values = {"menu": menu, "item": item, "form": form, "key": secrets.token_hex(16)}
    problem = refused.problem if refused else None
    return show_page(
        request, "flag.html", status=refused.status if refused else 200, problem=problem, **values
    )


def _flaggable(here: Visit, kind: str, key: str) -> Item:
    """Return what is to be flagged, as far as the person who is here may see it at all."""
    here.signed_in()
    if kind not in WORDS:
        raise NotFoundException("There is no such kind of thing.")
    return here.read(kind, key)


# -- what arrives


@post("/flagstaff/hooks/measures", status_code=204)
async def measures_hook(request: type_of_request) -> None:
    house: Harborlane = request.app.state.house
    await _receive(
        request, house.settings.measures_secret, ("measure.", "notice.author", "menu.", "guidelines.")
    )


@post("/flagstaff/hooks/reporters", status_code=204)
async def reporters_hook(request: type_of_request) -> None:
    house: Harborlane = request.app.state.house
    await _receive(request, house.settings.reporters_secret, ("notice.reporter",))


async def _receive(request: type_of_request, secret: str, allowed: tuple[str, ...]) -> None:
    house: Harborlane = request.app.state.house
    try:
        hooks.receive(house.books, secret, await request.body(), dict(request.headers), allowed)
    except hooks.BadSignature:
        raise NotAuthorizedException("The signature does not fit.") from None


async def catch_up(house: Harborlane) -> None:
    """Read the feed of measures from where this host stands: what came while it was down."""
    for _ in range(100):
        rows = house.books.rows("select value from mark where name = 'measures'")
        try:
            page = await house.flagstaff.measures_after(rows[0]["value"] if rows else "")
        except Refused:
            return  # Flagstaff is not there yet; its webhooks will be tried again
        items = page.get("items") or []
        for event in items:
            hooks.apply_measure(house.books, event["data"], lifted=event["type"] == "measure.lifted")
        if page.get("next"):
            house.books.run("insert or replace into mark (name, value) values ('measures', ?)", page["next"])
        if not items:
            return


# -- what a person reads and answers


@get("/trust")
async def notices(request: type_of_request) -> Response[str]:
    here = visit(request, OPEN)
    me = here.signed_in()
    rows = here.books.rows(
        "select rowid as n, * from notice where person = ? order by at desc, rowid desc", me.id
    )
    shown = [dict(row) | {"links": json.loads(row["links"])} for row in rows]
    page = show_page(request, "notices.html", notices=shown)
    here.books.run("update notice set seen = 1 where person = ?", me.id)
    here.books.run("update told set seen = 1 where person = ?", me.id)
    return page


@get("/trust/flags")
async def my_flags(request: type_of_request) -> Response[str]:
    here = visit(request, OPEN)
    try:
        page = await here.house.flagstaff.as_person(here.signed_in(), "reporter", "GET", "/v1/my/flags")
    except Refused as refused:
        return _say(request, refused)
    return show_page(request, "my_flags.html", flags=page.get("items") or [])


@post("/trust/flags/withdraw")
async def withdraw(request: type_of_request) -> Response[str] | Redirect:
    here = visit(request, OPEN)
    number = str((await request.form()).get("number") or "")
    with contextlib.suppress(ValueError):
        try:
            path = f"/v1/my/flags/{number}"
            await here.house.flagstaff.as_person(here.signed_in(), "reporter", "DELETE", path)
        except Refused as refused:
            return _say(request, refused)
    return Redirect("/trust/flags", status_code=303)


@get("/trust/appeal")
async def appeal_form(
    request: type_of_request,
    notice: FromQuery[str] = "",
    number: FromQuery[str] = "",
    flag: FromQuery[str] = "",
) -> Response[str]:
    visit(request, OPEN).signed_in()
    return show_page(request, "appeal.html", notice=notice or number, flag=flag, problem=None, text="")


@post("/trust/appeal", status_code=200)
async def appeal(request: type_of_request) -> Response[str]:
    here = visit(request, OPEN)
    me: Person = here.signed_in()
    form = {name: str(value) for name, value in (await request.form()).items()}
    notice, flag, text = form.get("notice", ""), form.get("flag", ""), form.get("text", "").strip()
    body = {"flag": flag, "text": text} if flag else {"notice": notice, "text": text}
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    role = "reporter" if flag else "author"
    try:
        said = await here.house.flagstaff.as_person(
            me, role, "POST", "/v1/my/appeals", json=body, headers=headers
        )
    except Refused as refused:
        values = {"notice": notice, "flag": flag, "problem": refused.problem, "text": text}
        return show_page(request, "appeal.html", status=refused.status, **values)
    told = str(said.get("text") or "Somebody who took no part in the first decision looks again.")
    return show_page(request, "said.html", title="We have your appeal", lines=[told])


def _say(request: type_of_request, refused: Refused) -> Response[str]:
    problem = refused.problem
    lines = [str(problem[name]) for name in ("detail", "mend") if problem.get(name)]
    return show_page(
        request, "said.html", status=refused.status, title=str(problem.get("title")), lines=lines
    )


@get("/guidelines")
async def guidelines(request: type_of_request) -> Redirect:
    house: Harborlane = request.app.state.house
    return Redirect(
        f"{house.settings.flagstaff}/guidelines?platform={house.settings.platform}", status_code=302
    )


ROUTES = [
    *(token, arrange, flag_form, send_flag, measures_hook, reporters_hook, notices, my_flags, withdraw),
    *(appeal_form, appeal, guidelines),
]
