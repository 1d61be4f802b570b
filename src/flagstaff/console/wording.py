"""Say things in words: kinds, places, ages, reliability, steps. What templates use as filters."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from babel.core import UnknownLocaleError
from markupsafe import Markup, escape

from flagstaff.console.names import deed, kind, measure, named, raised, state
from flagstaff.language.marking import marked
from flagstaff.language.tongues import SOURCE, spoken
from flagstaff.vocabulary.references import Place, Surface

_POINTS: Final = re.compile(r" \(\+[\d,]+\)")
# What stands beside it anyway: the badge of severity and the number of reporters.
_BESIDE: Final = re.compile(r"severity \d|\d+ independent reporter")
_HOUR: Final = timedelta(hours=1)
_SEEN_BY: Final = re.compile(r"seen by about (\d+)")
_LADDER: Final = re.compile(
    r"(?P<count>\d+) earlier decisions? counts? under '(?P<ladder>[^']*)' within (?P<days>\d+) days"
    r"(?P<repeats>; the last step repeats)?\.(?: (?P<hint>.+))?"
)
# What rules and statements say of cases and ladders, in English; other words are shown as they are.
SAID_BY_RULES: Final = (
    marked("the same subject"),
    marked("past its target"),
    marked("waiting towards its target"),
    marked("a detector saw something"),
    marked("a trusted flagger is among the reporters"),
    marked("its hold ran out before a decision"),
    marked("What it was flagged for can be mended first."),
    marked("What it was flagged for is put in order without blame by the verdict housekeeping."),
    marked("Nothing is known about this subject yet."),
    marked("It is one more flag in the case that stands."),
    marked("It is an addendum to this reporter's flag."),
    marked("Kept: one more flag in the case that stands, not counted for now."),
    marked("Kept: an addendum to this reporter's flag, not counted for now."),
    marked("It is one more flag in the case that stands and grave: the case stops waiting."),
    marked("It is an addendum to this reporter's flag and grave: the case stops waiting."),
    marked("It is one more flag in the case that stands, the first that counts: the case wakes."),
    marked("It is an addendum to this reporter's flag, the first that counts: the case wakes."),
    marked("It brings clauses that were not judged. The decision has not left yet and goes back."),
    marked("The earlier case ended without a verdict."),
    marked("The content changed since it was judged."),
    marked("Its option names clauses that were not judged."),
    marked("It is grave, and no grave flag opened a case on this content within a week."),
    marked("Only withdrawn flags are left."),
    marked("The author is gone; nothing could be checked or put right any more."),
)

VERDICTS: Final[Mapping[str, str]] = {
    "violation": marked("A rule is broken"),
    "no_violation": marked("No rule is broken"),
    "could_not_verify": marked("Could not be found out"),
    "housekeeping": marked("Only needs tidying"),
    "care": marked("Somebody needs help"),
    "referred": marked("Handed to those responsible"),
}
ARROWS: Final[Mapping[str, str]] = {
    "open": marked("Opened"),
    "open_parked": marked("Opened and kept aside"),
    "import": marked("Brought in from before"),
    "grow": marked("Grew"),
    "claim": marked("Taken"),
    "unpark": marked("Taken up again"),
    "lapse": marked("The claim ran out"),
    "release": marked("Given back"),
    "park": marked("Parked"),
    "reminder_due": marked("The reminder came"),
    "ask": marked("A question was asked"),
    "answered": marked("The question was answered"),
    "answer_overdue": marked("No answer came in time"),
    "stop_asking": marked("Taken without waiting for the answer"),
    "alarm": marked("Woken by something grave"),
    "first_counted": marked("Woken by a flag that counts"),
    "hold_expired": marked("Its hold ran out"),
    "propose": marked("Decided; a second person is asked"),
    "refuse": marked("The second person refused"),
    "confirm": marked("The second person confirmed"),
    "confirm_alone": marked("Confirmed alone, after the wait"),
    "decide": marked("Decided"),
    "undo": marked("The decision was undone"),
    "hand_back": marked("Handed back before anything left"),
    "take_effect": marked("Took effect"),
    "close": marked("Closed"),
    "close_withdrawn": marked("Closed: only withdrawn flags were left"),
    "close_moot": marked("Closed: nothing could be checked any more"),
}
_OFTEN: Final = (
    (0.2, marked("seldom right")),
    (0.4, marked("sometimes right")),
    (0.6, marked("no record yet, or a mixed one")),
    (0.8, marked("often right")),
    (1.1, marked("nearly always right")),
)


def place(where: Place) -> str:
    """Say where a subject lives, the narrowest ring last."""
    tongue = spoken()
    if where.surface is Surface.MARKETPLACE:
        return tongue.gettext("Marketplace")
    rings = [tongue.gettext("Community")]
    if where.part:
        rings.append(where.part)
    if where.board:
        rings.append(tongue.gettext("board {key}", key=where.board))
    if where.group:
        rings.append(tongue.gettext("group {key}", key=where.group))
    return " · ".join(rings)


def span(length: timedelta) -> str:
    """Say a length roughly: "3 h", "2 d 4 h"; never finer than an hour, for flags are told by the day."""
    hours, tongue = round(abs(length) / _HOUR), spoken()
    if hours < 1:
        return tongue.gettext("under 1 h")
    if hours < 48:
        return tongue.gettext("{hours} h", hours=hours)
    days, rest = divmod(hours, 24)
    if days > 9 or not rest:
        return tongue.gettext("{days} d", days=days)
    return tongue.gettext("{days} d {hours} h", days=days, hours=rest)


def due(at: datetime, now: datetime) -> str:
    """Say how far a target is, or how long ago it passed."""
    tongue = spoken()
    if now < at:
        return tongue.gettext("due in {span}", span=span(at - now))
    return tongue.gettext("{span} past target", span=span(now - at))


def seconds(length: float | None) -> str:
    """Say a length measured in seconds; a dash where nothing was measured."""
    if length is None:
        return "–"
    if length < 5400:
        return spoken().gettext("{minutes} min", minutes=round(length / 60))
    return span(timedelta(seconds=length))


def why_here(reason: str) -> str:
    """Say why a case stands where it stands in the queue, without points and without what is shown beside it."""
    parts = [part.strip() for part in _POINTS.sub("", reason).split(";")]
    words = "; ".join(_why(part) for part in parts if part and not _BESIDE.match(part))
    return raised(words or spoken().gettext("by its severity"))


def _why(part: str) -> str:
    """Say one term of the queue's order, which is stored in English, in the language of the page."""
    seen = _SEEN_BY.fullmatch(part)
    return spoken().gettext("seen by about {n}", n=seen[1]) if seen else named(part)


