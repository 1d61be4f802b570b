"""Turn a theme of a deep dive into a draft: options to add, bring back or reword, with the run pinned as evidence."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.flows.draft_menu import BadDraft, NoSuchDraft, begin_in, change_in, with_operations
from flagstaff.flows.house import House
from flagstaff.flows.name_theme import refuse_words_of_run
from flagstaff.flows.saved_queries import kept as kept_query, months_in_words, with_figure
from flagstaff.flows.show_dive import show_dive, theme_of
from flagstaff.insight import labels, saved
from flagstaff.insight.codebook import NoSuchTheme, codebook_of
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, Basis, Table, ThemeRow
from flagstaff.insight.dives import Dive
from flagstaff.insight.naming import refuse_who
from flagstaff.insight.queries import Found, Query, answer_from_theme, why_not_told
from flagstaff.insight.saved import Saved
from flagstaff.menus import storage as menus
from flagstaff.menus.draft_check import LONGEST_GOAL
from flagstaff.menus.drafts import GOAL_METRICS, Add, Draft, DraftOperation, Pinned, Restore, Reword
from flagstaff.menus.model import Goal, Wording
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform

_NO_THEMES: Final = frozenset({OTHER, NOT_USABLE, POOLED})


class Untold(StrEnum):
    """Why readers are not told a theme's share."""

    NOT_WHOLE = "not_whole"
    UNCHECKED = "unchecked"
    FEW = "few"
    NO_NAME = "no_name"


