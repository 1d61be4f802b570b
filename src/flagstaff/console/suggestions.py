"""What people suggest: the list, one group of suggestions that say the same, and its one answer with a reason."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.draft_form import read_operation
from flagstaff.console.errors import go
from flagstaff.console.forms import BadForm, Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import platforms_of
from flagstaff.console.names import named
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.answer_suggestion import (
    accept_suggestion,
    decline_suggestion,
    merge_into_option,
    no_such,
)
from flagstaff.flows.house import House
from flagstaff.flows.join_suggestions import merge_into_group, take_apart
from flagstaff.flows.read_suggestions import SaidWords, persons_behind, read_suggestions
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.menus.applying import taken_away
from flagstaff.menus.drafts import Add, Restore
from flagstaff.menus.model import Menu
from flagstaff.staff.model import Account
from flagstaff.staff.rules import may
from flagstaff.views.drafts import list_drafts
from flagstaff.views.people_write import (
    Member,
    SuggestionLine,
    find_suggestion,
    joined_in,
    list_suggestions,
    owner_of,
)
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_edits = require(Permission.EDIT_MENUS)
_SHOWN = 50
HOW = {
    "first": marked("the first one"),
    "same": marked("the same words"),
    "near": marked("nearly the same words"),
    "hand": marked("joined by hand"),
    "apart": marked("taken apart by hand"),
}


class Line(msgspec.Struct, frozen=True):
    """Suggestions with the words of the first of them."""

    told: SuggestionLine
    words: SaidWords
    size: int


class Said(msgspec.Struct, frozen=True):
    """One suggestion with its words and how it came here."""

    member: Member
    words: SaidWords
    how: str


@get("/suggestions", guards=[_edits])
async def suggestions_page(request: Visit) -> Response[str]:
    """List what waits for an answer, the longest first, and what was answered latest."""
    house, by = house_of(request), current_account(request)
    hosts = _hosts(house, by)
    waiting = await _lines(house, by, await list_suggestions(house.database, hosts, waiting=True))
    answered = await _lines(house, by, await list_suggestions(house.database, hosts, waiting=False))
    owners = {host: await owner_of(house.database, host) for host in hosts}
    return render(request, "suggestions.html", waiting=waiting, answered=answered, owners=owners)


@get("/suggestions/{number:str}", guards=[_edits])
async def suggestion_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show what people said in one group, and the ways to answer it."""
    return await _suggestion(request, number)


@post("/suggestions/{number:str}/accept", guards=[_edits])
async def take_acceptance(request: Visit, number: FromPath[str]) -> Response[str]:
    """Put the option into a draft."""
    house, by = house_of(request), current_account(request)

    async def accepted(form: Form) -> str:
        told = await _told(house, by, number)
        version = house.policy.menus(told.platform)
        operation = read_operation(form, version.languages)
        if not isinstance(operation, Add | Restore):
            msg = "an accepted suggestion adds an option, or brings one back"
            raise BadForm(msg, where="do", mend="load the page again and fill it in anew")
        reason = form.text("reason_said")
        wanted = msgspec.structs.replace(operation, why=operation.why or reason)
        draft = form.one("draft", UUID) if form.text("draft") else None
        key = await accept_suggestion(house, by, number, wanted, reason, draft, form.text("title"))
        return f"/console/menus/drafts/{key}"

    return await _answer(request, number, accepted)


@post("/suggestions/{number:str}/merge", guards=[_edits])
async def take_merge(request: Visit, number: FromPath[str]) -> Response[str]:
    """Name the option that covers it."""
    house, by = house_of(request), current_account(request)

    async def merged(form: Form) -> str:
        await merge_into_option(house, by, number, form.text("option"), form.text("reason_said"))
        return f"/console/suggestions/{number}"

    return await _answer(request, number, merged)


@post("/suggestions/{number:str}/join", guards=[_edits])
async def take_join(request: Visit, number: FromPath[str]) -> Response[str]:
    """Let it wait with others that say the same."""
    house, by = house_of(request), current_account(request)

    async def joined(form: Form) -> str:
        await merge_into_group(house, by, number, form.text("into"), form.text("reason_said"))
        return f"/console/suggestions/{form.text('into')}"

    return await _answer(request, number, joined)


