"""Read what somebody asks of a deep dive from a form: which comments, and what becomes of a theme."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.console.draft_form import read_meaning, read_operation
from flagstaff.console.forms import BadForm, Form
from flagstaff.flows.draft_from_theme import Wish
from flagstaff.insight.dive import Selection
from flagstaff.menus.drafts import Add, DraftOperation, Reword
from flagstaff.menus.model import Goal, Wording

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""What a field for a day sends; `fromisoformat` takes weeks and days without hyphens too."""


def read_selection(form: Form) -> Selection:
    """Return which comments are asked for; no menu ticked means all of them."""
    return Selection(
        platform=form.text("platform"), kinds=form.many("kinds"), first=form.one("first", _day),
        last=form.one("last", _day), language=form.text("language"),
    )  # fmt: skip


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_wish(form: Form, languages: Iterable[str], now: Mapping[str, Wording]) -> Wish:
    """Return what somebody wants of a theme; `now`: how the option that would be reworded reads by language."""
    return Wish(
        operations=tuple(_operations(form, tuple(languages), now)),
        draft=form.one("draft", UUID) if form.text("draft") else None,
        title=form.text("title"),
        goal=_goal(form),
    )


def _operations(
    form: Form, languages: tuple[str, ...], now: Mapping[str, Wording]
) -> Iterable[DraftOperation]:
    if form.text("do") == "reword":
        return [
            Reword(option=form.text("option"), language=one, label=label, help=help_, why=form.text("why"))
            for one in languages
            if (label := form.text(f"label_{one}")) and (help_ := form.text(f"help_{one}"))
            if Wording(label=label, help=help_) != now.get(one)
        ]
    if form.text("do") not in {"add", "restore"}:
        what = "the field 'do' holds something that cannot be"
        raise BadForm(what, where="do", mend="load the page again and use its buttons")
    operation = read_operation(form, languages)
    return _on_each_menu(_named(operation, form), form) if isinstance(operation, Add) else [operation]


def _named(operation: Add, form: Form) -> Add:
    """Give an option the key that the theme's name proposes, where no reason was chosen and no key was typed."""
    if operation.reason:
        return operation
    return msgspec.structs.replace(operation, reason=form.text("proposed_key"), meaning=read_meaning(form))


def _on_each_menu(operation: Add, form: Form) -> Iterable[Add]:
    """Put an option on every menu that was ticked; a reason that is new gets its meaning once."""
    for place, kind in enumerate(form.many("kinds")):
        yield msgspec.structs.replace(
            operation,
            kind=kind,
            at=operation.at if kind == form.text("kind") else None,
            meaning=operation.meaning if place == 0 else None,
        )


def _goal(form: Form) -> Goal | None:
    if not form.text("metric"):
        return None
    direction, days = form.text("direction"), form.one("window_days", int)
    if direction not in {"up", "down"}:
        what = "the field 'direction' holds something that cannot be"
        raise BadForm(what, where="direction", mend="load the page again and fill it in anew")
    return Goal(
        primary=form.text("metric"),
        direction="up" if direction == "up" else "down",
        watch=(),
        window_days=days,
    )
