"""Turn the table of a deep dive into what its page draws: bars with intervals, months, tables by kind and language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import ceil
from typing import Final

import msgspec

from flagstaff.insight.cells import REST, Cells, told_of
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, POOLED_UNDER, Basis, ThemeRow, is_theme
from flagstaff.insight.rules import month_of, months_between
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken

_LINE: Final = 52
"""Height of one bar with its name, in CSS pixels."""
_FOOT: Final = 28
_NAME_AT_MOST: Final = 34
"""Letters of a name that fit a phone; the table has the whole."""
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50)
_TICKS: Final = 5
_SPECIAL: Final[Mapping[str, str]] = {
    OTHER: marked("Fits no theme"),
    NOT_USABLE: marked("Not usable"),
    POOLED: marked("Themes of fewer than five persons, together"),
}
SPECIAL_MEANS: Final[Mapping[str, str]] = {
    OTHER: marked("Usable comments that no theme of the codebook covers."),
    NOT_USABLE: marked("Nothing can be acted on: a test, a thank-you, keys pressed at random."),
    POOLED: marked("Told together, so that no figure is about a few persons."),
}


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: lengths in per cent of the picture's width, heights in pixels. `checked`: its range is an interval."""

    key: str
    name: str
    says: str
    top: int
    start: float
    length: float
    low: float
    high: float
    checked: bool
    theme: bool


class Tick(msgspec.Struct, frozen=True):
    """One line across the bars and the per cent it stands for."""

    at: float
    says: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """All bars of a run, in the direction that the page is read in."""

    height: int
    foot: int
    anchor: float
    far: float
    mirrored: bool
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


class Column(msgspec.Struct, frozen=True):
    """One month of a small picture, from 0 to 24 high."""

    at: int
    top: float
    height: float


class Crossed(msgspec.Struct, frozen=True, kw_only=True):
    """Themes against something else: a heading per column, and per theme a count or a dash; `rests`: some as one."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    rests: bool


# ---------------------------------------------------------------- rows
def numbered(rows: Sequence[ThemeRow]) -> list[ThemeRow]:
    """Return rows with a number for a name where nobody named them yet."""
    tongue = spoken()
    return [
        row
        if row.name or not is_theme(row)
        else msgspec.structs.replace(row, name=tongue.gettext("Theme {n}", n=place))
        for place, row in enumerate(rows, 1)
    ]


def name_of(row: ThemeRow) -> str:
    """Return what a row is called in the language of the page; by its key while nobody named it."""
    return spoken().gettext(_SPECIAL[row.key]) if row.key in _SPECIAL else row.name or row.key


def percent(share: float) -> str:
    """Say a share to two decimals."""
    return f"{100 * share:.2f}"


def few(count: int) -> str:
    """Say a count; nothing is told of one to four."""
    tongue = spoken()
    return tongue.gettext("under {n}", n=POOLED_UNDER) if 0 < count < POOLED_UNDER else tongue.number(count)


# ---------------------------------------------------------------- the picture
def picture_of(rows: Sequence[ThemeRow], *, mirrored: bool = False) -> Picture:
    """Return the bars of a run, each with its range; `mirrored`: the page is read from right to left."""
    step, most = _scale(max((row.sized.high for row in rows), default=0.0))

    def at(share: float) -> float:
        place = min(100.0, 10_000 * share / most)
        return round(100 - place if mirrored else place, 2)

    ticks = tuple(Tick(at(value / 100), f"{value} %") for value in range(0, most + 1, step))
    bars = tuple(_bar(row, place, at) for place, row in enumerate(rows))
    return Picture(
        height=_LINE * len(rows) + _FOOT,
        foot=_LINE * len(rows),
        anchor=100.0 if mirrored else 0.0,
        far=0.0 if mirrored else 100.0,
        mirrored=mirrored,
        bars=bars,
        ticks=ticks,
    )


def _bar(row: ThemeRow, place: int, at: Callable[[float], float]) -> Bar:
    sized, checked = row.sized, row.sized.basis is not Basis.UNVERIFIED
    length = abs(at(sized.share) - at(0.0))
    name = name_of(row)
    return Bar(
        key=row.key,
        name=name if len(name) <= _NAME_AT_MOST else f"{name[: _NAME_AT_MOST - 1].rstrip()}…",
        says=f"{percent(sized.share)} %" if checked else f"{percent(sized.low)}–{percent(sized.high)} %",
        top=_LINE * place,
        start=min(at(sized.share), at(0.0)),
        length=round(length, 2),
        low=min(at(sized.low), at(sized.high)),
        high=max(at(sized.low), at(sized.high)),
        checked=checked,
        theme=is_theme(row),
    )


def _scale(high: float) -> tuple[int, int]:
    """Return the per cent between lines, and where the picture ends: at most six lines, the last beyond every range."""
    needed = max(1.0, 100 * high)
    step = next((one for one in _STEPS if needed / one <= _TICKS), _STEPS[-1])
    return step, min(100, step * ceil(needed / step))


# ---------------------------------------------------------------- months, kinds, languages
def months_of(first: date, last: date) -> list[str]:
    """Return every month of a span as `2026-05`, so that one without a comment shows as empty."""
    return [f"{month:%Y-%m}" for month in months_between(month_of(first), month_of(last))]


def totals_of(rows: Iterable[ThemeRow], months: Iterable[str]) -> dict[str, int]:
    """Return the comments of each month, of all rows together."""
    every = list(rows)
    return {month: sum(row.months.get(month, 0) for row in every) for month in months}


def trend_of(row: ThemeRow, totals: Mapping[str, int]) -> tuple[Column, ...]:
    """Return a theme's part of each month as small columns, the highest of them full; what is not told is not drawn."""
    parts = _parts(row, totals)
    most = max(parts.values(), default=0.0) or 1.0
    return tuple(
        Column(place, round(24 - 24 * part / most, 1), round(24 * part / most, 1))
        for place, part in enumerate(parts.values())
    )