def ladder_why(reason: str, ladders: Mapping[str, str]) -> str:
    """Say why a ladder proposes its step, which the rules say in English, in the language of the page.

    `ladders`: what the policy calls them in that language.
    """
    tongue, found = spoken(), _LADDER.fullmatch(reason)
    if tongue.language == SOURCE or found is None:
        return reason
    count = tongue.ngettext("{n} earlier decision counts", "{n} earlier decisions count", int(found["count"]))
    repeats = tongue.gettext("; the last step repeats") if found["repeats"] else ""
    first = tongue.gettext(
        "{counted} under '{ladder}' within {days} days{repeats}.",
        counted=count, ladder=ladders.get(found["ladder"]) or found["ladder"], days=found["days"], repeats=repeats,
    )  # fmt: skip
    return " ".join([first, *([named(found["hint"])] if found["hint"] else [])])


def reliability(share: float) -> str:
    """Say how a reporter's flags turned out so far, in one of five phrases."""
    return named(next(words for bound, words in _OFTEN if share < bound))


def length(days: int | None) -> str:
    """Say for how long a measure runs."""
    if days is None:
        return ""
    return spoken().ngettext("{n} day", "{n} days", days)


def brief(day: date) -> str:
    """Say a day with its month in few letters: "5 Nov 2026"."""
    tongue = spoken()
    # English as these pages always wrote it; CLDR would say "Sept".
    return f"{day.day} {day:%b %Y}" if tongue.language == SOURCE else tongue.brief(day)


def many(number: int, one: str, more: str = "") -> str:
    """Count in words: "1 reporter", "3 reporters"."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def row(key: str) -> str:
    """Say where on a menu an option stands."""
    return named(_ROWS[key])


def language_name(tag: str) -> str:
    """Say what a language is called; `und` is one that words were too few to tell."""
    if tag in {"", "und"}:
        return spoken().gettext("unknown language")
    try:
        return spoken().named_in(tag)
    except (UnknownLocaleError, ValueError):
        return tag


def coded(text: str) -> Markup:
    """Show what stands between backticks as code."""
    parts = str(text).split("`")
    marked = [
        Markup("<code>{}</code>").format(one) if place % 2 else escape(one) for place, one in enumerate(parts)
    ]
    return Markup("").join(marked)


_ROWS: Final = {
    "top": marked("On top"), "more": marked("Under More"), "preference": marked("Breaks no rule"),
    "last": marked("Always last"),
}  # fmt: skip
FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "kind": kind,
    "place": place,
    "due": due,
    "span": span,
    "seconds": seconds,
    "why_here": why_here,
    "reliability": reliability,
    "length_words": length,
    "measure": measure,
    "day_only": brief,
    "many": many,
    "row": row,
    "tongue_name": language_name,
    "coded": coded,
    "verdict": lambda key: named(VERDICTS[key]),
    "arrow": lambda key: named(ARROWS.get(key, str(key).replace("_", " ").capitalize())),
    "spoken": state,
    "deed": deed,
    "raised": raised,
    "said": named,
}
