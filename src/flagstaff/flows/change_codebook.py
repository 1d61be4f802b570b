"""Change the codebook of a platform: name a theme, say it better, merge, split, give up, bring back.

Every change is one line that stays. Answers given before are read through it, or asked again; no row of theirs is
touched.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.insight import dives, labels
from flagstaff.insight.codebook import (
    TAKEN_BACK,
    BadTheme,
    Change,
    Codebook,
    Deed,
    Merge,
    New,
    Rename,
    Restore,
    Retire,
    Split,
    after,
    codebook_of,
    may_take_back,
    new_keys,
    read_today,
    standing,
    typed,
)
from flagstaff.insight.dive import Label, Line
from flagstaff.insight.dives import Dive
from flagstaff.insight.labels import Made
from flagstaff.insight.naming import refuse_who
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

Makes = Callable[[Codebook, datetime], Iterable[Deed]]
"""Return what is to be changed on the codebook as it stands, at this moment."""


class Words(msgspec.Struct, frozen=True):
    """How a theme reads."""

    name: str
    meaning: str


class Kept(msgspec.Struct, frozen=True):
    """A codebook as it stands, the changes it is made of, and what every reviewer says today.

    `lost`: answers of themes that were split or given up; their comments are asked again.
    """

    book: Codebook
    changes: tuple[Change, ...]
    said: tuple[Label, ...]
    lost: tuple[Label, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """Return how many comments were answered with each theme; the same answer of two reviewers counts once."""
        return Counter(theme for _, theme in {(one.row, one.theme) for one in self.said})


class ShownCodebook(msgspec.Struct, frozen=True):
    """What the page of a codebook needs: all of it, its newest changes with who made them, a run that may propose.

    `last`: the change that whoever looks may take back.
    """

    kept: Kept
    history: tuple[Made, ...]
    newest: Dive | None
    last: Deed | None


async def show_codebook(house: House, by: Account, platform: Platform) -> ShownCodebook:
    """Return the codebook of a platform with what led to it; raises Forbidden, NothingPublished."""
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    house.policy.host(platform)
    async with house.database.reading(Role.CONSOLE) as connection:
        kept = await read_codebook(connection, platform)
        history = await labels.history_of(connection, platform)
        newest = await dives.newest_ready(connection, platform)
        last = may_take_back(by.key, ((one.change, one.by) for one in history), (*kept.said, *kept.lost))
        return ShownCodebook(kept, tuple(history), newest, last)


async def read_codebook(connection: Connection, platform: str) -> Kept:
    """Read a codebook and today's sense of every answer."""
    changes = await labels.changes_of(connection, platform)
    given = await labels.labels_of(connection, platform)
    said = read_today(given, changes)
    heard = {(one.row, one.reviewer) for one in said}
    lost = [one for one in given if one.theme != TAKEN_BACK and (one.row, one.reviewer) not in heard]
    return Kept(codebook_of(changes), changes, said, tuple(lost))


# ---------------------------------------------------------------- changes
async def name_themes(
    house: House, by: Account, platform: Platform, names: Sequence[Words], proposals: Sequence[str] = ()
) -> tuple[str, ...]:
    """Add themes and return their keys; `proposals`: the lines of a run that they were taken from, `I-….key`.

    Raises BadTheme, CodebookFull, Forbidden.
    """
    if not names:
        raise BadTheme("no theme was named", where="name", mend="name one")

    def made(book: Codebook, at: datetime) -> list[Deed]:
        keys, from_lines = new_keys(book, len(names)), proposals or [""] * len(names)
        return [
            New(key=key, name=one.name, meaning=one.meaning, proposal=line, at=at)
            for key, one, line in zip(keys, names, from_lines, strict=True)
        ]

    return tuple(one.key for one in await change_codebook(house, by, platform, made))


async def reword_theme(house: House, by: Account, platform: Platform, key: str, words: Words) -> None:
    """Say a theme in other words; raises NoSuchTheme, BadTheme, Forbidden."""
    await change_codebook(
        house, by, platform,
        lambda _, at: [Rename(key=key, name=words.name, meaning=words.meaning, at=at)],
    )  # fmt: skip


async def merge_theme(house: House, by: Account, platform: Platform, key: str, into: str) -> None:
    """Count a theme under another one from now on; raises NoSuchTheme, BadTheme, Forbidden."""
    await change_codebook(house, by, platform, lambda _, at: [Merge(key=key, into=into, at=at)])


async def split_theme(
    house: House, by: Account, platform: Platform, key: str, parts: Sequence[Words]
) -> None:
    """Put several themes in the place of one; raises NoSuchTheme, BadTheme, CodebookFull, Forbidden."""

    def made(book: Codebook, at: datetime) -> list[Deed]:
        keys = new_keys(book, len(parts))
        lines = tuple(
            Line(key=new, name=one.name, meaning=one.meaning) for new, one in zip(keys, parts, strict=True)
        )
        return [Split(key=key, parts=lines, at=at)]

    await change_codebook(house, by, platform, made)


async def retire_theme(house: House, by: Account, platform: Platform, key: str) -> None:
    """Give a theme up; raises NoSuchTheme, Forbidden."""
    await change_codebook(house, by, platform, lambda _, at: [Retire(key=key, at=at)])


async def restore_theme(house: House, by: Account, platform: Platform, key: str) -> None:
    """Bring a theme back that was given up or merged; raises NoSuchTheme, BadTheme, CodebookFull, Forbidden."""
    await change_codebook(house, by, platform, lambda _, at: [Restore(key=key, at=at)])


async def change_codebook(house: House, by: Account, platform: Platform, makes: Makes) -> list[Deed]:
    """Make changes one after another, all or none, and return them; raises SaysWho where words say who somebody is."""
    staff_rules.demand(by, Permission.RUN_DEEP_DIVE, None, platform)
    house.policy.host(platform)
    async with house.database.transaction(Role.CONSOLE) as connection:
        return await change_in(house, connection, by, platform, makes)


async def change_in(
    house: House, connection: Connection, by: Account, platform: str, makes: Makes
) -> list[Deed]:
    """Make changes within a transaction that does more; raises as `change_codebook`."""
    await labels.hold_codebook(connection, platform)
    book = codebook_of(await labels.changes_of(connection, platform))
    made = list(makes(book, house.now))
    for change in made:
        book = after(book, change)
        for words in typed(change):
            refuse_who(**words)
        await labels.put_change(connection, house.ids.key(), platform, change, by.key)
    await audit.record(connection, [entry_of(house, by, platform, one) for one in made])
    return made


def entry_of(house: House, by: Account, platform: str, change: Change) -> Entry:
    """Return the line of the log that says what was changed."""
    facts: dict[str, str | int | bool | None] = {
        "change": msgspec.to_builtins(change)["change"],
        "theme": change.key,
    }
    return Entry(
        house.ids.key(), house.now, "codebook.changed", by.actor, f"codebook:{platform}", platform, facts
    )


def made_from(changes: Iterable[Change], run: str) -> dict[str, str]:
    """Return by a run's proposed line the theme that was made of it."""
    start = f"{run}."
    return {
        one.proposal.removeprefix(start): one.key
        for one in standing(changes)
        if isinstance(one, New) and one.proposal.startswith(start)
    }
