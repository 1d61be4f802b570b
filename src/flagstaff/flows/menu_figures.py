"""Tell how the menus are used: usage and confusion per option, what to look at, and how each version did."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.insight import rules, storage as insight
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
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

USUAL: Final = Limits()
"""The limits of both lists, unless others are asked for."""


async def usage(house: House, by: Account, asked: Asked) -> Usage:
    """Return how often each option was used, and what came of it; raises Forbidden, NothingPublished."""
    _demand(by, asked)
    return await usage_of(house, asked)


async def usage_of(house: House, asked: Asked, role: Role = Role.CONSOLE) -> Usage:
    """Return the usage table for nobody in particular: for what is kept, or sent out, by the house itself."""
    known, facts = await _menus(house, asked.platform, role), await _facts(house, asked, role)
    rows = rules.usage_rows(facts, known, asked)
    return Usage(
        rows=rows, used=sum(row.used for row in rows), left_out=rules.left_out(facts, asked),
        as_of=await _as_of(house, asked, role),
    )  # fmt: skip


async def confusion(house: House, by: Account, asked: Asked) -> Confusion:
    """Return what was decided on the flags of each option; raises Forbidden, NothingPublished."""
    _demand(by, asked)
    whole = msgspec.structs.replace(asked, span=Span.WHOLE)
    known, facts = await _menus(house, asked.platform, Role.CONSOLE), await _facts(house, whole, Role.CONSOLE)
    cells = rules.cells_of(facts, known, whole)
    endings = [one for one in rules.ENDINGS if any(cell.decided == one for cell in cells)]
    return Confusion(
        options=tuple(sorted({cell.option for cell in cells})),
        clauses=tuple(sorted({cell.decided for cell in cells}.difference(rules.ENDINGS))),
        endings=tuple(endings),
        cells=cells,
        as_of=await _as_of(house, asked, Role.CONSOLE),
    )


async def lists(house: House, by: Account, asked: Asked, limits: Limits = USUAL) -> Lists:
    """Return what is rarely used and what is often confused, told under the live options; raises as `usage`."""
    _demand(by, asked)
    today = msgspec.structs.replace(asked, today=True, by_version=False, span=Span.WHOLE)
    known, facts = await _menus(house, asked.platform, Role.CONSOLE), await _facts(house, today, Role.CONSOLE)
    return Lists(
        rare=rules.rare(rules.usage_rows(facts, known, today), known, limits),
        confused=rules.confused(facts, known, today, limits),
        limits=limits,
        as_of=await _as_of(house, asked, Role.CONSOLE),
    )


async def versions(house: House, by: Account, asked: Asked) -> Versions:
    """Return how each menu version did: time to decision, action rate, repeat victims; raises as `usage`."""
    _demand(by, asked)
    return await versions_of(house, asked)


async def versions_of(house: House, asked: Asked, role: Role = Role.CONSOLE) -> Versions:
    """Return the figures of each version for nobody in particular."""
    whole = msgspec.structs.replace(asked, span=Span.WHOLE)
    facts = rules.counted(await _facts(house, whole, role), whole)
    async with house.database.reading(role) as connection:
        waits = await insight.waits(connection, asked.platform, asked.since, asked.until, asked.kinds)
        repeats = await insight.repeats(connection, asked.platform, asked.since, asked.until)
    numbers = sorted({one.version for one in facts if one.option_kind != "preference"})
    rows = tuple(_version(number, facts, waits, repeats) for number in numbers)
    return Versions(rows=rows, as_of=await _as_of(house, asked, role))


def _demand(by: Account, asked: Asked) -> None:
    staff_rules.demand(by, Permission.READ_FIGURES, None, Platform(asked.platform))


async def _facts(house: House, asked: Asked, role: Role) -> list[Fact]:
    async with house.database.reading(role) as connection:
        return await insight.facts(
            connection,
            asked.platform,
            asked.since,
            asked.until,
            asked.kinds,
            asked.versions,
            asked.span.value,
        )


async def _as_of(house: House, asked: Asked, role: Role) -> datetime | None:
    async with house.database.reading(role) as connection:
        return await insight.counted_since(connection, asked.platform, asked.since, asked.until)


async def _menus(house: House, platform: str, role: Role) -> Menus:
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
            options[key] = _offered(version, key, name, offered[key])
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
