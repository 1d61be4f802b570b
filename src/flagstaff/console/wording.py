"""Say things in words: kinds, places, ages, reliability, steps. What templates use as filters."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from markupsafe import Markup, escape

from flagstaff.vocabulary.references import Place, Surface

_POINTS: Final = re.compile(r" \(\+[\d,]+\)")
# What stands beside it anyway: the badge of severity and the number of reporters.
_BESIDE: Final = re.compile(r"severity \d|\d+ independent reporter")
_HOUR: Final = timedelta(hours=1)

VERDICTS: Final[Mapping[str, str]] = {
    "violation": "A rule is broken",
    "no_violation": "No rule is broken",
    "could_not_verify": "Could not be found out",
    "housekeeping": "Only needs tidying",
    "care": "Somebody needs help",
    "referred": "Handed to those responsible",
}
ARROWS: Final[Mapping[str, str]] = {
    "open": "Opened",
    "open_parked": "Opened and kept aside",
    "import": "Brought in from before",
    "grow": "Grew",
    "claim": "Taken",
    "unpark": "Taken up again",
    "lapse": "The claim ran out",
    "release": "Given back",
    "park": "Parked",
    "reminder_due": "The reminder came",
    "ask": "A question was asked",
    "answered": "The question was answered",
    "answer_overdue": "No answer came in time",
    "stop_asking": "Taken without waiting for the answer",
    "alarm": "Woken by something grave",
    "first_counted": "Woken by a flag that counts",
    "hold_expired": "Its hold ran out",
    "propose": "Decided; a second person is asked",
    "refuse": "The second person refused",
    "confirm": "The second person confirmed",
    "confirm_alone": "Confirmed alone, after the wait",
    "decide": "Decided",
    "undo": "The decision was undone",
    "hand_back": "Handed back before anything left",
    "take_effect": "Took effect",
    "close": "Closed",
    "close_withdrawn": "Closed: only withdrawn flags were left",
    "close_moot": "Closed: nothing could be checked any more",
}
_OFTEN: Final = (
    (0.2, "seldom right"),
    (0.4, "sometimes right"),
    (0.6, "no record yet, or a mixed one"),
    (0.8, "often right"),
    (1.1, "nearly always right"),
)


def kind(key: str) -> str:
    """Say a subject's kind: "Job post"."""
    return key.replace("_", " ").capitalize()


def place(where: Place) -> str:
    """Say where a subject lives, the narrowest ring last."""
    if where.surface is Surface.MARKETPLACE:
        return "Marketplace"
    rings = [("", where.part), ("board ", where.board), ("group ", where.group)]
    return " · ".join(["Community", *(f"{level}{key}" for level, key in rings if key)])


def span(length: timedelta) -> str:
    """Say a length roughly: "3 h", "2 d 4 h"; never finer than an hour, for flags are told by the day."""
    hours = round(abs(length) / _HOUR)
    if hours < 1:
        return "under 1 h"
    if hours < 48:
        return f"{hours} h"
    days, rest = divmod(hours, 24)
    return f"{days} d" if days > 9 or not rest else f"{days} d {rest} h"


def due(at: datetime, now: datetime) -> str:
    """Say how far a target is, or how long ago it passed."""
    return f"due in {span(at - now)}" if now < at else f"{span(now - at)} past target"


def seconds(length: float | None) -> str:
    """Say a length measured in seconds; a dash where nothing was measured."""
    if length is None:
        return "–"
    if length < 5400:
        return f"{round(length / 60)} min"
    return span(timedelta(seconds=length))


def why_here(reason: str) -> str:
    """Say why a case stands where it stands in the queue, without points and without what is shown beside it."""
    parts = [part.strip() for part in _POINTS.sub("", reason).split(";")]
    words = "; ".join(part for part in parts if part and not _BESIDE.match(part)) or "by its severity"
    return words[:1].upper() + words[1:]


def reliability(share: float) -> str:
    """Say how a reporter's flags turned out so far, in one of five phrases."""
    return next(words for bound, words in _OFTEN if share < bound)


def length(days: int | None) -> str:
    """Say for how long a measure runs."""
    if days is None:
        return ""
    return "1 day" if days == 1 else f"{days} days"


def measure(key: str) -> str:
    """Say a measure: "Remove content"."""
    return key.replace("_", " ").capitalize()


def day_only(day: date) -> str:
    """Say a day."""
    return f"{day.day} {day:%b %Y}"


def many(number: int, one: str, more: str = "") -> str:
    """Count in words: "1 reporter", "3 reporters"."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def coded(text: str) -> Markup:
    """Show what stands between backticks as code."""
    parts = str(text).split("`")
    marked = [
        Markup("<code>{}</code>").format(one) if place % 2 else escape(one) for place, one in enumerate(parts)
    ]
    return Markup("").join(marked)


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
    "day_only": day_only,
    "many": many,
    "coded": coded,
    "verdict": lambda key: VERDICTS[key],
    "arrow": lambda key: ARROWS.get(key, str(key).replace("_", " ").capitalize()),
}
