"""The page of a case, and what can be done with one besides deciding it."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.cases.desk import PARK_AT_MOST
from flagstaff.console.decision_form import Filled, drafted
from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import case_for, live_guidelines, platforms_of, sight_for
from flagstaff.console.pages import render
from flagstaff.console.panel import MEASURE_KEYS, VERDICT_KEYS, Panel, panel_for, rolled_up
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.mend_measure import Mending, mend_measure
from flagstaff.flows.open_case import CaseStands, Opening, open_case
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.place_hold import Holding, lift_hold, place_hold
from flagstaff.flows.release_case import release_case
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.views.case import CasePage, case_page, find_subject, flag_behind
from flagstaff.views.difference import compare
from flagstaff.vocabulary.references import Platform, SubjectKind, SubjectRef
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import CaseState, DecisionState

_sees = require(Permission.SEE_QUEUE)
_decides = require(Permission.DECIDE)
_opens = require(Permission.OPEN_CASE)
_holds = require(Permission.PLACE_HOLD)


@get("/cases/{number:str}", guards=[_sees])
async def case_view(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show a case."""
    return await show_case(request, number)


async def show_case(
    request: Visit,
    number: str,
    *,
    problem: FlagstaffError | None = None,
    filled: Filled | None = None,
    preview: Sequence[str] | None = None,
) -> Response[str]:
    """Return the page of a case, with what was typed where something could not be done."""
    page, panel = await load_case(request, number)
    account, now = current_account(request), house_of(request).now
    in_hand = page.case.state is CaseState.CLAIMED and (
        page.case.claimed_until is None or now < page.case.claimed_until
    )
    return render(
        request,
        "case.html",
        status=problem.status if problem else 200,
        page=page,
        case=page.case,
        panel=panel,
        filled=filled or drafted(panel),
        options=rolled_up(page.flags),
        difference=_difference(page),
        mine=in_hand and page.case.claimed_by == account.key,
        taken=in_hand and page.case.claimed_by != account.key,
        undoable=_undoable(page, account.key, now),
        verdict_keys=VERDICT_KEYS,
        measure_keys=MEASURE_KEYS,
        latest_day=(now + PARK_AT_MOST).date(),
        tomorrow=(now + timedelta(days=1)).date(),
        preview=preview,
        problem=problem,
    )


async def load_case(request: Visit, number: str) -> tuple[CasePage, Panel]:
    """Return everything about a case that exists for whoever is signed in."""
    house = house_of(request)
    seen = await case_for(request, number)
    page = await case_page(house.database, sight_for(request), seen)
    return page, panel_for(house, page, house.now)


def _difference(page: CasePage) -> dict[str, object] | None:
    """Compare the newest copy with the oldest that a flag saw."""
    flagged = [copy for copy in page.copies if copy.flags]
    if not flagged or flagged[-1].key == page.copies[0].key:
        return None
    before, after = flagged[-1], page.copies[0]
    return {
        "before": before,
        "after": after,
        "title": compare(before.title or "", after.title or ""),
        "words": compare(before.words or "", after.words or ""),
    }


def _undoable(page: CasePage, account: object, now: datetime) -> bool:
    """Tell whether the page offers to undo; the story itself checks again."""
    waiting = {DecisionState.PROPOSED, DecisionState.DECIDED}
    ruling = page.standing
    return bool(
        ruling and ruling.state in waiting and ruling.decided_by == account and now < ruling.not_before
    )


