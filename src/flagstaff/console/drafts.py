"""Drafts of the menus: the list, one draft with its operations and everything wrong with it, its words, its preview."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.draft_form import read_aim, read_figure, read_operation, read_words
from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import platforms_of
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.draft_evidence import evidence_of
from flagstaff.flows.draft_menu import (
    Looked,
    add_operations,
    begin_draft,
    discard_draft,
    drop_operation,
    lineage_of_draft,
    look_at_draft,
    set_aim,
)
from flagstaff.flows.estimate_added import DAYS, SAMPLE, estimate_added
from flagstaff.flows.expect_draft import expect_draft
from flagstaff.flows.house import House
from flagstaff.flows.propose_draft import propose_draft, where_in_words
from flagstaff.flows.saved_queries import MONTHS, add_figure, drop_figure
from flagstaff.flows.show_menu import Filling, MenuAnswer, show_menu
from flagstaff.insight.queries import ASKED_BY_HAND
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.tongues import spoken
from flagstaff.language.yaml import Finding
from flagstaff.menus.applying import taken_away
from flagstaff.menus.backtest import backtest
from flagstaff.menus.drafts import (
    GOAL_METRICS,
    WITHDRAWN_METRICS,
    Add,
    DraftOperation,
    Pinned,
    Restore,
    names_of,
    op_name,
)
from flagstaff.menus.estimating import HITS_MEASURED, READ_AT_LEAST, TOLD_AT_LEAST
from flagstaff.menus.model import Menu, MenuVersion, Option, Wording
from flagstaff.menus.release import READERS_AT_LEAST
from flagstaff.menus.rules import words_in
from flagstaff.menus.translating import labels_in
from flagstaff.views.drafts import (
    answer_of,
    flags_by_option,
    list_drafts,
    names_of as account_names,
    reactions_of,
)
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_edits = require(Permission.EDIT_MENUS)
_reads = require(Permission.EDIT_MENUS, Permission.PUBLISH)
_counts = require(Permission.RUN_DEEP_DIVE)
_SPANS = tuple(map(str, DAYS))
DEEDS = {
    "add": "Add an option",
    "remove": "Remove an option",
    "merge": "Merge options",
    "restore": "Restore an option",
    "reword": "Reword an option",
    "reorder": "Move an option",
}


class Step(msgspec.Struct, frozen=True):
    """One operation as the page shows it: what it does, to which option, and what is wrong with it."""

    does: str
    names: str
    words: str
    why: str
    wrong: tuple[Finding, ...]
    suggestion: str = ""
    pinned: Pinned | None = None


@get("/menus/drafts", guards=[_reads])
async def drafts_page(request: Visit) -> Response[str]:
    """List drafts, and offer to begin one."""
    return await _drafts(request)


@post("/menus/drafts", guards=[_edits])
async def take_new_draft(request: Visit) -> Response[str]:
    """Begin a draft."""
    form = await read_form(request)
    try:
        platform = Platform(form.text("platform"))
        key = await begin_draft(house_of(request), current_account(request), platform, form.text("title"))
    except FlagstaffError as problem:
        return await _drafts(request, problem)
    first = {name: form.text(name) for name in ("do", "kind", "option") if form.text(name)}
    return go(f"/console/menus/drafts/{key}" + (f"?{urlencode(first)}#next" if first else ""))


async def _drafts(request: Visit, problem: FlagstaffError | None = None) -> Response[str]:
    house = house_of(request)
    hosts = [host for host in house.policy.hosts() if house.policy.menus_history(host.key)]
    found = await list_drafts(house.database, platforms_of(house))
    return render(
        request, "drafts.html", status=problem.status if problem else 200, drafts=found, hosts=hosts, problem=problem,
        may_edit=Permission.EDIT_MENUS in current_account(request).permissions,
    )  # fmt: skip


@get("/menus/drafts/{key:uuid}", guards=[_reads])
async def draft_page(
    request: Visit,
    key: FromPath[UUID],
    do: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    option: FromQuery[str] = "",
) -> Response[str]:
    """Show one draft: its operations, what is wrong with them, and a form for the next one."""
    return await _draft(request, key, do=do, kind=kind, option=option)


@post("/menus/drafts/{key:uuid}/operations", guards=[_edits])
async def take_operation(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Add one operation."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    try:
        looked = await look_at_draft(house, by, key)
        operation = read_operation(form, looked.applied.version.languages)
        await add_operations(house, by, key, form.one("revision", int), [operation])
    except FlagstaffError as problem:
        return await _draft(request, key, do=form.text("do"), kind=form.text("kind"), problem=problem)
    return go(f"/console/menus/drafts/{key}#operations")


@post("/menus/drafts/{key:uuid}/drop", guards=[_edits])
async def take_drop(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Take one operation out."""
    form = await read_form(request)
    try:
        step, revision = form.one("step", int), form.one("revision", int)
        await drop_operation(house_of(request), current_account(request), key, revision, step)
    except FlagstaffError as problem:
        return await _draft(request, key, problem=problem)
    return go(f"/console/menus/drafts/{key}#operations")


