"""Where Harborlane and Flagstaff meet: tokens, webhooks, notices, my flags and appeals."""

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
from .content import Person
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
async def arrange_by_event(request: type_of_request) -> None:
    """Keep what a reporter chose for themselves after sending; Flagstaff never hears of it."""
    said = await request.json()
    arrange(visit(request, OPEN), str(said.get("offer")), str(said.get("kind")), str(said.get("id")))


def arrange(here: Visit, offer: str, kind: str, key: str) -> None:
    """Hide, mute, block or leave for whoever is here; raises NotFoundException where there is nothing to arrange."""
    me, what, item = here.signed_in(), ARRANGED.get(offer, ""), here.books.item(kind, key)
    if not what or not item:
        raise NotFoundException("There is nothing to arrange.")
    row = ("person", item.author) if what in ("mute", "block") else (item.kind, item.id)
    here.books.run(
        "insert or ignore into preference (person, what, kind, id) values (?, ?, ?, ?)", me.id, what, *row
    )


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
    await _receive(request, house.settings.reporters_secret, ("notice.reporter", "notice.person"))


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
        return say(request, refused)
    signed = here.house.flagstaff.person_token(here.signed_in())
    return show_page(request, "my_flags.html", flags=page.get("items") or [], token=signed)


@post("/trust/flags/withdraw")
async def withdraw(request: type_of_request) -> Response[str] | Redirect:
    here = visit(request, OPEN)
    number = str((await request.form()).get("number") or "")
    with contextlib.suppress(ValueError):
        try:
            path = f"/v1/my/flags/{number}"
            await here.house.flagstaff.as_person(here.signed_in(), "reporter", "DELETE", path)
        except Refused as refused:
            return say(request, refused)
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


@get("/trust/suggest")
async def write_to_trust(request: type_of_request) -> Response[str]:
    """Lead to Flagstaff's own pages for suggestions and letters; the token that says who asks goes in no address."""
    here = visit(request, OPEN)
    signed = here.house.flagstaff.person_token(here.signed_in())
    return show_page(request, "write.html", token=signed)


def say(request: type_of_request, refused: Refused) -> Response[str]:
    """Show why something was refused, and what to do."""
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
    *(token, arrange_by_event, measures_hook, reporters_hook, notices, my_flags, withdraw),
    *(appeal_form, appeal, guidelines, write_to_trust),
]
