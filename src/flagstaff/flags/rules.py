"""How a flag lives: its arrows, its outcome, what its reporter may read, and what details it needs."""

from datetime import datetime, timedelta

from flagstaff.flags.model import DetailLimits, Details, Flag, Judgement, Learned, Outcome, Seen
from flagstaff.kernel.errors import Refusal
from flagstaff.language.graphemes import count, count_meant
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.kinds import DetailsMode, OptionKind
from flagstaff.vocabulary.ruling import Ruling, allow, refuse
from flagstaff.vocabulary.states import FlagState, FlagStatus, Verdict

IN_REVIEW_AFTER = timedelta(hours=4)
"""A flag reads "in review" so long after it was sent, whatever happens to its case."""


class DetailsMissing(Refusal):
    """The chosen option needs words, or one answered prompt, and has none."""

    slug = "details-missing"
    status = 422
    title = "Please tell a little more"


class DetailsTooLong(Refusal):
    """The details are longer than the platform takes."""

    slug = "details-too-long"
    status = 422
    title = "These details are too long"


def _line(name: str, sources: str, target: FlagState | None, by: str, guard: str) -> Arrow[FlagState]:
    return arrow(name, sources, target, by, guard, FlagState)


_S = FlagState
ARROWS: Life[FlagState] = Life(
    "flag",
    (
        _line("receive", "", _S.LIVE, "reporter", "one per reporter and case"),
        _line("keep", "", _S.KEPT, "reporter", "its reporter is restricted and the reason is not urgent"),
        _line("import", "", _S.ANSWERED, "house", "history from before Flagstaff"),
        _line(
            "add",
            "live kept answered",
            None,
            "reporter",
            "a repeat by the same reporter: an addendum, maybe another option; once answered it waits for an appeal",
        ),
        _line("count", "kept", _S.LIVE, "house", "the restriction of its reporter ended"),
        _line(
            "withdraw", "live kept answered", _S.WITHDRAWN, "reporter", "may_withdraw: no outcome can be read"
        ),
        _line(
            "resend",
            "withdrawn",
            _S.LIVE,
            "reporter",
            "its case stands, or it joins the verdict; it counts again",
        ),
        _line("resend_kept", "withdrawn", _S.KEPT, "reporter", "as resend, while its reporter is restricted"),
        _line(
            "answer", "live kept", _S.ANSWERED, "house", "the decision on its case took effect, or it is moot"
        ),
        _line(
            "correct", "answered", None, "house", "that decision was reversed: another outcome, told again"
        ),
    ),
)
"""The life of a flag; a flag that is withdrawn when its case is decided stays so and learns nothing."""


def apply(state: FlagState | None, name: str) -> FlagState:
    """Return the state after an arrow of ARROWS; IllegalArrow tells what is possible instead."""
    return ARROWS.apply(state, name)


def may_withdraw(seen: Seen, now: datetime) -> Ruling:
    """Say whether a reporter can still take a flag back: until they may read its outcome.

    Whether a decision waits to leave plays no part, or its moment could be read off the refusal. A flag that is taken
    back after the verdict changes nothing in it.
    """
    if seen.state is FlagState.WITHDRAWN:
        return refuse("You took it back already.")
    if _readable(seen, now):
        return refuse("It has its answer. If you see it differently, you can appeal.")
    return allow("It stops counting. Where somebody may be at risk we can still look.")


def outcome(flag: Flag, judgement: Judgement) -> Outcome:
    """Say what a decision means for a flag: acted whenever it restricts or tidies, whatever the option was.

    A withdrawn flag is asked for nothing; callers leave it out.
    """
    if judgement.moot:
        return Outcome(FlagStatus.COULD_NOT_VERIFY, "moot", Learned.NOTHING)
    status = _STATUS[judgement.verdict]
    return Outcome(status, judgement.verdict.value, _learned(flag, judgement))


_STATUS = {
    Verdict.VIOLATION: FlagStatus.ACTED,
    Verdict.HOUSEKEEPING: FlagStatus.ACTED,
    Verdict.CARE: FlagStatus.ACTED,
    Verdict.REFERRED: FlagStatus.ACTED,
    Verdict.NO_VIOLATION: FlagStatus.NO_VIOLATION,
    Verdict.COULD_NOT_VERIFY: FlagStatus.COULD_NOT_VERIFY,
}


def _learned(flag: Flag, judgement: Judgement) -> Learned:
    """Compare clauses only where both sides have some; Other, care, legal and housekeeping follow the verdict."""
    if judgement.verdict is Verdict.COULD_NOT_VERIFY:
        return Learned.NOTHING
    if judgement.verdict is Verdict.NO_VIOLATION:
        return Learned.DISAGREED
    by_clause = all(choice.kind is OptionKind.VIOLATION for choice in flag.choices)
    if by_clause and judgement.verdict is Verdict.VIOLATION and not flag.clauses & judgement.clauses:
        return Learned.DISAGREED
    return Learned.AGREED


def shown_status(seen: Seen, now: datetime) -> FlagStatus:
    """Return what the reporter reads; nothing but this flag's own times and its published outcome goes in."""
    if seen.state is FlagState.WITHDRAWN:
        return FlagStatus.WITHDRAWN
    if seen.outcome is not None and _readable(seen, now):
        return seen.outcome
    if seen.question_until is not None and now < seen.question_until:
        return FlagStatus.QUESTION
    if now >= seen.received_at + IN_REVIEW_AFTER:
        return FlagStatus.IN_REVIEW
    return FlagStatus.RECEIVED


def _readable(seen: Seen, now: datetime) -> bool:
    return seen.outcome is not None and (seen.outcome_from is None or now >= seen.outcome_from)


def status_text(status: FlagStatus) -> str:
    """Return the key of the sentence that says a status."""
    return f"status.{status.value}"


def check_details(details: Details, limits: DetailLimits) -> None:
    """Refuse details that are missing or too long; the field is named, so that a form can point at it."""
    length = count(details.words)
    if length > limits.most:
        raise DetailsTooLong(
            f"These details have {length} characters; at most {limits.most} are taken.",
            where="details",
            mend=f"Shorten them by {length - limits.most}; the rest can follow in a second flag.",
            length=length,
            most=limits.most,
        )
    meant = count_meant(details.words)
    if details.kind is OptionKind.OPEN:
        if meant < limits.other_least:
            raise DetailsMissing(
                f"This option needs at least {limits.other_least} characters of details; there are {meant}.",
                where="details",
                mend="Say in a sentence what you saw and where.",
                length=meant,
                least=limits.other_least,
            )
    elif details.mode is DetailsMode.REQUIRED and not meant and not details.answered:
        raise DetailsMissing(
            "This option needs details, or an answer to one of its questions.",
            where="details",
            mend="Write a sentence, or answer one question.",
            least=1,
        )
