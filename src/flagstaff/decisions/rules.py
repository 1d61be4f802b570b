"""How decisions, measures and holds live; what a decision must carry; when it leaves the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flagstaff.decisions.model import Chosen, InForce, Intent, MeasureRule, Published, Step, Timing, WordsDate
from flagstaff.kernel.errors import Refusal
from flagstaff.language.graphemes import count_meant
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.audience import Audience, hides_reporter
from flagstaff.vocabulary.effects import Effect, Scope
from flagstaff.vocabulary.references import MeasureKind, Place, SubjectKind
from flagstaff.vocabulary.states import DecisionState, HoldState, MeasureState, Verdict

UNDO = timedelta(seconds=10)
"""Nothing leaves the house sooner after a key press."""
WINDOW = timedelta(minutes=60)
DAY_WINDOW = time(10)
"""Where fewer than k could have seen the content, things leave at this hour of the platform's next day."""
DEVIATION_LEAST = 20
"""Graphemes that the reason for leaving a ladder needs."""


class DecisionIncomplete(Refusal):
    """A decision lacks what its verdict needs, or has what it may not have."""

    slug = "decision-incomplete"
    status = 422
    title = "This decision cannot stand yet"


State = TypeVar("State", DecisionState, MeasureState, HoldState)


def _line(name: str, sources: str, target: State, by: str, guard: str) -> Arrow[State]:
    return arrow(name, sources, target, by, guard, type(target))


_D, _M, _H = DecisionState, MeasureState, HoldState
DECISION: Life[DecisionState] = Life(
    "decision",
    (
        _line("decide", "", _D.DECIDED, "staff", "no measure is on the second person's list"),
        _line("propose", "", _D.PROPOSED, "staff", "some measure is: the others take effect meanwhile"),
        _line("import", "", _D.EFFECTIVE, "house", "history from before Flagstaff"),
        _line("confirm", "proposed", _D.DECIDED, "second staff", "may_confirm, on the newest snapshot"),
        _line(
            "refuse",
            "proposed",
            _D.REFUSED,
            "second",
            "may_confirm, with a reason; what runs stays until replaced",
        ),
        _line(
            "undo", "proposed decided", _D.UNDONE, "staff house", "before not_before, or its case became moot"
        ),
        _line("hand_back", "decided", _D.HANDED_BACK, "reporter", "a flag brought more than was judged"),
        _line("take_effect", "decided", _D.EFFECTIVE, "house", "not_before is reached"),
        _line("reverse", "effective", _D.REVERSED, "staff", "an appeal overturned it, or staff take it back"),
    ),
)
MEASURE: Life[MeasureState] = Life(
    "measure",
    (
        _line("order", "", _M.WAITING, "staff", "part of a decision; it leaves at not_before"),
        _line("order_second", "", _M.AWAITING_SECOND, "staff", "it is on the second person's list"),
        _line("confirm", "awaiting_second", _M.WAITING, "second staff", "with its decision"),
        _line("refuse", "awaiting_second waiting", _M.REFUSED, "second", "with its decision"),
        _line("start", "waiting", _M.RUNNING, "house", "not_before is reached; the platform is told"),
        _line("end", "running", _M.ENDED, "house", "its own end is reached; the other measures go on"),
        _line("mend", "running", _M.ENDED, "staff", "request_edit: the author mended it and staff looked"),
        _line("replace", "running", _M.ENDED, "house", "a newer decision on the same case takes effect"),
        _line(
            "lift", "running", _M.LIFTED, "staff house", "its decision is reversed, or its case became moot"
        ),
        _line(
            "undo",
            "awaiting_second waiting",
            _M.UNDONE,
            "staff house",
            "its decision is undone or handed back",
        ),
        _line(
            "void",
            "awaiting_second waiting running",
            _M.VOID,
            "author",
            "it is about content its author deleted",
        ),
        _line(
            "bring_back", "void", _M.RUNNING, "author", "the content stands again, its decision is in effect"
        ),
    ),
)
HOLD: Life[HoldState] = Life(
    "hold",
    (
        _line("place", "", _H.RUNNING, "house staff", "may_hold; one at a time per subject"),
        _line("replace", "running", _H.REPLACED, "house", "a decision takes effect (not when it is made)"),
        _line(
            "lose_basis",
            "running",
            _H.LIFTED,
            "house author",
            "below its requirements, or the content is deleted",
        ),
        _line("lift", "running", _H.LIFTED, "staff", "staff take it back"),
        _line("expire", "running", _H.EXPIRED, "house", "its end is reached: lifted, the case to the front"),
    ),
)
ARROWS: Mapping[str, Life[Any]] = MappingProxyType({"decision": DECISION, "measure": MEASURE, "hold": HOLD})

_REMOVES: Mapping[Verdict, frozenset[MeasureKind]] = MappingProxyType(
    {
        Verdict.NO_VIOLATION: frozenset(),
        Verdict.COULD_NOT_VERIFY: frozenset(),
        Verdict.HOUSEKEEPING: frozenset({MeasureKind("move_or_merge")}),
        Verdict.CARE: frozenset(),
        Verdict.REFERRED: frozenset({MeasureKind("refer_outside")}),
    },
)
"""Measures that go with a verdict other than violation, which allows any."""


def check_intent(intent: Intent, codes: frozenset[str]) -> None:
    """Refuse a decision that is not complete; all that is wrong is told at once. `codes`: the policy's deviations."""
    wrong = [*_wrong_clauses(intent), *_wrong_measures(intent), *_wrong_deviation(intent, codes)]
    if not count_meant(intent.reason):
        wrong.insert(0, "It needs a reason in words.")
    if wrong:
        raise DecisionIncomplete(
            " ".join(wrong), where="decision", mend="Complete it and send it again.", wrong=wrong
        )


