"""Tell how the menus are used: usage and confusion per option, what to look at, and how each version did."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.insight import rules, storage as insight
from flagstaff.insight.joining import joinings
from flagstaff.insight.model import (
    Asked,
    Confusion,
    Fact,
    Limits,
    Lists,
    Menus,
    OfferedOption,
    RepeatVictims,
    Span,
    Usage,
    VersionFigures,
    Versions,
)
from flagstaff.insight.shares import share_of
from flagstaff.insight.storage import Released, Waits
from flagstaff.menus import storage as menus
from flagstaff.menus.model import LineageEdge, MenuVersion
from flagstaff.menus.rules import label_in, successor_of
from flagstaff.menus.translating import menus_in
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

USUAL: Final = Limits()
"""The limits of both lists, unless others are asked for."""


class Overview(msgspec.Struct, frozen=True):
    """All figures of one question, from one reading."""

    usage: Usage
    confusion: Confusion
    lists: Lists
    versions: Versions


class _Read(msgspec.Struct, frozen=True):
    """What was counted, and what has to be known of the menus to make figures of it."""

    asked: Asked
    menus: Menus
    facts: list[Fact]
    as_of: datetime | None


async def overview(
    house: House, by: Account, asked: Asked, limits: Limits = USUAL, language: str = ""
) -> Overview:
    """Return all figures at once, labels in this language where the menus speak it.

    Raises Forbidden, NothingPublished.
    """
    _demand(by, asked)
    read = await _read(house, asked, language=language)
    whole = read if asked.span is Span.WHOLE else await _read(house, _whole(asked), language=language)
    counted = await _versions(house, whole)
    return Overview(_usage(read), _confusion(whole), _lists(whole, limits), counted)


async def usage(house: House, by: Account, asked: Asked) -> Usage:
    """Return how often each option was used, and what came of it; raises Forbidden, NothingPublished."""
    _demand(by, asked)
    return await usage_of(house, asked)


async def usage_of(house: House, asked: Asked, role: Role = Role.CONSOLE) -> Usage:
    """Return the usage table for nobody in particular: for what is kept, or sent out, by the house itself."""
    return _usage(await _read(house, asked, role))


async def confusion(house: House, by: Account, asked: Asked) -> Confusion:
    """Return what was decided on the flags of each option; raises as `usage`."""
    _demand(by, asked)
    return _confusion(await _read(house, _whole(asked)))


async def lists(house: House, by: Account, asked: Asked, limits: Limits = USUAL) -> Lists:
    """Return what is rarely used and what is often confused, told under the live options; raises as `usage`."""
    _demand(by, asked)
    return _lists(await _read(house, _whole(asked)), limits)


# ---------------------------------------------------------------- from what was read
def _usage(read: _Read) -> Usage:
    rows = rules.usage_rows(read.facts, read.menus, read.asked)
    return Usage(
        rows=rows,
        used=sum(row.used for row in rows),
        left_out=rules.left_out(read.facts, read.asked),
        as_of=read.as_of,
    )


def _confusion(read: _Read) -> Confusion:
    cells = rules.cells_of(read.facts, read.menus, read.asked)
    there = {cell.decided for cell in cells}
    return Confusion(
        options=tuple(sorted({cell.option for cell in cells})),
        clauses=tuple(sorted(there.difference(rules.ENDINGS))),
        endings=tuple(one for one in rules.ENDINGS if one in there),
        cells=cells,
        as_of=read.as_of,
    )


def _lists(read: _Read, limits: Limits) -> Lists:
    today = msgspec.structs.replace(read.asked, today=True, by_version=False)
    rows = rules.usage_rows(read.facts, read.menus, today)
    rare = rules.rare(rows, read.menus, limits)
    return Lists(
        rare=rare,
        confused=rules.confused(read.facts, read.menus, today, limits),
        joinings=joinings(read.facts, rows, rare, read.menus, today, limits),
        limits=limits,
        as_of=read.as_of,
    )


async def _versions(house: House, read: _Read) -> Versions:
    asked = read.asked
    facts = rules.counted(read.facts, asked)
    async with house.database.reading(Role.CONSOLE) as connection:
        waits = await insight.waits(connection, asked.platform, asked.since, asked.until, asked.kinds)
        repeats = await insight.repeats(connection, asked.platform, asked.since, asked.until)
    numbers = sorted({one.version for one in facts if one.option_kind != "preference"})
    return Versions(
        rows=tuple(_version(number, facts, waits, repeats) for number in numbers), as_of=read.as_of
    )


# ---------------------------------------------------------------- reading
def _demand(by: Account, asked: Asked) -> None:
    staff_rules.demand(by, Permission.READ_FIGURES, None, Platform(asked.platform))


def _whole(asked: Asked) -> Asked:
    return msgspec.structs.replace(asked, span=Span.WHOLE)


async def _read(house: House, asked: Asked, role: Role = Role.CONSOLE, *, language: str = "") -> _Read:
    known = await _menus(house, asked.platform, role, language)
    async with house.database.reading(role) as connection:
        facts = await insight.facts(
            connection,
            asked.platform,
            asked.since,
            asked.until,
            asked.kinds,
            asked.versions,
            asked.span.value,
        )
        as_of = await insight.counted_since(connection, asked.platform, asked.since, asked.until)
    return _Read(asked, known, facts, as_of)


async def _menus(house: House, platform: str, role: Role, language: str) -> Menus:
    """Map every version of a platform's menus to what figures need to know of them."""
    name, live = house.policy.host(platform).name, house.policy.menus(platform)
    history = house.policy.menus_history(platform)
    async with house.database.reading(role) as connection:
        edges = await menus.lineage(connection, platform)
    offered: dict[str, list[int]] = defaultdict(list)
    options: dict[str, OfferedOption] = {}
    for version in history:
        for key in version.option_by_key:
            offered[key].append(version.number)
            options[key] = _offered(menus_in(version, language), key, name, offered[key])
    return Menus(live=live.number, options=options, today=_today(options, live, edges))


