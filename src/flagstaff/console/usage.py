"""How the menus are used and where they confuse: tables, the matrix, what to look at, and the same as files."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get, post

from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.count_use import count_again
from flagstaff.flows.house import House
from flagstaff.flows.join_options import Joined, join_options
from flagstaff.flows.menu_figures import confusion, overview, usage
from flagstaff.flows.policy_terms import zone_of
from flagstaff.insight.model import Asked, Cell, Confusion, Span, UsageRow
from flagstaff.kernel.errors import NotFound
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken, tongue_of
from flagstaff.menus.translating import labels_in
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_reads = require(Permission.READ_FIGURES)
_edits = require(Permission.EDIT_MENUS)
_USUAL: Final = timedelta(days=27)
_EVERY: Final = "every"
SPANS: Final[Mapping[str, str]] = {
    "whole": marked("The whole time"),
    "day": marked("Day by day"),
    "week": marked("Week by week"),
    "month": marked("Month by month"),
}
ENDINGS: Final[Mapping[str, str]] = {
    "housekeeping": marked("Tidied"),
    "care": marked("Cared for"),
    "referred": marked("Referred outside"),
    "acted": marked("Acted on before Flagstaff"),
    "no_violation": marked("No violation"),
    "could_not_verify": marked("Could not be verified"),
    "open": marked("Open"),
    "never_a_case": marked("Never a case"),
}
"""How a flag ends without a rule, in words."""
WHYS: Final[Mapping[str, str]] = {
    "mixed": marked("People took it for “{other}”, and the other way round."),
    "rare": marked("Hardly anybody chose it."),
}
"""What readers of a note are told of a merge, by what suggested it."""


@get("/usage", guards=[_reads])
async def usage_page(request: Visit) -> Response[str]:
    """Show how the options of one menu, or of all, were used."""
    house, by = house_of(request), current_account(request)
    platforms = _platforms(request)
    if not platforms:
        return render(request, "no_policy.html")
    asked = _asked(request, platforms)
    host, menus = house.policy.host(asked.platform), house.policy.menus(asked.platform)
    found = await overview(house, by, asked, language=spoken().language)
    told, matrix = found.usage, found.confusion
    return render(
        request, "usage.html", asked=asked, told=told, platforms=platforms, name=host.name,
        kinds=[menu.subject for menu in menus.menus], spans=SPANS, every=_EVERY, numbers=_numbers(house, asked),
        versions=found.versions, lists=found.lists,
        matrix=_matrix(matrix) if asked.kinds else (), columns=[*matrix.clauses, *matrix.endings], endings=ENDINGS,
        clauses=_clauses(house, asked), labels={row.option: row.label for row in told.rows}, query=_query(asked),
        may_edit=Permission.EDIT_MENUS in by.permissions, zone=host.zone,
    )  # fmt: skip


@get("/usage/table.csv", guards=[_reads])
async def usage_file(request: Visit) -> Response[str]:
    """Give the usage table as a file."""
    asked = _asked(request, _some(_platforms(request)))
    told = await usage(house_of(request), current_account(request), asked)
    head = [name for name in UsageRow.__struct_fields__ if name != "of_menu"]
    rows = (
        [
            *(getattr(row, name) for name in head),
            row.of_menu.of,
            f"{row.of_menu.low:.4f}",
            f"{row.of_menu.high:.4f}",
        ]
        for row in told.rows
    )
    return _file("usage", [*head, "of_menu", "low", "high"], rows)


@get("/usage/matrix.csv", guards=[_reads])
async def matrix_file(request: Visit) -> Response[str]:
    """Give the cells of the confusion matrix as a file."""
    asked = _asked(request, _some(_platforms(request)))
    told = await confusion(house_of(request), current_account(request), asked)
    head = Cell.__struct_fields__
    return _file("confusion", head, ([getattr(cell, name) for name in head] for cell in told.cells))


@post("/usage/join", status_code=303, guards=[_edits])
async def take_joining(request: Visit) -> Response[str]:
    """Begin a draft that merges two options."""
    form = await read_form(request)
    platform = Platform(form.text("platform"))
    if platform not in _platforms(request):
        raise _nothing()
    house = house_of(request)
    menus, name = house.policy.menus(platform), house.policy.host(platform).name
    option, into, says = form.text("option"), form.text("into"), WHYS.get(form.text("why"))
    # Readers of the note see why: in the language in which the menus are written.
    other = labels_in([menus], menus.locale, name).get(into, into)
    why = tongue_of(menus.locale).gettext(says, other=other) if says else ""
    mine = labels_in([menus], spoken().language, name)
    title = spoken().gettext("Merge: {option}", option=mine.get(option, option))
    key = await join_options(
        house, current_account(request), platform, Joined(option, into, why), title[:200]
    )
    return go(f"/console/menus/drafts/{key}#operations")


@post("/usage/count", guards=[_reads])
async def take_count(request: Visit) -> Response[str]:
    """Let everything be counted again soon."""
    form = await read_form(request)
    platform = Platform(form.text("platform"))
    if platform not in _platforms(request):
        raise _nothing()
    await count_again(house_of(request), current_account(request), platform)
    return go(f"/console/usage?platform={platform}")


# ---------------------------------------------------------------- what is asked
def _platforms(request: Visit) -> list[str]:
    sight = sight_for(request, Permission.READ_FIGURES)
    return [one for one in sight.platforms if house_of(request).policy.menus_history(one)]


def _asked(request: Visit, platforms: Sequence[str]) -> Asked:
    """Read what is asked for from the address; what is not there, or makes no sense, is as usual."""
    given, house = request.query_params, house_of(request)
    platform = given.get("platform", "")
    if platform and platform not in platforms:
        raise _nothing()
    platform = platform or platforms[0]
    menus = house.policy.menus(platform)
    kind = given.get("kind", "")
    known = [menu.subject for menu in menus.menus]
    today = house.now.astimezone(zone_of(house, platform)).date()
    until = _day(given.get("until", "")) or today
    since = _day(given.get("since", "")) or until - _USUAL
    span = given.get("span", "")
    version = given.get("version", "")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 6 else 0
    return Asked(
        platform=platform, since=min(since, until), until=until,
        kinds=() if kind == _EVERY else (kind if kind in known else known[0],),
        versions=(number,) if number else (), today=given.get("told", "") != "then",
        by_version=given.get("by", "") == "version", span=Span(span) if span in SPANS else Span.WHOLE,
        imported=given.get("imported", "") == "yes",
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _query(asked: Asked) -> str:
    """Return the address that asks the same again."""
    given = {
        "platform": asked.platform, "kind": asked.kinds[0] if asked.kinds else _EVERY, "since": asked.since.isoformat(),
        "until": asked.until.isoformat(), "version": asked.versions[0] if asked.versions else "",
        "told": "" if asked.today else "then", "by": "version" if asked.by_version else "",
        "span": asked.span.value, "imported": "yes" if asked.imported else "",
    }  # fmt: skip
    return urlencode({name: value for name, value in given.items() if value})


def _numbers(house: House, asked: Asked) -> list[int]:
    return [version.number for version in house.policy.menus_history(asked.platform)]


def _clauses(house: House, asked: Asked) -> dict[str, str]:
    """Return how each rule is called that anything was decided under."""
    found: dict[str, str] = {}
    for _, guidelines in house.policy.guidelines_history(asked.platform):
        found |= {one.key: one.title for one in guidelines.clauses}
    return found


# ---------------------------------------------------------------- how it is shown
def _matrix(told: Confusion) -> list[tuple[str, int, dict[str, tuple[Cell, int]]]]:
    """Return the rows of the matrix: the option, its flags, and each cell with its shade from 1 to 5."""
    rows = []
    for option in told.options:
        cells = [cell for cell in told.cells if cell.option == option]
        of = sum(cell.flags for cell in cells)
        rows.append((option, of, {cell.decided: (cell, 1 + 4 * cell.flags // of) for cell in cells}))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[str]:
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(head)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(kept.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _some(platforms: list[str]) -> list[str]:
    if not platforms:
        raise _nothing()
    return platforms


def _nothing() -> NotFound:
    msg = "there are no figures of this platform for you"
    return NotFound(msg, mend="choose one of the list")


HANDLERS = [usage_page, usage_file, matrix_file, take_joining, take_count]
