"""Turn counts of flags into figures: how each ended, what each option was used for, what is rare, what is confused.

One rule holds everywhere: a flag that counts is in one row of the usage table and in one cell of the matrix, and what
does not count is told beside them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from flagstaff.insight.model import (
    Asked,
    Cell,
    Confused,
    Counting,
    Ended,
    Fact,
    LeftOut,
    Limits,
    Menus,
    OfferedOption,
    Rare,
    Span,
    UsageRow,
)
from flagstaff.insight.shares import Share, share_of

_OWN_VERDICT: Final = frozenset({"housekeeping", "care"})
_NOT_ACTED: Final = {
    "": Ended.OPEN,
    "no_violation": Ended.NO_VIOLATION,
    "could_not_verify": Ended.COULD_NOT_VERIFY,
}
ENDINGS: Final = (
    "housekeeping", "care", "referred", "acted", "no_violation", "could_not_verify", "open", "never_a_case",
)  # fmt: skip
"""The columns of the matrix beside the clauses; `acted`: before Flagstaff, under a rule that nobody brought along."""
ACTED: Final = frozenset({Ended.AS_CHOSEN, Ended.AS_SOMETHING_ELSE, Ended.OTHERWISE})


# ---------------------------------------------------------------- how one flag ended
def ending(fact: Fact) -> Ended:
    """Say what a flag came to, by the decision in force and the rules that its option led to when it was chosen."""
    if fact.option_kind == "preference":
        return Ended.NEVER_A_CASE
    if fact.verdict in _NOT_ACTED:
        return _NOT_ACTED[fact.verdict]
    if set(fact.decided) & set(fact.clauses):
        return Ended.AS_CHOSEN
    if fact.verdict == "violation":
        return Ended.AS_SOMETHING_ELSE
    if fact.verdict in _OWN_VERDICT and fact.verdict == fact.option_kind:
        return Ended.AS_CHOSEN
    return Ended.OTHERWISE


def column(fact: Fact) -> str:
    """Name the column of the matrix in which a flag stands: one clause of a violation, else how it ended.

    Of several clauses it is the first that the option leads to, and where it leads to none the leading one.
    """
    ended = ending(fact)
    if ended in {Ended.NEVER_A_CASE, Ended.OPEN}:
        return ended.value
    if fact.verdict != "violation":
        return fact.verdict
    return next((one for one in fact.decided if one in fact.clauses), fact.decided[0])


def counted(facts: Iterable[Fact], asked: Asked) -> list[Fact]:
    """Leave out what does not count: taken back, kept, and from before Flagstaff unless that is asked for."""
    return [one for one in facts if one.counting is Counting.COUNTS and (asked.imported or not one.imported)]


def left_out(facts: Iterable[Fact], asked: Asked) -> LeftOut:
    """Count what is left out."""
    why = Counter[str]()
    for one in facts:
        if one.counting is not Counting.COUNTS:
            why[one.counting] += one.flags
        elif one.imported and not asked.imported:
            why["imported"] += one.flags
    return LeftOut(why[Counting.WITHDRAWN], why[Counting.KEPT], why["imported"])


# ---------------------------------------------------------------- the usage table
class _Line(NamedTuple):
    """What one row of the table is about."""

    option: str
    version: int
    since: date | None


def usage_rows(facts: Sequence[Fact], menus: Menus, asked: Asked) -> tuple[UsageRow, ...]:
    """Return a row for every option that was chosen or, but in a series, could be; each flag is in one of them."""
    mine = counted(facts, asked)
    used: dict[_Line, Counter[str]] = defaultdict(Counter)
    for line in _offered(menus, asked, {one.version for one in mine}):
        used[line] = Counter()
    on_menu = Counter[tuple[str, int, date | None]]()
    for one in mine:
        option = told_under(one.option, menus, asked)
        counts = used[_line(option, one, asked)]
        counts[ending(one)] += one.flags
        counts["used"] += one.flags
        on_menu[one.kind, one.version, one.since] += one.flags
        if one.converted_from:
            counts["converted"] += one.flags
            used[_line(told_under(one.converted_from, menus, asked), one, asked)]["left"] += one.flags
    rows = (_row(line, counts, on_menu, menus, asked) for line, counts in used.items())
    return tuple(
        sorted(rows, key=lambda row: (row.since or date.min, row.kind, row.version, -row.used, row.option))
    )


def told_under(option: str, menus: Menus, asked: Asked) -> str:
    """Return the option that a choice is counted under: the one that was seen, or what became of it."""
    return menus.today.get(option, option) if asked.today else option


def _line(option: str, fact: Fact, asked: Asked) -> _Line:
    version = fact.version if asked.by_version else 0
    return _Line(option, version, fact.since if asked.span is not Span.WHOLE else None)


def _offered(menus: Menus, asked: Asked, versions: set[int]) -> Iterator[_Line]:
    """Yield the rows that stand there whether anything was counted or not."""
    if asked.span is not Span.WHOLE:
        return
    wanted = set(asked.versions) or versions | {menus.live}
    for option in menus.options.values():
        if asked.kinds and option.kind not in asked.kinds:
            continue
        there = wanted.intersection(option.versions)
        if asked.today and menus.live not in option.versions:
            continue
        if asked.by_version:
            yield from (_Line(option.key, number, None) for number in sorted(there))
        elif there or asked.today:
            yield _Line(option.key, 0, None)


def _row(
    line: _Line,
    counts: Counter[str],
    on_menu: Mapping[tuple[str, int, date | None], int],
    menus: Menus,
    asked: Asked,
) -> UsageRow:
    known = menus.options.get(line.option)
    kind = known.kind if known else line.option.partition(".")[0]
    versions = _versions_of(line.option, menus, asked)
    of = sum(
        count
        for (on, version, since), count in on_menu.items()
        if on == kind and since == line.since and (version in versions or known is None)
        and (not asked.by_version or version == line.version)
    )  # fmt: skip
    return UsageRow(
        option=line.option, kind=kind, label=known.label if known else line.option, version=line.version,
        since=line.since, used=counts["used"], converted=counts["converted"], left_for_hint=counts["left"],
        **{ended.value: counts[ended] for ended in Ended}, of_menu=share_of(counts["used"], max(of, counts["used"])),
    )  # fmt: skip


def _versions_of(option: str, menus: Menus, asked: Asked) -> set[int]:
    """Return the versions that offered an option; counted as today, also those that offered what went into it."""
    if not asked.today:
        return set(menus.options[option].versions) if option in menus.options else set()
    came = [one for one in menus.options.values() if menus.today.get(one.key, one.key) == option]
    return {number for one in came for number in one.versions}


# ---------------------------------------------------------------- the matrix
def cells_of(facts: Sequence[Fact], menus: Menus, asked: Asked) -> tuple[Cell, ...]:
    """Return the cells of the matrix that are not empty; each flag is in one of them."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in counted(facts, asked):
        cell = found[told_under(one.option, menus, asked), column(one)]
        cell["flags"] += one.flags
        cell["cases"] += one.cases
        cell["as_chosen"] += one.flags if ending(one) is Ended.AS_CHOSEN else 0
    return tuple(
        Cell(
            option=option,
            decided=decided,
            flags=cell["flags"],
            cases=cell["cases"],
            as_chosen=cell["as_chosen"],
        )
        for (option, decided), cell in sorted(found.items())
    )


