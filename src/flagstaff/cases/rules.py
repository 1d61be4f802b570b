"""How a case lives: its arrows, where a new flag goes, and what closes a case without a verdict."""

from datetime import timedelta

from flagstaff.cases.model import (
    FormerCase,
    IncomingFlag,
    Remains,
    Route,
    RouteKind,
    StandingCase,
)
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState, Verdict

JOINABLE = timedelta(days=30)
"""A flag joins a case that took effect at most so long ago."""
JOINERS_FOR_ANOTHER_LOOK = 3
"""So many independent joiners on a `no_violation` let another person look."""
ONE_GRAVE_PER = timedelta(days=7)
"""Within this time flags of severity 3 or more open at most one new case on one content."""

_UNDECIDED = "open claimed parked asked awaiting_second"


def _line(name: str, sources: str, target: CaseState | None, by: str, guard: str) -> Arrow[CaseState]:
    return arrow(name, sources, target, by, guard, CaseState)


_S = CaseState
ARROWS: Life[CaseState] = Life(
    "case",
    (
        _line("open", "", _S.OPEN, "reporter staff house", "no case of this subject stands before effective"),
        _line(
            "open_parked",
            "",
            _S.PARKED,
            "reporter",
            "its only flag is kept; it wakes when that restriction ends",
        ),
        _line("import", "", _S.CLOSED, "house", "history from before Flagstaff; it is marked as such"),
        _line(
            "grow",
            f"{_UNDECIDED} decided",
            None,
            "reporter author staff house",
            "a flag, signal or edit is added",
        ),
        _line("claim", "open", _S.CLAIMED, "staff", "may_claim"),
        _line("lapse", "claimed", _S.OPEN, "house", "claimed_until is over"),
        _line("release", "claimed", _S.OPEN, "staff", "the holder gives it back"),
        _line("park", "claimed", _S.PARKED, "staff", "a reason and a reminder are given"),
        _line("unpark", "parked", _S.CLAIMED, "staff", "may_claim; whoever takes it up again holds it"),
        _line("reminder_due", "parked", _S.OPEN, "house", "wakes_at is reached"),
        _line(
            "ask", "claimed", _S.ASKED, "staff", "a question to one reporter or the author, 7 days to answer"
        ),
        _line(
            "answered",
            "asked",
            _S.OPEN,
            "reporter author",
            "the answer is sealed and shown to the next holder",
        ),
        _line("answer_overdue", "asked", _S.OPEN, "house", "wakes_at is reached: decided on what there is"),
        _line("stop_asking", "asked", _S.CLAIMED, "staff", "may_claim; the answer is no longer waited for"),
        _line(
            "alarm",
            "parked asked",
            _S.OPEN,
            "reporter house",
            "a flag or signal of severity 3 or more came in",
        ),
        _line(
            "first_counted",
            "parked",
            _S.OPEN,
            "reporter house",
            "only kept flags were in it, and now one counts",
        ),
        _line("hold_expired", "parked asked", _S.OPEN, "house", "its hold ran out undecided: to the front"),
        _line(
            "propose",
            "claimed",
            _S.AWAITING_SECOND,
            "staff",
            "a chosen measure is on the second person's list",
        ),
        _line(
            "refuse",
            "awaiting_second",
            _S.CLAIMED,
            "second",
            "may_confirm, with a reason that the first one sees",
        ),
        _line("confirm", "awaiting_second", _S.DECIDED, "second", "may_confirm, on the newest snapshot"),
        _line(
            "confirm_alone",
            "awaiting_second",
            _S.DECIDED,
            "staff",
            "one account only, after 12 hours, marked alone",
        ),
        _line(
            "decide",
            "claimed",
            _S.DECIDED,
            "staff",
            "verdict, reason; clauses and measures where it restricts",
        ),
        _line(
            "undo", "awaiting_second decided", _S.CLAIMED, "staff", "by whoever decided, before not_before"
        ),
        _line(
            "hand_back",
            "decided",
            _S.CLAIMED,
            "reporter",
            "a flag raises severity or brings clauses not judged",
        ),
        _line("take_effect", "decided", _S.EFFECTIVE, "house", "not_before is reached"),
        _line(
            "close",
            "effective",
            _S.CLOSED,
            "house",
            "everything that left for it has arrived or been given up",
        ),
        _line("close_withdrawn", "open", _S.CLOSED, "reporter house", "may_close_withdrawn"),
        _line(
            "close_moot",
            f"{_UNDECIDED} decided",
            _S.CLOSED,
            "house",
            "may_be_moot: its reporters get could_not_verify",
        ),
    ),
)
"""The life of a case. At most one of a subject is before `effective`."""


def apply(state: CaseState | None, name: str) -> CaseState:
    """Return the state after an arrow of ARROWS; IllegalArrow tells what is possible instead."""
    return ARROWS.apply(state, name)


def route_flag(
    flag: IncomingFlag, standing: StandingCase | None, former: FormerCase | None, graves: int = 0
) -> Route:
    """Say where a new flag goes, in the order of the house's promises.

    `graves`: cases on this same content that a flag of severity 3 or more opened within ONE_GRAVE_PER. No reporter is
    asked whether something is new.
    """
    if flag.kind is OptionKind.PREFERENCE or flag.severity is Severity.PREFERENCE:
        return Route(RouteKind.COUNT_ONLY, "A preference breaks no rule; it is counted and never a case.")
    if standing is not None:
        return _into_standing(flag, standing)
    if former is None:
        return _opened(flag, "Nothing is known about this subject yet.")
    fresh = _why_fresh(flag, former, graves)
    if fresh:
        return _opened(flag, fresh, former)
    return _into_former(flag, former)


