"""Deep dives: the list, the form for a new one, how far one came, what it found."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from flagstaff.console.coder_cards import ended, shown_cards
from flagstaff.console.dives_form import read_selection
from flagstaff.console.dives_shown import (
    SPECIAL_MEANS,
    Column,
    crossed,
    few,
    months_of,
    most_first,
    name_of,
    numbered,
    picture_of,
    totals_of,
    trend_of,
    trend_says,
)
from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import sight_for
from flagstaff.console.names import kind as kind_name
from flagstaff.console.pages import moment, render
from flagstaff.console.session import Visit, house_of, tongue_for
from flagstaff.console.watches import watch_values
from flagstaff.console.wording import language_name
from flagstaff.flows.ask_coder import coder_of
from flagstaff.flows.ask_dive import ask_dive, cancel_dive, count_again
from flagstaff.flows.house import House
from flagstaff.flows.know_theme import came_of, shelf_of
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.show_dive import list_dives, show_dive, written_by_month
from flagstaff.insight.cells import alone, told_of
from flagstaff.insight.dive import Stage, Table, ThemeRow, is_theme
from flagstaff.insight.dives import OVER, Dive
from flagstaff.insight.rising import risen
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import Tongue, speaking, spoken
from flagstaff.menus.likeness import Points, ThemeWords
from flagstaff.staff.model import Account
from flagstaff.views.drafts import names_of as account_names
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_reads: Final = require(Permission.READ_FIGURES)
_asks: Final = require(Permission.RUN_DEEP_DIVE)
_MONTHS_AT_FIRST: Final = 3
_MONTHS_TOLD: Final = 12
STAGES: Final[Mapping[Stage, str]] = {
    Stage.READ: marked("Opens the redacted comments, each time after the log says so."),
    Stage.ASK: marked("Asks the chosen model about the redacted comments, each time after the log says so."),
    Stage.PREPARE: marked("Puts the comments in the order of the audit."),
    Stage.EMBED: marked("Turns each comment into numbers that stand for what it means."),
    Stage.DISCOVER: marked("Looks for groups among the comments."),
    Stage.CODE: marked("Gives each comment to a theme."),
    Stage.ESTIMATE: marked("Sizes the themes."),
}
FAILURES: Final[Mapping[str, str]] = {
    "nothing_to_read": marked("No comment under Other can be read of these menus, days and language."),
    "too_few_persons": marked("Fewer than five persons wrote under Other: a table would be about them."),
    "broken": marked("Something went wrong inside. It is in the log, without any words of a comment."),
    "gave_up": marked("It was begun several times and never came to an end. Choose fewer days."),
}


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table as the page shows it."""

    row: ThemeRow
    name: str
    means: str
    theme: bool
    comments: str
    trend: tuple[Column, ...]
    trend_says: str
    new: bool
    rises: bool
    points: Points


# ---------------------------------------------------------------- the list, and asking
@get("/dives", guards=[_reads])
async def dives_page(request: Visit, platform: FromQuery[str] = "") -> Response[str]:
    """List deep dives, and offer to ask for one."""
    return await _dives(request, platform)


@post("/dives", guards=[_asks])
async def take_dive(request: Visit) -> Response[str]:
    """Ask for a deep dive."""
    house, form = house_of(request), await read_form(request)
    platform = form.text("platform")
    try:
        wanted, model_too = read_selection(form), bool(form.text("model_too"))
        number = await ask_dive(house, current_account(request), wanted, model_too=model_too)
    except FlagstaffError as problem:
        return await _dives(request, platform, form, problem)
    return go(f"/console/dives/{number}")


