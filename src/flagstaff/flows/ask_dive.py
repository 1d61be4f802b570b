"""Ask for a deep dive over comments under Other, for the same comments again, or for no more of it.

What it works on is kept with it: the codebook and the labels of one reviewer as they stand now. A worker makes it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.delivery import storage as delivery
from flagstaff.flows.ask_coder import coder_of
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight import dives, labels
from flagstaff.insight.codebook import codebook_of, read_today
from flagstaff.insight.dive import Drawn, Label, Selection
from flagstaff.insight.dives import OVER, AskedDive, Dive
from flagstaff.insight.prompting import Coder
from flagstaff.kernel.errors import Conflict, Refusal
from flagstaff.kernel.ids import NumberKind
from flagstaff.language.written_in import LANGUAGES
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

CHANNEL: Final = "dive"
"""Wakes who makes deep dives."""
_IN_LINE: Final = 5
EARLIEST: Final = date(2000, 1, 1)
"""No platform that anybody flags on has comments from before."""
_AHEAD: Final = timedelta(days=366)
"""So far ahead a last day may lie; later ones are typing errors."""


class BadSelection(Refusal):
    """No comments can be chosen so."""

    slug = "bad-selection"
    status = 422
    title = "These comments cannot be chosen"


class TooManyDives(Conflict):
    """A deep dive takes a processor for minutes; they are made one after another."""

    slug = "too-many-dives"
    title = "Too many deep dives wait"


class DiveIsOver(Conflict):
    """What is ready, failed or cancelled stays as it is."""

    slug = "dive-is-over"
    title = "This deep dive is over"


async def ask_dive(house: House, by: Account, selection: Selection, *, model_too: bool = False) -> str:
    """Ask for a deep dive and return its number; raises BadSelection, TooManyDives, NothingPublished, Forbidden.

    `model_too`: the model that the operator set codes the comments too, once there is a codebook.
    """
    coder = coder_of(house.settings) if model_too else None
    if model_too and coder is None:
        what = "no model is set that could code too"
        raise BadSelection(what, where="model_too", mend="leave it out, or set coder_url and coder_model")
    return await _ask(house, by, _checked(house, by, selection), None, coder)


async def count_again(house: House, by: Account, number: str) -> str:
    """Ask for the same comments anew, with codebook and labels as they stand now; return the new run's number.

    A model that coded too is asked again, as far as it is still set. Raises NoSuchDive and what `ask_dive` does.
    """
    former = await show_dive(house, by, number)
    coder = coder_of(house.settings) if former.coder else None
    return await _ask(house, by, _checked(house, by, former.selection), former, coder)


async def cancel_dive(house: House, by: Account, number: str) -> None:
    """End a deep dive that is not over; nothing of it is kept. Raises DiveIsOver, NoSuchDive, Forbidden."""
    dive = await show_dive(house, by, number)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, Platform(dive.platform))
    async with house.database.transaction(Role.CONSOLE) as connection:
        if dive.state in OVER or not await dives.cancel(connection, dive.number, house.now):
            raise DiveIsOver("it is over", where="number", mend="load the page again")
        await _record(house, connection, by, "dive.cancelled", dive.key, dive.platform, {"run": dive.number})


def _checked(house: House, by: Account, asked: Selection) -> Selection:
    platform = Platform(asked.platform)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    there = house.policy.menus(platform).menu_by_kind
    today = house.now.astimezone(zone_of(house, platform)).date()
    kinds = tuple(sorted(set(asked.kinds))) or tuple(sorted(there))
    if strange := [kind for kind in kinds if kind not in there]:
        what = f"there is no menu for {', '.join(strange)}"
        raise BadSelection(what, where="kinds", mend=f"choose among {', '.join(sorted(there))}")
    if asked.first < EARLIEST:
        what = f"nothing was written before {EARLIEST}"
        raise BadSelection(what, where="first", mend="choose a later first day")
    if asked.first > asked.last:
        raise BadSelection("it would end before it begins", where="first", mend="choose an earlier first day")
    if asked.first > today:
        raise BadSelection("nothing was written yet", where="first", mend="choose a day that has begun")
    if asked.last > today + _AHEAD:
        what = f"{asked.last} is more than a year ahead"
        raise BadSelection(what, where="last", mend="choose today or an earlier last day")
    return msgspec.structs.replace(
        asked, kinds=kinds, last=min(asked.last, today), language=_language(asked.language)
    )


def _language(asked: str) -> str:
    """Return a language that comments are told apart in, without its region; blank for every one."""
    language = asked.strip().lower().partition("-")[0]
    if language and language not in LANGUAGES:
        what = f"no comment is known to be written in {asked.strip()[:20]!r}"
        raise BadSelection(what, where="language", mend="write a code such as en or es, or leave it blank")
    return language


async def _ask(
    house: House, by: Account, selection: Selection, former: Dive | None, coder: Coder | None
) -> str:
    async with house.database.transaction(Role.CONSOLE) as connection:
        if await dives.under_way(connection, selection.platform) >= _IN_LINE:
            what = f"{_IN_LINE} wait already"
            raise TooManyDives(what, where="platform", mend="wait for one of them, or cancel it")
        follows = former.key if former else None
        asked = await enter(house, connection, selection, by.key, follows, coder)
        facts = {"endpoint": coder.endpoint, "model": coder.model} if coder else {}
        facts = {"run": asked.number} | facts
        await _record(house, connection, by, "dive.asked", asked.key, selection.platform, facts)
    return asked.number


async def enter(
    house: House, connection: Connection, selection: Selection, by: UUID, follows: UUID | None = None,
    coder: Coder | None = None,
) -> AskedDive:  # fmt: skip
    """Enter a run with codebook and labels as they stand, and wake who makes it. Roles console and worker."""
    platform = selection.platform
    changes = await labels.changes_of(connection, platform)
    lines = codebook_of(changes).lines
    said = read_today(await labels.labels_of(connection, platform), changes)
    reviewer = leading(said) if lines else None
    asked = AskedDive(
        key=house.ids.key(), number=house.ids.number(NumberKind.DIVE), selection=selection, lines=lines,
        labels=tuple(one for one in said if one.reviewer == reviewer), reviewer=reviewer, follows=follows,
        asked_by=by, asked_at=house.now, coder=coder,
    )  # fmt: skip
    await dives.put(connection, asked)
    await delivery.wake(connection, CHANNEL)
    return asked


def leading(said: Iterable[Label]) -> UUID | None:
    """Return whose labels a run rests on: the reviewer who gave most at random; one person's measure, not a mixture."""
    counts: Counter[UUID] = Counter()
    for one in said:
        counts[one.reviewer] += 1000 if one.drawn is Drawn.RANDOM else 1
    return min(counts, key=lambda reviewer: (-counts[reviewer], reviewer.bytes), default=None)


async def _record(
    house: House,
    connection: Connection,
    by: Account,
    deed: str,
    key: UUID,
    platform: str,
    facts: Mapping[str, str],
) -> None:
    entry = Entry(house.ids.key(), house.now, deed, by.actor, f"dive:{key}", platform, facts)
    await audit.record(connection, [entry])
