"""Apply a draft's operations to the live menus, one after the other; what does not fit is named and left out.

Nothing is lost on the way: an option that goes leaves an edge to where its flags go on, and one that comes back keeps
its key. Other is no line that could be moved or taken: it stands apart from the rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from flagstaff.language.forms import closest, unknown
from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.drafts import (
    ROWS,
    Add,
    Applied,
    Draft,
    DraftOperation,
    Merge,
    Remove,
    Reorder,
    Restore,
    Reword,
    keys_of,
    op_name,
)
from flagstaff.menus.model import (
    EdgeName,
    KnownGuidelines,
    LineageEdge,
    Meaning,
    Menu,
    MenuVersion,
    Operation,
    Option,
    Reason,
    Row,
    Wording,
)
from flagstaff.menus.release import write_note
from flagstaff.menus.rules import make_option
from flagstaff.menus.translating import words_kept


def apply_draft(draft: Draft, history: Sequence[MenuVersion], known: KnownGuidelines) -> Applied:
    """Return the next version as the draft makes it of the newest of `history` (oldest first, at least one)."""
    work = _Workbench(history, known)
    for step, operation in enumerate(draft.operations):
        work.apply(operation, ("operations", step))
    live = history[-1]
    version = msgspec.structs.replace(
        live,
        number=live.number + 1, guidelines_version=known.version, origin="drafted", note=draft.note, goal=draft.goal,
        owner=draft.owner, menus=tuple(work.menu(menu) for menu in live.menus), reasons=work.reasons_shown(),
        translations=work.translations_kept(), operations=tuple(work.operations), evidence=None, release=(),
        release_note=None, approver=None, published_at=None,
    )  # fmt: skip
    version = msgspec.structs.replace(version, words=words_kept(version))
    whys = {key: one.why for one in draft.operations if one.why for key in keys_of(one)}
    note = write_note(live, version, work.lineage, whys=whys, figures=draft.figures)
    version = msgspec.structs.replace(version, release_note=note)
    return Applied(
        version=version,
        lineage=tuple(work.lineage),
        findings=tuple(work.findings),
    )


def last_seen(key: str, history: Iterable[MenuVersion]) -> tuple[Option, MenuVersion] | None:
    """Return an option as the newest version that had it knew it, with that version; None: it never was."""
    found = None
    for version in history:
        if (option := version.option_by_key.get(key)) is not None:
            found = option, version
    return found


def taken_away(kind: str, history: Iterable[MenuVersion], live: MenuVersion) -> list[Option]:
    """Return the options that the menu of a kind once had and has no longer, as each last read."""
    once: dict[str, Option] = {}
    for version in history:
        once |= {key: one for key, one in version.option_by_key.items() if one.subject == kind}
    return [one for key, one in sorted(once.items()) if key not in live.option_by_key]


class _Workbench:
    """Menus taken apart, so that operations can change them."""

    def __init__(self, history: Sequence[MenuVersion], known: KnownGuidelines) -> None:
        live = history[-1]
        self.number = live.number + 1
        self.past, self.known, self.locale, self.last = history, known, live.locale, live.rules.last
        self.rows: dict[str, dict[str, list[Option]]] = {
            menu.subject: {row: list(getattr(menu, row)) for row in ROWS} for menu in live.menus
        }
        self.others = {menu.subject: menu.last for menu in live.menus}
        self.reasons = {reason.key: reason for reason in live.reasons}
        self.words = {language: dict(words) for language, words in live.translations.items()}
        self.touched: dict[str, str] = {}
        self.operations: list[Operation] = []
        self.lineage: list[LineageEdge] = []
        self.findings: list[Finding] = []

    # ------------------------------------------------------------ operations
    def apply(self, operation: DraftOperation, at: Trail) -> None:
        before = len(self.findings)
        if isinstance(operation, Add):
            self._add(operation, at)
        elif isinstance(operation, Remove):
            self._remove(operation, at)
        elif isinstance(operation, Merge):
            self._merge(operation, at)
        elif isinstance(operation, Restore):
            self._restore(operation, at)
        elif isinstance(operation, Reword):
            self._reword(operation, at)
        else:
            self._reorder(operation, at)
        if len(self.findings) > before:
            return
        for key in () if isinstance(operation, Reword | Reorder) else keys_of(operation):
            self.touched.setdefault(key, op_name(operation))

    def _add(self, operation: Add, at: Trail) -> None:
        key = operation.option
        if operation.kind not in self.rows:
            self.findings += unknown((*at, "kind"), "subject kind", operation.kind, self.rows)
            return
        if not self._free(key, at):
            return
        reason = self._reason_for(operation, at)
        words = self._own_words(operation.words, key, at)
        if operation.split_from is not None and not self._lives(operation.split_from, (*at, "split_from")):
            return
        if reason is None or words is None:
            return
        self.reasons[reason.key] = reason
        option = make_option(reason, operation.kind, words.label, words.help, self.known)
        self._put(option, operation.row, operation.at, operation.words)
        self._tell("add", key, key)
        self.operations.append(Operation(op="add", reason=operation.reason, kinds=(operation.kind,)))
        if operation.split_from is not None:
            self._tell("split", operation.split_from, key)

    def _remove(self, operation: Remove, at: Trail) -> None:
        key = operation.option
        if not self._may_go(key, at):
            return
        into = operation.into
        if into == key or into.partition(".")[0] != key.partition(".")[0] or not self._is_live(into):
            what = f"`{into}` is no option that the flags of `{key}` could go on under"
            self.findings.append(Finding((*at, "into"), what, "Choose a live option of the same menu."))
            return
        row, place = self._take(key)
        self._tell("remove", key, into)
        self.operations.append(
            Operation(
                op="remove", reason=key.partition(".")[2], kinds=(key.partition(".")[0],), row=row, at=place,
                into=into.partition(".")[2],
            )
        )  # fmt: skip

    def _merge(self, operation: Merge, at: Trail) -> None:
        if not self._merge_fits(operation, at):
            return
        kind, _, reason = operation.into.partition(".")
        joined = None
        if not self._is_live(operation.into):
            words = self._own_words(operation.words, operation.into, at)
            if words is None or not self._free(operation.into, (*at, "into")):
                return
            options = [self._option(key) for key in operation.sources]
            meaning = self.reasons.get(reason) or _joined(reason, options)
            self.reasons[reason] = meaning
            joined = make_option(meaning, kind, words.label, words.help, self.known)
        first = self._find(operation.sources[0])
        for key in operation.sources:
            self._take(key)
            self._tell("merge", key, operation.into)
        if joined is not None:
            self._put(joined, operation.row, operation.at, operation.words)
        self.operations.append(
            Operation(op="merge", sources=operation.sources, into=operation.into, row=first[0], at=first[1])
        )

    def _merge_fits(self, operation: Merge, at: Trail) -> bool:
        kind = operation.into.partition(".")[0]
        before = len(self.findings)
        for place, key in enumerate(operation.sources):
            here = (*at, "sources", place)
            if key == operation.into:
                what = f"`{key}` would be merged into itself"
                self.findings.append(Finding(here, what, "Leave it out of the sources."))
            elif key.partition(".")[0] != kind:
                what = f"`{key}` stands on another menu than `{operation.into}`"
                self.findings.append(Finding(here, what, "Merge options of one menu; flags keep their kind."))
            else:
                self._may_go(key, here)
        if len(set(operation.sources)) != len(operation.sources) or not operation.sources:
            self.findings.append(
                Finding((*at, "sources"), "a merge names each of its sources once", "Name one or more.")
            )
        if len(operation.sources) == 1 and not self._is_live(operation.into):
            what = "one option alone is not merged into a new one"
            self.findings.append(Finding((*at, "sources"), what, "Reword it, or name a second source."))
        return len(self.findings) == before

    def _restore(self, operation: Restore, at: Trail) -> None:
        key, here = operation.option, (*at, "option")
        found = last_seen(key, self.past)
        if found is None:
            known = {key for version in self.past for key in version.option_by_key}
            what = f"no version ever had `{key}`"
            self.findings.append(Finding(here, what, f"Add it instead. {closest(key, known)}"))
            return
        if self._is_live(key):
            self.findings.append(Finding(here, f"`{key}` is live already", "Leave this operation out."))
            return
        if self._twice(key, here):
            return
        option, then = found
        reason = self.reasons.get(option.reason) or _reason_of(option, then)
        self.reasons[option.reason] = reason
        words = operation.words.get(self.locale) or Wording(label=option.label, help=option.help)
        again = make_option(reason, option.subject, words.label, words.help, self.known)
        told = {
            language: then.translations[language][key] for language in then.translations
            if key in then.translations[language]
        } | operation.words  # fmt: skip
        self._put(again, operation.row, operation.at, told)
        self._tell("restore", key, key)
        self.operations.append(Operation(op="restore", reason=option.reason, kinds=(option.subject,)))

    def _reword(self, operation: Reword, at: Trail) -> None:
        key = operation.option
        if not self._lives(key, (*at, "option")):
            return
        words = Wording(label=operation.label.strip(), help=operation.help.strip())
        if operation.language != self.locale:
            self.words.setdefault(operation.language, {})[key] = words
        else:
            before = self._option(key)
            self._exchange(msgspec.structs.replace(before, label=words.label, help=words.help))
            self.operations.append(
                Operation(
                    op="reword", reason=before.reason, kinds=(before.subject,), label=before.label, help=before.help
                )
            )  # fmt: skip
        self._tell("reword", key, key)

    def _reorder(self, operation: Reorder, at: Trail) -> None:
        key = operation.option
        if not self._lives(key, (*at, "option")):
            return
        if self._option(key).reason == self.last:
            what = f"`{key}` stands last on every menu"
            self.findings.append(Finding((*at, "option"), what, "Move other options instead."))
            return
        option = self._option(key)
        row, place = self._take(key)
        self._insert(option, operation.row, operation.at)
        self.operations.append(
            Operation(op="reorder", reason=option.reason, kinds=(option.subject,), row=row, at=place)
        )

    # ------------------------------------------------------------ what may be done
    def _free(self, key: str, at: Trail) -> bool:
        """Tell whether a key may be given to something new: it never stood for anything."""
        here = at if at[-1] == "into" else (*at, "reason")
        if self._is_live(key):
            what = f"the key `{key}` is taken"
            self.findings.append(Finding(here, what, "Choose another reason, or reword what is there."))
        elif last_seen(key, self.past) is not None:
            what = f"the key `{key}` stood for an option that was taken away; a key is never used again"
            self.findings.append(Finding(here, what, "Restore that option, or choose another key."))
        else:
            return not self._twice(key, here)
        return False

    def _may_go(self, key: str, at: Trail) -> bool:
        if not self._lives(key, at):
            return False
        if self._option(key).permanent or self._option(key).reason == self.last:
            what = f"`{key}` stays for good"
            self.findings.append(Finding(at, what, "It may be reworded, nothing else."))
            return False
        return not self._twice(key, at)

    def _twice(self, key: str, at: Trail) -> bool:
        earlier = self.touched.get(key)
        if earlier in ("add", "remove", "merge", "restore"):
            what = f"this draft names `{key}` twice, first to {earlier} it"
            self.findings.append(Finding(at, what, "Drop one of the two operations."))
            return True
        return False

    def _lives(self, key: str, at: Trail) -> bool:
        if self._is_live(key):
            return True
        what = f"no menu has `{key}` at this point"
        live = [option.key for rows in self.rows.values() for row in rows.values() for option in row]
        self.findings.append(Finding(at, what, closest(key, live)))
        return False

    def _reason_for(self, operation: Add, at: Trail) -> Reason | None:
        known = self.reasons.get(operation.reason)
        if operation.meaning is None:
            if known is None:
                self.findings += unknown((*at, "reason"), "reason", operation.reason, self.reasons)
            return known
        if known is not None:
            what = f"the reason `{operation.reason}` has its meaning already"
            self.findings.append(Finding((*at, "meaning"), what, "Use it as it is, or choose another key."))
            return None
        like = self.reasons.get(operation.meaning.like)
        if like is None:
            self.findings += unknown((*at, "meaning", "like"), "reason", operation.meaning.like, self.reasons)
            return None
        return _like(operation.reason, operation.meaning.clauses, operation.meaning.severity, like)

    def _own_words(self, words: dict[str, Wording], key: str, at: Trail) -> Wording | None:
        found = words.get(self.locale)
        if found is None:
            what = f"`{key}` has no words in `{self.locale}`"
            self.findings.append(Finding((*at, "words", self.locale), what, "Write its label and help."))
        return found

    # ------------------------------------------------------------ rows
    def _is_live(self, key: str) -> bool:
        kind = key.partition(".")[0]
        if kind not in self.rows:
            return False
        return self.others[kind].key == key or any(
            option.key == key for row in self.rows[kind].values() for option in row
        )

    def _find(self, key: str) -> tuple[Row, int]:
        for row, options in self.rows[key.partition(".")[0]].items():
            for place, option in enumerate(options):
                if option.key == key:
                    return cast("Row", row), place
        raise LookupError(key)

    def _option(self, key: str) -> Option:
        kind = key.partition(".")[0]
        if self.others[kind].key == key:
            return self.others[kind]
        row, place = self._find(key)
        return self.rows[kind][row][place]

    def _take(self, key: str) -> tuple[Row, int]:
        row, place = self._find(key)
        del self.rows[key.partition(".")[0]][row][place]
        return row, place

    def _exchange(self, option: Option) -> None:
        if self.others[option.subject].key == option.key:
            self.others[option.subject] = option
            return
        row, place = self._find(option.key)
        self.rows[option.subject][row][place] = option

    def _put(self, option: Option, row: str, at: int | None, words: dict[str, Wording]) -> None:
        self._insert(option, row, at)
        for language, wording in words.items():
            if language != self.locale:
                self.words.setdefault(language, {})[option.key] = wording

    def _insert(self, option: Option, row: str, at: int | None) -> None:
        options = self.rows[option.subject][row]
        options.insert(len(options) if at is None else max(0, min(at, len(options))), option)

    def _tell(self, edge: EdgeName, before: str, after: str) -> None:
        told = LineageEdge(version=self.number, edge=edge, from_option=before, to_option=after)
        if told not in self.lineage:
            self.lineage.append(told)

    # ------------------------------------------------------------ the result
    def menu(self, menu: Menu) -> Menu:
        rows = self.rows[menu.subject]
        return msgspec.structs.replace(
            menu, top=tuple(rows["top"]), more=tuple(rows["more"]), preference=tuple(rows["preference"]),
            last=self.others[menu.subject],
        )  # fmt: skip

    def reasons_shown(self) -> tuple[Reason, ...]:
        """Return the reasons of all options; one that no menu shows lives on in the versions that did."""
        shown = {option.reason for rows in self.rows.values() for row in rows.values() for option in row}
        return tuple(reason for key, reason in self.reasons.items() if key in shown or key == self.last)

    def translations_kept(self) -> dict[str, dict[str, Wording]]:
        return {
            language: {key: one for key, one in words.items() if self._is_live(key)}
            for language, words in sorted(self.words.items())
        }


def _like(key: str, clauses: tuple[str, ...], severity: int, like: Reason) -> Reason:
    # What names a clause or belongs to the other reason alone is not taken over: it follows from the first clause.
    return msgspec.structs.replace(
        like, key=key, clauses=clauses, severity=severity, dsa=None, ozone=None, also_ozone=(), note="",
        permanent=False, feeds=None, hints=0, kind=like.kind if like.kind != "open" else "violation",
    )  # fmt: skip


def _joined(key: str, options: Sequence[Option]) -> Reason:
    """Return what options mean together: all their clauses, and otherwise what the gravest of them means."""
    gravest = max(options, key=lambda option: option.severity)
    clauses = tuple(dict.fromkeys(clause for option in options for clause in option.clauses))
    return Reason(**(_meaning(gravest) | {"key": key, "clauses": clauses}))


def _reason_of(option: Option, then: MenuVersion) -> Reason:
    for reason in then.reasons:
        if reason.key == option.reason:
            return reason
    return Reason(**(_meaning(option) | {"key": option.reason, "clauses": option.clauses}))


def _meaning(option: Option) -> dict[str, Any]:
    return {name: getattr(option, name) for name in Meaning.__struct_fields__}
