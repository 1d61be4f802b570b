"""The lists beside the queue: second persons, appeals, decisions, and what is to be done by hand."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.cases import load_case
from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import case_for, live_guidelines, platforms_of, sight_for
from flagstaff.console.pages import render
from flagstaff.console.panel import rolled_up
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal, undo_answer
from flagstaff.flows.appeal_desk import NoSuchAppeal
from flagstaff.flows.claim_appeal import claim_appeal, release_appeal
from flagstaff.flows.finish_todo import finish_todo
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.views.desk import (
    PER_PAGE,
    AppealSeen,
    DecisionFilter,
    list_appeals,
    list_decisions,
    list_seconds,
    list_todos,
)
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import AppealState, Verdict

_sees = require(Permission.SEE_QUEUE)
_decides = require(Permission.DECIDE)
_confirms = require(Permission.CONFIRM)
_reviews = require(Permission.REVIEW_APPEAL)


@get("/second", guards=[_confirms])
async def seconds_page(request: Visit) -> Response[str]:
    """List what waits for a second person."""
    found = await list_seconds(house_of(request).database, sight_for(request))
    return render(request, "seconds.html", seconds=found)


@get("/appeals", guards=[_reviews])
async def appeals_page(request: Visit, answered: FromQuery[str] = "") -> Response[str]:
    """List appeals that wait, or those that were answered."""
    done = (AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN)
    states = done if answered == "yes" else (AppealState.RECEIVED, AppealState.CLAIMED)
    found = await list_appeals(house_of(request).database, sight_for(request), states)
    return render(request, "appeals.html", appeals=found, answered=answered == "yes")


@get("/appeals/{number:str}", guards=[_reviews])
async def appeal_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show an appeal with the case that it is about."""
    return await _appeal(request, number)


async def _appeal(request: Visit, number: str, problem: FlagstaffError | None = None) -> Response[str]:
    appeal = await _find_appeal(request, number)
    page, panel = await load_case(request, appeal.case)
    now = house_of(request).now
    return render(
        request,
        "appeal.html",
        status=problem.status if problem else 200,
        appeal=appeal,
        page=page,
        case=page.case,
        panel=panel,
        options=rolled_up(page.flags),
        difference=None,
        held=bool(appeal.mine) and appeal.state is AppealState.CLAIMED,
        undoable=bool(appeal.mine and appeal.not_before and not appeal.left_at and now < appeal.not_before),
        mine=bool(appeal.mine) and appeal.state is AppealState.CLAIMED,
        problem=problem,
    )


async def _find_appeal(request: Visit, number: str) -> AppealSeen:
    found = await list_appeals(
        house_of(request).database, sight_for(request), tuple(AppealState), number or "-"
    )
    if not found:
        msg = "no appeal of this number is open to you"
        raise NoSuchAppeal(msg, mend="look in the list of appeals")
    await case_for(request, found[0].case)
    return found[0]


@post("/appeals/{number:str}/claim", status_code=303, guards=[_reviews])
async def take_appeal(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take an appeal in hand."""
    try:
        await claim_appeal(house_of(request), current_account(request), number)
    except NoSuchAppeal:
        raise
    except FlagstaffError as problem:
        return await _appeal(request, number, problem)
    return go(f"/console/appeals/{number}")


@post("/appeals/{number:str}/release", status_code=303, guards=[_reviews])
async def take_appeal_back(request: Visit, number: FromPath[str]) -> Response[str]:
    """Give an appeal back."""
    try:
        await release_appeal(house_of(request), current_account(request), number)
    except NoSuchAppeal:
        raise
    except FlagstaffError as problem:
        return await _appeal(request, number, problem)
    return go("/console/appeals")


@post("/appeals/{number:str}/answer", status_code=303, guards=[_reviews])
async def take_answer(request: Visit, number: FromPath[str]) -> Response[str]:
    """Answer an appeal."""
    form = await read_form(request)
    answer = AppealAnswer(number, form.text("answer") == "uphold", form.text("reason"))
    try:
        await answer_appeal(house_of(request), current_account(request), answer)
    except NoSuchAppeal:
        raise
    except FlagstaffError as problem:
        return await _appeal(request, number, problem)
    return go(f"/console/appeals/{number}")


@post("/appeals/{number:str}/undo", status_code=303, guards=[_reviews])
async def take_answer_back(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take an answer back before it leaves."""
    try:
        await undo_answer(house_of(request), current_account(request), number)
    except NoSuchAppeal:
        raise
    except FlagstaffError as problem:
        return await _appeal(request, number, problem)
    return go(f"/console/appeals/{number}")


@get("/decisions", guards=[_sees])
async def decisions_page(
    request: Visit,
    clause: FromQuery[str] = "",
    verdict: FromQuery[str] = "",
    mine: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[str]:
    """List decisions, the newest first."""
    house, account = house_of(request), current_account(request)
    wanted = DecisionFilter(
        clause=clause.strip()[:20],
        verdict=next((one for one in Verdict if one.value == verdict), None),
        by=account.key if mine == "yes" else None,
        **({"before": at} if (at := _moment(before)) else {}),
    )
    found = await list_decisions(house.database, sight_for(request), wanted)
    shown = found[:PER_PAGE]
    return render(
        request,
        "decisions.html",
        decisions=shown,
        wanted=wanted,
        verdicts=tuple(Verdict),
        mine=mine == "yes",
        older=shown[-1].decided_at.isoformat() if len(found) > PER_PAGE else "",
        clauses=_clauses(request),
    )


@get("/todos", guards=[_decides])
async def todos_page(request: Visit) -> Response[str]:
    """List effects that a platform cannot carry out by itself."""
    found = await list_todos(house_of(request).database, sight_for(request))
    return render(request, "todos.html", todos=found)


@post("/todos/{key:uuid}/done", status_code=303, guards=[_decides])
async def take_done(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Note that somebody did what stood in the list."""
    house = house_of(request)
    if any(one.key == key for one in await list_todos(house.database, sight_for(request))):
        await finish_todo(house, current_account(request), key)
    return go("/console/todos")


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _clauses(request: Visit) -> list[str]:
    house = house_of(request)
    versions = live_guidelines(house, platforms_of(house))
    return sorted({one.key for entry in versions for one in entry.clauses if one.decidable})


HANDLERS = [
    seconds_page,
    appeals_page,
    appeal_page,
    take_appeal,
    take_appeal_back,
    take_answer,
    take_answer_back,
    decisions_page,
    todos_page,
    take_done,
]