def _wrong_clauses(intent: Intent) -> list[str]:
    if intent.verdict is Verdict.VIOLATION:
        return [] if intent.clauses else ["A violation names at least one clause, the leading one first."]
    return [f"A verdict {intent.verdict} names no clause."] if intent.clauses else []


def _wrong_measures(intent: Intent) -> list[str]:
    kinds = [measure.kind for measure in intent.measures]
    wrong = ["Each measure stands once."] if len(kinds) > len(set(kinds)) else []
    if intent.verdict is not Verdict.VIOLATION:
        beside = sorted(set(kinds) - _REMOVES[intent.verdict])
        wrong += [f"A verdict {intent.verdict} does not go with {', '.join(beside)}."] if beside else []
    elif not kinds:
        wrong.append("A violation has at least one measure; the mildest is to educate.")
    if "remove_content" in kinds and intent.snapshot is None and not intent.as_it_stands:
        wrong.append("Removing names the copy that was judged, or says 'as it stands'.")
    return wrong


def _wrong_deviation(intent: Intent, codes: frozenset[str]) -> list[str]:
    if intent.proposed is None or not deviates(intent.proposed, intent.measures):
        return []
    if intent.deviation is None or intent.deviation.code not in codes:
        return [f"It leaves the ladder: choose why ({', '.join(sorted(codes))})."]
    if count_meant(intent.deviation.reason) < DEVIATION_LEAST:
        return [f"It leaves the ladder: give a reason of at least {DEVIATION_LEAST} characters."]
    return []


def deviates(proposed: Step, chosen: Step) -> bool:
    """Tell whether measures or their lengths differ from what the ladder proposed."""
    return set(proposed) != set(chosen)


def not_before(timing: Timing, zone: ZoneInfo, undo: timedelta = UNDO) -> datetime:
    """Return when measures and notice leave together: max(10 s, window), architecture section 4 point 7.

    Severity 3 or more, or where a hold stands: right after the undo. Otherwise at the next full hour; where fewer
    than k could have seen the content (or nobody told how many) at 10 o'clock of the platform's next day.
    """
    soonest = timing.decided_at + max(undo, UNDO)
    if timing.severity.grave or timing.hold:
        return soonest
    if hides_reporter(timing.audience):
        return _next_window(soonest)
    tomorrow = timing.decided_at.astimezone(zone).date() + timedelta(days=1)
    window = datetime.combine(tomorrow, DAY_WINDOW, zone).astimezone(timing.decided_at.tzinfo)
    return max(soonest, window)


def reversal_not_before(at: datetime, undo: timedelta = UNDO) -> datetime:
    """Return when a reversal or an overturned decision leaves: at once, after the undo."""
    return at + max(undo, UNDO)


def _next_window(after: datetime) -> datetime:
    """Return the first full hour at or after a moment (UTC hours: the same for every platform)."""
    hour = after.replace(minute=0, second=0, microsecond=0)
    return hour if hour == after else hour + WINDOW


def may_quote(audience: Audience | None) -> bool:
    """Tell whether a notice may quote the content: at least k people saw it; otherwise clause and place stand there."""
    return hides_reporter(audience)


def waits_for_second(measures: Step, listed: frozenset[MeasureKind]) -> tuple[Step, Step]:
    """Split measures into those that take effect and those that wait for the second person."""
    waiting = tuple(measure for measure in measures if measure.kind in listed)
    return tuple(measure for measure in measures if measure.kind not in listed), waiting


def fits(scope: Scope, kind: SubjectKind, place: Place) -> bool:
    """Tell whether a measure of this scope makes sense for a subject in a place."""
    if scope is Scope.CONTENT:
        return kind != "flag_use"  # how somebody flags is not a content that could be hidden
    if scope in {Scope.PERSON, Scope.SITE, Scope.OUTSIDE}:
        return True
    return scope.value in place.levels


_EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "limit_reach": Effect.RESTRICT,
        "move_or_merge": Effect.TELL,
        "restrict_posting": Effect.RESTRICT,
        "restrict_flagging": Effect.RESTRICT,
    },
)


def effect_of(kind: MeasureKind, scope: Scope) -> Effect | None:
    """Return what a platform does for a measure; None for what leaves to somebody else (an authority)."""
    if scope is Scope.OUTSIDE:
        return None
    if kind in _EFFECTS:
        return _EFFECTS[kind]
    return {Scope.CONTENT: Effect.HIDE, Scope.PERSON: Effect.TELL}.get(scope, Effect.RESTRICT)


def ends_at(chosen: Chosen, started_at: datetime) -> datetime | None:
    """Return when a measure ends by itself: whole days of 24 hours after it started, None where it lasts."""
    return None if chosen.days is None else started_at + timedelta(days=chosen.days)


def step_of(kinds: Sequence[MeasureKind], rules: Mapping[MeasureKind, MeasureRule]) -> Step:
    """Write a ladder's step with the lengths that the policy proposes."""
    return tuple(Chosen(kind, None if rules[kind].lasting else rules[kind].days) for kind in kinds)


def in_force(versions: Sequence[Published], words: WordsDate) -> InForce:
    """Return the guidelines by which words are judged: those in force when they were posted or last edited.

    Undated words count from first sight. Words older than the first version are judged by the first (it is what the
    platform imported); at least one version is needed.
    """
    dates = [moment for moment in (words.posted, words.edited) if moment is not None]
    words_at = max(dates, default=words.first_seen)
    ordered = sorted(versions, key=lambda version: version.since)
    held = [version for version in ordered if version.since <= words_at] or ordered[:1]
    return InForce(held[-1].version, words_at, dated=bool(dates))
