"""Decide over menus as data: which option, what it offers, how a version came about. Nothing here reads or writes."""

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping

import msgspec

from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.model import (
    EdgeName,
    KnownGuidelines,
    LineageEdge,
    Menu,
    MenuHistory,
    MenuVersion,
    Operation,
    Option,
    OptionChange,
    Reason,
    Row,
    Wording,
)

ROWS: tuple[Row, ...] = ("top", "more", "preference", "last")


class BadHistory(ValueError):
    """An operation does not fit the version it should lead to; `finding` says which and why."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        super().__init__(finding.what)
        self.finding = finding


# ---------------------------------------------------------------- one version
def make_option(reason: Reason, kind: str, label: str, help_: str, known: KnownGuidelines) -> Option:
    """Return the option of a reason on one menu, with those of its clauses that have the kind in scope."""
    meaning = {name: getattr(reason, name) for name in Option.__struct_fields__ if hasattr(reason, name)}
    clauses = clauses_offered(reason.clauses, kind, known)
    own = {
        "key": f"{kind}.{reason.key}",
        "subject": kind,
        "reason": reason.key,
        "label": label,
        "help": help_,
    }
    return Option(**(meaning | own | {"clauses": clauses}))


def clauses_offered(clauses: Iterable[str], kind: str, known: KnownGuidelines) -> tuple[str, ...]:
    """Return those of the clauses that an option may offer for this kind."""
    scopes = {clause.key: clause.kinds for clause in known.clauses}
    return tuple(key for key in clauses if kind in scopes.get(key, ()))


def option_of(version: MenuVersion, key: str) -> Option | None:
    """Return the option with this key, `<kind>.<reason>`, or None when this version does not have it."""
    return version.option_by_key.get(key)


def menu_of(version: MenuVersion, kind: str) -> Menu | None:
    """Return the menu for a subject kind, or None."""
    return version.menu_by_kind.get(kind)


def options_for(version: MenuVersion, kind: str) -> tuple[Option, ...]:
    """Return the options that a reporter of this kind sees, in order, Other last."""
    menu = menu_of(version, kind)
    return menu.options if menu else ()


def label_in(text: str, platform_name: str) -> str:
    """Return a label, help or card with the platform's name filled in."""
    return text.replace("{platform}", platform_name)


def language_of(version: MenuVersion, wanted: str) -> str | None:
    """Return the language of a version that answers somebody who asked for `wanted`; nobody asked: its own one."""
    if not wanted:
        return version.locale
    return next((one for one in version.languages if _same_language(one, wanted)), None)


def words_in(version: MenuVersion, option: Option, wanted: str) -> Wording:
    """Return how an option reads in a language, in the version's own one where that has no words for it."""
    own = Wording(label=option.label, help=option.help)
    return version.translations.get(language_of(version, wanted) or "", {}).get(option.key, own)


def _same_language(one: str, other: str) -> bool:
    return one.lower().split("-")[0] == other.lower().split("-")[0]


def rows_of(menu: Menu) -> Iterator[tuple[Trail, Option]]:
    """Yield each option with where it stands."""
    for row in ("top", "more", "preference"):
        for place, option in enumerate(getattr(menu, row)):
            yield ("menus", menu.subject, row, place), option
    yield ("menus", menu.subject, "last"), menu.last


