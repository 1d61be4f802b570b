"""Read the sections of policy files into the newest menus and their history, unchecked."""

from collections.abc import Mapping
from typing import Any

import msgspec

from flagstaff.language.forms import blank_form, closest, read_entries, read_form
from flagstaff.language.yaml import Finding
from flagstaff.menus.model import (
    HistoryEntry,
    KnownGuidelines,
    Menu,
    MenuHistory,
    MenuPromises,
    MenuRules,
    MenuTexts,
    MenuVersion,
    Offer,
    Option,
    Prompt,
    Reason,
    Resource,
    RetiredOption,
)
from flagstaff.menus.rules import make_option

WHOLE: dict[str, object] = {
    "menu_rules": MenuRules,
    "menu_promises": MenuPromises,
    "details_modes": dict[str, str],
    "advice": dict[str, str],
    "tips": dict[str, str],
    "menus_history": tuple[HistoryEntry, ...],
    "release_rules": tuple[str, ...],
    "cues": dict[str, dict[str, tuple[str, ...]]],
}
OPTIONAL = frozenset({"menu_promises", "retired", "cues"})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a menu as the file writes it."""

    reason: str
    label: str
    help: str


class MenuLines(msgspec.Struct, frozen=True, kw_only=True):
    """One menu as the file writes it."""

    key: str
    button: str
    top: tuple[Line, ...]
    more: tuple[Line, ...]
    preference: tuple[Line, ...]
    last: Line
    community_button: str | None = None
    entry_points: tuple[str, ...] = ()
    evidence: str | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The section `menu_version`."""

    number: int
    locale: str
    guidelines_version: int
    details_max_graphemes: int


ENTRIES: dict[str, type[Reason | RetiredOption | Prompt | Offer | Resource | MenuLines]] = {
    "reasons": Reason,
    "retired": RetiredOption,
    "prompts": Prompt,
    "offers": Offer,
    "resources": Resource,
    "menus": MenuLines,
}
SECTIONS = frozenset({"menu_version", *WHOLE, *ENTRIES})


def read_menus(sections: Mapping[str, object], known: KnownGuidelines) -> tuple[MenuHistory, list[Finding]]:
    """Return the menus that these sections say, and everything in their form that does not fit."""
    findings: list[Finding] = []
    read: dict[str, Any] = {}
    for section, form in {"menu_version": Head, **WHOLE}.items():
        if section in sections:
            read[section], wrong = read_form(sections[section], form, (section,))  # type: ignore[arg-type]
            findings += wrong
        else:
            read[section] = blank_form(form)  # type: ignore[arg-type]  # tuple[...] and dict[...] are forms too
    for section, entry in ENTRIES.items():
        read[section], wrong = read_entries(sections.get(section, {}), entry, (section,))
        findings += wrong
    for section in sorted(SECTIONS - OPTIONAL - sections.keys()):
        what = f"the section `{section}` is missing"
        findings.append(Finding((section,), what, f"Add `{section}:` to one of the files."))
    return _history(read, known, findings), findings


def _history(read: Mapping[str, Any], known: KnownGuidelines, findings: list[Finding]) -> MenuHistory:
    head: Head = read["menu_version"]
    entries: tuple[HistoryEntry, ...] = read["menus_history"]
    reasons = {reason.key: reason for reason in read["reasons"]}
    own = entries[-1] if entries else blank_form(HistoryEntry)
    texts = ("details_modes", "prompts", "advice", "tips", "offers", "resources")
    newest = MenuVersion(
        number=head.number,
        guidelines_version=head.guidelines_version,
        locale=head.locale,
        origin=own.origin,
        note=own.note,
        menus=tuple(_menu(menu, reasons, known, findings) for menu in read["menus"]),
        reasons=read["reasons"],
        texts=MenuTexts(**{section: read[section] for section in texts}),
        rules=read["menu_rules"],
        details_max_graphemes=head.details_max_graphemes,
        cues=read["cues"],
        operations=own.operations,
        goal=own.goal,
        evidence=own.evidence,
        release=own.release,
        owner=own.owner,
    )
    return MenuHistory(
        newest=newest,
        entries=entries,
        retired=read["retired"],
        release_rules=read["release_rules"],
        promises=read["menu_promises"],
    )


def _menu(
    menu: MenuLines, reasons: Mapping[str, Reason], known: KnownGuidelines, findings: list[Finding]
) -> Menu:  # fmt: skip
    def option(line: Line) -> Option:
        reason = reasons.get(line.reason) or msgspec.structs.replace(blank_form(Reason), key=line.reason)
        return make_option(reason, menu.key, line.label, line.help, known)

    for row in ("top", "more", "preference"):
        for place, line in enumerate(getattr(menu, row)):
            findings += _unknown_reason(menu.key, line, reasons, (row, place))
    findings += _unknown_reason(menu.key, menu.last, reasons, ("last",))
    return Menu(
        subject=menu.key,
        button=menu.button,
        community_button=menu.community_button,
        entry_points=menu.entry_points,
        evidence=menu.evidence,
        top=tuple(option(line) for line in menu.top),
        more=tuple(option(line) for line in menu.more),
        preference=tuple(option(line) for line in menu.preference),
        last=option(menu.last),
    )


def _unknown_reason(
    kind: str, line: Line, reasons: Mapping[str, Reason], at: tuple[str | int, ...]
) -> list[Finding]:
    if line.reason in reasons or not line.reason:
        return []
    return [
        Finding(
            ("menus", kind, *at, "reason"), f"unknown reason `{line.reason}`", closest(line.reason, reasons)
        )
    ]
