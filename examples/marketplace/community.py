"""The Community: boards, groups, threads and replies; what people may write there, and who may not for now."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from .access import Deed
from .content import Item
from .market import tell, written
from .page import Visit, show_page, type_of_request, visit

BOARDS = {
    "general": ("General", "Anything about working on Harborlane."),
    "getting-started": ("Getting started", "First steps, first proposals, first contracts."),
    "craft": ("Craft and business", "How we work, price and grow."),
    "groups": ("Groups", "Smaller circles, each with its own purpose."),
}


@get("/community")
async def front(request: type_of_request) -> Response[str]:
    here = visit(request, Deed(community=True))
    groups = here.seen(here.books.items("kind = 'community_group' order by title"))
    latest = {board: _threads(here, board)[:3] for board in BOARDS if board != "groups"}
    return show_page(request, "community.html", boards=BOARDS, groups=groups, latest=latest)


@get("/community/boards/{board:str}")
async def board_page(request: type_of_request, board: FromPath[str]) -> Response[str]:
    if board not in BOARDS or board == "groups":
        raise NotFoundException("There is no such board.")
    here = visit(request, Deed(community=True, board=board))
    title, about = BOARDS[board]
    shown = {"board": board, "group": None, "title": title, "about": about, "exception": ""}
    return show_page(request, "board.html", threads=_threads(here, board), shown=shown)


@get("/community/groups/{group:str}")
async def group_page(request: type_of_request, group: FromPath[str]) -> Response[str]:
    here = visit(request, Deed(community=True, board="groups", group=group))
    found = here.read("community_group", group)
    words = {"title": found.title, "about": found.text, "exception": _exception(found)}
    shown = {"board": "groups", "group": found, **words}
    return show_page(request, "board.html", threads=_threads(here, "groups", group), shown=shown)


@get("/community/threads/{thread:str}")
async def thread_page(request: type_of_request, thread: FromPath[str]) -> Response[str]:
    opening = visit(request, Deed(community=True)).books.item("community_post", thread)
    if not opening:
        raise NotFoundException("There is no such thread.")
    here = visit(request, Deed(community=True, board=opening.board, group=opening.group))
    if opening.group:
        here.read("community_group", opening.group)
    posts = here.books.rows(
        "select id from item where kind = 'community_post' and thread = ? order by posted_at, rowid", thread
    )
    items = [here.books.item("community_post", row["id"]) for row in posts]
    group = here.books.item("community_group", opening.group) if opening.group else None
    return show_page(
        request,
        "thread.html",
        opening=opening,
        posts=items,
        group=group,
        exception=_exception(group),
        boards=BOARDS,
    )


@post("/community/boards/{board:str}")
async def open_thread(request: type_of_request, board: FromPath[str]) -> Redirect:
    if board not in BOARDS or board == "groups":
        raise NotFoundException("There is no such board.")
    return await _post(request, board, "", "")


@post("/community/groups/{group:str}")
async def open_group_thread(request: type_of_request, group: FromPath[str]) -> Redirect:
    visit(request, Deed(community=True, board="groups", group=group)).read("community_group", group)
    return await _post(request, "groups", group, "")


@post("/community/threads/{thread:str}")
async def reply(request: type_of_request, thread: FromPath[str]) -> Redirect:
    opening = visit(request, Deed(community=True)).read("community_post", thread)
    return await _post(request, opening.board, opening.group, thread)


async def _post(request: type_of_request, board: str, group: str, thread: str) -> Redirect:
    here = visit(request, Deed(community=True, board=board, group=group, writes=True))
    me = here.signed_in()
    if group:
        here.read("community_group", group)
    form = await request.form()
    key = here.books.new_key("community_post")
    item = Item(
        kind="community_post",
        id=key,
        author=me.id,
        title="" if thread else written(form.get("title"))[:200],
        text=written(form.get("text")),
        posted_at=here.books.now(),
        language=me.language,
        board=board,
        group=group,
        thread=thread or key,
        views=20,
    )
    here.books.add(item)
    await tell(here, "new", item)
    return Redirect(item.path, status_code=303)


def _threads(here: Visit, board: str, group: str = "") -> list[Item]:
    found = here.books.items(
        "kind = 'community_post' and id = thread and board = ? and \"group\" = ? order by posted_at desc",
        board,
        group,
    )
    return here.seen(found)


def _exception(group: Item | None) -> str:
    """Return what a group allows beyond the guidelines, as its page and its composer say it."""
    return str(group.facts.get("exception", "")) if group else ""


ROUTES = [front, board_page, group_page, thread_page, open_thread, open_group_thread, reply]