def trend_says(row: ThemeRow, totals: Mapping[str, int]) -> str:
    """Say the same in words: the theme's part of the first and of the last month that has enough to tell."""
    parts = [(month, part) for month, part in _parts(row, totals).items() if part]
    if len(parts) < 2:
        return spoken().gettext("too few to tell")
    (first, before), (last, after) = parts[0], parts[-1]
    return spoken().gettext(
        "{before} % in {first}, {after} % in {last}",
        before=f"{100 * before:.0f}", first=first, after=f"{100 * after:.0f}", last=last,
    )  # fmt: skip


def _parts(row: ThemeRow, totals: Mapping[str, int]) -> dict[str, float]:
    told = told_of(row).months
    return {month: told.get(month, 0) / of if of else 0.0 for month, of in totals.items()}


def cell_of(told: Mapping[str, int], key: str, *, all_told: bool) -> str:
    """Say a cell; a dash where it is told with others under Rest, or is empty beside such: which is not told."""
    return spoken().number(told.get(key, 0)) if key in told or all_told else "–"


def is_whole(row: ThemeRow, told: Mapping[str, int], cells: Mapping[str, int]) -> bool:
    """Tell whether every comment of a row stands in a cell of its own."""
    return not row.rows or (REST not in told and sum(told.values()) == sum(cells.values()))


def crossed(
    rows: Sequence[ThemeRow],
    counts: Callable[[ThemeRow], Mapping[str, int]],
    told: Callable[[Cells], Mapping[str, int]],
    columns: Iterable[str],
    named: Callable[[str], str] = str,
) -> Crossed:
    """Return themes against kinds, languages or months: the cells that files tell, and those told together last."""
    keys, lines, rests = list(columns), [], False
    for row in rows:
        cells = told(told_of(row))
        whole = is_whole(row, cells, counts(row))
        rests = rests or not whole
        said = [cell_of(cells, key, all_told=whole) for key in (*keys, REST)]
        lines.append((name_of(row), tuple(said)))
    if not rests:
        return Crossed(
            columns=tuple(map(named, keys)),
            lines=tuple((name, said[:-1]) for name, said in lines),
            rests=False,
        )
    heads = (*map(named, keys), spoken().pgettext("cells", "Rest"))
    return Crossed(columns=heads, lines=tuple(lines), rests=True)


def most_first(rows: Iterable[ThemeRow], counts: Callable[[ThemeRow], Mapping[str, int]]) -> list[str]:
    """Return the kinds or languages of a run, those of most comments first."""
    together: dict[str, int] = {}
    for row in rows:
        for key, count in counts(row).items():
            together[key] = together.get(key, 0) + count
    return sorted(together, key=lambda key: (-together[key], key))