async def _dives(
    request: Visit, wanted: str, form: Form | None = None, problem: FlagstaffError | None = None
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    platforms = _platforms(request)
    if not platforms:
        return render(request, "no_policy.html")
    platform = wanted if wanted in platforms else platforms[0]
    version, host = house.policy.menus(platform), house.policy.host(platform)
    written = await written_by_month(house, by, Platform(platform))
    return render(
        request, "dives.html",
        written=[(f"{one.month:%Y-%m}", few(one.comments)) for one in written[-_MONTHS_TOLD:]],
        status=problem.status if problem else 200, platforms=platforms, platform=platform,
        dives=await list_dives(house, by, Platform(platform)), names=await _names(house), problem=problem,
        menus=[one.subject for one in version.menus], asked=_asked(house, platform, form),
        languages=tuple(dict.fromkeys((*version.languages, *host.languages))),
        may_ask=Permission.RUN_DEEP_DIVE in by.permissions, coder=coder_of(house.settings),
        **await watch_values(house, by, platform),
    )  # fmt: skip


def _asked(house: House, platform: str, form: Form | None) -> dict[str, object]:
    """Return what the form shows: what was sent, else the last three whole months of all menus."""
    if form is not None:
        fields = {name: form.text(name) for name in ("first", "last", "language", "model_too")}
        return {**fields, "kinds": form.many("kinds")}
    today = house.now.astimezone(zone_of(house, platform)).date()
    last = today.replace(day=1) - timedelta(days=1)
    month = last.year * 12 + last.month - _MONTHS_AT_FIRST
    first = date(month // 12, month % 12 + 1, 1)
    dates = {"first": first.isoformat(), "last": last.isoformat()}
    return {**dates, "language": "", "model_too": "", "kinds": ()}


# ---------------------------------------------------------------- one of them
@get("/dives/{number:str}", guards=[_reads])
async def dive_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show how far a deep dive came, or what it found."""
    return await _dive(request, number)


@get("/dives/{number:str}/progress", guards=[_reads])
async def progress_of_dive(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show how far it came as a fragment; once it is over the page is loaded anew."""
    dive = await show_dive(house_of(request), current_account(request), number)
    if dive.state in OVER:
        return Response("", media_type="text/html", headers={"HX-Refresh": "true"})
    return render(request, "dive_progress.html", dive=dive, stage=_stage(tongue_for(request), dive))


@post("/dives/{number:str}/cancel", guards=[_asks])
async def take_cancel(request: Visit, number: FromPath[str]) -> Response[str]:
    """End a run that is under way."""
    try:
        await cancel_dive(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await _dive(request, number, problem)
    return go(f"/console/dives/{number}")


@post("/dives/{number:str}/again", guards=[_asks])
async def take_again(request: Visit, number: FromPath[str]) -> Response[str]:
    """Ask for a new run over the same comments, with the codebook and the labels as they stand now."""
    try:
        following = await count_again(house_of(request), current_account(request), number)
    except FlagstaffError as problem:
        return await _dive(request, number, problem)
    return go(f"/console/dives/{following}")


async def _dive(request: Visit, number: str, problem: FlagstaffError | None = None) -> Response[str]:
    house, by, tongue = house_of(request), current_account(request), tongue_for(request)
    dive = await show_dive(house, by, number)
    names, failure = await _names(house), FAILURES[dive.failure or "broken"]
    values: dict[str, Any] = {
        "dive": dive,
        "selection": dive.selection,
        "over": dive.state in OVER,
        "problem": problem,
        "menus": [one.subject for one in house.policy.menus(dive.platform).menus],
        "may_ask": Permission.RUN_DEEP_DIVE in by.permissions,
        "stage": _stage(tongue, dive),
        "failure": tongue.gettext(failure),
        "exports": (("csv", "CSV"), ("md", "Markdown"), ("json", "JSON")),
        "reviewer": names.get(dive.reviewer) if dive.reviewer else None,
    }
    if (table := dive.table) is not None:
        with speaking(tongue):
            values |= _found(house, dive, table, await _former(house, by, dive))
            values["made"] = _made(dive, table, names)
            values |= {"cards": shown_cards(dive, table), "coder": dive.coder, "outcome": dive.outcome}
            values["ended"] = ended(dive.outcome)
        became = await came_of(house, Platform(dive.platform), dive.number)
        values["since"] = {theme: options[0].version for theme, options in became.items()}
    status = problem.status if problem else 200
    return render(request, "dive.html", status=status, **values)


def _stage(tongue: Tongue, dive: Dive) -> str:
    return tongue.gettext(STAGES[Stage(dive.stage)] if dive.stage else marked("Waits for its turn."))


async def _former(house: House, by: Account, dive: Dive) -> frozenset[str]:
    """Return the themes that the run before this one counted; its own where there was none, or nobody had named any."""
    former = await show_dive(house, by, dive.follows) if dive.follows else dive
    table = former.table if former.lines else dive.table
    return frozenset(one.key for one in table.rows) if table else frozenset()


def _found(house: House, dive: Dive, table: Table, before: frozenset[str]) -> dict[str, Any]:
    """Return what the page shows of a table, in the language that is spoken now."""
    rows = numbered(table.rows)
    months = months_of(dive.selection.first, dive.selection.last)
    totals, meanings = totals_of(rows, months), {one.key: one.meaning for one in dive.lines}
    languages = most_first(rows, lambda row: row.languages)
    others = [one for one in languages if one not in {"en", "und", ""}]
    kinds, rising = most_first(rows, lambda row: row.kinds), risen(rows, months)
    return {
        "table": table,
        "rows": [_shown(house, dive, row, totals, before, rising, meanings) for row in rows]
        if table.of
        else [],
        "basis": table.basis.value,
        "picture": picture_of(rows, mirrored=spoken().direction == "rtl"),
        "by_month": crossed(rows, lambda row: row.months, lambda told: told.months, months),
        "by_kind": crossed(rows, lambda row: row.kinds, lambda told: told.kinds, kinds, kind_name),
        "by_language": crossed(
            rows, lambda row: row.languages, lambda told: told.languages, languages, language_name
        ),
        "more_languages": [language_name(one) for one in others[:5]],
    }


def _shown(
    house: House,
    dive: Dive,
    row: ThemeRow,
    totals: Mapping[str, int],
    before: frozenset[str],
    rising: frozenset[str],
    meanings: Mapping[str, str],
) -> Shown:
    theme = is_theme(row)
    return Shown(
        row=row, name=name_of(row), means=spoken().gettext(SPECIAL_MEANS.get(row.key, "")) if not theme else "",
        theme=theme, comments=few(row.rows), trend=trend_of(row, totals), trend_says=trend_says(row, totals),
        new=theme and row.key not in before, rises=row.key in rising,
        points=_points(house, dive, row, meanings) if theme else "add",
    )  # fmt: skip


def _points(house: House, dive: Dive, row: ThemeRow, meanings: Mapping[str, str]) -> Points:
    kind = next(iter(alone(told_of(row).kinds)), next(iter(dive.selection.kinds), ""))
    told = ThemeWords(name=row.name, meaning=meanings.get(row.key, ""))
    return shelf_of(house, dive.platform).points(told, kind)


def _made(dive: Dive, table: Table, names: Mapping[UUID, str]) -> Sequence[tuple[str, object]]:
    """Return what made a run what it is: whoever has the same gets the same bytes."""
    tongue = spoken()
    follows = Markup('<a href="/console/dives/{0}">{0}</a>').format(dive.follows) if dive.follows else "–"
    parameters = ", ".join(f"{name} = {value}" for name, value in sorted(table.parameters.items()))
    code = Markup('<span class="number">{}</span>')
    return [
        (tongue.gettext("Asked for"), moment(dive.asked_at)),
        (tongue.gettext("By"), names.get(dive.asked_by) or tongue.gettext("an account that left")),
        (tongue.gettext("Ready since"), moment(dive.ended_at) if dive.ended_at else "–"),
        (tongue.gettext("Counts again"), follows),
        (tongue.gettext("Model"), code.format(table.model)),
        (tongue.gettext("Parameters"), code.format(parameters or "–")),
        (tongue.gettext("Code"), code.format(table.code)),
        (tongue.gettext("Digest of all that went in"), code.format(table.inputs)),
        (tongue.gettext("Digest of the table"), code.format((dive.digest or b"").hex())),
    ]


# ---------------------------------------------------------------- whose
def _platforms(request: Visit) -> list[str]:
    sight = sight_for(request, Permission.READ_FIGURES)
    return [one for one in sight.platforms if house_of(request).policy.menus_history(one)]


async def _names(house: House) -> dict[UUID, str]:
    return {one.key: one.name for one in await account_names(house.database)}


HANDLERS = [dives_page, take_dive, dive_page, progress_of_dive, take_cancel, take_again]
