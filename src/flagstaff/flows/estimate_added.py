"""Estimate from past comments what the options that a draft brings in would take from Other: only counts leave here.

Some comments under Other are drawn at random, opened a hundred at a time after a committed line says so, run through
the draft's own hints, and forgotten. How many, by whom and why stands in the audit before the first is opened.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flags import sampling
from flagstaff.flags.sampling import Period
from flagstaff.flows.draft_menu import Looked, look_at_draft
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import comments_on_record
from flagstaff.kernel.errors import Refusal
from flagstaff.menus import estimates
from flagstaff.menus.estimates import HintEstimate
from flagstaff.menus.estimating import READ_AT_LEAST, Heard, Tally
from flagstaff.menus.hints import index_of
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault.model import Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

SAMPLE: Final = 1000
"""Comments that one estimate reads, of all menus together: some two seconds, and never more memory than a hundred."""
_BATCH: Final = 100
_STEP: Final = 10
"""Comments between two looks at other requests of this process: some ten milliseconds."""
DAYS: Final = (28, 90, 366)


class NothingAdded(Refusal):
    """An estimate is about options that a draft brings in, and this one brings in none."""

    slug = "nothing-added"
    status = 422
    title = "Nothing is added"


class _Run(msgspec.Struct, frozen=True):
    house: House
    by: Account
    looked: Looked
    key: UUID
    period: Period
    most: int


async def estimate_added(house: House, by: Account, key: UUID, days: int) -> HintEstimate:
    """Count comments of the last days for a draft and keep what was found.

    Raises Forbidden without the right to a deep dive, NothingAdded, NoSuchDraft, Unavailable.
    """
    looked = await look_at_draft(house, by, key)
    platform = Platform(looked.kept.platform)
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    added = brought_in(looked)
    if not added:
        what = "this draft brings in no option"
        raise NothingAdded(what, where="operations", mend="add an option, or restore one")
    if days not in DAYS:
        raise Refusal("flags of so many days are not counted", where="days", mend="choose 28, 90 or 366")
    since = (house.now - timedelta(days=days)).date()
    most = max(READ_AT_LEAST, SAMPLE // len(added))
    run = _Run(house, by, looked, house.ids.key(), Period(platform, since), most)
    await _write_down(run, days)
    found = tuple([await _hear(run, kind, options) for kind, options in added.items()])
    about = estimates.about(looked.draft, looked.live.number)
    kept = HintEstimate(run.key, key, about, days, _seed(run), found, by.key, house.now)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await estimates.put(connection, kept)
    return kept


def brought_in(looked: Looked) -> dict[str, tuple[str, ...]]:
    """Return the options of a draft that the live menus do not offer, by kind."""
    found: dict[str, tuple[str, ...]] = {}
    for key, option in sorted(looked.applied.version.option_by_key.items()):
        if key not in looked.live.option_by_key:
            found[option.subject] = (*found.get(option.subject, ()), key)
    return found


def _seed(run: _Run) -> str:
    return run.key.hex


async def _write_down(run: _Run, days: int) -> None:
    facts: dict[str, str | int | bool | None] = {"days": days, "most": SAMPLE, "seed": _seed(run)}
    entry = Entry(
        run.house.ids.key(), run.house.now, "comments.counted", run.by.actor, f"draft:{run.looked.kept.key}",
        run.period.platform, facts,
    )  # fmt: skip
    async with run.house.database.transaction(Role.CONSOLE) as connection:
        await audit.record(connection, [entry])


async def _hear(run: _Run, kind: str, options: Sequence[str]) -> Heard:
    version = run.looked.applied.version
    guidelines = run.house.policy.guidelines(run.period.platform)
    rules = {clause.key: clause.title for clause in guidelines.clauses}
    tally = Tally(index_of(version, version.menu_by_kind[kind], rules), options)
    async with run.house.database.reading(Role.CONSOLE) as connection:
        under_other = await sampling.under_other(connection, run.period, kind)
        drawn = await sampling.draw(connection, run.period, kind, _seed(run), run.most)
    async for text in _comments(run, drawn):
        tally.hear(text)
    return tally.told(kind, under_other, len(drawn))


async def _comments(run: _Run, flags: Sequence[UUID]) -> AsyncIterator[str]:
    """Open the comments of some flags, a hundred at a time: asked and committed first, then taken."""
    why = f"estimate for the draft {run.looked.kept.key}"
    for start in range(0, len(flags), _BATCH):
        said = await comments_on_record(
            run.house, run.by, Purpose.ESTIMATE, flags[start : start + _BATCH], why
        )
        for place, text in enumerate(said.values()):
            if place % _STEP == 0:
                await asyncio.sleep(0)
            yield text