# ---------------------------------------------------------------- in hand
@post("/cases/{number:str}/claim", status_code=303, guards=[_decides])
async def take_claim(request: Visit, number: FromPath[str]) -> Response[str]:
    """Take a case in hand."""
    try:
        await claim_case(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return _back(number)


@post("/cases/{number:str}/release", status_code=303, guards=[_decides])
async def take_release(request: Visit, number: FromPath[str]) -> Response[str]:
    """Give a case back to the queue."""
    try:
        await release_case(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go("/console/queue")


@post("/cases/{number:str}/park", status_code=303, guards=[_decides])
async def take_park(request: Visit, number: FromPath[str]) -> Response[str]:
    """Put a case aside until a day."""
    form = await read_form(request)
    day = form.one("until", datetime.fromisoformat).date()
    parking = Parking(number, datetime.combine(day, time(9), UTC), form.text("why"))
    try:
        await park_case(house_of(request), current_account(request), parking)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return go("/console/queue")


@post("/cases/{number:str}/ask", status_code=303, guards=[_decides])
async def take_question(request: Visit, number: FromPath[str]) -> Response[str]:
    """Ask the reporter behind a letter, or the author."""
    house, form = house_of(request), await read_form(request)
    seen = await case_for(request, number)
    letter = form.text("whom")
    try:
        flag = await flag_behind(house.database, seen.key, int(letter)) if letter.isdecimal() else None
        await ask_reporter(house, current_account(request), Question(number, form.text("question"), flag))
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return _back(number)


@post("/cases/{number:str}/hold", status_code=303, guards=[_holds])
async def take_hold(request: Visit, number: FromPath[str]) -> Response[str]:
    """Hide the content while somebody looks."""
    form = await read_form(request)
    holding = Holding(number, form.text("reason"), form.text("clause").partition(" ")[0])
    try:
        await place_hold(house_of(request), current_account(request), holding)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return _back(number)


@post("/cases/{number:str}/lift", status_code=303, guards=[_holds])
async def take_lift(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show the content again."""
    form = await read_form(request)
    try:
        await lift_hold(house_of(request), current_account(request), number, form.text("reason"))
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return _back(number)


@post("/cases/{number:str}/mend", status_code=303, guards=[_decides])
async def take_mending(request: Visit, number: FromPath[str]) -> Response[str]:
    """Let content return whose author mended what was asked for."""
    form = await read_form(request)
    mending = Mending(number, form.text("measure"), form.text("reason"))
    try:
        await mend_measure(house_of(request), current_account(request), mending)
    except FlagstaffError as problem:
        return await show_case(request, number, problem=problem)
    return _back(number)


def _back(number: str) -> Response[str]:
    return go(f"/console/cases/{number}")


# ---------------------------------------------------------------- opened by staff
@get("/cases", guards=[_opens])
async def opening_page(
    request: Visit,
    kind: FromQuery[str] = "",
    id: FromQuery[str] = "",  # noqa: A002 - the field's name
) -> Response[str]:
    """Offer to open a case on a subject that nobody flagged."""
    return await _opening(request, kind=kind, outside_id=id)


@post("/cases", status_code=303, guards=[_opens])
async def take_opening(request: Visit) -> Response[str]:
    """Open a case and go there; where one stands already, go to that one."""
    house, form = house_of(request), await read_form(request)
    platform, kind, outside_id = form.text("platform"), form.text("kind"), form.text("id")
    opening = Opening(
        SubjectRef(Platform(platform), SubjectKind(kind), outside_id),
        form.text("reason"),
        form.text("clause").partition(" ")[0],
    )
    try:
        number = await open_case(house, current_account(request), opening)
    except CaseStands as problem:
        found = await find_subject(house.database, platform, kind, outside_id)
        if found and found.case:
            return _back(found.case)
        return await _opening(request, kind, outside_id, problem, form)
    except FlagstaffError as problem:
        return await _opening(request, kind, outside_id, problem, form)
    return _back(number)


async def _opening(
    request: Visit,
    kind: str,
    outside_id: str,
    problem: FlagstaffError | None = None,
    form: Form | None = None,
) -> Response[str]:
    house = house_of(request)
    platforms = [one for one in platforms_of(house) if one in sight_for(request).platforms]
    guidelines = live_guidelines(house, platforms)
    return render(
        request,
        "open_case.html",
        status=problem.status if problem else 200,
        platforms=platforms,
        kinds=sorted({one.key for entry in guidelines for one in entry.subject_kinds if one.menu}),
        clauses=[one for entry in guidelines for one in entry.clauses if one.decidable],
        kind=kind,
        outside_id=outside_id,
        problem=problem,
        form=form,
    )


HANDLERS = [
    case_view,
    take_claim,
    take_release,
    take_park,
    take_question,
    take_hold,
    take_lift,
    take_mending,
    opening_page,
    take_opening,
]
