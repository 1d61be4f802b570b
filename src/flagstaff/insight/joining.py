"""Propose which options might be one: two that are mixed up with one another, and one that hardly anybody chooses.

Both findings carry their interval. A proposal is a question to a person: what is rare may name what is rare, and two
rules may need two options however often people confuse them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from flagstaff.insight.model import (
    Asked,
    Ended,
    Fact,
    Joining,
    Limits,
    Menus,
    OfferedOption,
    Rare,
    UsageRow,
)
from flagstaff.insight.rules import column, counted, ending, told_under
from flagstaff.insight.shares import Share, share_of


class Mixed(msgspec.Struct, frozen=True, kw_only=True):
    """Two options of one menu that people take for each other, told in cases in which a rule was broken.

    `there`: cases flagged as `one` and decided under a rule of `two`; `back`: the other way. `share`: both, of all
    cases with a flag on either.
    """

    kind: str
    one: str
    two: str
    there: int
    back: int
    share: Share


def joinings(
    facts: Sequence[Fact],
    rows: Sequence[UsageRow],
    rare: Iterable[Rare],
    menus: Menus,
    asked: Asked,
    limits: Limits,
) -> tuple[Joining, ...]:
    """Return the merges that the figures suggest, the surest first; each option goes once, and into none that goes.

    `rows`: the usage table under the options of today. Of two that are mixed up the less used one goes.
    """
    used = {row.option: row.used for row in rows}
    found: list[Joining] = []
    for pair in mixed(facts, menus, asked, limits):
        goes, stays = sorted((pair.one, pair.two), key=lambda key: (used.get(key, 0), key))
        there, back = (pair.there, pair.back) if goes == pair.one else (pair.back, pair.there)
        found.append(_joining(goes, stays, "mixed", pair.share, menus, there=there, back=back))
    leads = _leads(facts, menus, asked)
    for one in rare:
        into = _nearest(menus.options[one.option], menus, leads[one.option])
        if into is not None:
            found.append(_joining(one.option, into, "rare", one.share, menus))
    return tuple(_once(found))


def mixed(facts: Sequence[Fact], menus: Menus, asked: Asked, limits: Limits) -> tuple[Mixed, ...]:
    """List pairs of live options that are mixed up both ways, the surest first; never Other.

    A pair is told where each way has as many cases as a confusion needs, and the interval lies above its limit whole.
    """
    broken, leads = _broken(facts, menus, asked), _leads(facts, menus, asked)
    found = []
    for one in sorted(leads):
        for two in sorted(leads[one]):
            there, back = leads[one][two], leads[two][one] if two in leads else 0
            if one > two or min(there, back) < limits.confused_part:
                continue
            share = share_of(there + back, max(there + back, broken[one] + broken[two]))
            if share.of >= limits.confused_of and share.low > limits.confused_share:
                kind = menus.options[one].kind
                found.append(Mixed(kind=kind, one=one, two=two, there=there, back=back, share=share))
    return tuple(sorted(found, key=lambda pair: (-pair.share.low, pair.one, pair.two)))


def _broken(facts: Sequence[Fact], menus: Menus, asked: Asked) -> Counter[str]:
    """Count cases in which a rule was broken, by the option that was flagged."""
    found = Counter[str]()
    for one in counted(facts, asked):
        if one.verdict == "violation":
            found[told_under(one.option, menus, asked)] += one.cases
    return found


def _leads(facts: Sequence[Fact], menus: Menus, asked: Asked) -> Mapping[str, Counter[str]]:
    """Count cases of an option that were decided under a rule to which another one of its menu leads."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in counted(facts, asked):
        if ending(fact) is not Ended.AS_SOMETHING_ELSE:
            continue
        option = menus.options.get(told_under(fact.option, menus, asked))
        if option is None or not _may_go(option, menus):
            continue
        for other in _beside(option, menus):
            if column(fact) in other.clauses:
                found[option.key][other.key] += fact.cases
    return found


def _may_go(option: OfferedOption, menus: Menus) -> bool:
    return not option.last and option.choice and menus.live in option.versions


def _beside(option: OfferedOption, menus: Menus) -> Iterator[OfferedOption]:
    """Yield the live options of the same menu that stand for a rule."""
    for one in menus.options.values():
        if one.kind == option.kind and one.key != option.key and _may_go(one, menus):
            yield one


def _nearest(option: OfferedOption, menus: Menus, leads: Mapping[str, int]) -> str | None:
    """Return what an option could go into: what its cases were decided as, else what leads to most of its rules."""
    if leads:
        return max(sorted(leads), key=lambda key: leads[key])
    shared = {one.key: len(set(one.clauses) & set(option.clauses)) for one in _beside(option, menus)}
    best = max(sorted(shared), key=lambda key: shared[key], default=None)
    return best if best is not None and shared[best] else None


def _joining(
    option: str,
    into: str,
    why: Literal["mixed", "rare"],
    share: Share,
    menus: Menus,
    there: int = 0,
    back: int = 0,
) -> Joining:
    mine = menus.options[option]
    reached = {clause for one in _beside(mine, menus) for clause in one.clauses}
    return Joining(
        kind=mine.kind, option=option, into=into, label=mine.label, into_label=menus.options[into].label, why=why,
        share=share, there=there, back=back, lost=tuple(one for one in mine.clauses if one not in reached),
    )  # fmt: skip


def _once(found: Iterable[Joining]) -> Iterator[Joining]:
    gone: set[str] = set()
    kept: set[str] = set()
    for one in found:
        if one.option in gone | kept or one.into in gone:
            continue
        gone.add(one.option)
        kept.add(one.into)
        yield one
