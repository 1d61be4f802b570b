"""One theme of a deep dive: its figures, examples on demand, what the house knows of it, and the draft it becomes."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.dives_form import read_wish
from flagstaff.console.dives_shown import (
    SPECIAL_MEANS,
    cell_of,
    few,
    is_whole,
    months_of,
    most_first,
    name_of,
    numbered,
    totals_of,
    trend_of,
    trend_says,
)
from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of, tongue_for
from flagstaff.flows.draft_from_theme import ForReaders, Untold, draft_from_theme, for_readers
from flagstaff.flows.hear_theme import AT_ONCE, HeardTheme, hear_theme
from flagstaff.flows.house import House
from flagstaff.flows.know_theme import came_of, shelf_of
from flagstaff.flows.show_dive import show_dive, theme_of
from flagstaff.flows.show_examples import Example, menu_of, show_examples
from flagstaff.insight.cells import FEWEST, REST, alone, told_of
from flagstaff.insight.dive import Line, Table, ThemeRow, is_theme
from flagstaff.insight.dives import Dive
from flagstaff.insight.queries import told
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.folding import fold
from flagstaff.language.marking import marked
from flagstaff.language.tongues import speaking, spoken
from flagstaff.menus.applying import taken_away
from flagstaff.menus.drafts import GOAL_METRICS
from flagstaff.menus.likeness import Known, ThemeWords, heard as once_heard
from flagstaff.menus.model import Menu, MenuVersion, Option, Reason, Wording
from flagstaff.menus.translating import labels_in
from flagstaff.views.drafts import list_drafts
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_reads: Final = require(Permission.READ_FIGURES)
_opens: Final = require(Permission.RUN_DEEP_DIVE)
_edits: Final = require(Permission.EDIT_MENUS)
_LABEL_AT_MOST: Final = 70
_HELP_AT_MOST: Final = 90
_TICKED_FROM: Final = 0.05
_NO_KEY: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_KEY: Final = 40

UNTOLD: Final[Mapping[Untold, str]] = {
    Untold.NOT_WHOLE: marked(
        "Readers are not told its share: that takes a run over whole months, all menus and every language."
    ),
    Untold.UNCHECKED: marked(
        "Readers are not told its share: nobody checked it. Label 200 comments drawn at random, and count again."
    ),
    Untold.FEW: marked("Readers are not told its share: it rests on too few comments or persons."),
    Untold.NO_NAME: marked("Readers are told its share once it has a public name."),
}
"""What the page says where a draft takes no figure along."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did on the page of a theme: what was opened, and what went wrong."""

    examples: list[Example] | None = None
    heard: HeardTheme | None = None
    problem: FlagstaffError | None = None


@get("/dives/{number:str}/themes/{theme:str}", guards=[_reads])
async def theme_page(
    request: Visit, number: FromPath[str], theme: FromPath[str], kind: FromQuery[str] = ""
) -> Response[str]:
    """Show one theme, and what it asks for on one menu."""
    return await _theme(request, number, theme, kind, Seen())


@post("/dives/{number:str}/themes/{theme:str}/examples", guards=[_opens])
async def take_examples(request: Visit, number: FromPath[str], theme: FromPath[str]) -> Response[str]:
    """Open a few comments of a theme for whoever asks; they are on this answer and nowhere else.

    `kind`: the menu that the page goes on beside; the comments are of every menu.
    """
    house, by = house_of(request), current_account(request)
    kind = (await read_form(request)).text("kind")
    try:
        if kind:
            menu_of(house, await show_dive(house, by, number), kind)
        opened = await show_examples(house, by, number, theme)
    except FlagstaffError as problem:
        return await _theme(request, number, theme, kind, Seen(problem=problem))
    return await _theme(request, number, theme, kind, Seen(examples=opened))


@post("/dives/{number:str}/themes/{theme:str}/heard", guards=[_opens])
async def take_hearing(request: Visit, number: FromPath[str], theme: FromPath[str]) -> Response[str]:
    """Count how many of its comments a live option would have caught."""
    form = await read_form(request)
    kind = form.text("kind")
    try:
        found = await hear_theme(house_of(request), current_account(request), number, theme, kind)
    except FlagstaffError as problem:
        return await _theme(request, number, theme, kind, Seen(problem=problem))
    return await _theme(request, number, theme, kind, Seen(heard=found))