class ForReaders(msgspec.Struct, frozen=True, kw_only=True):
    """A theme's share as readers may be told it. `untold`: None where they may."""

    query: Query
    found: Found
    untold: Untold | None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a theme. `draft`: the one it goes into, None: a new one of this title.

    `goal`: what the draft shall change; one that has a goal keeps it.
    """

    operations: tuple[DraftOperation, ...]
    draft: UUID | None
    title: str
    goal: Goal | None


async def draft_from_theme(house: House, by: Account, number: str, theme: str, wish: Wish) -> UUID:
    """Put what a theme asks for into a draft and return that.

    What readers would be told is nobody's own words. Raises WordsOfAComment, SaysWho, NoSuchDive, NoSuchTheme of a run
    that is not ready or does not name it, and what drafts do.
    """
    dive = await show_dive(house, by, number)
    row, table = theme_of(dive, theme)
    if theme in _NO_THEMES:
        what = "what fits no theme asks for no option"
        raise NoSuchTheme(what, where="theme", mend="name a theme in the codebook, and count again")
    if not wish.operations:
        what = "nothing is to be changed"
        raise BadDraft(what, where="kinds", mend="choose at least one menu")
    _refuse_strange(house, dive.platform, wish)
    told = _told(wish.operations, _read_already(house, dive.platform))
    refuse_who(**told)
    await refuse_words_of_run(house, by, dive, **told)
    pinned = pinned_of(dive, row, table.of)
    figure = _figure(house, by, dive, await for_readers(house, dive, row, table))
    operations = [msgspec.structs.replace(one, pinned=pinned) for one in wish.operations]
    async with house.database.transaction(Role.CONSOLE) as connection:
        platform = Platform(dive.platform)
        key = wish.draft or await begin_in(house, connection, by, platform, wish.title)
        kept = await menus.hold_draft(connection, key)
        if kept is None or kept.platform != platform:
            what = "this platform has no such draft"
            raise NoSuchDraft(what, where="draft", mend="see the list of drafts")
        if figure is not None:
            await saved.put(connection, figure)
        await change_in(
            house, connection, by, key, kept.revision, lambda now: _with(now, operations, wish.goal, figure)
        )
    return key


def _refuse_strange(house: House, platform: str, wish: Wish) -> None:
    """Raise BadDraft for an option, a menu or a goal that there is not: no draft could be published with it."""
    version = house.policy.menus(platform)
    retired = {key for one in house.policy.menus_history(platform) for key in one.option_by_key}
    retired -= {*version.option_by_key}
    for one in wish.operations:
        if isinstance(one, Reword) and one.option not in version.option_by_key:
            raise BadDraft(
                f"no menu has {one.option!r}", where="option", mend="choose an option that is live"
            )
        if isinstance(one, Restore) and one.option not in retired:
            what = f"{one.option!r} was not taken away"
            raise BadDraft(what, where="option", mend="choose an option that was on a menu before")
        if isinstance(one, Add) and one.kind not in version.menu_by_kind:
            mend = f"choose among {', '.join(sorted(version.menu_by_kind))}"
            raise BadDraft(f"there is no menu for {one.kind!r}", where="kinds", mend=mend)
    if wish.goal is None:
        return
    if wish.goal.primary not in GOAL_METRICS:
        raise BadDraft("nothing is measured so", where="metric", mend="choose a goal of the list")
    if not 1 <= wish.goal.window_days <= LONGEST_GOAL:
        what = f"a goal is not measured over {wish.goal.window_days} days"
        raise BadDraft(what, where="window_days", mend=f"write 1 to {LONGEST_GOAL}")


def _read_already(house: House, platform: str) -> frozenset[str]:
    """Return the words of every option that was ever published: who writes may quote them."""
    found: set[str] = set()
    for version in house.policy.menus_history(platform):
        for option in version.option_by_key.values():
            found |= {option.label, option.help}
        for words in version.translations.values():
            found |= {text for one in words.values() for text in (one.label, one.help)}
    return frozenset(found)


def _told(operations: Sequence[DraftOperation], known: frozenset[str]) -> dict[str, str]:
    """Return what readers would be told anew by the operations of a draft, each text once, by what it is."""
    found: dict[str, str] = {}
    for one in operations:
        wordings = one.words if isinstance(one, Add | Restore) else {}
        if isinstance(one, Reword):
            wordings = {one.language: Wording(label=one.label, help=one.help)}
        texts = [("why", one.why)]
        texts += [(f"label_{language}", words.label) for language, words in wordings.items()]
        texts += [(f"help_{language}", words.help) for language, words in wordings.items()]
        for where, text in texts:
            if text and text not in known and text not in found.values():
                found[where if where not in found else f"{where}_{len(found)}"] = text
    return found


def pinned_of(dive: Dive, row: ThemeRow, of: int) -> Pinned:
    """Return a theme as its run found it, to be kept with what is made of it."""
    return Pinned(
        dive=dive.number, digest=(dive.digest or b"").hex(), theme=row.key, name=row.name,
        share=row.sized.share, low=row.sized.low, high=row.sized.high, of=of,
        checked=row.sized.basis is not Basis.UNVERIFIED,
    )  # fmt: skip


async def for_readers(house: House, dive: Dive, row: ThemeRow, table: Table) -> ForReaders:
    """Return what readers may be told of a theme's share.

    They are told of whole menus and whole months, of five persons or more, of what was checked, under a name that a
    person typed for them.
    """
    selection = dive.selection
    async with house.database.reading(Role.CONSOLE) as connection:
        theme = codebook_of(await labels.changes_of(connection, dive.platform)).themes.get(row.key)
    public = (theme.public if theme else None) or ""
    query = Query(
        name="theme_share", platform=dive.platform, since=selection.first, until=selection.last, dive=dive.number,
        theme=row.key, about=public,
    )  # fmt: skip
    found = answer_from_theme(row.sized.share, row.sized.low, row.sized.high, table.of)
    untold: Untold | None = None
    whole = set(selection.kinds) == set(house.policy.menus(dive.platform).menu_by_kind)
    if not whole or selection.language or not query.in_whole_months:
        untold = Untold.NOT_WHOLE
    elif row.sized.basis is Basis.UNVERIFIED:
        untold = Untold.UNCHECKED
    elif row.persons is None or why_not_told(query, found):
        untold = Untold.FEW
    elif not public:
        untold = Untold.NO_NAME
    return ForReaders(query=query, found=found, untold=untold)


def _figure(house: House, by: Account, dive: Dive, told: ForReaders) -> Saved | None:
    """Return a theme's share as a figure of the note; None where readers may not be told it."""
    if told.untold or dive.ended_at is None:
        return None
    months, about = months_in_words(told.query), told.query.about
    says = f"Of what was written under “It's something else”, about “{about}”, {months}"
    return kept_query(house, told.query, told.found, dive.ended_at, says=says, by=by.key)


def _with(
    draft: Draft, operations: Sequence[DraftOperation], goal: Goal | None, figure: Saved | None
) -> Draft:
    changed = with_operations(draft, operations)
    if figure is not None and figure.says not in {one.says for one in draft.figures}:
        changed = with_figure(changed, figure)
    return changed if changed.goal else msgspec.structs.replace(changed, goal=goal)
