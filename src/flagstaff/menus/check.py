"""Say everything that is wrong with menus and their history, all at once: where, what, how to mend it."""

import re
from collections import Counter
from collections.abc import Iterator

from flagstaff.language.forms import unknown
from flagstaff.language.stems import words_of
from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.model import (
    KnownClause,
    KnownGuidelines,
    Menu,
    MenuHistory,
    MenuVersion,
    Operation,
    Option,
    Reason,
    RequestedLabel,
)
from flagstaff.menus.rules import BadHistory, rows_of, version_at
from flagstaff.menus.wording import check_history_words, check_translations, check_words

WITH_CLAUSES = ("violation", "legal", "open")


def check_menus(version: MenuVersion, known: KnownGuidelines) -> list[Finding]:
    """Return everything wrong with one version, checked against the guidelines; empty: it may be published."""
    return [
        *check_reasons(version, known),
        *check_lines(version, known),
        *check_coverage(version, known),
        *check_texts(version),
        *check_cues(version),
        *check_translations(version),
    ]


def check_history(history: MenuHistory, known: KnownGuidelines) -> list[Finding]:
    """Return everything wrong with how the menus came about, and every promise that is not kept."""
    return [
        *_numbers(history, known),
        *_entries(history),
        *_retired(history, known),
        *_earlier(history),
        *_promises(history),
        *check_history_words(history),
    ]


# ---------------------------------------------------------------- reasons
def check_reasons(version: MenuVersion, known: KnownGuidelines) -> Iterator[Finding]:
    clauses = {clause.key: clause for clause in known.clauses}
    shown = {option.reason for option in version.option_by_key.values()}
    for reason in version.reasons:
        at: Trail = ("reasons", reason.key)
        mine = [clauses[key] for key in reason.clauses if key in clauses]
        if reason.key not in shown:
            yield Finding(at, f"no menu shows the reason `{reason.key}`", "Put it on a menu, or remove it.")
        for place, key in enumerate(reason.clauses):
            yield from unknown((*at, "clauses", place), "clause", key, clauses)
            if key in clauses and not clauses[key].decidable:
                what = f"no decision can name `{key}` ({clauses[key].title})"
                yield Finding((*at, "clauses", place), what, "Name a clause of kind violation or discretion.")
        yield from _severity(reason, mine, known)
        yield from _named_texts(version, reason)
        yield from _fields(version, reason, mine)


def _severity(reason: Reason, mine: list[KnownClause], known: KnownGuidelines) -> Iterator[Finding]:
    at: Trail = ("reasons", reason.key, "severity")
    highest = max((clause.severity for clause in mine), default=0)
    if reason.severity not in known.severities:
        yield Finding(at, f"unknown severity {reason.severity}", "Use a level of the scale.")
    elif mine and reason.kind == "violation" and reason.severity > highest:
        yield Finding(at, f"severity {reason.severity} is above all its clauses", f"Write {highest} or less.")
    if reason.hold and reason.severity < known.hold_severity:
        what = f"severity {reason.severity} is too low for a hold"
        yield Finding((*at[:2], "hold"), what, f"Remove `hold`, or write severity {known.hold_severity}.")


def _named_texts(version: MenuVersion, reason: Reason) -> Iterator[Finding]:
    at: Trail = ("reasons", reason.key)
    texts = version.texts
    known = {
        "prompts": {prompt.key for prompt in texts.prompts},
        "resources": {resource.key for resource in texts.resources},
        "after": {offer.key for offer in texts.offers},
    }
    for field, names in known.items():
        for place, key in enumerate(getattr(reason, field)):
            yield from unknown(
                (*at, field, place), {"after": "offer"}.get(field, field.rstrip("s")), key, names
            )
    if reason.advice is not None:
        yield from unknown((*at, "advice"), "advice card", reason.advice, texts.advice)
    yield from unknown((*at, "details"), "details mode", reason.details, texts.details_modes)
    for offer, given in (("advice", reason.advice is not None), ("resources", bool(reason.resources))):
        if given != (offer in reason.after):
            what = f"`{offer}` and the offer `{offer}` in `after` go together"
            yield Finding((*at, offer if given else "after"), what, f"Write both, or neither, of `{offer}`.")


