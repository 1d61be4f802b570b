"""Put a figure into a draft by a query that is saved with what it found, and look at it again later."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.draft_menu import change_in, look_at_draft
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.run_query import Ran, run_query
from flagstaff.insight import saved
from flagstaff.insight.queries import (
    ASKED_BY_HAND,
    TITLES,
    Found,
    Query,
    QueryName,
    last_months,
    told,
    why_not_told,
)
from flagstaff.insight.saved import PublicFigure, Saved
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.kernel.ids import NumberKind
from flagstaff.menus.drafts import Draft
from flagstaff.menus.model import Figure, MenuVersion
from flagstaff.menus.rules import label_in
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

MONTHS: Final = (1, 3, 6, 12)
"""Of how many whole months a figure may be."""
_FIGURES_AT_MOST: Final = 20


class NoSuchQuery(NotFound):
    """There is no saved query of this number, or none that readers are told."""

    slug = "no-such-query"
    title = "There is no such query"


class NotToBeTold(Refusal):
    """A figure rests on too little to be told to readers."""

    slug = "not-to-be-told"
    status = 422
    title = "Readers cannot be told this figure"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which figure a draft wants: a known query over the last whole months, of one menu (blank: all)."""

    name: QueryName
    months: int
    kind: str = ""
    option: str = ""
    lineage: bool = True


class Compared(msgspec.Struct, frozen=True):
    """A saved query with what it found then and finds now."""

    saved: Saved
    now: Ran


async def add_figure(house: House, by: Account, key: UUID, revision: int, wanted: Wanted) -> str:
    """Save a query and put what it found into a draft as a figure; return its number.

    Raises NotToBeTold, Refusal for what is not offered, DraftChanged, NoSuchDraft, Forbidden.
    """
    looked = await look_at_draft(house, by, key)
    platform = Platform(looked.kept.platform)
    staff_rules.demand(by, Permission.READ_FIGURES, None, platform)
    query = _query(house, looked.live, platform, wanted)
    ran = await run_query(house, query)
    why = why_not_told(query, ran.found)
    if why or ran.as_of is None:
        raise NotToBeTold(
            why or "nothing was counted yet", where="figure", mend="take more months, or all menus"
        )
    one = kept(house, query, ran.found, ran.as_of, says=_says(house, looked.live, query), by=by.key)

    async with house.database.transaction(Role.CONSOLE) as connection:
        await saved.put(connection, one)
        await change_in(house, connection, by, key, revision, lambda draft: with_figure(draft, one))
    return one.number


async def drop_figure(house: House, by: Account, key: UUID, revision: int, number: str) -> None:
    """Take a figure out of a draft; its query stays. Raises as `add_figure`."""

    def without(draft: Draft) -> Draft:
        figures = tuple(one for one in draft.figures if one.query != number)
        return msgspec.structs.replace(draft, figures=figures)

    async with house.database.transaction(Role.CONSOLE) as connection:
        await change_in(house, connection, by, key, revision, without)


async def publish_figures(house: House, connection: Connection, version: MenuVersion) -> None:
    """Let readers see the queries behind the figures of a version that is being published."""
    figures = version.release_note.figures if version.release_note else ()
    for figure in figures:
        if figure.query:
            await saved.publish(connection, figure.query, version.number, "figure", house.now)


async def compare_query(house: House, by: Account, number: str) -> Compared:
    """Return what a saved query found then and finds now; raises NoSuchQuery, Forbidden."""
    async with house.database.reading(Role.CONSOLE) as connection:
        one = await saved.find(connection, number)
    if one is None:
        raise _no_such()
    staff_rules.demand(by, Permission.READ_FIGURES, None, Platform(one.platform))
    return Compared(one, await run_query(house, one.query))


async def show_figure(house: House, platform: str, number: str) -> PublicFigure:
    """Return a figure that readers are told, as it was when it was published; raises NoSuchQuery."""
    async with house.database.reading(Role.INTAKE) as connection:
        one = await saved.public(connection, platform, number)
    if one is None:
        raise _no_such()
    return one


def kept(house: House, query: Query, found: Found, as_of: datetime, *, says: str, by: UUID | None) -> Saved:
    """Make what is kept of a query that was run."""
    return Saved(
        key=house.ids.key(), number=house.ids.number(NumberKind.QUERY), platform=query.platform,
        query_form=msgspec.to_builtins(query), found=found, says=says, told=told(found), as_of=as_of,
        code=saved.code(), made_by=by, made_at=house.now,
    )  # fmt: skip


def _query(house: House, live: MenuVersion, platform: Platform, wanted: Wanted) -> Query:
    if wanted.name not in ASKED_BY_HAND:
        raise Refusal(
            "this figure comes with a theme", where="query", mend="make a draft from the theme's page"
        )
    if wanted.months not in MONTHS:
        raise Refusal("so many months are not offered", where="months", mend="choose 1, 3, 6 or 12")
    if wanted.kind and wanted.kind not in live.menu_by_kind:
        raise Refusal("there is no such menu", where="kind", mend="choose one of the list")
    if (wanted.name == "option_use") != bool(wanted.option) or (
        wanted.option and wanted.option not in live.option_by_key
    ):
        mend = "name one for this query, and none for the others"
        raise Refusal("this query and this option do not fit", where="option", mend=mend)
    today = house.now.astimezone(zone_of(house, platform)).date()
    since, until = last_months(today, wanted.months)
    return Query(
        name=wanted.name, platform=platform, since=since, until=until, lineage=wanted.lineage,
        kinds=(wanted.kind,) if wanted.kind and not wanted.option else (),
        options=(wanted.option,) if wanted.option else (),
    )  # fmt: skip


def _says(house: House, live: MenuVersion, query: Query) -> str:
    """Say in one line what a query asks."""
    period = f"{query.since:%B %Y}"
    if (query.since.year, query.since.month) != (query.until.year, query.until.month):
        period = f"{period} to {query.until:%B %Y}"
    if query.options:
        option = live.option_by_key[query.options[0]]
        label = label_in(option.label, house.policy.host(query.platform).name)
        return f"Share of flags on “{label}”, {option.subject.replace('_', ' ')}, {period}"
    where = query.kinds[0].replace("_", " ") if query.kinds else "all menus"
    return f"{TITLES[query.name]}, {where}, {period}"


def months_in_words(query: Query) -> str:
    """Say which months a query is of."""
    if (query.since.year, query.since.month) == (query.until.year, query.until.month):
        return f"{query.since:%B %Y}"
    return f"{query.since:%B %Y} to {query.until:%B %Y}"


def with_figure(draft: Draft, one: Saved) -> Draft:
    """Return a draft with a saved query as a figure of its note; raises Refusal where it has too many."""
    if len(draft.figures) >= _FIGURES_AT_MOST:
        what = f"a note has {_FIGURES_AT_MOST} figures at most"
        raise Refusal(what, where="figure", mend="take one out first")
    figure = Figure(says=one.says, value=one.told, query=one.number)
    return msgspec.structs.replace(draft, figures=(*draft.figures, figure))


def _no_such() -> NoSuchQuery:
    return NoSuchQuery("there is no such query", where="number", mend="follow the link of a release note")
