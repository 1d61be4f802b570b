"""The coding screen of a deep dive: a few comments at a time, answered by single keys, by tapping or as a form."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.errors import go
from flagstaff.console.forms import BadForm, Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.answer_comments import answer_comments, answer_with_new_theme, take_answer_back
from flagstaff.flows.change_codebook import Words
from flagstaff.flows.coding_desk import FARTHEST, HANDFUL, Laid, Shown, lay_out
from flagstaff.flows.compare_reviewers import compare_reviewers
from flagstaff.insight.agreement import ENOUGH
from flagstaff.insight.auditing import FIRST_LOOK, Stack, next_look
from flagstaff.insight.codebook import LONGEST_MEANING, LONGEST_NAME
from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.vocabulary.roles import Permission

_codes: Final = require(Permission.RUN_DEEP_DIVE)

THEME_KEYS: Final = tuple("123456789bcdefghilmp")
"""Single keys of themes, the oldest theme first; as many as a codebook holds."""
OTHER_KEY: Final = "o"
NOT_USABLE_KEY: Final = "x"
STACKS: Final[Mapping[Stack, str]] = {
    Stack.RANDOM: marked("At random"),
    Stack.AGAIN: marked("Asked again"),
    Stack.UNSURE: marked("Coder unsure"),
    Stack.SECOND: marked("Second coder"),
}
_ROW: Final = "row_"


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be chosen, with its single key; a blank name: fits no theme, or is not usable."""

    answer: str
    name: str
    meaning: str
    key: str


@get("/dives/{number:str}/code", guards=[_codes])
async def coding_page(
    request: Visit,
    number: FromPath[str],
    stack: FromQuery[str] = "",
    skip: FromQuery[int] = 0,
    guess: FromQuery[str] = "",
) -> Response[str]:
    """Show the next comments of a stack."""
    return await _coding(request, number, _stack(stack), skip, guess=guess != "no")


@post("/dives/{number:str}/code", status_code=303, guards=[_codes])
async def take_answers(request: Visit, number: FromPath[str]) -> Response[str]:
    """Keep what was answered; without anything to show where the page goes on by itself."""
    form = await read_form(request)
    stack = _stack(form.text("stack"))
    try:
        answers = _answers(form)
        await answer_comments(house_of(request), current_account(request), number, stack, answers)
    except FlagstaffError as problem:
        return await _coding(request, number, stack, 0, problem=problem)
    if form.text("quiet"):
        return Response("", status_code=204)
    return go(_address(number, form))


@post("/dives/{number:str}/code/theme", status_code=303, guards=[_codes])
async def take_theme(request: Visit, number: FromPath[str]) -> Response[str]:
    """Name a theme, and answer a comment with it."""
    form = await read_form(request)
    stack, words = _stack(form.text("stack")), Words(form.text("name"), form.text("meaning"))
    try:
        row = form.one("row", UUID)
        await answer_with_new_theme(house_of(request), current_account(request), number, stack, row, words)
    except FlagstaffError as problem:
        return await _coding(request, number, stack, 0, problem=problem)
    return go(_address(number, form))


@post("/dives/{number:str}/code/undo", status_code=303, guards=[_codes])
async def take_back(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take the last answer back."""
    form = await read_form(request)
    try:
        await take_answer_back(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await _coding(request, number, _stack(form.text("stack")), 0, problem=problem)
    return go(_address(number, form))


async def _coding(
    request: Visit,
    number: str,
    stack: Stack,
    skip: int,
    *,
    guess: bool = True,
    problem: FlagstaffError | None = None,
) -> Response[str]:
    laid = await lay_out(house_of(request), current_account(request), number, stack, skip)
    audited, table = len(laid.desk.audited), laid.dive.table
    choices = _choices(laid)
    return render(
        request, "coding.html", status=problem.status if problem else 200, problem=problem, laid=laid, dive=laid.dive,
        stacks=STACKS, counts=_counts(laid), choices=choices, names={one.answer: one for one in choices},
        audited=audited, next_look=min(next_look(audited), laid.of), first_look=FIRST_LOOK, table=table,
        looked=table is not None and table.narrow is not None and table.audit >= laid.desk.look,
        compared=compare_reviewers(laid.kept), enough=ENOUGH, most=MOST_LINES, guessing=guess,
        proposal=lambda one: _proposal(one, stack, guess=guess), handful=HANDFUL, other=OTHER,
        on=laid.skip + HANDFUL if laid.skip + HANDFUL < FARTHEST else 0, row=_ROW, longest_name=LONGEST_NAME,
        longest_meaning=LONGEST_MEANING, link=lambda **changed: _link(laid, guess=guess, changed=changed),
    )  # fmt: skip


def _choices(laid: Laid) -> tuple[Choice, ...]:
    themes = tuple(
        Choice(one.key, one.name, one.meaning, THEME_KEYS[place])
        for place, one in enumerate(laid.kept.book.live)
    )
    return (*themes, Choice(OTHER, "", "", OTHER_KEY), Choice(NOT_USABLE, "", "", NOT_USABLE_KEY))


def _counts(laid: Laid) -> dict[Stack, int]:
    """Return how many comments each stack holds; at random all that were not answered yet."""
    known = {stack: len(rows) for stack, rows in laid.desk.stacks.items()}
    return known | {Stack.RANDOM: max(laid.of - laid.desk.answered, 0)}


def _proposal(one: Shown, stack: Stack, *, guess: bool) -> str:
    """Return the answer that one key accepts; a second coder, and who wants none, gets none."""
    if one.former and stack is Stack.AGAIN:
        return one.former
    return one.guess if guess and stack is not Stack.SECOND else ""


def _answers(form: Form) -> dict[UUID, str]:
    """Return the answers of a form by comment; `all`: what was proposed, for each that was not answered otherwise."""
    given = {name: form.text(name) for name in form.names(_ROW)}
    if form.text("all"):
        for name in form.names("proposed_"):
            given.setdefault(_ROW + name.removeprefix("proposed_"), form.text(name))
    try:
        return {UUID(name.removeprefix(_ROW)): answer for name, answer in given.items() if answer}
    except ValueError:
        msg = "an answer names no comment"
        raise BadForm(msg, where="row", mend="load the page again and answer anew") from None


def _stack(text: str) -> Stack:
    return next((one for one in Stack if one.value == text), Stack.RANDOM)


def _address(number: str, form: Form) -> str:
    """Return where the reviewer goes on, as they had it."""
    kept = {"stack": _stack(form.text("stack")).value, "guess": "no" if form.text("guess") == "no" else ""}
    return f"/console/dives/{number}/code?" + urlencode({name: one for name, one in kept.items() if one})


def _link(laid: Laid, *, guess: bool, changed: Mapping[str, object]) -> str:
    now: dict[str, object] = {"stack": laid.stack.value, "guess": "" if guess else "no", "skip": ""}
    query = urlencode({name: str(value) for name, value in {**now, **changed}.items() if value})
    return f"/console/dives/{laid.dive.number}/code" + (f"?{query}" if query else "")


HANDLERS = [coding_page, take_answers, take_theme, take_back]