@post("/dives/{number:str}/themes/{theme:str}/draft", guards=[_edits])
async def take_draft(request: Visit, number: FromPath[str], theme: FromPath[str]) -> Response[str]:
    """Make a draft of it and go there."""
    house, by, form = house_of(request), current_account(request), await read_form(request)
    try:
        dive = await show_dive(house, by, number)
        version = house.policy.menus(dive.platform)
        option = version.option_by_key.get(form.text("option"))
        wish = read_wish(form, version.languages, _wording(version, option))
        key = await draft_from_theme(house, by, number, theme, wish)
    except FlagstaffError as problem:
        return await _theme(request, number, theme, form.text("kind"), Seen(problem=problem), form)
    return go(f"/console/menus/drafts/{key}#operations")


async def _theme(
    request: Visit, number: str, theme: str, wanted: str, seen: Seen, form: Form | None = None
) -> Response[str]:
    house, by = house_of(request), current_account(request)
    dive = await show_dive(house, by, number)
    row, table = theme_of(dive, theme)
    with speaking(tongue_for(request)):
        row = next(one for one in numbered(table.rows) if one.key == row.key)
    version = house.policy.menus(dive.platform)
    # Where most of it was written says how many nowhere; without it a page would begin at a menu of no comment.
    kinds = [one for one in most_first([row], lambda it: it.kinds) if row.kinds[one] >= FEWEST]
    known = [one for one in (*kinds, *_menus(dive, row)) if one in version.menu_by_kind]
    kind = wanted if wanted in version.menu_by_kind else next(iter(known), version.menus[0].subject)
    line = next((one for one in dive.lines if one.key == row.key), None)
    drafts = [one for one in await list_drafts(house.database, [dive.platform]) if one.state == "open"]
    readers = await for_readers(house, dive, row, table)
    mine = next((one.key for one in drafts if dive.number in one.dives), None)
    became = (await came_of(house, Platform(dive.platform), dive.number)).get(row.key, ())
    with speaking(tongue_for(request)):
        values = _figures(dive, row, table) | _asks(house, dive, row, line, kind, seen) | _told(readers)
    return render(
        request, "dive_theme.html", status=seen.problem.status if seen.problem else 200, dive=dive, row=row, line=line,
        table=table, kind=kind, version=version, problem=seen.problem, examples=seen.examples, heard=seen.heard,
        heard_at_once=AT_ONCE, drafts=drafts, metrics=GOAL_METRICS, name=house.policy.host(dive.platform).name,
        menus=[one.subject for one in version.menus], may_open=Permission.RUN_DEEP_DIVE in by.permissions,
        may_edit=Permission.EDIT_MENUS in by.permissions, sent=form, mine=mine,
        became=[one for one in became if one.option.subject == kind], **values,
    )  # fmt: skip


def _menus(dive: Dive, row: ThemeRow) -> list[str]:
    """Return the menus of a run: those first that a theme's comments are told of, then the others in their order."""
    return list(dict.fromkeys((*alone(told_of(row).kinds), *dive.selection.kinds)))


# ---------------------------------------------------------------- figures
def _figures(dive: Dive, row: ThemeRow, table: Table) -> dict[str, Any]:
    months, told = months_of(dive.selection.first, dive.selection.last), told_of(row)
    totals = totals_of(table.rows, months)
    whole = {
        "kinds": is_whole(row, told.kinds, row.kinds),
        "languages": is_whole(row, told.languages, row.languages),
        "months": is_whole(row, told.months, row.months),
    }
    return {
        "title": name_of(row),
        "is_theme": is_theme(row),
        "means": spoken().gettext(SPECIAL_MEANS[row.key]) if row.key in SPECIAL_MEANS else "",
        "comments": few(row.rows),
        "kinds": [(one, cell_of(told.kinds, one, all_told=whole["kinds"])) for one in _menus(dive, row)],
        "languages": [(one, spoken().number(told.languages[one])) for one in alone(told.languages)],
        "other_languages": cell_of(told.languages, REST, all_told=False),
        "months": [(month, cell_of(told.months, month, all_told=whole["months"])) for month in months],
        "other_months": cell_of(told.months, REST, all_told=False),
        "whole": whole,
        "counts_alone": told.kinds,
        "trend": trend_of(row, totals),
        "trend_says": trend_says(row, totals),
    }


