"""The codebook of a platform: themes that people name, change, merge, split and give up.

Nothing is overwritten: the codebook is what its changes add up to, and an answer is read through all that came
after it. It keeps its meaning, or is asked again: none is counted for what its reviewer could not have said.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count, islice
from typing import Final, TypeAlias, TypeVar

import msgspec
import regex

from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER, POOLED, Label, Line
from flagstaff.kernel.errors import Conflict, NotFound, Refusal
from flagstaff.language.folding import fold

LONGEST_NAME: Final = 80
LONGEST_MEANING: Final = 400

TAKEN_BACK: Final = ""
"""The answer of who takes an answer back."""
ANSWERS: Final = (OTHER, NOT_USABLE)
"""What can be answered of any comment, whatever the themes."""

_RESERVED: Final = frozenset({*ANSWERS, POOLED, TAKEN_BACK})
_SAID_ALREADY: Final = frozenset(fold(one).text for one in (OTHER, NOT_USABLE, "Fits no theme", "Not usable"))
"""What stands beside every codebook; a theme called so could not be told from it."""
# Two signs that nobody sees join or part letters of Persian, Hindi and others, and make pictures of several people.
_UNSEEN: Final = regex.compile(r"[\p{C}--\u200c\u200d]", regex.VERSION1)
_SEEN: Final = regex.compile(r"[\p{L}\p{N}]")


class NoSuchTheme(NotFound):
    """The codebook has no theme of this key, or it is not live any more."""

    slug = "no-such-theme"
    title = "There is no such theme"


class BadTheme(Refusal):
    """A theme cannot be written so."""

    slug = "bad-theme"
    status = 422
    title = "This theme cannot stand so"


class CodebookFull(Conflict):
    """A reviewer keeps no more themes in mind."""

    slug = "codebook-full"
    title = "The codebook is full"


class NothingToTakeBack(Conflict):
    """The newest change of the codebook is somebody else's, or comments were answered since."""

    slug = "nothing-to-take-back"
    title = "This change cannot be taken back"


class _Change(msgspec.Struct, frozen=True, kw_only=True, tag_field="change"):
    """`key`: the theme it is about. `at`: when it was made; answers given earlier are read through it."""

    key: str
    at: datetime


class New(_Change, frozen=True, kw_only=True, tag="new"):
    """Name a theme that was not there: whatever was answered before is asked again.

    `proposal`: the line of a run that it was taken from, `I-….key`.
    """

    name: str
    meaning: str
    proposal: str = ""


class Rename(_Change, frozen=True, kw_only=True, tag="rename"):
    """Say a theme in other words; it stays the same theme."""

    name: str
    meaning: str


class Merge(_Change, frozen=True, kw_only=True, tag="merge"):
    """Count a theme under another one from now on, with all that was ever answered for it."""

    into: str


class Split(_Change, frozen=True, kw_only=True, tag="split"):
    """Put several themes in the place of one: what was answered for it is asked again."""

    parts: tuple[Line, ...]


class Retire(_Change, frozen=True, kw_only=True, tag="retire"):
    """Give a theme up: what was answered for it is asked again."""


class Restore(_Change, frozen=True, kw_only=True, tag="restore"):
    """Bring a theme back that was given up or merged: whatever was answered before is asked again."""


class TakeBack(_Change, frozen=True, kw_only=True, tag="undo"):
    """Take back the newest change that stands, of the theme it was about: it counts for nothing any more."""


class NamePublicly(_Change, frozen=True, kw_only=True, tag="name"):
    """Say how readers are told of a theme; blank takes that back."""

    public: str


Deed: TypeAlias = New | Rename | Merge | Split | Retire | Restore | NamePublicly
Change: TypeAlias = Deed | TakeBack
Who = TypeVar("Who")


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """One theme as it stands. `public`: what readers are told, None while nobody typed it.

    `merged_into`: where its answers count now. `retired_at`: since when no answer can name it.
    """

    key: str
    name: str
    meaning: str
    made_at: datetime
    public: str | None = None
    merged_into: str | None = None
    retired_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Tell whether an answer can name it."""
        return self.retired_at is None


class Codebook(msgspec.Struct, frozen=True):
    """All themes that ever were, by key, in the order they were made.

    `spent`: keys of themes that were taken back. A run may have counted them: no other theme gets one.
    """

    themes: dict[str, Theme] = {}
    spent: frozenset[str] = frozenset()

    @property
    def live(self) -> tuple[Theme, ...]:
        """Return the themes that an answer can name, the oldest first."""
        return tuple(one for one in self.themes.values() if one.live)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the live themes as a coder reads them."""
        return tuple(Line(key=one.key, name=one.name, meaning=one.meaning) for one in self.live)

    def theme(self, key: str) -> Theme:
        """Return a live theme; raises NoSuchTheme."""
        found = self.themes.get(key)
        if found is None or not found.live:
            msg = f"no live theme has the key {key!r}"
            raise NoSuchTheme(msg, where="theme", mend="load the page again and choose one of the list")
        return found


