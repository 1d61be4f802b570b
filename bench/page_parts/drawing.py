"""Draw rows of a result as SVG: alone, without scripts or fonts from elsewhere, legible on light and dark ground."""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from bench.measuring.result import Cell, Picture, Result

WIDTH: Final = 760
_LINE: Final = 26
_BAR: Final = 16
_LETTER: Final = 6.7
_COLOURS: Final = 6

# An SVG shown as an image follows the reader's system, not the page's own switch: so it brings its own ground.
_STYLE: Final = """
  svg { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
  .ground { fill: #ffffff; stroke: #d7dbe0; } text { fill: #24292f; } .soft { fill: #57606a; }
  .grid { stroke: #d7dbe0; fill: none; }
  .c0 { fill: #2e6fb0; } .c1 { fill: #e08a1e; } .c2 { fill: #2f8f6b; }
  .c3 { fill: #a3447f; } .c4 { fill: #6b5bb5; } .c5 { fill: #7a7f87; }
  .l0 { stroke: #2e6fb0; } .l1 { stroke: #e08a1e; } .l2 { stroke: #2f8f6b; }
  .l3 { stroke: #a3447f; } .l4 { stroke: #6b5bb5; } .l5 { stroke: #7a7f87; }
  .line { fill: none; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #1b1f24; stroke: #3d444d; } text { fill: #e6edf3; } .soft { fill: #9aa5b1; }
    .grid { stroke: #3d444d; }
    .c0 { fill: #6cb0f2; } .c1 { fill: #f2b155; } .c2 { fill: #5cc79c; }
    .c3 { fill: #df83bd; } .c4 { fill: #a99bf0; } .c5 { fill: #a8adb5; }
    .l0 { stroke: #6cb0f2; } .l1 { stroke: #f2b155; } .l2 { stroke: #5cc79c; }
    .l3 { stroke: #df83bd; } .l4 { stroke: #a99bf0; } .l5 { stroke: #a8adb5; }
  }
"""


class NothingToDraw(Exception):
    """No row has numbers where the picture needs them."""


def draw(name: str, result: Result) -> str:
    """Return the picture of a result that has one."""
    assert result.picture is not None
    rows = _chosen(result, result.picture)
    if not rows:
        raise NothingToDraw(name)
    inside, height = (_bars if result.picture.kind == "bars" else _lines)(result, result.picture, rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="t d">\n'
        f'<title id="t">{escape(result.title)}</title>\n<desc id="d">{escape(result.alt)}</desc>\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>\n'
        + "\n".join(inside)
        + "\n</svg>\n"
    )


def _chosen(result: Result, picture: Picture) -> list[dict[str, Cell]]:
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    numbers = [*picture.value, *([picture.x] if picture.x else [])]
    return [
        row
        for row in rows
        if all(row[column] == wanted for column, wanted in picture.where.items())
        and all(_is_number(row[column]) for column in numbers)
    ]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _label(row: dict[str, Cell], columns: Sequence[str]) -> str:
    return " · ".join(said(row[column]) for column in columns)


def said(cell: Cell) -> str:
    """Return a cell as the page says it."""
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.10g}" if isinstance(cell, float) else cell


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{kind} text-anchor="{anchor}">{escape(words)}</text>'


# ---------------------------------------------------------------- bars
def _bars(result: Result, picture: Picture, rows: Sequence[dict[str, Cell]]) -> tuple[list[str], int]:
    labels = [_label(row, picture.label) for row in rows]
    left = 26 + min(330.0, max(len(label) for label in labels) * _LETTER)
    totals = [sum(float(row[column] or 0) for column in picture.value) for row in rows]
    most = max(totals) or 1.0
    room = WIDTH - left - 90
    held = ", ".join(f"{column} {said(value)}" for column, value in picture.where.items())
    out, top = _heading(result.title + (f" ({held})" if held else ""), picture.value)
    for place, (row, label, total) in enumerate(zip(rows, labels, totals, strict=True)):
        y = top + place * _LINE
        out.append(_text(left - 8, y + 12, _shortened(label, left), anchor="end"))
        x = left
        for colour, column in enumerate(picture.value):
            width = float(row[column] or 0) / most * room
            out.append(
                f'<rect class="c{colour % _COLOURS}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"/>'
            )
            x += width
        out.append(_text(x + 6, y + 12, said(_three(total)), "soft"))
    return out, top + len(rows) * _LINE + 8