def _told(readers: ForReaders) -> dict[str, str | bool]:
    """Return what the note of a draft would tell of the theme, or why it tells nothing."""
    return {
        "public": readers.query.about, "told": told(readers.found), "no_name": readers.untold is Untold.NO_NAME,
        "untold": spoken().gettext(UNTOLD[readers.untold]) if readers.untold else "",
    }  # fmt: skip


# ---------------------------------------------------------------- what it asks for
def _asks(
    house: House, dive: Dive, row: ThemeRow, line: Line | None, kind: str, seen: Seen
) -> dict[str, Any]:
    """Return what the house knows of a theme on one menu, and the forms filled in as far as that goes."""
    version, history = house.policy.menus(dive.platform), house.policy.menus_history(dive.platform)
    menu = version.menu_by_kind[kind]
    name = line.name if line else ""
    told = ThemeWords(name=name, meaning=line.meaning if line else "")
    known = shelf_of(house, dive.platform).known(told, kind)
    if seen.heard is not None and seen.heard.kind == kind:
        known = once_heard(known, seen.heard.proposed, seen.heard.read)
    gone = taken_away(kind, history, version)
    best = version.option_by_key.get(known.best) or next((one for one in gone if one.key == known.best), None)
    reword = best if known.points == "reword" else known.live[0].option if known.live else menu.options[0]
    reason = known.elsewhere[0].option.reason if known.elsewhere else ""
    return {
        "title_of_draft": name,
        "menu": menu, "known": known, "best": best, "gone": gone, "wording": _wording(version, reword),
        "labels": labels_in([version], spoken().language, house.policy.host(dive.platform).name),
        "reasons": _reasons(version, menu), "reason": reason, "proposed_key": key_for(name),
        "behaves_like": _like(version, known),
        "label": _cut(name, _LABEL_AT_MOST), "help": _cut(line.meaning if line else "", _HELP_AT_MOST),
        "ticked": _ticked(row, kind), "clauses": _clauses(house, dive, row, kind),
        "likely_clauses": _likely(known),
    }  # fmt: skip


def _wording(version: MenuVersion, option: Option | None) -> dict[str, Wording]:
    """Return how an option reads in each language; blank where it does not."""
    blank = Wording(label="", help="")
    if option is None:
        return dict.fromkeys(version.languages, blank)
    own = Wording(label=option.label, help=option.help)
    return {
        one: own if one == version.locale else version.translations.get(one, {}).get(option.key, blank)
        for one in version.languages
    }


def _reasons(version: MenuVersion, menu: Menu) -> list[str]:
    """Return the reasons that other menus show and this one does not."""
    mine = {one.reason for one in menu.options}
    return sorted(one.key for one in version.reasons if one.key not in mine)


def _like(version: MenuVersion, known: Known) -> Reason:
    """Return what a new reason would behave like: the live option most alike, of those at which nothing is held."""
    calm = {one.key: one for one in version.reasons if one.kind == "violation" and not one.hold}
    alike = (one.option.reason for one in (*known.live, *known.elsewhere) if one.option.reason in calm)
    return calm[next(alike, next(iter(calm)))]


def _ticked(row: ThemeRow, kind: str) -> set[str]:
    """Return the menus on which enough of a theme was written; the one that is looked at is always among them."""
    told = told_of(row).kinds
    return {kind, *(one for one in alone(told) if told[one] >= _TICKED_FROM * row.rows)}


def _clauses(house: House, dive: Dive, row: ThemeRow, kind: str) -> list[tuple[str, str]]:
    """Return the rules that a decision can name and that reach one of the menus the theme is on."""
    reached = {kind, *_ticked(row, kind)}
    found = house.policy.guidelines(dive.platform).clauses
    return [(one.key, one.title) for one in found if one.decidable and reached & set(one.scope)]


def _likely(known: Known) -> set[str]:
    """Return the rules that an option for it would lead to: those of an option elsewhere, else the most alike."""
    if known.elsewhere:
        return set(known.elsewhere[0].option.clauses)
    return {one.rule.key for one in known.rules[:1]}


def key_for(name: str) -> str:
    """Return the key that a new reason could have, from the theme's name; blank where no letter of it would stand."""
    key = _NO_KEY.sub("_", fold(name).text).strip("_")[:_LONGEST_KEY].rstrip("_")
    return key if key[:1].isalpha() else ""


def _cut(text: str, most: int) -> str:
    """Return a text as far as a field takes it, whole words only."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0].rstrip(" ,;:.")


HANDLERS = [theme_page, take_examples, take_hearing, take_draft]