# ---------------------------------------------------------------- earlier versions, by undoing operations
class _Undoing:
    """Menus taken apart, so that operations can be undone one after the other."""

    def __init__(self, history: MenuHistory) -> None:
        self.live = history.newest.option_by_key
        self.retired = {option.key: option for option in history.retired}
        self.rows: dict[str, dict[str, list[Option]]] = {
            menu.subject: {row: list(getattr(menu, row)) for row in ("top", "more", "preference")}
            | {"last": [menu.last]}
            for menu in history.newest.menus
        }

    def undo(self, operation: Operation, at: Trail) -> None:
        """Undo one operation; raise BadHistory when it cannot have led to what stands."""
        if operation.op == "merge":
            self._unmerge(operation, at)
            return
        for kind in operation.kinds:
            key = f"{kind}.{operation.reason}"
            if operation.op == "remove":
                self._insert(operation, kind, [self._wording(key, at)], at)
            elif operation.op == "reorder":
                self._insert(operation, kind, [self._take(key, at)], at)
            elif operation.op == "reword":
                self._reword(key, operation, at)
            else:
                self._take(key, at)

    def _unmerge(self, operation: Operation, at: Trail) -> None:
        into = operation.into or ""
        self._take(into, at)
        self._insert(
            operation, into.partition(".")[0], [self._wording(key, at) for key in operation.sources], at
        )

    def _insert(self, operation: Operation, kind: str, options: list[Option], at: Trail) -> None:
        if operation.row is None or operation.at is None or kind not in self.rows:
            what = f"`{operation.op}` does not say where the option stood before"
            raise BadHistory(Finding(at, what, "Add `row:` and `at:` (from 0)."))
        row = self.rows[kind][operation.row]
        if not 0 <= operation.at <= len(row):
            what = f"row `{operation.row}` of `{kind}` had no place {operation.at}"
            raise BadHistory(Finding((*at, "at"), what, f"Write 0 to {len(row)}."))
        row[operation.at : operation.at] = options

    def _find(self, key: str, at: Trail) -> tuple[list[Option], int]:
        for row in self.rows.get(key.partition(".")[0], {}).values():
            for place, option in enumerate(row):
                if option.key == key:
                    return row, place
        what = f"an operation names `{key}`, which no menu has at that version"
        raise BadHistory(Finding(at, what, "Mend the reason, the kinds or the order of the operations."))

    def _take(self, key: str, at: Trail) -> Option:
        row, place = self._find(key, at)
        if row[place].permanent:
            raise BadHistory(Finding(at, f"`{key}` stays for good", "It may be reworded, nothing else."))
        return row.pop(place)

    def _wording(self, key: str, at: Trail) -> Option:
        if key in self.live:
            return self.live[key]
        retired = self.retired.get(key)
        if retired is None or retired.into not in self.live:
            what = f"the words of `{key}` are not known"
            raise BadHistory(Finding(at, what, "Add it to `retired` with the option it went into."))
        return msgspec.structs.replace(
            self.live[retired.into], key=key, reason=key.partition(".")[2], label=retired.label, help=retired.help,
            clauses=retired.clauses, prompts=(), details="optional",
        )  # fmt: skip

    def _reword(self, key: str, operation: Operation, at: Trail) -> None:
        row, place = self._find(key, at)
        before = row[place]
        row[place] = msgspec.structs.replace(
            before, label=operation.label or before.label, help=operation.help or before.help
        )  # fmt: skip


def version_at(history: MenuHistory, number: int) -> MenuVersion:
    """Return the menus as they stood at `number`, by undoing what came later; raise BadHistory where that fails."""
    own = next((entry for entry in history.entries if entry.version == number), None)
    if own is None:
        raise BadHistory(Finding(("menus_history",), f"there is no version {number}", "Add its entry."))
    undoing = _Undoing(history)
    for place, entry in reversed(list(enumerate(history.entries))):
        if entry.version <= number:
            break
        for step, operation in reversed(list(enumerate(entry.operations))):
            undoing.undo(operation, ("menus_history", place, "operations", step))
    menus = tuple(_put_together(menu, undoing.rows[menu.subject]) for menu in history.newest.menus)
    keys = {option.key for menu in menus for option in menu.options}
    return msgspec.structs.replace(
        history.newest,
        translations={language: _words_at(history, number, language, keys) for language in history.newest.translations},
        words={language: _texts_at(history, number, language) for language in history.newest.words},
        number=number, guidelines_version=own.guidelines_version, origin=own.origin, note=own.note,
        operations=own.operations, goal=own.goal, evidence=own.evidence, release=own.release, owner=own.owner,
        menus=menus,
    )  # fmt: skip


