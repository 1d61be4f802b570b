"""Say what would undo a published version on the menus that are live now, as operations of a draft.

Nothing published is edited: an undone version is a further version. Keys, series and words come back by lineage; what
somebody changed again since is left alone and named.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal

import msgspec

from flagstaff.menus.drafts import ROWS, DraftOperation, DraftRow, Remove, Reorder, Restore, Reword
from flagstaff.menus.model import LineageEdge, Meaning, MenuVersion, Option, Wording
from flagstaff.menus.rules import successor_of

Why = Literal["again", "stays", "gone", "translated", "meaning", "texts"]


class Left(msgspec.Struct, frozen=True):
    """What is left as it is, and why.

    `again`: somebody changed it since. `stays`: it stays for good. `gone`: it was taken away since. `translated`: words
    of a language came that were not there. `meaning`, `texts`: what an option means, or the texts round the menus,
    changed too, which no draft does.
    """

    why: Why
    option: str = ""


class Undoing(msgspec.Struct, frozen=True):
    """What a draft does to undo a version, and what it leaves; without operations there is nothing to undo."""

    operations: tuple[DraftOperation, ...]
    left: tuple[Left, ...]


def undo(
    version: MenuVersion, before: MenuVersion, live: MenuVersion, lineage: Sequence[LineageEdge]
) -> Undoing:
    """Return what undoes `version` on `live`: options that came go, those that went come back, words read as before.

    Flags of an option that goes count on under the one it was split from, or went into before, else under Other.
    """
    came = [key for key in version.option_by_key if key not in before.option_by_key]
    went = [key for key in before.option_by_key if key not in version.option_by_key]
    words, left = _words(version, before, live)
    joined = _joined(version, lineage)
    leaving = [key for key in came if key in live.option_by_key]
    stays = [key for key in leaving if live.option_by_key[key].permanent or _is_other(live, key)]
    left += [Left("stays", key) for key in stays]
    leaving = [key for key in leaving if key not in stays]
    back = [_restored(key, before) for key in went if key not in live.option_by_key]
    after = _Targets(live, lineage, {*leaving}, {one.option for one in back})
    first = [Remove(option=key, into=after.of(key)) for key in leaving if key not in joined]
    last = [Remove(option=key, into=after.of(key, joined[key])) for key in leaving if key in joined]
    operations = (*words, *first, *sorted(back, key=_place), *last)
    return Undoing(
        operations=(*operations, *_moves(operations, version, before, live)),
        left=(*left, *_beside(version, before)),
    )


# ---------------------------------------------------------------- words
def _words(
    version: MenuVersion, before: MenuVersion, live: MenuVersion
) -> tuple[list[DraftOperation], list[Left]]:
    found: list[DraftOperation] = []
    left: list[Left] = []
    for key in (key for key in version.option_by_key if key in before.option_by_key):
        for language in version.languages:
            then, now = _wording(before, key, language), _wording(version, key, language)
            if then == now:
                continue
            if key not in live.option_by_key:
                left.append(Left("gone", key))
            elif then is None:
                left.append(Left("translated", key))
            elif _wording(live, key, language) == now:
                found.append(Reword(option=key, language=language, label=then.label, help=then.help))
            elif _wording(live, key, language) != then:
                left.append(Left("again", key))
    return found, list(dict.fromkeys(left))


def _wording(version: MenuVersion, key: str, language: str) -> Wording | None:
    if language != version.locale:
        return version.translations.get(language, {}).get(key)
    option = version.option_by_key.get(key)
    return Wording(label=option.label, help=option.help) if option else None


# ---------------------------------------------------------------- options
def _joined(version: MenuVersion, lineage: Iterable[LineageEdge]) -> dict[str, list[str]]:
    """Return what a version merged, by what it went into."""
    found: dict[str, list[str]] = {}
    for edge in lineage:
        if edge.version == version.number and edge.edge == "merge":
            found.setdefault(edge.to_option, []).append(edge.from_option)
    return found


def _is_other(live: MenuVersion, key: str) -> bool:
    return live.option_by_key[key].reason == live.rules.last


def _restored(key: str, before: MenuVersion) -> Restore:
    row, at = next((row, at) for row, at, option in _standing(before) if option == key)
    own = {
        language: words for language in before.languages
        if (words := _wording(before, key, language)) is not None
    }  # fmt: skip
    return Restore(option=key, words=own, row=row, at=at)


def _place(one: Restore) -> tuple[str, str, int]:
    return one.option.partition(".")[0], one.row, one.at or 0


def _standing(version: MenuVersion) -> Iterator[tuple[DraftRow, int, str]]:
    for menu in version.menus:
        for row in ROWS:
            options: Sequence[Option] = getattr(menu, row)
            for place, option in enumerate(options):
                yield row, place, option.key


class _Targets:
    """Under which option the flags of one that goes count on."""

    def __init__(
        self, live: MenuVersion, lineage: Sequence[LineageEdge], leaving: set[str], back: set[str]
    ) -> None:
        self.live, self.lineage, self.leaving, self.back = live, lineage, leaving, back

    def of(self, key: str, sources: Sequence[str] = ()) -> str:
        """Return the first of what it was made of, what it was split from, what it once went into, else Other."""
        kind = key.partition(".")[0]
        for one in (*sources, *self._known(key)):
            there = one if one in self.back else successor_of(one, self.live, self.lineage)
            if there and there != key and there not in self.leaving and there.partition(".")[0] == kind:
                return there
        return self.live.menu_by_kind[kind].last.key

    def _known(self, key: str) -> Iterator[str]:
        newest_first = sorted(self.lineage, key=lambda edge: -edge.version)
        yield from (
            edge.from_option for edge in newest_first if edge.edge == "split" and edge.to_option == key
        )
        yield from (
            edge.to_option
            for edge in newest_first
            if edge.edge in {"merge", "remove"} and edge.from_option == key
        )


# ---------------------------------------------------------------- places
def _moves(
    operations: Iterable[DraftOperation], version: MenuVersion, before: MenuVersion, live: MenuVersion
) -> Iterator[Reorder]:
    """Yield what brings each menu back into its order, where nobody moved anything on it since."""
    for menu in before.menus:
        kind, was, now = (
            menu.subject,
            version.menu_by_kind.get(menu.subject),
            live.menu_by_kind.get(menu.subject),
        )
        if was is None or now is None or _order(was) != _order(now):
            continue
        rows = _after(operations, kind, _order(now))
        wanted = _order(menu)
        if sorted(chain(*rows.values())) != sorted(chain(*wanted.values())):
            continue
        for row in ROWS:
            for place, key in enumerate(wanted[row]):
                if place < len(rows[row]) and rows[row][place] == key:
                    continue
                _take(rows, key)
                rows[row].insert(place, key)
                yield Reorder(option=key, row=row, at=place)


def _order(menu: object) -> dict[str, list[str]]:
    return {row: [option.key for option in getattr(menu, row)] for row in ROWS}


def _after(
    operations: Iterable[DraftOperation], kind: str, rows: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Return where the options of a menu stand once a draft took some away and brought some back."""
    for one in operations:
        if isinstance(one, Remove) and one.option.partition(".")[0] == kind:
            _take(rows, one.option)
        elif isinstance(one, Restore) and one.option.partition(".")[0] == kind:
            rows[one.row].insert(one.at or 0, one.option)
    return rows


def _take(rows: dict[str, list[str]], key: str) -> None:
    for row in rows.values():
        if key in row:
            row.remove(key)


# ---------------------------------------------------------------- what no draft changes
def _beside(version: MenuVersion, before: MenuVersion) -> Iterator[Left]:
    for key, option in version.option_by_key.items():
        was = before.option_by_key.get(key)
        if was is not None and any(
            getattr(was, name) != getattr(option, name) for name in Meaning.__struct_fields__
        ):
            yield Left("meaning", key)
    if version.texts != before.texts:
        yield Left("texts")
