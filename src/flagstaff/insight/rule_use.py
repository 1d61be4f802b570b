"""Say which rules are rarely decided under, and which two are named together or in each other's place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import Final

import msgspec

from flagstaff.insight.shares import Share, share_of

RARE_SHARE: Final = 0.005
RARE_OF: Final = 200
TOGETHER_SHARE: Final = 0.25
TOGETHER_OF: Final = 20
TOGETHER_PART: Final = 5
GRAVE: Final = 3


class NamedRules(msgspec.Struct, frozen=True):
    """How many decisions in force named exactly these rules, the leading one first."""

    clauses: tuple[str, ...]
    decisions: int


class ReplacedRules(msgspec.Struct, frozen=True):
    """How many cases were decided under some rules, and under others by a further look that stands."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    decisions: int


class KnownRule(msgspec.Struct, frozen=True):
    """What is known of a live rule. `options`: those that lead to it on the live menus.

    `reasons`: those that name it, each with all its rules. `groups`: those that lift it.
    """

    key: str
    title: str
    severity: int
    ladder: str
    options: tuple[str, ...] = ()
    summary: str = ""
    scope: tuple[str, ...] = ()
    reasons: dict[str, tuple[str, ...]] = {}
    groups: tuple[str, ...] = ()


class RareRule(msgspec.Struct, frozen=True):
    """A rule that is surely named in few decisions; a grave one stays, however seldom."""

    rule: KnownRule
    share: Share

    @property
    def grave(self) -> bool:
        """Tell whether it is about something that must not be missed."""
        return self.rule.severity >= GRAVE


class NearRules(msgspec.Struct, frozen=True, kw_only=True):
    """Two rules that are hard to tell apart: `goes` is the one that is named less.

    `together`: decisions that named both; `swapped`: cases in which a further look put one in place of the other.
    `share`: both, of all that named either.
    """

    goes: KnownRule
    stays: KnownRule
    together: int
    swapped: int
    share: Share


def rare_rules(named: Sequence[NamedRules], rules: Iterable[KnownRule]) -> tuple[RareRule, ...]:
    """List live rules whose share of all decisions lies below a half per cent with its whole interval."""
    of, times = sum(one.decisions for one in named), _times(named)
    if of < RARE_OF:
        return ()
    found = (RareRule(rule, share_of(times[rule.key], of)) for rule in rules)
    return tuple(
        sorted(
            (one for one in found if one.share.high < RARE_SHARE),
            key=lambda one: (one.share.high, one.rule.key),
        )
    )


def near_rules(
    named: Sequence[NamedRules], replaced: Iterable[ReplacedRules], rules: Iterable[KnownRule]
) -> tuple[NearRules, ...]:
    """List pairs of live rules that stand for one another in surely more than a quarter of their decisions."""
    known, times = {rule.key: rule for rule in rules}, _times(named)
    together, swapped = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in named:
        for pair in combinations(sorted(set(one.clauses)), 2):
            together[pair] += one.decisions
    for other in replaced:
        for left, came in product(set(other.before) - set(other.after), set(other.after) - set(other.before)):
            swapped[(left, came) if left < came else (came, left)] += other.decisions
    found = []
    for pair in sorted(together.keys() | swapped.keys()):
        if not set(pair) <= known.keys():
            continue
        part = together[pair] + swapped[pair]
        share = share_of(part, max(part, sum(times[key] for key in pair) - together[pair]))
        if part >= TOGETHER_PART and share.of >= TOGETHER_OF and share.low > TOGETHER_SHARE:
            goes, stays = sorted(pair, key=lambda key: (times[key], key))
            found.append(
                NearRules(
                    goes=known[goes],
                    stays=known[stays],
                    together=together[pair],
                    swapped=swapped[pair],
                    share=share,
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.share.low, one.goes.key, one.stays.key)))


def _times(named: Iterable[NamedRules]) -> Counter[str]:
    found = Counter[str]()
    for one in named:
        for key in set(one.clauses):
            found[key] += one.decisions
    return found