def _fields(version: MenuVersion, reason: Reason, mine: list[KnownClause]) -> Iterator[Finding]:
    at: Trail = ("reasons", reason.key)
    if (reason.kind in WITH_CLAUSES) != bool(reason.clauses):
        what = f"kind `{reason.kind}` {'needs clauses' if reason.kind in WITH_CLAUSES else 'has no clauses'}"
        yield Finding((*at, "clauses"), what, "Change `kind` or `clauses`.")
    for field in ("dsa", "ozone"):
        if reason.kind in ("care", "housekeeping") and getattr(reason, field) is None:
            yield Finding(
                (*at, field), f"`{reason.key}` has no clause to take `{field}` from", f"Add `{field}:`."
            )
    if reason.details == "prompted" and not reason.prompts:
        yield Finding(
            (*at, "prompts"), "prompted, but without prompts", "Add `prompts:`, or write `details: optional`."
        )
    if len(reason.prompts) > 2 and reason.kind != "legal":
        yield Finding((*at, "prompts"), "more than two prompts", "Keep two; only legal notices may ask more.")
    if "block_user" in reason.after and "mute_user" not in reason.after:
        yield Finding((*at, "after"), "a block can be noticed, so muting is offered too", "Add `mute_user`.")
    if any(clause.reference_only for clause in mine):
        if reason.prompts:
            yield Finding((*at, "prompts"), "gravest material: nothing more is asked", "Remove `prompts`.")
        if not reason.reporter_copy:
            what = "gravest material: the reporter is told not to keep it"
            yield Finding((*at, "reporter_copy"), what, "Add `reporter_copy:`.")
    if reason.kind == "open" and (
        reason.details != "required" or reason.details_min_graphemes < 1 or not reason.permanent
    ):
        what = f"`{reason.key}` is read by people, so its details are required and it stays for good"
        yield Finding(
            (*at, "details"),
            what,
            "Write `details: required`, `details_min_graphemes:` and `permanent: true`.",
        )
    if (reason.kind == "open") != (reason.key == version.rules.last):
        yield Finding(
            (*at, "kind"),
            f"exactly the last option is open, that is `{version.rules.last}`",
            "Change `kind`.",
        )


# ---------------------------------------------------------------- menus
def check_lines(version: MenuVersion, known: KnownGuidelines) -> Iterator[Finding]:
    kinds = {kind.key: kind for kind in known.kinds if kind.has_menu}
    for missing in kinds.keys() - version.menu_by_kind.keys():
        yield Finding(("menus",), f"`{missing}` has no menu", f"Add `{missing}:`.")
    for menu in version.menus:
        at: Trail = ("menus", menu.subject)
        yield from unknown(at, "subject kind", menu.subject, kinds)
        yield from _sizes(version, menu)
        yield from _twice(menu)
        kind = kinds.get(menu.subject)
        button = version.rules.community_button
        if kind is not None and kind.in_community and button not in (menu.button, menu.community_button):
            what = f"in the Community the button reads '{button}'"
            yield Finding((*at, "community_button"), what, f"Write `community_button: {button}`.")
        for here, option in rows_of(menu):
            yield from _line(version, option, here, known)


def _sizes(version: MenuVersion, menu: Menu) -> Iterator[Finding]:
    at, rules = ("menus", menu.subject), version.rules
    lines = len(menu.top) + len(menu.more) + 1
    if not 1 <= len(menu.top) <= rules.top_at_most:
        yield Finding(
            (*at, "top"),
            f"{len(menu.top)} lines on top",
            f"Keep 1 to {rules.top_at_most}; move others to `more`.",
        )
    if lines > rules.lines_at_most:
        yield Finding(
            (*at, "more"), f"{lines} lines in all", f"Keep {rules.lines_at_most}; merge or remove some."
        )
    if len(menu.preference) > rules.preference_at_most:
        what = f"{len(menu.preference)} preferences"
        yield Finding((*at, "preference"), what, f"Keep {rules.preference_at_most}.")


def _twice(menu: Menu) -> Iterator[Finding]:
    for field in ("reason", "label"):
        first: set[str] = set()
        for at, option in rows_of(menu):
            value = getattr(option, field)
            if value in first:
                yield Finding(
                    (*at, field), f"the {field} `{value}` stands twice on `{menu.subject}`", "Keep one."
                )
            first.add(value)


def _line(version: MenuVersion, option: Option, at: Trail, known: KnownGuidelines) -> Iterator[Finding]:
    reason = next((reason for reason in version.reasons if reason.key == option.reason), None)
    scopes = {clause.key for clause in known.clauses}
    if reason is not None and not option.clauses and any(key in scopes for key in reason.clauses):
        what = f"none of the clauses of `{option.reason}` has {option.subject} in scope, so nobody could decide it"
        yield Finding((*at, "reason"), what, "Widen a clause's scope, or take the line away.")
    yield from check_words(option.label, option.help, at)
    if (option.kind == "preference") != ("preference" in at[2:3]):
        yield Finding(
            (*at, "reason"), "preferences stand in their own row, and nothing else does", "Move the line."
        )
    if (option.reason == version.rules.last) != (at[2] == "last"):
        yield Finding(
            (*at, "reason"), f"`{version.rules.last}` stands last, and only there", "Move the line."
        )


