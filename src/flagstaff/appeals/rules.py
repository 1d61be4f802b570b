"""How an appeal lives: its arrows, its deadline, who joins it, and who may look again."""

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flagstaff.appeals.model import Admission, Admitted, Questioned, Reviewer, Voice
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import AccountKey
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.states import AppealState, FlagStatus, Verdict

MONTHS = 6
EXTRA_DAYS = 1


def _line(name: str, sources: str, target: AppealState | None, by: str, guard: str) -> Arrow[AppealState]:
    return arrow(name, sources, target, by, guard, AppealState)


_S = AppealState
ARROWS: Life[AppealState] = Life(
    "appeal",
    (
        _line(
            "lodge", "", _S.RECEIVED, "author reporter", "admit: in time, about a decision that touches them"
        ),
        _line(
            "join",
            "received claimed upheld rejected",
            None,
            "author reporter",
            "admit: a further voice on the same decision; once answered, a reporter's who was not heard",
        ),
        _line("revive", "withdrawn", _S.RECEIVED, "author reporter", "admit: nobody had looked yet"),
        _line("claim", "received", _S.CLAIMED, "staff", "may_review"),
        _line("lapse", "claimed", _S.RECEIVED, "house", "claimed_until is over"),
        _line("release", "claimed", _S.RECEIVED, "staff", "the reviewer gives it back"),
        _line(
            "uphold",
            "claimed",
            _S.UPHELD,
            "staff",
            "the appellant is right: the decision is reversed, all told",
        ),
        _line("reject", "claimed", _S.REJECTED, "staff", "the decision stands, with reasons"),
        _line("undo", "upheld rejected", _S.CLAIMED, "staff", "by the reviewer, before the answer left"),
        _line(
            "withdraw",
            "received claimed",
            _S.WITHDRAWN,
            "author reporter house",
            "no voice is left, or it is moot",
        ),
    ),
)
"""The life of the one second look per decision; it never needs an open case."""

_ANSWERED = {AppealState.UPHELD, AppealState.REJECTED}
_OPEN = {AppealState.RECEIVED, AppealState.CLAIMED}
_REFUSED_REPORTER = {Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY}


def apply(state: AppealState | None, name: str) -> AppealState:
    """Return the state after an arrow of ARROWS; IllegalArrow tells what is possible instead."""
    return ARROWS.apply(state, name)


def appeal_until(informed_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment at which it is too late: six months and a day, to the end of that day in the zone.

    DSA Art. 20(1): at least six months from the day on which somebody is informed. The 31st becomes the last day of
    a shorter month, before the extra day is added.
    """
    local = informed_at.astimezone(zone).date()
    last_day = _months_later(local, MONTHS) + timedelta(days=EXTRA_DAYS)
    return datetime.combine(last_day + timedelta(days=1), time(0), zone).astimezone(informed_at.tzinfo)


def last_day(informed_at: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which an appeal is taken, as notices name it."""
    return (appeal_until(informed_at, zone) - timedelta(microseconds=1)).astimezone(zone).date()


def admit(voice: Voice, decision: Questioned, zone: ZoneInfo) -> Admitted:
    """Say what becomes of an appeal: it starts the second look, joins it, or is refused with the reason."""
    why = _no_ground(voice, decision)
    if why:
        return Admitted(Admission.REFUSE, why)
    if voice.at >= appeal_until(voice.informed_at, zone):
        return Admitted(
            Admission.REFUSE, f"The last day for an appeal was {last_day(voice.informed_at, zone):%d %B %Y}."
        )
    if decision.appeal_state in _ANSWERED:
        if voice.party is Party.REPORTER and not voice.answered:
            return Admitted(Admission.LATE, "It was looked at again before; they are told so later.")
        return Admitted(
            Admission.REFUSE, "You asked before and were answered; each decision has one second look."
        )
    if decision.appeal_state in _OPEN:
        if voice.spoken:
            return Admitted(Admission.JOIN, "Your words are added to your appeal.", decision.appeal)
        return Admitted(Admission.JOIN, "A second look is under way; your voice joins it.", decision.appeal)
    if decision.appeal_state is AppealState.WITHDRAWN:
        return Admitted(
            Admission.REVIVE,
            "The appeal was taken back before anybody looked; now it goes on.",
            decision.appeal,
        )
    return Admitted(Admission.LODGE, "A person who took no part in the first decision looks again.")


def _no_ground(voice: Voice, decision: Questioned) -> str:
    if decision.reversed:
        return "This decision was taken back already."
    if voice.party is Party.AUTHOR and not decision.restricts:
        return "Nothing was done that an appeal could lift."
    if voice.party is Party.REPORTER and decision.verdict not in _REFUSED_REPORTER:
        return "We acted on this flag; what follows for the author is between them and us."
    return ""


def may_ask_again(status: FlagStatus) -> bool:
    """Tell whether an answer leaves its reporter ground for a second look; what follows an act is its author's."""
    return status in {FlagStatus.NO_VIOLATION, FlagStatus.COULD_NOT_VERIFY}


def answered_at(received_at: datetime, began_at: datetime, left_at: datetime | None) -> datetime | None:
    """Return from when on somebody who spoke may read the answer; None: it has not left.

    Who speaks after it left waits as long as the look had taken, so that their answer reads like one of their own.
    """
    if left_at is None or received_at < left_at:
        return left_at
    return received_at + (left_at - began_at)


def may_review(reviewer: Reviewer, took_part: frozenset[AccountKey]) -> Ruling:
    """Say whether an account may look again. `took_part`: who decided, and the second person if there was one."""
    if reviewer.party:
        return refuse("You are, or are linked to, a party of this case.")
    if Permission.REVIEW_APPEAL not in reviewer.permissions:
        return refuse("Your roles do not review appeals.")
    if reviewer.account in took_part:
        return refuse("You took part in the first decision; the second look is for somebody else.")
    return allow("You took no part in the first decision.")


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