# ---------------------------------------------------------------- the two lists
def rare(rows: Iterable[UsageRow], menus: Menus, limits: Limits) -> tuple[Rare, ...]:
    """List live options whose share of their menu lies below a limit with its whole interval; never Other."""
    found = [
        Rare(option=row.option, kind=row.kind, label=row.label, share=row.of_menu)
        for row in rows
        if _may_change(menus.options.get(row.option), menus)
        and row.of_menu.of >= limits.rare_of
        and row.of_menu.high < limits.rare_share
    ]
    return tuple(sorted(found, key=lambda one: (one.share.high, one.option)))


def confused(facts: Sequence[Fact], menus: Menus, asked: Asked, limits: Limits) -> tuple[Confused, ...]:
    """List pairs of an option and a rule it does not lead to whose share surely lies above a limit; never Other.

    Counted in cases, not in flags: thirty flags on one post are one decision, and say so once.
    """
    broken, pairs, flags = Counter[str](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in counted(facts, asked):
        if one.verdict == "violation":
            option = told_under(one.option, menus, asked)
            broken[option] += one.cases
            if ending(one) is Ended.AS_SOMETHING_ELSE:
                pairs[option, column(one)] += one.cases
                flags[option, column(one)] += one.flags
    found = [
        _confused(menus.options[option], clause, share_of(part, broken[option]), flags[option, clause], menus)
        for (option, clause), part in pairs.items()
        if part >= limits.confused_part and broken[option] >= limits.confused_of
        and _may_change(menus.options.get(option), menus)
    ]  # fmt: skip
    sure = [one for one in found if one.share.low > limits.confused_share]
    return tuple(sorted(sure, key=lambda one: (-one.share.low, one.option, one.clause)))


def _confused(option: OfferedOption, clause: str, part: Share, flags: int, menus: Menus) -> Confused:
    there = (one for one in menus.options.values() if menus.live in one.versions and one.kind == option.kind)
    instead = tuple(sorted(one.key for one in there if clause in one.clauses and one.key != option.key))
    return Confused(
        option=option.key,
        kind=option.kind,
        label=option.label,
        clause=clause,
        share=part,
        flags=flags,
        instead=instead,
    )


def _may_change(option: OfferedOption | None, menus: Menus) -> bool:
    return option is not None and not option.last and menus.live in option.versions


# ---------------------------------------------------------------- times to decision
STEPS: Final = 8
"""Steps per doubling of a time."""


def within(steps: Mapping[int, int], part: float) -> float | None:
    """Return the seconds within which a part of the flags was decided, from how many lie in each step; None of none.

    Step n holds 2^(n/8) to 2^((n+1)/8) seconds; its middle is off by at most 4.5 %.
    """
    left = part * sum(steps.values())
    for step, count in sorted(steps.items()):
        left -= count
        if left <= 0 and count:
            return float(2 ** ((step + 0.5) / STEPS))
    return None


# ---------------------------------------------------------------- when what is counted
_OFTEN: Final = timedelta(minutes=1)
_DAILY: Final = timedelta(days=1)
_REST: Final = 100
"""A count rests a hundred times as long as it took: one per cent of a core."""
_SETTLED: Final = timedelta(days=45)
"""After a month's end: thirty days in which somebody may be wronged again, and a fortnight to decide on it."""


def due_again(began: datetime, took: timedelta, *, recent: bool) -> datetime:
    """Say when a month that was just counted is counted again."""
    return began + max(_OFTEN if recent else _DAILY, _REST * took)


def released_from(month: date) -> date:
    """Return the first day on which the vault may be asked who was wronged again after a month's decisions."""
    return month_after(month) + _SETTLED


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return month_of(month_of(month) + timedelta(days=31))


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return month_of(month_of(month) - timedelta(days=1))


def slices_of(month: date) -> list[tuple[date, date]]:
    """Cut a month into two days each, so that no single statement runs long however large the house is."""
    end, days = month_after(month), timedelta(days=2)
    starts = [month + place * days for place in range(16) if month + place * days < end]
    return [(start, min(start + days, end)) for start in starts]


def months_between(first: date, last: date) -> list[date]:
    """List the months from one to another, both included."""
    months = [first]
    while months[-1] < last:
        months.append(month_after(months[-1]))
    return months