def check_coverage(
    version: MenuVersion, known: KnownGuidelines, since: MenuVersion | None = None
) -> Iterator[Finding]:
    """Yield the clauses that no option leads to; with `since` only those that one led to in that version."""
    before = set(_unreached(since, known)) if since else set[tuple[str, str]]()
    lacking: dict[str, list[str]] = {}
    for clause, kind in _unreached(version, known):
        if (clause, kind) not in before:
            lacking.setdefault(clause, []).append(kind)
    for clause, kinds in lacking.items():
        what = f"no option on {', '.join(kinds)} leads to `{clause}`"
        mend = "Widen or add an option, narrow its scope, or say `unflaggable: why`."
        yield Finding(("clauses", clause), what, mend)


def _unreached(version: MenuVersion, known: KnownGuidelines) -> Iterator[tuple[str, str]]:
    reached = {(key, option.subject) for option in version.option_by_key.values() for key in option.clauses}
    for clause in known.clauses:
        if clause.decidable and not (clause.unflaggable or "").strip():
            yield from ((clause.key, kind) for kind in clause.kinds if (clause.key, kind) not in reached)


# ---------------------------------------------------------------- texts
def check_texts(version: MenuVersion) -> Iterator[Finding]:
    texts = version.texts
    named = {key for reason in version.reasons for key in (*reason.prompts, *reason.resources, *reason.after)}
    named |= {reason.advice for reason in version.reasons if reason.advice}
    named |= {offer.key for offer in texts.offers if offer.always}
    sections: dict[str, dict[str, str]] = {
        "prompts": {prompt.key: prompt.ask for prompt in texts.prompts},
        "advice": texts.advice,
        "resources": {resource.key: resource.fallback for resource in texts.resources},
        "offers": {offer.key: offer.text for offer in texts.offers},
        "tips": texts.tips,
        "details_modes": texts.details_modes,
    }
    for section, entries in sections.items():
        for key, text in entries.items():
            if section not in ("tips", "details_modes") and key not in named:
                yield Finding(
                    (section, key), f"no reason names `{section}.{key}`", "Name it in a reason, or remove it."
                )
            if not text.strip():
                yield Finding((section, key), f"`{section}.{key}` is empty", "Write the text.")
    for prompt in texts.prompts:
        if (prompt.answer == "pick") != bool(prompt.pick):
            yield Finding(
                ("prompts", prompt.key),
                "`answer: pick` and the list `pick` go together",
                "Write both, or neither.",
            )
    yield from _contacts(version)


def check_cues(version: MenuVersion) -> Iterator[Finding]:
    """Yield cues of what is not there, and cues in which no word is left to be found."""
    last = version.rules.last
    reasons = {reason.key for reason in version.reasons}
    # An option that left keeps its cues for the day it comes back.
    once = {f"{kind}.{reason}" for kind in version.menu_by_kind for reason in reasons}
    known = reasons | set(version.option_by_key) | once
    for language, by_option in version.cues.items():
        for key, cues in by_option.items():
            at: Trail = ("cues", language, key)
            yield from unknown(at, "reason or option", key, known)
            if key.rpartition(".")[2] == last:
                yield Finding(at, f"`{last}` is never proposed", "Remove its cues.")
            for place, cue in enumerate(cues):
                if not words_of(cue):
                    yield Finding((*at, place), f"`{cue}` has no word to be found by", "Write a phrase.")


