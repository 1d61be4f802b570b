"""What people propose as options: which proposals say the same, how long one may wait, and how each ends.

Whoever joins proposals holds no key that opens them: they are compared by keyed hashes of their words' stems, made
while the words pass by on their way into the vault.
"""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from flagstaff.kernel.errors import Conflict, Refusal
from flagstaff.language.graphemes import count, count_meant
from flagstaff.language.stems import stems_of, words_of
from flagstaff.menus.model import MenuVersion
from flagstaff.menus.rules import label_in
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.states import SuggestionState

_S = SuggestionState


def _line(
    name: str, sources: str, target: SuggestionState | None, by: str, guard: str
) -> Arrow[SuggestionState]:
    return arrow(name, sources, target, by, guard, SuggestionState)


ARROWS: Life[SuggestionState] = Life(
    "suggestion",
    (
        _line("suggest", "", _S.OPEN, "person", "nothing that waits for this menu says the same"),
        _line("join", "open", None, "person staff", "one more that says the same, by its words or by hand"),
        _line(
            "take_apart", "", _S.OPEN, "staff", "one of several that do not say the same; it keeps its day"
        ),
        _line("accept", "open", _S.ACCEPTED, "staff", "an option is drafted, with a reason"),
        _line(
            "merge", "open", _S.MERGED, "staff", "a live option covers it, or others that wait; with a reason"
        ),
        _line("decline", "open", _S.DECLINED, "staff", "with a reason"),
    ),
)
"""The life of suggestions that say the same: they wait together and end once, for all of them."""

LABEL_LEAST: Final = 3
LABEL_MOST: Final = 80
DETAILS_MOST: Final = 1000
REASON_LEAST: Final = 10
REASON_MOST: Final = 1000
"""All in graphemes; a reason is read by whoever suggested."""
NEAR: Final = 0.7
"""From this part of common words on, two proposals are joined: three words of four."""
TOLD_AFTER: Final = timedelta(days=1)
"""Nobody hears earlier how theirs ended: an answer within the hour would show that others had asked before."""


class BadSuggestion(Refusal):
    """A proposed option is too short, too long, or its reason is."""

    slug = "bad-suggestion"
    status = 422
    title = "This suggestion cannot be taken"


class SuggestionEnded(Conflict):
    """Somebody else answered this suggestion meanwhile."""

    slug = "suggestion-ended"
    title = "This suggestion is answered already"


class Joined(StrEnum):
    """Say how a suggestion came to stand where it stands; `apart`: somebody took it out again."""

    FIRST = "first"
    SAME = "same"
    NEAR = "near"
    HAND = "hand"
    APART = "apart"


class Waiting(msgspec.Struct, frozen=True):
    """One suggestion that waits, as far as another may be compared with it."""

    suggestion_group: UUID
    sketch: list[bytes]


class Likeness(msgspec.Struct, frozen=True):
    """The group that a suggestion joins, and which part of the words is the same; `group` None: it begins one."""

    group: UUID | None
    joined: Joined
    resembles: float


class SuggestionOutcome(msgspec.Struct, frozen=True):
    """What whoever suggested reads: a status, and once it ended why, and under which option it is found."""

    status: str
    reason: str = ""
    option: str = ""


def apply(state: SuggestionState | None, name: str) -> SuggestionState:
    """Return the state after an arrow of ARROWS; IllegalArrow tells what is possible instead."""
    return ARROWS.apply(state, name)


def check_suggestion(label: str, details: str) -> None:
    """Refuse what says nothing, and what no line of a menu could hold; raises BadSuggestion."""
    if count_meant(label) < LABEL_LEAST:
        msg = f"an option has a label of at least {LABEL_LEAST} characters"
        raise BadSuggestion(msg, where="label", mend="say in a few words what people could choose")
    if count(label) > LABEL_MOST:
        msg = f"this label has {count(label)} characters, and an option's has {LABEL_MOST} at most"
        raise BadSuggestion(msg, where="label", mend="say it shorter; there is room under details")
    if count(details) > DETAILS_MOST:
        msg = f"this has {count(details)} characters; {DETAILS_MOST} are read"
        raise BadSuggestion(msg, where="details", mend="say it shorter")


def check_reason(reason: str) -> str:
    """Return the reason of an answer without its outer spaces; raises BadSuggestion."""
    if count_meant(reason) < REASON_LEAST or count(reason) > REASON_MOST:
        msg = f"an answer has a reason of {REASON_LEAST} to {REASON_MOST} characters"
        raise BadSuggestion(msg, where="reason", mend="say it so that whoever suggested understands it")
    return reason.strip()


def stems_said(label: str, language: str, version: MenuVersion, kind: str) -> frozenset[str]:
    """Return what a label comes down to: its words without endings, and slips mended by the words of that menu."""
    spoken = language or version.locale
    stems = stems_of(words_of(label), spoken)
    known = _stems_known(version, kind, spoken)
    return frozenset(stem if stem in known else _spelled(stem, known) for stem in stems)


def _stems_known(version: MenuVersion, kind: str, language: str) -> dict[str, None]:
    menu = version.menu_by_kind.get(kind)
    texts = [label_in(part, "") for one in menu.options for part in (one.label, one.help)] if menu else []
    return dict.fromkeys(stem for text in texts for stem in stems_of(words_of(text), language))


def _spelled(stem: str, known: Mapping[str, None]) -> str:
    """Return the nearest known stem: one slip in a word of six letters, two in one of eight."""
    slips = 0 if len(stem) < 6 else 1 if len(stem) < 8 else 2
    near = [one for one in known if one[:1] == stem[:1]]
    found = process.extractOne(stem, near, scorer=OSA.distance, score_cutoff=slips) if slips else None
    return found[0] if found else stem


def nearest(sketch: AbstractSet[bytes], waiting: Sequence[Waiting]) -> Likeness:
    """Return which waiting group a suggestion joins: the one with the likeliest words, of equal ones the first."""
    best, share = None, 0.0
    for one in waiting:
        alike = common(sketch, frozenset(one.sketch))
        if alike > share:
            best, share = one, alike
    if best is None or share < NEAR:
        return Likeness(None, Joined.FIRST, 1.0)
    return Likeness(best.suggestion_group, Joined.SAME if share == 1 else Joined.NEAR, share)


def common(one: AbstractSet[bytes], other: AbstractSet[bytes]) -> float:
    """Return which part of two suggestions' words is the same, from 0 to 1 (Dice's coefficient)."""
    both = len(one) + len(other)
    return 2 * len(one & other) / both if one and other else 0.0


def told_from(received_at: datetime, ended_at: datetime) -> datetime:
    """Return when whoever suggested hears how it ended."""
    return max(ended_at, received_at + TOLD_AFTER)


def told(
    state: SuggestionState,
    received_at: datetime,
    ended_at: datetime | None,
    now: datetime,
    *,
    why: SuggestionOutcome,
) -> SuggestionOutcome:
    """Return what is read of a suggestion now: nothing but that it is here, until its answer may be heard."""
    if state is SuggestionState.OPEN or ended_at is None or now < told_from(received_at, ended_at):
        return SuggestionOutcome("received")
    return why
