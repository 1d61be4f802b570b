"""The marketplace: jobs, profiles, portfolios, proposals and reviews, and what an author does with their own things."""

from urllib.parse import urlsplit

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException, ValidationException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from .access import Deed
from .content import WORDS, Item
from .page import COOKIE, Visit, show_page, type_of_request, visit

LONGEST = 6000


@get("/")
async def front(request: type_of_request) -> Response[str]:
    here = visit(request)
    jobs = here.seen(here.books.items("kind = 'job_post' order by posted_at desc limit 6"))
    posts = here.seen(
        here.books.items("kind = 'community_post' and id = thread order by posted_at desc limit 4")
    )
    return show_page(request, "front.html", jobs=jobs, posts=posts)


@get("/jobs")
async def jobs(request: type_of_request, q: FromQuery[str] = "") -> Response[str]:
    here = visit(request)
    found = here.books.items("kind = 'job_post' order by posted_at desc")
    return show_page(request, "jobs.html", jobs=[job for job in here.seen(found) if _matches(job, q)], q=q)


@get("/jobs/{key:str}")
async def job(request: type_of_request, key: FromPath[str]) -> Response[str]:
    here = visit(request)
    found = here.read("job_post", key)
    all_proposals = here.books.items("kind = 'proposal' and parent = ? order by posted_at", key)
    mine = here.person.id if here.person else ""
    shown = [one for one in here.seen(all_proposals) if mine in (found.author, one.author)]
    return show_page(request, "job.html", job=found, proposals=shown, count=len(all_proposals))


@get("/profiles")
async def profiles(request: type_of_request, q: FromQuery[str] = "") -> Response[str]:
    here = visit(request)
    found = here.books.items("kind = 'profile' order by posted_at desc")
    return show_page(
        request, "profiles.html", profiles=[one for one in here.seen(found) if _matches(one, q)], q=q
    )


@get("/profiles/{key:str}")
async def profile(request: type_of_request, key: FromPath[str]) -> Response[str]:
    here = visit(request)
    found = here.read("profile", key)
    works = here.books.items("kind = 'portfolio_item' and parent = ? order by posted_at desc", key)
    reviews = here.books.items("kind = 'review' and parent = ? order by posted_at desc", key)
    return show_page(
        request, "profile.html", profile=found, works=here.seen(works), reviews=here.seen(reviews)
    )


@get("/portfolio/{key:str}")
async def portfolio(request: type_of_request, key: FromPath[str]) -> Response[str]:
    found = visit(request).read("portfolio_item", key)
    return show_page(request, "work.html", work=found)


# -- an author and their own things


@get("/items/{kind:str}/{key:str}/edit")
async def editing(request: type_of_request, kind: FromPath[str], key: FromPath[str]) -> Response[str]:
    return show_page(
        request, "edit.html", item=_own(visit(request, Deed(writes=True, contract=True)), kind, key)
    )


@post("/items/{kind:str}/{key:str}/edit")
async def edit(request: type_of_request, kind: FromPath[str], key: FromPath[str]) -> Redirect:
    here = visit(request, Deed(writes=True, contract=True))
    item = _own(here, kind, key)
    form = await request.form()
    text = written(form.get("text"))
    here.books.edit(item, str(form.get("title") or item.title)[:300], text)
    await tell(here, "edited", item)
    return Redirect(item.path, status_code=303)


@post("/items/{kind:str}/{key:str}/delete")
async def delete(request: type_of_request, kind: FromPath[str], key: FromPath[str]) -> Redirect:
    here = visit(request, Deed(writes=True, contract=True))
    item = _own(here, kind, key)
    here.books.delete(item)
    here.house.flagstaff.tell_event("deleted_by_author", item)
    await here.house.flagstaff.send_kept()
    back = {"community_post": "/community", "private_message": "/messages"}.get(kind, "/")
    return Redirect(back, status_code=303)


def _own(here: Visit, kind: str, key: str) -> Item:
    """Return an item of the person who is here; somebody else's cannot be touched."""
    me = here.signed_in()
    if kind not in WORDS:
        raise NotFoundException("There is no such kind of thing.")
    item = here.read(kind, key)
    if item.author != me.id:
        raise PermissionDeniedException("Only its author can change it.")
    return item


async def tell(here: Visit, event: str, item: Item) -> None:
    """Tell Flagstaff what an item says now: edited, or new."""
    now = here.books.item(item.kind, item.id)
    if now and event == "new":
        here.house.flagstaff.tell_new(now)
    elif now:
        here.house.flagstaff.tell_event(event, now)
    await here.house.flagstaff.send_kept()


def written(text: object) -> str:
    """Return what somebody wrote; raises ValidationException when it is empty or too long."""
    words = str(text or "").strip()
    if not words or len(words) > LONGEST:
        raise ValidationException(f"Write something, at most {LONGEST} characters.")
    return words


def _matches(item: Item, query: str) -> bool:
    return all(word in f"{item.title} {item.text}".lower() for word in query.lower().split())


# -- who is here: a switch between invented persons, in place of a sign-in


@get("/as/{key:str}")
async def become(request: type_of_request, key: FromPath[str], next_: FromQuery[str] = "/") -> Redirect:
    return _switch(request, key, request.query_params.get("next") or next_)


@post("/sign-in")
async def sign_in(request: type_of_request) -> Redirect:
    form = await request.form()
    return _switch(request, str(form.get("person") or ""), str(form.get("next") or "/"))


def _switch(request: type_of_request, key: str, target: str) -> Redirect:
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith("//") and not parts.netloc and "\\" not in target
    answer = Redirect(target if local else "/", status_code=303)
    house = request.app.state.house
    if house.books.person(key):
        answer.set_cookie(COOKIE, key, httponly=True, samesite="lax", max_age=30 * 24 * 3600)
    else:
        answer.delete_cookie(COOKIE)
    return answer


ROUTES = [front, jobs, job, profiles, profile, portfolio, editing, edit, delete, become, sign_in]
