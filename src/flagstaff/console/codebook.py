"""The codebook of a platform: its themes and what was answered with them, what a run proposes, who changed what."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.coding import PARTS
from flagstaff.console.errors import go
from flagstaff.console.forms import BadForm, Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import platforms_of
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.change_codebook import (
    Words,
    made_from,
    merge_theme,
    name_themes,
    restore_theme,
    retire_theme,
    reword_theme,
    show_codebook,
    split_theme,
)
from flagstaff.flows.compare_reviewers import compare_reviewers
from flagstaff.flows.house import House
from flagstaff.flows.name_theme import name_theme
from flagstaff.flows.open_proposals import open_proposals
from flagstaff.flows.show_dive import show_dive
from flagstaff.flows.take_change_back import take_change_back
from flagstaff.flows.take_proposals import take_proposals
from flagstaff.insight.agreement import ENOUGH, RELIABLE, TENTATIVE
from flagstaff.insight.codebook import LONGEST_MEANING, LONGEST_NAME, Codebook
from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER
from flagstaff.insight.naming import SAME_WORDS
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.staff.model import Account
from flagstaff.views.drafts import names_of as account_names
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_codes: Final = require(Permission.RUN_DEEP_DIVE)


@get("/codebook", guards=[_codes])
async def any_codebook(request: Visit, platform: FromQuery[str] = "") -> Response[str]:
    """Lead on to the codebook of a platform, with the run that proposes."""
    known = platforms_of(house_of(request))
    if not known:
        return render(request, "no_policy.html")
    run = request.query_params.get("from", "")
    query = f"?{urlencode({'from': run})}" if run else ""
    return go(f"/console/codebook/{platform if platform in known else known[0]}{query}")


@get("/codebook/{platform:str}", guards=[_codes])
async def codebook_page(request: Visit, platform: FromPath[str]) -> Response[str]:
    """Show the codebook of a platform."""
    return await _codebook(request, Platform(platform), request.query_params.get("from", ""))


@post("/codebook/{platform:str}", status_code=303, guards=[_codes])
async def take_change(request: Visit, platform: FromPath[str]) -> Response[str]:
    """Change the codebook."""
    form, at = await read_form(request), Platform(platform)
    deed = _DEEDS.get(form.text("do"))
    try:
        if deed is None:
            msg = "nothing is called so"
            raise BadForm(msg, where="do", mend="load the page again and fill it in anew")
        await deed(house_of(request), current_account(request), at, form)
    except FlagstaffError as problem:
        return await _codebook(request, at, form.text("from"), form, problem)
    theme = form.text("theme")
    return go(f"/console/codebook/{platform}" + (f"#{theme}" if theme else ""))


# ---------------------------------------------------------------- deeds
async def _new(house: House, by: Account, platform: Platform, form: Form) -> None:
    await name_themes(house, by, platform, [_words(form)])


async def _take(house: House, by: Account, _: Platform, form: Form) -> None:
    lines = {form.text(line): _words(form, line.removeprefix("line")) for line in form.names("line_")}
    names = {line: words for line, words in lines.items() if words.name}
    await take_proposals(house, by, form.text("from"), names)


async def _reword(house: House, by: Account, platform: Platform, form: Form) -> None:
    await reword_theme(house, by, platform, form.text("theme"), _words(form))


async def _merge(house: House, by: Account, platform: Platform, form: Form) -> None:
    await merge_theme(house, by, platform, form.text("theme"), form.text("into"))


async def _split(house: House, by: Account, platform: Platform, form: Form) -> None:
    parts = [_words(form, f"_{place}") for place in range(PARTS)]
    await split_theme(house, by, platform, form.text("theme"), [one for one in parts if one.name])


async def _retire(house: House, by: Account, platform: Platform, form: Form) -> None:
    await retire_theme(house, by, platform, form.text("theme"))


async def _restore(house: House, by: Account, platform: Platform, form: Form) -> None:
    await restore_theme(house, by, platform, form.text("theme"))


async def _name(house: House, by: Account, platform: Platform, form: Form) -> None:
    await name_theme(house, by, platform, form.text("theme"), form.text("public"))


async def _undo(house: House, by: Account, platform: Platform, _: Form) -> None:
    await take_change_back(house, by, platform)


_DEEDS: Final[dict[str, Callable[[House, Account, Platform, Form], Awaitable[None]]]] = {
    "new": _new,
    "take": _take,
    "reword": _reword,
    "merge": _merge,
    "split": _split,
    "retire": _retire,
    "restore": _restore,
    "name": _name,
    "undo": _undo,
}


def _words(form: Form, which: str = "") -> Words:
    return Words(form.text(f"name{which}"), form.text(f"meaning{which}"))


# ---------------------------------------------------------------- the page
async def _codebook(
    request: Visit,
    platform: Platform,
    run: str,
    form: Form | None = None,
    problem: FlagstaffError | None = None,
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    shown = await show_codebook(house, by, platform)
    dive = await show_dive(house, by, run) if run else shown.newest
    dive = dive if dive and dive.platform == platform else None
    book, taken = shown.kept.book, made_from(shown.kept.changes, dive.number) if dive else {}
    quotes = await open_proposals(house, by, dive) if run and dive else {}
    return render(
        request, "codebook.html", status=problem.status if problem else 200, problem=problem,
        platform=platform, name=house.policy.host(platform).name, book=book, counts=shown.kept.counts,
        answered=len({one.row for one in shown.kept.said}), history=shown.history, most=MOST_LINES,
        people={one.key: one.name for one in await account_names(house.database)}, dive=dive,
        proposed={key: some for key, some in quotes.items() if key not in taken},
        compared=compare_reviewers(shown.kept), reliable=RELIABLE, tentative=TENTATIVE, enough=ENOUGH,
        answers=_answer_names(book), parts=range(PARTS), same_words=SAME_WORDS, longest_name=LONGEST_NAME,
        longest_meaning=LONGEST_MEANING, failed=form.text("do") if form else "",
        about=form.text("theme") if form else "", typed=(lambda field: form.text(field) if form else ""),
        other=OTHER, not_usable=NOT_USABLE, last=shown.last,
    )  # fmt: skip


def _answer_names(book: Codebook) -> dict[str, str]:
    return {key: one.name for key, one in book.themes.items()}


HANDLERS = [any_codebook, codebook_page, take_change]