def codebook_of(changes: Iterable[Change]) -> Codebook:
    """Return what changes add up to, the oldest first."""
    every = tuple(changes)
    book = Codebook()
    for one in standing(every):
        book = after(book, one)
    made = {key for one in every for key in made_by(one)}
    return Codebook(book.themes, frozenset(made - book.themes.keys()))


def standing(changes: Iterable[Change]) -> tuple[Deed, ...]:
    """Return the changes that were not taken back, the oldest first."""
    found: list[Deed] = []
    for one in changes:
        if isinstance(one, TakeBack):
            found.pop()
        else:
            found.append(one)
    return tuple(found)


def newest_that_stands(changes: Iterable[tuple[Change, Who]]) -> tuple[Deed, Who] | None:
    """Return the newest change that was not taken back, with who made it; `changes`: the newest first."""
    taken_back = 0
    for change, who in changes:
        if isinstance(change, TakeBack):
            taken_back += 1
        elif taken_back:
            taken_back -= 1
        else:
            return change, who
    return None


def only_words(change: Deed) -> bool:
    """Tell whether a change says a theme in other words: no answer reads otherwise for it."""
    return isinstance(change, Rename | NamePublicly)


def typed(change: Deed) -> tuple[dict[str, str], ...]:
    """Return what a person typed for a change, by field; of a split once for each part."""
    if isinstance(change, Split):
        return tuple({"name": one.name, "meaning": one.meaning} for one in change.parts)
    if isinstance(change, NamePublicly):
        return ({"public": change.public},)
    return ({"name": change.name, "meaning": change.meaning},) if isinstance(change, New | Rename) else ()


def made_by(change: Change) -> tuple[str, ...]:
    """Return the keys of the themes that a change makes."""
    if isinstance(change, Split):
        return tuple(one.key for one in change.parts)
    return (change.key,) if isinstance(change, New) else ()


def may_take_back(me: Who, history: Iterable[tuple[Change, Who]], given: Iterable[Label]) -> Deed | None:
    """Return the newest change that stands, if it is mine and no answer is younger; `history`: the newest first."""
    made = newest_that_stands(history)
    if made is None or made[1] != me:
        return None
    change = made[0]
    # A theme that is named while a comment is answered with it has the moment of that answer.
    named = made_by(change)
    answered = any(
        one.theme != TAKEN_BACK and (one.at > change.at or (one.at == change.at and one.theme in named))
        for one in given
    )
    return None if answered and not only_words(change) else change


def after(book: Codebook, change: Deed) -> Codebook:
    """Return the codebook with one more change; raises NoSuchTheme, BadTheme, CodebookFull."""
    if isinstance(change, New):
        return _with_lines(book, [Line(key=change.key, name=change.name, meaning=change.meaning)], change.at)
    if isinstance(change, Restore):
        return _restored(book, change.key)
    theme = book.theme(change.key)
    if isinstance(change, Rename):
        name, meaning = _checked(book, change.name, change.meaning, but=theme.key)
        return _with(book, msgspec.structs.replace(theme, name=name, meaning=meaning))
    if isinstance(change, Merge):
        if change.into == change.key:
            raise BadTheme("a theme is not merged into itself", where="into", mend="choose another one")
        into = book.theme(change.into).key
        return _with(book, msgspec.structs.replace(theme, merged_into=into, retired_at=change.at))
    if isinstance(change, Split):
        if len(change.parts) < 2:
            raise BadTheme("a split makes at least two themes", where="parts", mend="name them both")
        return _with_lines(
            _with(book, msgspec.structs.replace(theme, retired_at=change.at)), change.parts, change.at
        )
    if isinstance(change, Retire):
        return _with(book, msgspec.structs.replace(theme, retired_at=change.at))
    public = _one_line(change.public)
    if public:
        _readable(public, "public", LONGEST_NAME)
        if any(
            fold(one.public or "").text == fold(public).text and one.key != theme.key for one in book.live
        ):
            raise BadTheme("another theme is told so", where="public", mend="say what sets them apart")
    return _with(book, msgspec.structs.replace(theme, public=public or None))


