"""Read one operation of a draft, and its aim, from the form of its page."""

from collections.abc import Iterable
from typing import Final, get_args

from flagstaff.console.forms import BadForm, Form
from flagstaff.flows.draft_menu import Aim
from flagstaff.flows.saved_queries import Wanted
from flagstaff.insight.queries import QueryName
from flagstaff.menus.drafts import (
    ROWS,
    Add,
    DraftOperation,
    DraftRow,
    Merge,
    NewReason,
    Remove,
    Reorder,
    Restore,
    Reword,
)
from flagstaff.menus.model import Figure, Goal, Wording

_DIGITS: Final = 3
"""No row of a menu holds a thousand options."""


def read_operation(form: Form, languages: Iterable[str]) -> DraftOperation:
    """Return the operation that a form describes; raises BadForm for what its page never offers."""
    why, option = form.text("why"), form.text("option")
    match form.text("do"):
        case "add":
            row, at = _place(form)
            return Add(
                kind=form.text("kind"), reason=_reason(form), words=_words(form, languages), row=row, at=at,
                meaning=_meaning(form), split_from=form.text("split_from") or None, why=why,
            )  # fmt: skip
        case "remove":
            return Remove(option=option, into=form.text("into"), why=why)
        case "merge":
            return _merge(form, languages, why)
        case "restore":
            row, at = _place(form)
            return Restore(option=option, words=_words(form, languages), row=row, at=at, why=why)
        case "reword":
            return Reword(
                option=option, language=form.text("language"), label=form.text("label"), help=form.text("help"), why=why
            )  # fmt: skip
        case "reorder":
            row, at = _place(form)
            return Reorder(option=option, row=row, at=at, why=why)
    raise _bad("do")


def _merge(form: Form, languages: Iterable[str], why: str) -> Merge:
    sources, new = form.many("sources"), form.text("new_key")
    if not new:
        return Merge(sources=sources, into=form.text("into"), why=why)
    row, at = _place(form)
    into = f"{form.text('kind')}.{new}"
    return Merge(sources=sources, into=into, words=_words(form, languages), row=row, at=at, why=why)


def read_words(form: Form, language: str, now: dict[str, Wording]) -> list[DraftOperation]:
    """Return a rewording for each option whose words differ from how it reads `now`; blanks are left as they are."""
    found: list[DraftOperation] = []
    for key, before in now.items():
        label, help_ = form.text(f"label:{key}"), form.text(f"help:{key}")
        if label and help_ and (label, help_) != (before.label, before.help):
            found.append(Reword(option=key, language=language, label=label, help=help_))
    return found


def read_aim(form: Form) -> Aim:
    """Return what a draft is for."""
    goal = None
    if form.text("metric"):
        direction = form.text("direction")
        if direction not in {"up", "down"}:
            raise _bad("direction")
        goal = Goal(
            primary=form.text("metric"), direction="up" if direction == "up" else "down", watch=form.many("watch"),
            window_days=form.one("window_days", int),
        )  # fmt: skip
    figures = tuple(_figure(line) for line in form.text("figures").splitlines() if line.strip())
    return Aim(form.text("title"), goal, form.text("owner") or None, form.text("note"), figures)


def read_figure(form: Form) -> Wanted:
    """Return which figure a draft wants, from the known queries."""
    name = next((one for one in get_args(QueryName) if one == form.text("query")), None)
    if name is None:
        raise _bad("query")
    option = form.text("option") if name == "option_use" else ""
    return Wanted(
        name=name, months=form.one("months", int), kind="" if option else form.text("on"), option=option,
        lineage=form.text("lineage") != "no",
    )  # fmt: skip


def _figure(line: str) -> Figure:
    """Read "what it says | value | address of the query"; an address is one of this house or of the web."""
    says, value, link = (*(part.strip() for part in line.split("|")), "", "")[:3]
    if link and not link.startswith(("https://", "/console/")):
        what = f"{link!r} is no address of a query"
        raise BadForm(what, where="figures", mend="begin it with /console/ or https://")
    return Figure(says=says, value=value, link=link)


def _place(form: Form) -> tuple[DraftRow, int | None]:
    row, _, at = form.text("place").partition(":")
    if row not in ROWS or (at and not (at.isascii() and at.isdecimal() and len(at) <= _DIGITS)):
        raise _bad("place")
    return row, int(at) if at else None


def _words(form: Form, languages: Iterable[str]) -> dict[str, Wording]:
    found = {one: (form.text(f"label_{one}"), form.text(f"help_{one}")) for one in languages}
    return {one: Wording(label=label, help=help_) for one, (label, help_) in found.items() if label or help_}


def _reason(form: Form) -> str:
    return form.text("new_reason") or form.text("reason")


def _meaning(form: Form) -> NewReason | None:
    return read_meaning(form) if form.text("new_reason") else None


def read_meaning(form: Form) -> NewReason:
    """Return what a reason that is new means."""
    return NewReason(like=form.text("like"), clauses=form.many("clauses"), severity=form.one("severity", int))


def _bad(name: str) -> BadForm:
    what = f"the field {name!r} holds something that cannot be"
    return BadForm(what, where=name, mend="load the page again and fill it in anew")