@post("/menus/drafts/{key:uuid}/aim", guards=[_edits])
async def take_aim(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Say what the draft is for."""
    form = await read_form(request)
    try:
        aim = read_aim(form)
        await set_aim(house_of(request), current_account(request), key, form.one("revision", int), aim)
    except FlagstaffError as problem:
        return await _draft(request, key, problem=problem)
    return go(f"/console/menus/drafts/{key}")


@post("/menus/drafts/{key:uuid}/figures", guards=[_edits])
async def take_figure(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Add a figure by a query that is saved with what it found, or take one out."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    try:
        revision = form.one("revision", int)
        if form.text("drop"):
            await drop_figure(house, by, key, revision, form.text("drop"))
        else:
            await add_figure(house, by, key, revision, read_figure(form))
    except FlagstaffError as problem:
        return await _draft(request, key, problem=problem)
    return go(f"/console/menus/drafts/{key}#figures")


@post("/menus/drafts/{key:uuid}/propose", guards=[_edits])
async def take_proposal(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Hand the draft to a second person."""
    form = await read_form(request)
    try:
        await propose_draft(house_of(request), current_account(request), key, form.one("revision", int))
    except FlagstaffError as problem:
        return await _draft(request, key, problem=problem)
    return go(f"/console/menus/drafts/{key}")


@post("/menus/drafts/{key:uuid}/discard", guards=[_edits])
async def take_discard(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Give the draft up."""
    form = await read_form(request)
    try:
        await discard_draft(house_of(request), current_account(request), key, form.one("revision", int))
    except FlagstaffError as problem:
        return await _draft(request, key, problem=problem)
    return go("/console/menus/drafts")


async def _draft(
    request: Visit,
    key: UUID,
    *,
    do: str = "",
    kind: str = "",
    option: str = "",
    problem: FlagstaffError | None = None,
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    looked = await look_at_draft(house, by, key)
    menu = looked.applied.version.menu_by_kind.get(kind) or looked.applied.version.menus[0]
    steps = [_step(looked, place, one) for place, one in enumerate(looked.draft.operations)]
    elsewhere = [one for one in looked.findings if not _belongs_to_a_step(one, looked)]
    return render(
        request, "draft.html", status=problem.status if problem else 200, looked=looked, kept=looked.kept,
        draft=looked.draft, version=looked.applied.version, steps=steps, elsewhere=elsewhere, problem=problem,
        where=lambda one: where_in_words(one, looked.draft.operations), deeds=DEEDS, do=do if do in DEEDS else "add",
        menu=menu, metrics=GOAL_METRICS, withdrawn=WITHDRAWN_METRICS, queries=ASKED_BY_HAND, months=MONTHS,
        people=await account_names(house.database), gone=_gone(house, looked, menu),
        reasons=_reasons(looked, menu), clauses=_clauses(house, looked, menu), name=_name(house, looked),
        may_edit=Permission.EDIT_MENUS in by.permissions and looked.kept.state == "open",
        answer=await answer_of(house.database, looked.kept.proposal), me=by.key,
        option=option, figures=await evidence_of(house, by, looked), labels=_labels(house, looked),
        clause_names=dict(_clause_names(house, looked)),
        reactions=await reactions_of(house.database, looked.kept.platform, looked.live.number, READERS_AT_LEAST),
        may_publish=Permission.PUBLISH in by.permissions, wrote=str(by.key) in looked.draft.authors,
    )  # fmt: skip


def _clause_names(house: House, looked: Looked) -> list[tuple[str, str]]:
    return [(one.key, one.title) for one in house.policy.guidelines(looked.kept.platform).clauses]


# ---------------------------------------------------------------- words
@get("/menus/drafts/{key:uuid}/words", guards=[_reads])
async def words_of_draft(
    request: Visit, key: FromPath[UUID], kind: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Show how the options of one kind read in one language, to be changed in one go."""
    return await _words(request, key, kind, language)


@post("/menus/drafts/{key:uuid}/words", guards=[_edits])
async def take_words(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Reword, or translate, what changed on the page."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    kind, language = form.text("kind"), form.text("language")
    try:
        looked = await look_at_draft(house, by, key)
        menu = looked.applied.version.menu_by_kind.get(kind) or looked.applied.version.menus[0]
        changed = read_words(form, language, _told(looked.applied.version, menu, language))
        await add_operations(house, by, key, form.one("revision", int), changed)
    except FlagstaffError as problem:
        return await _words(request, key, kind, language, form, problem)
    return go(f"/console/menus/drafts/{key}/words?kind={menu.subject}&language={language}")


async def _words(
    request: Visit,
    key: UUID,
    kind: str,
    language: str,
    form: Form | None = None,
    problem: FlagstaffError | None = None,
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    looked = await look_at_draft(house, by, key)
    version, host = looked.applied.version, house.policy.host(looked.kept.platform)
    menu = version.menu_by_kind.get(kind) or version.menus[0]
    known = tuple(dict.fromkeys((*version.languages, *host.languages)))
    chosen = language if language in known else version.locale
    return render(
        request, "draft_words.html", status=problem.status if problem else 200, looked=looked, kept=looked.kept,
        draft=looked.draft, version=version, menu=menu, language=chosen, languages=known, problem=problem, form=form,
        told=_told(version, menu, chosen), name=host.name,
        may_edit=Permission.EDIT_MENUS in by.permissions and looked.kept.state == "open",
    )  # fmt: skip


def _told(version: MenuVersion, menu: Menu, language: str) -> dict[str, Wording]:
    """Return the words of each option in a language; blank where it has none yet."""
    if language == version.locale:
        return {one.key: Wording(label=one.label, help=one.help) for one in menu.options}
    words = version.translations.get(language, {})
    return {one.key: words.get(one.key, Wording(label="", help="")) for one in menu.options}


# ---------------------------------------------------------------- preview
@get("/menus/drafts/{key:uuid}/preview", guards=[_reads])
async def preview_draft(
    request: Visit, key: FromPath[UUID], kind: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Show every menu as a reporter would meet it, on a narrow screen, and in the dialog itself."""
    house = house_of(request)
    looked = await look_at_draft(house, current_account(request), key)
    version = looked.applied.version
    menu = version.menu_by_kind.get(kind) or version.menus[0]
    chosen = language if language in version.languages else version.locale
    shown = _shown(house, looked, menu, chosen)
    return render(
        request, "draft_preview.html", looked=looked, kept=looked.kept, draft=looked.draft, version=version, menu=menu,
        shown=shown, language=chosen, before=_before(looked, menu, chosen),
    )  # fmt: skip


@get("/menus/drafts/{key:uuid}/menu/{kind:str}", guards=[_reads])
async def menu_of_draft(
    request: Visit, key: FromPath[UUID], kind: FromPath[str], lang: FromQuery[str] = ""
) -> Response[bytes]:
    """Answer as `GET /v1/menus/{kind}` would once the draft is published, for the dialog on the preview page."""
    house = house_of(request)
    looked = await look_at_draft(house, current_account(request), key)
    menu = looked.applied.version.menu_by_kind.get(kind) or looked.applied.version.menus[0]
    body = msgspec.json.encode(_shown(house, looked, menu, lang))
    return Response(body, media_type="application/json")


def _shown(house: House, looked: Looked, menu: Menu, language: str) -> MenuAnswer:
    platform = looked.kept.platform
    guidelines = house.policy.guidelines(platform)
    filling = Filling(house.policy.host(platform), guidelines, language, house.settings.address)
    return show_menu(looked.applied.version, menu, filling)


def _before(looked: Looked, menu: Menu, language: str) -> dict[str, Wording]:
    """Return how each option of the live menu reads, so that what is new can be marked."""
    live = looked.live.menu_by_kind.get(menu.subject)
    return {one.key: words_in(looked.live, one, language) for one in live.options} if live else {}


# ---------------------------------------------------------------- backtest
@get("/menus/drafts/{key:uuid}/backtest", guards=[_reads])
async def backtest_draft(request: Visit, key: FromPath[UUID], days: FromQuery[str] = "") -> Response[str]:
    """Show where past flags would have gone, to the flag, and what is expected of what comes in."""
    return await _backtest(request, key, days)


async def _backtest(
    request: Visit, key: UUID, days: str, problem: FlagstaffError | None = None
) -> Response[str]:
    house = house_of(request)
    looked = await look_at_draft(house, current_account(request), key)
    span = days if days in _SPANS else "90"
    since = (house.now - timedelta(days=int(span))).date()
    counts = await flags_by_option(house.database, looked.kept.platform, since)
    found = backtest(counts, looked.live, await lineage_of_draft(house, looked.kept), looked.applied)
    return render(
        request, "draft_backtest.html", status=problem.status if problem else 200, looked=looked, kept=looked.kept,
        draft=looked.draft, version=looked.applied.version, found=found, problem=problem,
        moved=[one for one in found.routes if one.before != one.after],
        expected=await expect_draft(house, looked, found, counts, int(span)), read_at_least=READ_AT_LEAST,
        told_at_least=TOLD_AT_LEAST, sample=SAMPLE, hits=HITS_MEASURED,
        may_count=Permission.RUN_DEEP_DIVE in current_account(request).permissions,
        labels=_labels(house, looked), span=span, spans=_SPANS, name=_name(house, looked),
    )  # fmt: skip


@post("/menus/drafts/{key:uuid}/estimate", status_code=303, guards=[_counts])
async def take_estimate(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Count comments under Other, to estimate what the options that come in would take."""
    form = await read_form(request)
    days = form.text("days")
    try:
        await estimate_added(house_of(request), current_account(request), key, form.one("days", int))
    except FlagstaffError as problem:
        return await _backtest(request, key, days, problem)
    return go(f"/console/menus/drafts/{key}/backtest?days={days}#expected")


def _labels(house: House, looked: Looked) -> dict[str, str]:
    """Return how every option that ever was read last."""
    history = (*house.policy.menus_history(looked.kept.platform), looked.applied.version)
    return labels_in(history, spoken().language, _name(house, looked))


# ---------------------------------------------------------------- what the page chooses from
def _step(looked: Looked, place: int, operation: DraftOperation) -> Step:
    wrong = tuple(one for one in looked.findings if one.at[:2] == ("operations", place))
    key = getattr(operation, "option", "") or getattr(operation, "into", "")
    option = looked.applied.version.option_by_key.get(key) or looked.live.option_by_key.get(key)
    words = getattr(operation, "label", "") or (option.label if option else "")
    told = operation.suggestion if isinstance(operation, Add | Restore) else ""
    return Step(op_name(operation), names_of(operation), words, operation.why, wrong, told, operation.pinned)


def _belongs_to_a_step(finding: Finding, looked: Looked) -> bool:
    return (
        finding.at[0] == "operations"
        and len(finding.at) > 1
        and finding.at[1] in range(len(looked.draft.operations))
    )


def _gone(house: House, looked: Looked, menu: Menu) -> list[Option]:
    history = house.policy.menus_history(looked.kept.platform)
    return taken_away(menu.subject, history, looked.applied.version)


def _reasons(looked: Looked, menu: Menu) -> list[str]:
    """Return the reasons that other menus show and this one does not."""
    mine = {one.reason for one in menu.options}
    return sorted(
        one.key for one in (*looked.live.reasons, *looked.applied.version.reasons) if one.key not in mine
    )


def _clauses(house: House, looked: Looked, menu: Menu) -> list[tuple[str, str]]:
    """Return the rules that reach this kind and that a decision can name."""
    found = house.policy.guidelines(looked.kept.platform).clauses
    return [(one.key, one.title) for one in found if one.decidable and menu.subject in one.scope]


def _name(house: House, looked: Looked) -> str:
    return house.policy.host(looked.kept.platform).name


HANDLERS = [
    drafts_page,
    take_new_draft,
    draft_page,
    take_operation,
    take_drop,
    take_aim,
    take_figure,
    take_proposal,
    take_discard,
    words_of_draft,
    take_words,
    preview_draft,
    menu_of_draft,
    backtest_draft,
    take_estimate,
]