def _into_standing(flag: IncomingFlag, standing: StandingCase) -> Route:
    """Let a flag grow the case that stands; it may also wake it or call it back."""
    kind = RouteKind.ADD if flag.said_before == standing.case else RouteKind.ATTACH
    words = (
        "an addendum to this reporter's flag"
        if kind is RouteKind.ADD
        else "one more flag in the case that stands"
    )
    if flag.kept:
        return Route(kind, f"Kept: {words}, not counted for now.", standing.case, arrow="grow")
    if standing.state is CaseState.DECIDED and (why := _why_hand_back(flag, standing)):
        return Route(
            kind, f"{why} The decision has not left yet and goes back.", standing.case, arrow="hand_back"
        )
    if standing.state in {CaseState.PARKED, CaseState.ASKED} and flag.severity.grave:
        return Route(kind, f"It is {words} and grave: the case stops waiting.", standing.case, arrow="alarm")
    if standing.state is CaseState.PARKED and standing.only_kept:
        return Route(
            kind,
            f"It is {words}, the first that counts: the case wakes.",
            standing.case,
            arrow="first_counted",
        )
    return Route(kind, f"It is {words}.", standing.case, arrow="grow")


def _why_hand_back(flag: IncomingFlag, standing: StandingCase) -> str:
    if flag.severity > standing.severity:
        return f"It raises the severity from {int(standing.severity)} to {int(flag.severity)}."
    if not _was_judged(flag, standing):
        return "It brings clauses that were not judged."
    return ""


def _was_judged(flag: IncomingFlag, case: StandingCase | FormerCase) -> bool:
    """Tell whether the option's clauses meet those judged; options without clauses go by their reason."""
    return bool(flag.clauses & case.judged) if flag.clauses else flag.reason in case.judged_reasons


def _why_fresh(flag: IncomingFlag, former: FormerCase, graves: int) -> str:
    """Return why a flag needs a new case although there was one; "" where it joins."""
    if former.verdict is None:
        return "The earlier case ended without a verdict."
    if flag.content_hash != former.content_hash:
        return "The content changed since it was judged."
    if not _was_judged(flag, former):
        return "Its option names clauses that were not judged."
    if flag.at - former.at > JOINABLE:
        return f"The earlier verdict is older than {JOINABLE.days} days."
    if flag.severity.grave and not flag.kept and not graves:
        return "It is grave, and no grave flag opened a case on this content within a week."
    return ""


def _into_former(flag: IncomingFlag, former: FormerCase) -> Route:
    """Join the verdict that stands, unless this reporter had it already or enough others doubt it."""
    if flag.said_before == former.case:
        return Route(
            RouteKind.OFFER_APPEAL,
            "This reporter has the outcome already; a second look is an appeal.",
            former.case,
        )
    joiners = former.joiners + int(flag.independent and not flag.kept)
    doubted = former.verdict is Verdict.NO_VIOLATION and flag.independent and not flag.kept
    if doubted and joiners >= JOINERS_FOR_ANOTHER_LOOK:
        return Route(
            RouteKind.LOOK_AGAIN,
            f"{joiners} independent reporters doubt a no_violation: another person looks.",
            names=former.case,
            arrow="open",
            not_for=former.decided_by,
        )
    return Route(
        RouteKind.JOIN, "The same content was judged under the same clauses within 30 days.", former.case
    )


def _opened(flag: IncomingFlag, why: str, former: FormerCase | None = None) -> Route:
    names = former.case if former else None
    if flag.kept:
        kept = f"{why} Its reporter is restricted: the case waits."
        return Route(RouteKind.OPEN_PARKED, kept, names=names, arrow="open_parked", wakes_at=flag.kept_until)
    return Route(RouteKind.OPEN, why, names=names, arrow="open")


def may_close_withdrawn(rest: Remains) -> Ruling:
    """Say whether a case closes without a verdict because every flag in it was taken back."""
    if rest.state is not CaseState.OPEN:
        return refuse("Somebody holds it or waits for something in it.")
    if rest.counted or rest.other_basis:
        return refuse("Something other than withdrawn flags is left in it.")
    if rest.severity.grave:
        return refuse("Somebody may be at risk: a person still looks.")
    return allow("Only withdrawn flags are left.")


def may_be_moot(rest: Remains) -> Ruling:
    """Say whether a case ends because its author is gone."""
    if not rest.author_gone:
        return refuse("The author is still there.")
    if rest.severity.grave:
        return refuse("Severity 3 or more is kept and judged although the author is gone.")
    return allow("The author is gone; nothing could be checked or put right any more.")


def grown_severity(now: Severity, arriving: Severity) -> Severity:
    """Return the severity of a case after something arrived; it never falls while the case stands.

    A grave flag that is taken back leaves the case grave: somebody may have been talked into taking it back.
    """
    return max(now, arriving)


def joined_outcome_wait(usual: tuple[timedelta, ...], draw: float) -> timedelta:
    """Return how long a flag that joined a verdict waits for its outcome: drawn from that kind's usual times.

    `usual`: quantiles of the waits of that kind and severity, at even steps from shortest to longest, at least one.
    `draw` in [0, 1). A late flag then reads like a first one (architecture, section 4, point 5).
    """
    place = draw * (len(usual) - 1)
    low = int(place)
    high = min(low + 1, len(usual) - 1)
    return usual[low] + (usual[high] - usual[low]) * (place - low)