def _offered(version: MenuVersion, key: str, name: str, numbers: Sequence[int]) -> OfferedOption:
    option = version.option_by_key[key]
    return OfferedOption(
        key=key, kind=option.subject, label=label_in(option.label, name), clauses=option.clauses,
        versions=tuple(numbers), choice=option.kind != "preference", last=option.reason == version.rules.last,
    )  # fmt: skip


def _today(
    options: dict[str, OfferedOption], live: MenuVersion, edges: Sequence[LineageEdge]
) -> dict[str, str]:
    return {key: successor_of(key, live, edges) or key for key in options}


def _version(
    number: int, facts: Sequence[Fact], waits: Sequence[Waits], repeats: Sequence[Released]
) -> VersionFigures:
    ended = Counter[str]()
    for one in facts:
        if one.version == number and one.option_kind != "preference":
            ended[rules.ending(one)] += one.flags
    used = sum(ended.values())
    decided = used - ended["open"]
    steps = {one.step: one.flags for one in waits if one.version == number}
    return VersionFigures(
        version=number, used=used, decided=decided, action=share_of(sum(ended[one] for one in rules.ACTED), decided),
        timed=sum(steps.values()), half=rules.within(steps, 0.5), most=rules.within(steps, 0.9),
        repeat=_repeat([one for one in repeats if one.version == number]),
    )  # fmt: skip


def _repeat(released: Sequence[Released]) -> RepeatVictims:
    told = [one for one in released if one.victims is not None]
    return RepeatVictims(
        victims=sum(one.victims or 0 for one in told), least=sum(one.at_least or 0 for one in told),
        most=sum(one.at_most or 0 for one in told), months=len(told), hidden=len(released) - len(told),
    )  # fmt: skip
