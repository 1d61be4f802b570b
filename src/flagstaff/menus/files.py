"""Read the sections of policy files into the newest menus and their history, unchecked."""

from collections.abc import Mapping
from typing import Any

import msgspec

from flagstaff.language.forms import blank_form, closest, read_entries, read_form
from flagstaff.language.translating import read_texts
from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.model import (
    EntryWords,
    HistoryEntry,
    HistoryWords,
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
    Wording,
)
from flagstaff.menus.rules import make_option
from flagstaff.menus.translating import TRANSLATED

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
TRANSLATED_SECTIONS = frozenset(shape[0] for shape in TRANSLATED) | {"retired", "menus_history", "cues"}
"""Sections that a language may say in its own words."""
HISTORY_WORDS: dict[str, object] = {
    "retired": dict[str, Wording],
    "menus_history": dict[str, EntryWords],
    "cues": dict[str, tuple[str, ...]],
}


def read_menus(
    sections: Mapping[str, object],
    known: KnownGuidelines,
    languages: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[MenuHistory, list[Finding]]:
    """Return the menus that these sections say, and everything in their form that does not fit.

    `languages`: the sections of each translation.
    """
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
    history = _history(read, known, findings)
    for language, said in (languages or {}).items():
        mine = {section: value for section, value in said.items() if section in TRANSLATED_SECTIONS}
        if mine:
            history = _with_language(history, language, mine, findings)
    return history, findings


def _with_language(
    history: MenuHistory, language: str, said: Mapping[str, Any], findings: list[Finding]
) -> MenuHistory:  # fmt: skip
    """Return the history with what one language says of it."""
    at: Trail = ("translations", language)
    told: dict[str, Any] = {}
    for section, form in HISTORY_WORDS.items():
        told[section], wrong = read_form(said.get(section, {}), form, (*at, section))  # type: ignore[arg-type]
        findings += wrong
    menus = said.get("menus", {})
    wordings: dict[str, Wording] = {}
    for kind, menu in menus.items() if isinstance(menus, dict) else ():
        options = menu.get("options", {}) if isinstance(menu, dict) else {}
        read, wrong = read_form(options, dict[str, Wording], (*at, "menus", kind, "options"))
        wordings |= {f"{kind}.{reason}": wording for reason, wording in read.items()}
        findings += wrong
    rest = {section: value for section, value in said.items() if section not in HISTORY_WORDS}
    texts, wrong = read_texts(_without_options(rest), at)
    findings += wrong
    newest = history.newest
    cues = told["cues"]
    mine = newest.cues.get(language, {})
    joined = {key: (*mine.get(key, ()), *cues.get(key, ())) for key in (mine | cues)}
    entries = {int(number): words for number, words in told["menus_history"].items() if number.isdecimal()}
    words = HistoryWords(retired=told["retired"], entries=entries)
    return msgspec.structs.replace(
        history,
        newest=msgspec.structs.replace(
            newest,
            translations=newest.translations | {language: wordings},
            words=newest.words | {language: texts},
            cues=newest.cues | ({language: joined} if joined else {}),
        ),
        words=history.words | {language: words},
    )


def _without_options(said: Mapping[str, Any]) -> dict[str, Any]:
    menus = said.get("menus")
    if not isinstance(menus, dict):
        return dict(said)
    lean = {
        kind: {name: value for name, value in menu.items() if name != "options"}
        if isinstance(menu, dict)
        else menu
        for kind, menu in menus.items()
    }
    return {**said, "menus": lean}


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