@post("/suggestions/{number:str}/decline", guards=[_edits])
async def take_refusal(request: Visit, number: FromPath[str]) -> Response[str]:
    """Say why there will be no such option."""
    house, by = house_of(request), current_account(request)

    async def declined(form: Form) -> str:
        await decline_suggestion(house, by, number, form.text("reason_said"))
        return f"/console/suggestions/{number}"

    return await _answer(request, number, declined)


@post("/suggestions/{number:str}/apart", guards=[_edits])
async def take_one_apart(request: Visit, number: FromPath[str]) -> Response[str]:
    """Let one of them wait for an answer of its own."""
    house, by = house_of(request), current_account(request)

    async def parted(form: Form) -> str:
        apart = await take_apart(house, by, number, form.one("suggestion", UUID))
        return f"/console/suggestions/{apart}"

    return await _answer(request, number, parted)


async def _answer(request: Visit, number: str, deed: Callable[[Form], Awaitable[str]]) -> Response[str]:
    """Do what a form asks for and go where that leads; what is refused is shown with what was written."""
    form = await read_form(request)
    try:
        return go(await deed(form))
    except FlagstaffError as problem:
        return await _suggestion(request, number, form, problem)


async def _suggestion(
    request: Visit, number: str, form: Form | None = None, problem: FlagstaffError | None = None
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    told = await _told(house, by, number)
    host, version = house.policy.host(told.platform), house.policy.menus(told.platform)
    keys = (told.members or [])[:_SHOWN]
    words = await read_suggestions(house, by, host.key, keys)
    said = [
        Said(one, words.get(one.key, SaidWords()), named(HOW[one.joined]))
        for one in (await joined_in(house.database, told.key))[:_SHOWN]
    ]
    drafts = [one for one in await list_drafts(house.database, [told.platform]) if one.state == "open"]
    others = await list_suggestions(house.database, [told.platform], waiting=True)
    menu = version.menu_by_kind.get(told.kind)
    return render(
        request, "suggestion.html", status=problem.status if problem else 200, told=told, said=said, problem=problem,
        persons=await persons_behind(house, by, host.key, told.members or []), version=version, menu=menu,
        name=host.name, drafts=drafts, reason=form.text("reason_said") if form else "",
        others=await _lines(house, by, [one for one in others if one.kind == told.kind and one.key != told.key]),
        reasons=_reasons(house, told, menu), clauses=_clauses(house, told),
        gone=taken_away(told.kind, house.policy.menus_history(told.platform), version),
        owner=await owner_of(house.database, host.key),
    )  # fmt: skip


async def _lines(house: House, by: Account, found: list[SuggestionLine]) -> list[Line]:
    """Return lines with the words of each first suggestion, opened once per platform."""
    firsts: dict[str, list[UUID]] = {}
    for one in found:
        firsts.setdefault(one.platform, []).extend((one.members or [])[:1])
    words: dict[UUID, SaidWords] = {}
    for platform, keys in firsts.items():
        words |= await read_suggestions(house, by, Platform(platform), keys)
    return [
        Line(
            one,
            words.get(one.members[0], SaidWords()) if one.members else SaidWords(),
            len(one.members or []),
        )
        for one in found
    ]


async def _told(house: House, by: Account, number: str) -> SuggestionLine:
    found = await find_suggestion(house.database, _hosts(house, by), number)
    if found is None:
        raise no_such(number)
    return found


def _hosts(house: House, by: Account) -> list[str]:
    return [one for one in platforms_of(house) if may(by, Permission.EDIT_MENUS, None, Platform(one))]


def _reasons(house: House, told: SuggestionLine, menu: Menu | None) -> list[str]:
    """Return the reasons that other menus show and this one does not."""
    mine = {one.reason for one in menu.options} if menu else set()
    return sorted(one.key for one in house.policy.menus(told.platform).reasons if one.key not in mine)


def _clauses(house: House, told: SuggestionLine) -> list[tuple[str, str]]:
    """Return the rules that reach this kind and that a decision can name."""
    found = house.policy.guidelines(told.platform).clauses
    return [(one.key, one.title) for one in found if one.decidable and told.kind in one.scope]


HANDLERS = [
    suggestions_page,
    suggestion_page,
    take_acceptance,
    take_merge,
    take_join,
    take_refusal,
    take_one_apart,
]