def new_keys(book: Codebook, many: int = 1) -> tuple[str, ...]:
    """Return keys that no theme ever had. They say nothing: a working title may hold somebody's words."""
    taken = book.themes.keys() | book.spent
    numbers = (f"theme-{number}" for number in count(len(taken) + 1))
    return tuple(islice((key for key in numbers if key not in taken), many))


def read_today(labels: Iterable[Label], changes: Sequence[Change]) -> tuple[Label, ...]:
    """Return answers as they read after all changes; one whose theme is gone, or that was taken back, is left out.

    A new theme could have been the answer to any comment, so that earlier answers are asked again. A merge, a rename
    and a public name leave them as they are.
    """
    found = []
    that_stand = standing(changes)
    for one in labels:
        theme, again = _meant(one.theme, one.at, that_stand)
        if theme is not None:
            found.append(msgspec.structs.replace(one, theme=theme, before_line=again))
    return tuple(found)


def _meant(answer: str, at: datetime, changes: Sequence[Deed]) -> tuple[str | None, bool]:
    # From the theme that was said to the one it counts under: what is restored takes its own answers back.
    path = [answer]
    gone = answer == TAKEN_BACK
    again = False
    for change in changes:
        if change.at < at:
            continue
        # A theme that is named while a comment is answered with it has the moment of that answer.
        if isinstance(change, New | Restore) and change.at > at:
            again = True
        if isinstance(change, Restore) and change.key in path:
            path, gone = path[: path.index(change.key) + 1], False
        elif path[-1] == change.key and isinstance(change, Merge):
            path.append(change.into)
        elif path[-1] == change.key and isinstance(change, Split | Retire):
            gone = True
    return (None if gone else path[-1]), again


def _restored(book: Codebook, key: str) -> Codebook:
    theme = book.themes.get(key)
    if theme is None or theme.live:
        msg = f"no theme with the key {key!r} was given up"
        raise NoSuchTheme(msg, where="theme", mend="load the page again and choose one of the list")
    _room_in(book)
    _checked(book, theme.name, theme.meaning)
    return _with(book, msgspec.structs.replace(theme, merged_into=None, retired_at=None))


def _room_in(book: Codebook) -> None:
    if len(book.live) >= MOST_LINES:
        msg = f"a codebook has {MOST_LINES} live themes at most"
        raise CodebookFull(msg, where="name", mend="merge two of them, or give one up, first")


def _with(book: Codebook, theme: Theme) -> Codebook:
    return Codebook({**book.themes, theme.key: theme}, book.spent)


def _with_lines(book: Codebook, lines: Iterable[Line], at: datetime) -> Codebook:
    for line in lines:
        if line.key in book.themes or line.key in _RESERVED or not line.key:
            raise BadTheme(f"the key {line.key!r} is taken", where="key", mend="choose another name")
        _room_in(book)
        name, meaning = _checked(book, line.name, line.meaning)
        book = _with(book, Theme(key=line.key, name=name, meaning=meaning, made_at=at))
    return book


def _checked(book: Codebook, name: str, meaning: str, but: str = "") -> tuple[str, str]:
    name, meaning = _one_line(name), _one_line(meaning)
    if not name:
        raise BadTheme("a theme needs a name", where="name", mend="say in a few words what it is about")
    _readable(name, "name", LONGEST_NAME)
    if meaning:
        _readable(meaning, "meaning", LONGEST_MEANING)
    alike = fold(name).text
    if alike in _SAID_ALREADY:
        raise BadTheme("every codebook has this already", where="name", mend="say what the theme is about")
    if any(fold(one.name).text == alike and one.key != but for one in book.live):
        raise BadTheme("another theme has this name", where="name", mend="say what sets them apart")
    return name, meaning


def _readable(text: str, where: str, most: int) -> None:
    """Raise BadTheme unless people can read a text, of `most` characters."""
    if len(text) > most:
        raise BadTheme(f"it has more than {most} characters", where=where, mend="say it shorter")
    if _UNSEEN.search(text):
        raise BadTheme(
            "it holds a character that nobody sees", where=where, mend="type it instead of pasting it"
        )
    if not _SEEN.search(text):
        raise BadTheme(
            "no letter and no digit is in it", where=where, mend="say in a few words what it is about"
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())
