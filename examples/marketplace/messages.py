"""Private messages: threads between two people, each message with a menu of its own."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from .access import Deed
from .content import Item
from .market import tell, written
from .page import Visit, show_page, type_of_request, visit

BESIDE = 3  # messages before and after the flagged one that a reporter may add
READS = Deed(contract=True)
WRITES = Deed(contract=True, writes=True)


@get("/messages")
async def inbox(request: type_of_request) -> Response[str]:
    here = visit(request, READS)
    me = here.signed_in()
    found = here.books.items(
        "kind = 'private_message' and ? in (author, participant) order by posted_at", me.id
    )
    latest = {item.thread: item for item in here.seen(found)}
    newest_first = sorted(latest.values(), key=lambda item: item.posted_at, reverse=True)
    return show_page(request, "messages.html", threads=newest_first)


@get("/messages/{thread:str}")
async def thread_page(request: type_of_request, thread: FromPath[str]) -> Response[str]:
    here = visit(request, READS)
    found = _thread(here, thread)
    me = here.signed_in()
    other = next(key for key in (found[0].author, found[0].participant) if key != me.id)
    return show_page(
        request, "message_thread.html", thread=thread, messages=here.seen(found), other=other, beside=beside
    )


@post("/messages/{thread:str}")
async def write(request: type_of_request, thread: FromPath[str]) -> Redirect:
    here = visit(request, WRITES)
    found = _thread(here, thread)
    me = here.signed_in()
    other = next(key for key in (found[0].author, found[0].participant) if key != me.id)
    form = await request.form()
    item = Item(
        kind="private_message",
        id=here.books.new_key("private_message"),
        author=me.id,
        participant=other,
        title="",
        text=written(form.get("text")),
        posted_at=here.books.now(),
        language=me.language,
        thread=thread,
        views=1,
    )
    here.books.add(item)
    await tell(here, "new", item)
    return Redirect(item.path, status_code=303)


def beside(here: Visit, item: Item) -> list[Item]:
    """Return the messages round one that whoever flags it may add."""
    if item.kind != "private_message":
        return []
    talk = here.seen(_thread(here, item.thread))
    place = next((n for n, one in enumerate(talk) if one.id == item.id), 0)
    return [one for n, one in enumerate(talk) if 0 < abs(n - place) <= BESIDE]


def _thread(here: Visit, thread: str) -> list[Item]:
    """Return the messages of a thread that this person takes part in; to others it does not exist."""
    me = here.signed_in()
    found = here.books.items(
        "kind = 'private_message' and thread = ? and ? in (author, participant) order by posted_at, rowid",
        *(thread, me.id),
    )
    if not found:
        raise NotFoundException("There is no such conversation of yours.")
    return found


ROUTES = [inbox, thread_page, write]
