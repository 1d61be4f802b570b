"""What every page shares: who is here, what is closed to them, and how a template is filled."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.response import Response

from .access import Deed, Restriction, first_closing, hidden_items, may_read, restrictions_of
from .content import HERE, WORDS, Books, Item, Person
from .flagstaff import Flagstaff
from .settings import Settings

type_of_request = Request[Any, Any, Any]
COOKIE = "harborlane_person"  # names an invented person; a real host has a session here
OFFERS = {
    "job_post": "hide_item show_less",
    "proposal": "hide_item show_less",
    "profile": "hide_item mute_user block_user show_less",
    "portfolio_item": "hide_item mute_user",
    "private_message": "hide_item mute_user block_user",
    "review": "hide_item",
    "community_post": "hide_item mute_user",
    "community_group": "leave_group hide_item",
}
BUTTONS = {
    "private_message": "Flag message",
    "review": "Flag review",
    "community_post": "Notify Moderator",
    "community_group": "Notify Moderator",
}


class Harborlane:
    """Everything that runs, in one place."""

    def __init__(self, settings: Settings, books: Books, flagstaff: Flagstaff) -> None:
        """Keep the parts and prepare the templates."""
        self.settings = settings
        self.books = books
        self.flagstaff = flagstaff
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["ago"] = ago
        self.templates.filters["day"] = day

    async def close(self) -> None:
        """Let go of the file and of the connections to Flagstaff."""
        await self.flagstaff.client.aclose()
        self.books.close()


class Closed(Exception):
    """A running measure closes what somebody wants to do."""

    def __init__(self, restriction: Restriction) -> None:
        """Keep which one."""
        super().__init__(restriction.measure)
        self.restriction = restriction


class Visit(msgspec.Struct, frozen=True):
    """One request: who is here and what they may see."""

    house: Harborlane
    person: Person | None
    restrictions: list[Restriction]
    hidden: frozenset[tuple[str, str]]
    arranged: frozenset[tuple[str, str, str]]

    @property
    def books(self) -> Books:
        """Return the host's books."""
        return self.house.books

    def allow(self, deed: Deed) -> None:
        """Raise Closed where a running measure forbids a deed."""
        closing = first_closing(self.restrictions, deed)
        if closing:
            raise Closed(closing)

    def signed_in(self) -> Person:
        """Return who is here; raises NotAuthorizedException for a visitor."""
        if not self.person:
            raise NotAuthorizedException("Choose a person at the top right.")
        return self.person

    def is_hidden(self, item: Item) -> bool:
        """Tell whether Flagstaff hides an item, or the group that it stands in."""
        in_group = bool(item.group) and ("community_group", item.group) in self.hidden
        return in_group or (item.kind, item.id) in self.hidden

    def sees(self, item: Item) -> bool:
        """Tell whether this visitor can see an item: its author always can."""
        mine = self.person is not None and item.author == self.person.id
        if mine:
            return True
        put_away = ("hide", item.kind, item.id) in self.arranged or self._set_apart(item.author)
        return not self.is_hidden(item) and not put_away

    def _set_apart(self, author: str) -> bool:
        return ("mute", "person", author) in self.arranged or ("block", "person", author) in self.arranged

    def seen(self, items: list[Item]) -> list[Item]:
        """Return the items of a list that this visitor sees."""
        return [item for item in items if self.sees(item)]

    def read(self, kind: str, key: str) -> Item:
        """Return an item that this visitor may read; raises NotFoundException otherwise, whatever the reason."""
        item = self.books.item(kind, key)
        reader = self.person.id if self.person else None
        if not item or item.deleted_at or not may_read(item, reader, self.client_of(item)):
            raise NotFoundException("It may have been deleted, or it was never here.")
        if self.is_hidden(item) and item.author != reader:
            raise NotFoundException("This was removed by Trust & Safety.")
        return item

    def client_of(self, item: Item) -> str:
        """Return who posted the job that a proposal answers."""
        job = self.books.item("job_post", item.parent) if item.kind == "proposal" else None
        return job.author if job else ""


def visit(request: type_of_request, deed: Deed | None = None) -> Visit:
    """Find out who is here, and refuse what is closed to them."""
    house: Harborlane = request.app.state.house
    person = house.books.person(request.cookies.get(COOKIE, ""))
    key = person.id if person else ""
    rows = house.books.rows("select what, kind, id from preference where person = ?", key)
    here = Visit(
        house=house,
        person=person,
        restrictions=restrictions_of(house.books, key),
        hidden=hidden_items(house.books),
        arranged=frozenset((row["what"], row["kind"], row["id"]) for row in rows),
    )
    here.allow(deed or Deed())
    return here


def show_page(request: type_of_request, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """Fill a template with what every page needs and what this one adds."""
    here = visit(request, Deed(trust=True))
    key = here.person.id if here.person else ""
    unread = here.books.rows("select count(*) as n from notice where person = ? and seen = 0", key)[0]["n"]
    told = here.books.rows("select count(*) as n from told where person = ? and seen = 0", key)[0]["n"]
    names = {person.id: person for person in here.books.people()}
    settings = here.house.settings
    text = here.house.templates.get_template(template).render(
        here=here,
        me=here.person,
        people=names,
        unread=unread,
        guide=settings.guide,
        told=told,
        words=WORDS,
        offers=OFFERS,
        buttons=BUTTONS,
        flagstaff=settings.flagstaff,
        platform=settings.platform,
        ticket=here.house.flagstaff.subject_ticket,
        path=request.url.path,
        **values,
    )
    headers = {"cache-control": "no-store"}
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def show_closed(request: type_of_request, error: Closed) -> Response[str]:
    """Say what is closed, until when, and how to ask for a second look."""
    one = error.restriction
    places = {
        "site": "Your account is suspended.",
        "posting": "You cannot post anything new for now.",
        "person": "You cannot post anything new for now.",
        "community": "You cannot take part in the Community for now.",
        "part": "You cannot take part in this part of the Community for now.",
        "board": "You cannot take part in this board for now.",
        "group": "You cannot take part in this group for now.",
    }
    until = f"This ends on {day(one.until)}." if one.until else "This has no end of its own."
    return show_page(
        request,
        "closed.html",
        status=HTTPStatus.FORBIDDEN,
        title=places.get(one.scope, "This is closed."),
        until=until,
    )


def ago(moment: datetime) -> str:
    """Return how long ago something was, in words."""
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    for size, word in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        count = minutes // size
        if count >= 1:
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"


def day(moment: datetime) -> str:
    """Return a day in words."""
    return f"{moment.day} {moment:%B %Y}"