def _shortened(label: str, left: float) -> str:
    most = int((left - 8) / _LETTER)
    return label if len(label) <= most else label[: most - 1] + "…"


def _heading(title: str, names: Sequence[str]) -> tuple[list[str], int]:
    """Return the title and, where there are several, what each colour means; and where the rest begins."""
    out = [_text(16, 24, title)]
    if len(names) < 2:
        return [_text(16, 24, title if not names else f"{title}: {names[0]}")], 40
    x, y = 16.0, 40
    for colour, name in enumerate(names):
        wide = len(name) * _LETTER + 34
        if x + wide > WIDTH - 16:
            x, y = 16.0, y + 20
        out.append(f'<rect class="c{colour % _COLOURS}" x="{x:.1f}" y="{y}" width="12" height="12"/>')
        out.append(_text(x + 18, y + 10, name, "soft"))
        x += wide
    return out, y + 26


def _three(figure: float) -> float | int:
    if figure == 0:
        return 0
    digits = 2 - math.floor(math.log10(abs(figure)))
    return round(figure, digits) if digits > 0 else round(figure)


# ---------------------------------------------------------------- lines
def _lines(result: Result, picture: Picture, rows: Sequence[dict[str, Cell]]) -> tuple[list[str], int]:
    value = picture.value[0]
    names = list(dict.fromkeys(_label(row, picture.label) for row in rows))
    out, top = _heading(f"{result.title}: {value}", names if len(names) > 1 else [])
    left, right, bottom = 76.0, WIDTH - 24.0, top + 250.0
    xs = _Scale([_number(row[picture.x]) for row in rows], left, right, log=picture.log_x)
    ys = _Scale([_number(row[value]) for row in rows], bottom, top + 6.0, log=picture.log_y, zero=True)
    out += [
        f'<path class="grid" d="M{left:.1f} {ys.at(tick):.1f}H{right:.1f}"/>'
        + _text(left - 8, ys.at(tick) + 4, said(_three(tick)), "soft", "end")
        for tick in ys.ticks()
    ]
    out += [
        _text(xs.at(tick), bottom + 20, said(_three(tick)), "soft", "middle")
        for tick in _apart(sorted({_number(row[picture.x]) for row in rows}), xs)
    ]
    out.append(_text((left + right) / 2, bottom + 40, picture.x, "soft", "middle"))
    for colour, name in enumerate(names):
        points = sorted(
            (xs.at(_number(row[picture.x])), ys.at(_number(row[value])))
            for row in rows
            if _label(row, picture.label) == name
        )
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        out.append(f'<path class="line l{colour % _COLOURS}" d="M{path}"/>')
        out += [f'<circle class="c{colour % _COLOURS}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return out, int(bottom) + 52


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _apart(figures: Iterable[float], scale: "_Scale") -> list[float]:
    """Leave out figures whose words would stand on each other."""
    kept: list[float] = []
    for figure in figures:
        if not kept or scale.at(figure) - scale.at(kept[-1]) >= 44:
            kept.append(figure)
    return kept


class _Scale:
    """Say where a figure stands between two edges."""

    def __init__(
        self, figures: Sequence[float], low: float, high: float, *, log: bool, zero: bool = False
    ) -> None:
        self._log = log
        self._low, self._high = low, high
        shown = [figure for figure in figures if figure > 0] if log else list(figures)
        self.least, self.most = min(shown, default=1.0), max(shown, default=1.0)
        if zero:
            self.least = 10 ** math.floor(math.log10(self.least)) if log else min(0.0, self.least)
        if self.most == self.least:
            self.most = self.least + 1

    def at(self, figure: float) -> float:
        """Return the place of a figure."""
        least, most, here = self.least, self.most, figure
        if self._log:
            least, most, here = (math.log10(max(one, self.least)) for one in (least, most, figure))
        return self._low + (here - least) / (most - least) * (self._high - self._low)

    def ticks(self) -> list[float]:
        """Return four to six round figures within."""
        if self._log:
            first, last = math.floor(math.log10(self.least)), math.floor(math.log10(self.most))
            return [10.0**power for power in range(first, last + 1)]
        rough = (self.most - self.least) / 5
        step = 10 ** math.floor(math.log10(rough))
        step = next(step * factor for factor in (1, 2, 5, 10) if step * factor >= rough)
        first = math.ceil(self.least / step)
        return [place * step for place in range(first, math.floor(self.most / step) + 1)]
