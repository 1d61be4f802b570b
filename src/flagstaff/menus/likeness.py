"""Find what a platform knows already that says what a theme says: live options, options it took away, rules.

Only words that were published up to the live version are looked at, and each finding carries those that fit. A finished
theme is compared; nothing of this goes back into how themes are found or sized.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from flagstaff.language.stems import NOT, NUMBER, words_of
from flagstaff.menus.applying import last_seen, taken_away
from flagstaff.menus.hints import HintIndex, index_of, propose
from flagstaff.menus.model import Menu, MenuVersion, Option, Wording

Points: TypeAlias = Literal["reword", "restore", "add"]
"""What a theme asks for: words for an option that was not found, one that is gone, or one that there never was."""

MOST: Final = 4
"""Options of each sort, and rules, that a theme is shown beside: the most alike."""
OFTEN: Final = 0.5
"""Part of a theme's comments to which one live option has to be proposed for it to count as not found."""


class ThemeWords(msgspec.Struct, frozen=True, kw_only=True):
    """A theme in the words of whoever named it."""

    name: str
    meaning: str = ""

    @property
    def whole(self) -> str:
        """Return the name with what it means."""
        return f"{self.name}. {self.meaning}" if self.meaning else self.name


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as a theme is compared with it, and the kinds in its scope."""

    key: str
    title: str
    summary: str
    kinds: tuple[str, ...]


class Like(msgspec.Struct, frozen=True, kw_only=True):
    """An option that says what a theme says. `why`: its own words that fit; `until`: the last version that had it."""

    option: Option
    why: tuple[str, ...]
    until: int | None = None


class LikeRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that says what a theme says. `why`: its own words that fit."""

    rule: Rule
    why: tuple[str, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a theme on one menu, the most alike first.

    `elsewhere`: live options of other menus for reasons that this one does not show. `best`: what `points` is about.
    """

    live: tuple[Like, ...] = ()
    retired: tuple[Like, ...] = ()
    elsewhere: tuple[Like, ...] = ()
    rules: tuple[LikeRule, ...] = ()
    points: Points = "add"
    best: str = ""


class Shelf:
    """What one platform knows, made ready to be asked; nothing is read that was published after its live version."""

    def __init__(
        self, history: Sequence[MenuVersion], rules: Iterable[Rule], languages: Iterable[str]
    ) -> None:
        """Know these versions (oldest first, the live one last); `languages`: those that themes are written in."""
        self._history, self._live, self._rules = history, history[-1], tuple(rules)
        spoken = frozenset((self._live.locale, *languages))
        # A word of one tongue has the stem of another word in the next: only those are heard that somebody writes.
        self._spoken = msgspec.structs.replace(
            self._live,
            cues={one: self._live.cues[one] for one in sorted(spoken & self._live.cues.keys())},
            translations={
                one: _words_ever(one, history) for one in sorted(spoken & self._live.translations.keys())
            },
        )
        self._until: dict[str, int] = {}
        self._options: dict[str, HintIndex] = {}
        self._of_rules: dict[str, HintIndex] = {}

    def known(self, told: ThemeWords, kind: str) -> Known:
        """Return what the menu of a kind, the others and the rules know of a theme; nothing where there is no menu."""
        menu = self._live.menu_by_kind.get(kind)
        if menu is None:
            return Known()
        here, best = self._alike(told, menu), self._best(told, menu)
        shown = {one.reason for one in menu.options}
        others = [self._best(told, other) for other in self._live.menus if other.subject != kind]
        elsewhere = [one for one in others if one and one.until is None and one.option.reason not in shown]
        return Known(
            live=tuple(one for one in here if one.until is None)[:MOST],
            retired=tuple(one for one in here if one.until is not None)[:MOST],
            elsewhere=tuple({one.option.reason: one for one in elsewhere}.values())[:MOST],
            rules=self._like_rules(told, menu),
            points=_points(best),
            best=best.option.key if best else "",
        )

    def points(self, told: ThemeWords, kind: str) -> Points:
        """Return only what the words of a theme say that it asks for on one menu."""
        menu = self._live.menu_by_kind.get(kind)
        return _points(self._best(told, menu)) if menu else "add"

    def live_index(self, kind: str) -> HintIndex | None:
        """Return what a comment is run through: the live options of a menu, as reporters are shown them."""
        menu = self._live.menu_by_kind.get(kind)
        return index_of(self._live, menu, {one.key: one.title for one in self._rules}) if menu else None

    # ------------------------------------------------------------ options
    def _alike(self, told: ThemeWords, menu: Menu) -> list[Like]:
        """Return what a menu offers and once offered, the most alike first."""
        found = propose(self._index(menu), told.whole)
        return [Like(option=one.option, why=one.why, until=self._until.get(one.option.key)) for one in found]

    def _best(self, told: ThemeWords, menu: Menu) -> Like | None:
        """Return the option that the name leads to as the whole does, by a phrase of its own and not by chance."""
        by_name, by_all = propose(self._index(menu), told.name), self._alike(told, menu)
        if not by_name or not by_all or by_name[0].option.key != by_all[0].option.key:
            return None
        return by_all[0] if self._speaks(by_all[0]) else None

    def _speaks(self, like: Like) -> bool:
        """Tell whether two words of one phrase fit, or a word that the option is known by."""
        option, cues = like.option, self._spoken.cues.values()
        known = {
            cue.casefold() for by in cues for key in (option.reason, option.key) for cue in by.get(key, ())
        }
        return any(len(set(words_of(why)) - {NOT, NUMBER}) > 1 or why.casefold() in known for why in like.why)

    def _index(self, menu: Menu) -> HintIndex:
        found = self._options.get(menu.subject)
        if found is None:
            gone = taken_away(menu.subject, self._history, self._live)
            self._until |= {one.key: _until(one.key, self._history) for one in gone}
            last = msgspec.structs.replace(menu.last, hints=2 * MOST)
            together = msgspec.structs.replace(menu, more=(*menu.more, *gone), last=last)
            found = index_of(self._spoken, together, {one.key: one.title for one in self._rules})
            self._options[menu.subject] = found
        return found

    # ------------------------------------------------------------ rules
    def _like_rules(self, told: ThemeWords, menu: Menu) -> tuple[LikeRule, ...]:
        by_key = {one.key: one for one in self._rules}
        index = self._of_rules.get(menu.subject)
        if index is None:
            index = self._of_rules[menu.subject] = self._rule_index(menu)
        found = propose(index, told.whole)
        return tuple(LikeRule(rule=by_key[one.option.key], why=one.why) for one in found)

    def _rule_index(self, menu: Menu) -> HintIndex:
        """Let each rule of a kind be looked for as an option would be, by its title and summary."""
        last = msgspec.structs.replace(menu.last, hints=MOST)
        lines = tuple(
            msgspec.structs.replace(
                last, key=one.key, reason=one.key, label=one.title, help=one.summary, clauses=()
            )
            for one in self._rules
            if menu.subject in one.kinds
        )
        shelf = msgspec.structs.replace(menu, top=lines, more=(), preference=(), last=last)
        return index_of(msgspec.structs.replace(self._live, cues={}, translations={}), shelf, {})


def _points(best: Like | None) -> Points:
    return "add" if best is None else "reword" if best.until is None else "restore"


def heard(known: Known, proposed: Mapping[str, int], read: int) -> Known:
    """Return what is known once a theme's comments were read; `proposed`: to how many each live option would have been.

    An option that half of them would have been shown was not found, however the theme is named; one that few of them
    would have been shown says something else than they do.
    """
    if not read or known.points == "restore":
        return known
    key = max(sorted(proposed), key=lambda one: proposed[one], default="")
    if key and proposed[key] >= OFTEN * read:
        return msgspec.structs.replace(known, points="reword", best=key)
    if known.points == "reword" and proposed.get(known.best, 0) < OFTEN * read / 2:
        return msgspec.structs.replace(known, points="add", best="")
    return known


def _words_ever(language: str, history: Sequence[MenuVersion]) -> dict[str, Wording]:
    """Return how each option last read in a language: one that is gone has no words in the live version."""
    found: dict[str, Wording] = {}
    for version in history:
        found |= version.translations.get(language, {})
    return found


def _until(key: str, history: Sequence[MenuVersion]) -> int:
    seen = last_seen(key, history)
    return seen[1].number if seen else 0
