"""What reporters wrote, for whoever holds the task: redacted, or as it was written with a reason that is logged."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import case_for
from flagstaff.console.names import named
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.read_words import RevealWords, read_words, reveal_words
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken
from flagstaff.vault.model import Field, Words
from flagstaff.views.case import CaseSeen, owners
from flagstaff.vocabulary.roles import Permission

_reads = require(Permission.DECIDE, Permission.CONFIRM, Permission.REVIEW_APPEAL)
_reveals = require(Permission.REVEAL_WORDS)
_BY_AUTHOR = frozenset({Field.AUTHOR_ANSWER})
_TITLES = {
    Field.DETAILS: marked("Details"),
    Field.ANSWERS: marked("Answers to our questions"),
    Field.ADDENDUM: marked("Added later"),
    Field.ANSWER: marked("Answer to a moderator's question"),
    Field.APPEAL: marked("Appeal"),
    Field.NEIGHBOURS: marked("Messages beside it, ticked by the reporter"),
    Field.AUTHOR_ANSWER: marked("Answer to a moderator's question"),
}


class Said(msgspec.Struct, frozen=True):
    """One text under the name of who wrote it; a pair of question and answer per line where it was a form."""

    who: str
    title: str
    lines: tuple[tuple[str, str], ...]
    ready: bool


@get("/cases/{number:str}/words", guards=[_reads])
async def words_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show the redacted words of a case: a fragment of its page, or a page of its own without script."""
    house, seen = house_of(request), await case_for(request, number)
    try:
        found = await read_words(house, current_account(request), seen.key)
    except FlagstaffError as problem:
        return _show(request, seen, (), problem=problem)
    return _show(request, seen, _said(found, await owners(house.database, seen.key)))


@post("/cases/{number:str}/words", status_code=200, guards=[_reveals])
async def reveal_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show all words of a case as they were written; who saw them and why stands in the log before that."""
    house, account, seen = house_of(request), current_account(request), await case_for(request, number)
    form = await read_form(request)
    try:
        known = await read_words(house, account, seen.key)
        request_ = RevealWords(seen.key, tuple(one.ref for one in known), form.text("reason"))
        found = await reveal_words(house, account, request_)
    except FlagstaffError as problem:
        return _show(request, seen, (), problem=problem)
    return _show(request, seen, _said(found, await owners(house.database, seen.key)), raw=True)


def _show(
    request: Visit,
    seen: CaseSeen,
    said: Iterable[Said],
    *,
    raw: bool = False,
    problem: FlagstaffError | None = None,
) -> Response[str]:
    fragment = bool(request.headers.get("hx-request"))
    return render(
        request,
        "words.html" if fragment else "words_page.html",
        status=problem.status if problem and not fragment else 200,
        case=seen,
        said=list(said),
        raw=raw,
        problem=problem,
    )


def _said(found: Iterable[Words], names: dict[UUID, str]) -> list[Said]:
    """Put words under their letters; never in the order in which they came."""
    tongue = spoken()
    said = [
        Said(
            _who(names.get(one.owner, ""))
            or (tongue.gettext("Author") if one.field in _BY_AUTHOR else tongue.gettext("A reporter")),
            tongue.gettext(_TITLES[one.field]),
            _lines(one),
            one.text is not None,
        )
        for one in found
    ]
    return sorted(said, key=lambda one: (len(one.who), one.who, one.title))


def _who(name: str) -> str:
    """Say who wrote it: "Reporter A", "Author"."""
    reporter, _, letter = name.partition(" ")
    if reporter == "Reporter" and letter:
        return spoken().gettext("Reporter {letter}", letter=letter)
    return named(name)


def _lines(words: Words) -> tuple[tuple[str, str], ...]:
    """Return the answers of a form one by one, and any other text whole."""
    if words.text is None:
        return ()
    if words.field in {Field.ANSWERS, Field.NEIGHBOURS}:
        try:
            document = msgspec.json.decode(words.text)
        except msgspec.MsgspecError:
            return (("", words.text),)
        if isinstance(document, dict):
            return tuple((str(name).replace("_", " "), str(value)) for name, value in document.items())
        if isinstance(document, list):
            return tuple(("", str(one.get("text", ""))) for one in document if isinstance(one, dict))
    return (("", words.text),)


HANDLERS = [words_page, reveal_page]