def _words_at(history: MenuHistory, number: int, language: str, keys: set[str]) -> dict[str, Wording]:
    """Return how the options of a version read in a language, by undoing what was reworded since."""
    told = history.words.get(language)
    known = dict(history.newest.translations[language]) | (told.retired if told else {})
    for entry in sorted(history.entries, key=lambda entry: -entry.version):
        before = told.entries[entry.version].before if told and entry.version in told.entries else {}
        reworded = [one for one in entry.operations if one.op == "reword" and one.reason in before]
        for key in (
            f"{kind}.{one.reason}" for one in reworded for kind in one.kinds if entry.version > number
        ):
            was = before[key.partition(".")[2]]
            if key in known:
                known[key] = Wording(label=was.label or known[key].label, help=was.help or known[key].help)
    return {key: wording for key, wording in known.items() if key in keys}


def _texts_at(history: MenuHistory, number: int, language: str) -> dict[str, str]:
    told = history.words.get(language)
    entry = told.entries.get(number) if told else None
    return history.newest.words[language] | ({"note": entry.note} if entry else {})


def _put_together(menu: Menu, rows: Mapping[str, list[Option]]) -> Menu:
    top, more, preference = (tuple(rows[row]) for row in ("top", "more", "preference"))
    return msgspec.structs.replace(menu, top=top, more=more, preference=preference, last=rows["last"][-1])


def every_version(history: MenuHistory) -> tuple[MenuVersion, ...]:
    """Return all versions, oldest first; raise BadHistory where an operation does not fit."""
    return tuple(version_at(history, entry.version) for entry in history.entries)


# ---------------------------------------------------------------- lineage and differences
def lineage_of(history: MenuHistory) -> tuple[LineageEdge, ...]:
    """Return the edges along which options became others, so that a series of figures stays continuous."""
    return tuple(
        LineageEdge(version=entry.version, edge=edge, from_option=before, to_option=after)
        for entry in history.entries
        for operation in entry.operations
        for edge, before, after in _edges(operation)
    )


def _edges(operation: Operation) -> Iterator[tuple[EdgeName, str, str]]:
    if operation.op == "merge":
        yield from (("merge", source, operation.into or "") for source in operation.sources)
    elif operation.op != "reorder":
        for kind in operation.kinds:
            key = f"{kind}.{operation.reason}"
            yield operation.op, key, f"{kind}.{operation.into}" if operation.op == "remove" else key


def successor_of(key: str, version: MenuVersion, lineage: Iterable[LineageEdge]) -> str | None:
    """Return what an option is called in `version`: itself where it lives there, else where it went, else None."""
    gone = {
        edge.from_option: edge.to_option
        for edge in lineage
        if edge.edge in ("merge", "remove") and edge.version <= version.number
    }
    seen: set[str] = set()
    while key not in version.option_by_key:
        if key in seen or key not in gone:
            return None
        seen.add(key)
        key = gone[key]
    return key


def once_offered(history: Iterable[MenuVersion]) -> frozenset[str]:
    """Return the key of every option that some version offered."""
    return frozenset(key for version in history for key in version.option_by_key)


def differences(
    before: MenuVersion, after: MenuVersion, once: Container[str] = frozenset()
) -> tuple[OptionChange, ...]:
    """Return what became of each option between two versions: added, restored, removed, reworded, moved.

    `once`: keys that were offered at any time before; one of them does not come new.
    """
    old, new = before.option_by_key, after.option_by_key
    changes = [
        OptionChange(change="removed", option=key, before=old[key].label, after="")
        for key in old
        if key not in new
    ]
    changes += [
        OptionChange(
            change="restored" if key in once else "added", option=key, before="", after=new[key].label
        )
        for key in new
        if key not in old
    ]
    for key in (key for key in new if key in old):
        for was, now in ((old[key].label, new[key].label), (old[key].help, new[key].help)):
            if was != now:
                changes.append(OptionChange(change="reworded", option=key, before=was, after=now))
    return (*changes, *_moved(before, after))


def _moved(before: MenuVersion, after: MenuVersion) -> Iterator[OptionChange]:
    old = {option.key: str(at[2]) for menu in before.menus for at, option in rows_of(menu)}
    new = {option.key: str(at[2]) for menu in after.menus for at, option in rows_of(menu)}
    was, now = [key for key in old if key in new], [key for key in new if key in old]
    blocks = difflib.SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    kept = {key for block in blocks for key in was[block.a : block.a + block.size]}
    for key in now:
        if key not in kept or old[key] != new[key]:
            yield OptionChange(change="moved", option=key, before=old[key], after=new[key])
