"""Write a finished deep dive as a file: CSV and Markdown for people, JSON for notebooks.

A file goes anywhere, so it holds less than the page: no comment, no key of one, no working title (which is somebody's
own words), and no cell of fewer than five comments.
"""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from flagstaff.insight.cards import Card, cards_of
from flagstaff.insight.cells import told_of
from flagstaff.insight.codebook import Codebook
from flagstaff.insight.dive import BOTH, HOUSE, MODEL, NOT_USABLE, OTHER, POOLED, Basis, Table, ThemeRow
from flagstaff.insight.dives import Dive
from flagstaff.insight.naming import Name
from flagstaff.insight.shares import Share

_SPECIAL: Final[Mapping[str, str]] = {
    OTHER: "Fits no theme",
    NOT_USABLE: "Not usable",
    POOLED: "Themes of fewer than five persons, together",
}
_BASES: Final[Mapping[Basis, str]] = {
    Basis.UNVERIFIED: "unverified range: nobody checked it",
    Basis.AUDIT: "95 % interval of a random audit",
    Basis.CORRECTED: "95 % interval of a random audit, helped by the coder",
    Basis.COUNTED: "every comment was read",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """One row as files have it; shares in per cent to two decimals, None where they would be about a few persons."""

    theme: str
    name: str
    share: float
    low: float
    high: float
    basis: str
    audited: int
    comments: int | None
    persons: int | None
    kinds: dict[str, int]
    languages: dict[str, int]
    months: dict[str, int]


def exported(dive: Dive, table: Table, book: Codebook) -> tuple[Exported, ...]:
    """Return the rows of a table as files have them; `book`: for names that readers may be told."""
    rows = sorted(table.rows, key=lambda one: (one.key in _SPECIAL, -one.sized.share, one.key))
    proposed = {one.key for one in dive.proposals}
    return tuple(_row(one, _name(one, number, proposed, book)) for number, one in enumerate(rows, 1))


def _row(row: ThemeRow, name: str) -> Exported:
    told = told_of(row)
    return Exported(
        theme=row.key, name=name, share=_percent(row.sized.share), low=_percent(row.sized.low),
        high=_percent(row.sized.high), basis=row.sized.basis.value, audited=row.sized.audited,
        comments=None if row.persons is None else row.rows, persons=row.persons, kinds=told.kinds,
        languages=told.languages, months=told.months,
    )  # fmt: skip


def _name(row: ThemeRow, number: int, proposed: set[str], book: Codebook) -> str:
    """Return what a file calls a theme: its public name, else a name too short to be a comment's own words."""
    if row.key in _SPECIAL:
        return _SPECIAL[row.key]
    theme = book.themes.get(row.key)
    if theme is not None and theme.public:
        return theme.public
    return f"Theme {number}" if row.key in proposed or Name(row.name).needs_comments else row.name


def as_csv(dive: Dive, table: Table, book: Codebook) -> str:
    """Return one line per theme, each with the run and the denominator, so that files can be put together."""
    asked = dive.selection
    out = io.StringIO()
    names = [
        "run", "platform", "kinds", "first_day", "last_day", "language", "theme", "name", "share_percent",
        "low_percent", "high_percent", "basis", "comments", "persons", "audited", "of_comments", "gone", "labels",
        "audit",
    ]  # fmt: skip
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(names)
    for one in exported(dive, table, book):
        lines.writerow(
            _plain(cell)
            for cell in (
                dive.number, asked.platform, " ".join(asked.kinds), asked.first, asked.last, asked.language,
                one.theme, one.name, f"{one.share:.2f}", f"{one.low:.2f}", f"{one.high:.2f}", one.basis,
                one.comments, one.persons, one.audited, table.of, table.gone, table.labels, table.audit,
            )
        )  # fmt: skip
    return out.getvalue()


def as_markdown(dive: Dive, table: Table, book: Codebook) -> str:
    """Return a page: the table with its denominator, what the ranges are, and what it was made of."""
    asked, rows = dive.selection, exported(dive, table, book)
    language = f"in {asked.language}" if asked.language else "in every language"
    about = (
        f"{table.of:,} comments under Other on {', '.join(asked.kinds)} of {asked.platform}, from {asked.first} "
        f"to {asked.last}, {language}; {table.gone:,} of them are gone and were not read."
    )
    lines = [f"# Deep dive {dive.number}", "", about, "", _rests(table), ""]
    lines += ["| Theme | Share | From | To | Comments | Persons |", "|---|---:|---:|---:|---:|---:|"]
    for one in rows:
        cells = [_cell(one.name), *(f"{share:.2f} %" for share in (one.share, one.low, one.high))]
        lines.append("| " + " | ".join([*cells, _some(one.comments), _some(one.persons)]) + " |")
    lines += ["", *(f"- {one}: {_BASES[Basis(one)]}." for one in sorted({row.basis for row in rows})), ""]
    lines += _told(dive, table)
    lines.append(f"Inputs {table.inputs}; table {(dive.digest or b'').hex()}; {table.model}; {table.code}.")
    return "\n".join(lines) + "\n"


def _rests(table: Table) -> str:
    """Say what the shares rest on, and of nobody that they looked who did not."""
    labelled = (
        f"A reviewer labelled {table.labels:,}; {table.audit:,} of those were drawn at random."
        if table.labels
        else "No reviewer labelled any of them."
    )
    if table.basis is Basis.UNVERIFIED:
        says = "Nobody checked the shares: From and To say how far each may be off, and are no confidence interval."
    elif table.basis is Basis.COUNTED:
        says = "The shares are what this reviewer said of all comments."
    else:
        says = "The shares say what this reviewer would have said of all comments."
    return f"{labelled} {says}"


def _told(dive: Dive, table: Table) -> list[str]:
    """Return the cards of the run's coders, and how far a model was asked."""
    cards = cards_of(table)
    if not cards:
        return []
    model = _cell(f"{dive.coder.model} at {dive.coder.host}") if dive.coder else ""
    names = {HOUSE: "the house's coder", MODEL: model, BOTH: "both together, which this run uses"}
    lines = ["| Coder | Agreed with the reviewer | From | To | Of comments |", "|---|---:|---:|---:|---:|"]
    for one in cards:
        share = one.agreed
        of = f"{share.of:,} {'drawn at random' if one.audited else 'labelled'}"
        cells = [f"{100 * part:.0f} %" for part in (share.value or 0.0, share.low, share.high)]
        lines.append("| " + " | ".join([names[one.coder], *cells, of]) + " |")
    if dive.outcome is not None and dive.outcome.answered:
        lines += ["", f"The model answered {dive.outcome.answered:,} of {dive.outcome.comments:,} comments."]
    return [*lines, ""]


def as_json(dive: Dive, table: Table, book: Codebook) -> str:
    """Return everything that may leave, for notebooks: `pandas.json_normalize(read["themes"])`."""
    form: dict[str, Any] = {
        "run": dive.number,
        "selection": dive.selection,
        "asked_at": dive.asked_at,
        "of": table.of,
        "gone": table.gone,
        "labels": table.labels,
        "audit": table.audit,
        "accuracy": table.accuracy,
        "coders": [_card(one) for one in cards_of(table)],
        "model_answered": dive.outcome,
        "narrow": table.narrow,
        "inputs": table.inputs,
        "digest": (dive.digest or b"").hex(),
        "model": table.model,
        "parameters": table.parameters,
        "code": table.code,
        "themes": exported(dive, table, book),
    }
    return msgspec.json.format(msgspec.json.encode(form, order="deterministic"), indent=2).decode() + "\n"


FORMS: Final[Mapping[str, Callable[[Dive, Table, Codebook], str]]] = {
    "csv": as_csv,
    "md": as_markdown,
    "json": as_json,
}
"""How a table can be written, by the ending of the file."""


def _card(one: Card) -> dict[str, Any]:
    return {"coder": one.coder, "audited": one.audited, "right": one.agreed.part, **_range(one.agreed)}


def _range(share: Share) -> dict[str, Any]:
    return {"of": share.of, "low_percent": _percent(share.low), "high_percent": _percent(share.high)}


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _plain(cell: object) -> str:
    """Return a cell that no program for tables takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _some(count: int | None) -> str:
    return "fewer than 5" if count is None else f"{count:,}"
