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
from flagstaff.flows.change_while_coding import Merge, Reword, Split, Wanted, change_while_coding
from flagstaff.flows.coding_desk import FARTHEST, HANDFUL, Laid, Shown, lay_out, ready_dive, turn_of
from flagstaff.flows.compare_reviewers import compare_reviewers
from flagstaff.flows.take_change_back import take_change_back
from flagstaff.insight.agreement import ENOUGH
from flagstaff.insight.auditing import FIRST_LOOK, Stack, next_look
from flagstaff.insight.codebook import LONGEST_MEANING, LONGEST_NAME
from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER
from flagstaff.insight.naming import SAME_WORDS
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.vocabulary.references import Platform
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
CHANGED: Final[Mapping[str, str]] = {
    "reword": marked("The theme is said in other words. Answers stay as they are."),
    "merge": marked("The themes are one. Their answers count together, and nothing is asked again."),
    "split": marked("The theme is split. What was answered with it is asked again."),
    "undo": marked("The last change of the codebook is taken back."),
}
PARTS: Final = 3
"""How many themes one split makes at most; who wants more splits again."""
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
    changed: FromQuery[str] = "",
) -> Response[str]:
    """Show the next comments of a stack; `changed`: what was done to the codebook just now."""
    return await _coding(request, number, _stack(stack), skip, guess=guess != "no", changed=changed)


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
    turn = 0
    try:
        row = form.one("row", UUID)
        if form.text("skip"):
            turn = await turn_of(house_of(request), current_account(request), number, stack, row)
        await answer_with_new_theme(house_of(request), current_account(request), number, stack, row, words)
    except FlagstaffError as problem:
        return await _coding(request, number, stack, turn, problem=problem, form=form)
    return go(_address(number, form, skip=turn))


@post("/dives/{number:str}/code/change", status_code=303, guards=[_codes])
async def take_change(request: Visit, number: FromPath[str]) -> Response[str]:
    """Say a theme better, merge two, split one, or take that back; the reviewer goes on where they were."""
    form, house, by = await read_form(request), house_of(request), current_account(request)
    stack, what = _stack(form.text("stack")), form.text("do")
    turn = 0
    try:
        row = form.one("row", UUID)
        turn = await turn_of(house, by, number, stack, row)
        if what == "undo":
            await take_change_back(house, by, Platform((await ready_dive(house, by, number)).platform))
        else:
            await change_while_coding(house, by, number, row, _wanted(form))
        turn = await turn_of(house, by, number, stack, row)
    except FlagstaffError as problem:
        return await _coding(request, number, stack, turn, problem=problem, form=form)
    return go(_address(number, form, skip=turn, changed=what))


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
    form: Form | None = None,
    changed: str = "",
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
        longest_meaning=LONGEST_MEANING, same_words=SAME_WORDS, parts=range(PARTS), changed=CHANGED.get(changed, ""),
        failed=form.text("do") or "new" if form else "", typed=lambda field: form.text(field) if form else "",
        last=msgspec.to_builtins(laid.last) if laid.last else None, themes=laid.kept.book.themes,
        link=lambda **changes: _link(laid, guess=guess, changed=changes),
    )  # fmt: skip


def _wanted(form: Form) -> Wanted:
    """Return what somebody wants to change of a theme."""
    theme = form.text("theme")
    match form.text("do"):
        case "reword":
            return Reword(theme, Words(form.text("name"), form.text("meaning")), form.text("public"))
        case "merge":
            return Merge(theme, form.text("into"))
        case "split":
            parts = [Words(form.text(f"name_{one}"), form.text(f"meaning_{one}")) for one in range(PARTS)]
            return Split(theme, tuple(one for one in parts if one.name))
        case _:
            msg = "nothing is called so"
            raise BadForm(msg, where="do", mend="load the page again and fill it in anew")


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


def _address(number: str, form: Form, *, skip: int = 0, changed: str = "") -> str:
    """Return where the reviewer goes on, as they had it."""
    kept = {
        "stack": _stack(form.text("stack")).value, "guess": "no" if form.text("guess") == "no" else "",
        "skip": str(skip or ""), "changed": changed,
    }  # fmt: skip
    return f"/console/dives/{number}/code?" + urlencode({name: one for name, one in kept.items() if one})


def _link(laid: Laid, *, guess: bool, changed: Mapping[str, object]) -> str:
    now: dict[str, object] = {"stack": laid.stack.value, "guess": "" if guess else "no", "skip": ""}
    query = urlencode({name: str(value) for name, value in {**now, **changed}.items() if value})
    return f"/console/dives/{laid.dive.number}/code" + (f"?{query}" if query else "")


HANDLERS = [coding_page, take_answers, take_theme, take_change, take_back]