def _contacts(version: MenuVersion) -> Iterator[Finding]:
    for resource in version.texts.resources:
        at: Trail = ("resources", resource.key)
        if re.search(r"\d", resource.fallback):
            what = f"the fallback of `{resource.key}` holds a number that nobody checked"
            yield Finding((*at, "fallback"), what, "Write a plain sentence without numbers.")
        for place, contact in enumerate(resource.entries):
            here = (*at, "entries", place)
            if not re.fullmatch(r"[A-Z]{2}|\*", contact.country):
                what = f"`{contact.country}` is no country"
                yield Finding((*here, "country"), what, 'Write two capital letters, or "*".')
            if contact.checked is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", contact.checked):
                yield Finding(
                    (*here, "checked"), "`checked` is a day, or null", "Write it as 2026-03-02, or null."
                )
            if (contact.checked is None) != (contact.source is None):
                yield Finding(
                    (*here, "checked" if contact.source is None else "source"),
                    f"`{contact.name}` needs the day of its check and the page it was compared with, or neither",
                    "Write both `checked:` and `source:`, or leave both out: then it is not shown.",
                )
            if contact.phone is not None and contact.checked is None:
                yield Finding(
                    (*here, "phone"),
                    "a phone number needs the day of its check",
                    "Check it, then add `checked:`.",
                )
            if not contact.url.startswith("https://"):
                yield Finding(
                    (*here, "url"), f"`{contact.url}` is no address", "Write one that begins with https://."
                )


# ---------------------------------------------------------------- history
def _numbers(history: MenuHistory, known: KnownGuidelines) -> Iterator[Finding]:
    newest = history.newest
    if [entry.version for entry in history.entries] != list(range(1, newest.number + 1)):
        what = f"the versions do not run from 1 to {newest.number} without a gap"
        yield Finding(("menus_history",), what, "Add or renumber entries, or mend `menu_version.number`.")
    last = history.entries[-1].guidelines_version if history.entries else newest.guidelines_version
    if newest.guidelines_version != last:
        at = ("menu_version", "guidelines_version")
        yield Finding(
            at, "the newest menus and their history name different guidelines versions", "Make them equal."
        )
    if newest.guidelines_version > known.version:
        at = ("menu_version", "guidelines_version")
        yield Finding(
            at,
            f"there is no guidelines version {newest.guidelines_version}",
            f"Write {known.version} or less.",
        )


def _entries(history: MenuHistory) -> Iterator[Finding]:
    removed: set[str] = set()
    imported_ended = False
    for place, entry in enumerate(history.entries):
        at: Trail = ("menus_history", place)
        imported = entry.origin == "imported_history"
        if imported and imported_ended:
            yield Finding(
                (*at, "origin"), "imported history stands before everything drafted here", "Write `drafted`."
            )
        imported_ended = imported_ended or not imported
        for field in ("goal", "owner", "evidence", "release"):
            if not imported and not getattr(entry, field):
                yield Finding((*at, field), f"version {entry.version} has no `{field}`", f"Add `{field}:`.")
        if entry.goal is not None and entry.goal.window_days < 1:
            what = "a goal is measured over days"
            yield Finding((*at, "goal", "window_days"), what, "Write 1 or more.")
        for step, operation in enumerate(entry.operations):
            yield from _operation(history, operation, (*at, "operations", step), removed)
        if entry.evidence is not None:
            live = history.newest.option_by_key
            for theme, key in entry.evidence.became.items():
                yield from unknown((*at, "evidence", "became", theme), "live option", key, live)


def _operation(history: MenuHistory, operation: Operation, at: Trail, removed: set[str]) -> Iterator[Finding]:
    reasons = {reason.key for reason in history.newest.reasons}
    retired = {option.key: option for option in history.retired}
    mine = {f"{kind}.{operation.reason}" for kind in operation.kinds}
    if operation.op != "merge" and not mine:
        yield Finding(at, f"`{operation.op}` names no reason or no kinds", "Add `reason:` and `kinds:`.")
    if operation.op == "remove":
        if operation.into is None:
            what = f"`{operation.reason}` is removed, and nothing says where its flags go"
            yield Finding(at, what, "Add `into:` with a reason.")
        else:
            yield from unknown((*at, "into"), "destination", operation.into, reasons)
        removed |= mine
    if operation.op == "restore":
        for key in sorted(mine - removed):
            yield Finding(at, f"`{key}` is restored, but was never removed", "Write `op: add`.")
    if operation.op == "merge":
        for place, key in enumerate(operation.sources):
            if key not in retired or retired[key].into != operation.into:
                what = f"`{key}` is merged into `{operation.into}`, but `retired` does not say so"
                yield Finding((*at, "sources", place), what, "Add it to `retired` with the same `into`.")


def _retired(history: MenuHistory, known: KnownGuidelines) -> Iterator[Finding]:
    live = history.newest.option_by_key
    clauses = {clause.key for clause in known.clauses}
    merged = {
        source for entry in history.entries for operation in entry.operations for source in operation.sources
    }
    for option in history.retired:
        at: Trail = ("retired", option.key)
        if option.key in live:
            yield Finding(
                at, f"`{option.key}` is retired, yet lives", "A key is never used again: choose another."
            )
        if option.key not in merged:
            yield Finding(at, f"no operation retires `{option.key}`", "Name it in a merge, or remove it.")
        yield from unknown((*at, "into"), "live option", option.into, live)
        yield from check_words(option.label, option.help, at)
        if not 1 < option.since <= history.newest.number:
            what = f"there was no version {option.since} to retire `{option.key}`"
            yield Finding((*at, "since"), what, f"Write 2 to {history.newest.number}.")
        for place, key in enumerate(option.clauses):
            yield from unknown((*at, "clauses", place), "clause", key, clauses)


def _earlier(history: MenuHistory) -> Iterator[Finding]:
    promised = {promise.version: promise for promise in history.promises.versions}
    told: set[Finding] = set()
    for place, entry in enumerate(history.entries):
        at: Trail = ("menus_history", place)
        try:
            version = version_at(history, entry.version)
        except BadHistory as bad:
            if bad.finding not in told:
                yield bad.finding
            told.add(bad.finding)
            continue
        keys = Counter(option.key for menu in version.menus for option in menu.options)
        for key in (key for key, times in keys.items() if times > 1):
            yield Finding(
                at, f"`{key}` stands twice at version {entry.version}", "Mend the operations that follow it."
            )
        for menu in version.menus:
            if entry.version != history.newest.number and not 1 <= len(menu.top) <= version.rules.top_at_most:
                what = f"`{menu.subject}` had {len(menu.top)} lines on top at version {entry.version}"
                yield Finding(at, what, "Mend the operations that follow it.")
        if (promise := promised.get(entry.version)) is not None:
            for key in (key for key in promise.missing if key in keys):
                yield Finding(
                    at,
                    f"version {entry.version} must not have `{key}`",
                    "Add the operation that brings it later.",
                )
            for key in (key for key in promise.present if key not in keys):
                yield Finding(
                    at, f"version {entry.version} must have `{key}`", "Mend the operations that follow it."
                )


def _promises(history: MenuHistory) -> Iterator[Finding]:
    menus = history.newest.menu_by_kind
    reasons = {reason.key for reason in history.newest.reasons}
    for number, wanted in enumerate(history.promises.labels):
        promise: Trail = ("menu_promises", "labels", number)
        yield from unknown((*promise, "reason"), "reason", wanted.reason, reasons)
        for place, kind in enumerate(wanted.kinds):
            yield from unknown((*promise, "kinds", place), "subject kind", kind, menus)
            if kind in menus:
                yield from _promised_label(menus[kind], wanted)
    for kind, button in history.promises.buttons.items():
        yield from unknown(("menu_promises", "buttons", kind), "subject kind", kind, menus)
        if kind in menus and menus[kind].button != button:
            at = ("menus", kind, "button")
            yield Finding(at, f"the button on `{kind}` is not as promised", f"Write `{button}`.")
    known = _once_named(history) | history.newest.option_by_key.keys()
    for number, wanted_then in enumerate(history.promises.versions):
        for field in ("present", "missing"):
            for place, key in enumerate(getattr(wanted_then, field)):
                yield from unknown(("menu_promises", "versions", number, field, place), "option", key, known)
    yield from _promised_shares(history)


def _once_named(history: MenuHistory) -> set[str]:
    operations = [operation for entry in history.entries for operation in entry.operations]
    named = {f"{kind}.{operation.reason}" for operation in operations for kind in operation.kinds}
    return named | {option.key for option in history.retired}


def _promised_label(menu: Menu, wanted: RequestedLabel) -> Iterator[Finding]:
    key = f"{menu.subject}.{wanted.reason}"
    for at, option in rows_of(menu):
        if option.key == key:
            if option.label != wanted.label:
                what = f"the label of `{key}` is not word for word as promised"
                yield Finding((*at, "label"), what, f"Write `{wanted.label}`, or change `menu_promises`.")
            return
    what = f"`{key}` is promised, but not on the menu"
    yield Finding(("menus", menu.subject), what, f"Add it with the label `{wanted.label}`.")


def _promised_shares(history: MenuHistory) -> Iterator[Finding]:
    for place, entry in enumerate(history.entries):
        if entry.evidence is None:
            continue
        for theme, promised in sorted(history.promises.shares_pct.items()):
            if entry.evidence.shares_pct.get(theme) != promised:
                at = ("menus_history", place, "evidence", "shares_pct", theme)
                yield Finding(at, f"the share of `{theme}` is not the one promised", f"Write {promised:.2f}.")
