"""The first plain priority of a case: a sum of named points, each with its reason in words.

    score = severity + waiting + reach + voices + suspicion + trusted + front

severity 0/100/200/500/1600 · waiting 100 × (hours open ÷ target hours), at most 400 · reach 10 × log2(1 + viewers), at
most 100 · voices 40 × log2(1 + Σ reliability ÷ (1 + 0.05 i)), i counting from the weightiest, followers at a quarter,
at most 150 · suspicion 100 × posterior · trusted 50 · front 10,000. A critical case so stands before all others, except
one whose hold ran out. The target is a term and not the order (deadline order alone prevents nothing once there is a
backlog); voices count by reliability and logarithm: thirty followers weigh less than one step of severity. All points
are whole numbers, so that the same facts give the same score on every machine.
"""

from datetime import datetime, timedelta
from math import fsum, log2

from flagstaff.cases.model import Priority, Targets, Term, Voice, Weight
from flagstaff.vocabulary.severity import Severity

_SEVERITY_POINTS = (0, 100, 200, 500, 1600)
_WAITING_AT_MOST = 400
_REACH_AT_MOST = 100
_VOICES_AT_MOST = 150
_FOLLOWER = 0.25
_FRONT = 10_000


def due_at(severity: Severity, opened_at: datetime, targets: Targets) -> datetime:
    """Return when the first human decision is due."""
    return opened_at + timedelta(hours=targets.hours(severity))


def priority(weight: Weight, now: datetime, targets: Targets) -> Priority:
    """Return a case's place in the queue with all its terms; higher goes first, never lower at a higher severity."""
    terms = (
        _severity(weight.severity),
        _waiting(weight, now, targets),
        _reach(weight),
        _voices(weight.voices),
        Term("suspicion", round(100 * weight.suspicion), "a detector saw something"),
        Term("trusted", 50 if weight.trusted else 0, "a trusted flagger is among the reporters"),
        Term("front", _FRONT if weight.front else 0, "its hold ran out before a decision"),
    )
    score = sum(term.points for term in terms)
    return Priority(score, terms, due_at(weight.severity, weight.opened_at, targets))


def _severity(severity: Severity) -> Term:
    return Term("severity", _SEVERITY_POINTS[severity], f"severity {int(severity)}, {severity.name.lower()}")


def _waiting(weight: Weight, now: datetime, targets: Targets) -> Term:
    hours = max(0.0, (now - weight.opened_at) / timedelta(hours=1))
    share = hours / targets.hours(weight.severity)
    points = min(_WAITING_AT_MOST, round(100 * share))
    return Term("waiting", points, "past its target" if share >= 1 else "waiting towards its target")


def _reach(weight: Weight) -> Term:
    """Count views where the platform sends them, else the least of the bucket, else nobody but the reporter."""
    known = weight.audience.least if weight.audience else 1
    viewers = weight.views if weight.views is not None else known
    points = min(_REACH_AT_MOST, round(10 * log2(1 + max(0, viewers))))
    return Term("reach", points, f"seen by about {viewers}")


def _voices(voices: tuple[Voice, ...]) -> Term:
    """Weigh reporters by reliability, the weightiest first, each further one a little less.

    A doubtful flag more never lowers a case: else an author's friends could flag it down the queue.
    """
    weights = sorted(
        (voice.reliability * (1 if voice.independent else _FOLLOWER) for voice in voices), reverse=True
    )
    damped = fsum(weight / (1 + 0.05 * place) for place, weight in enumerate(weights))
    points = min(_VOICES_AT_MOST, round(40 * log2(1 + damped)))
    alone = sum(voice.independent for voice in voices)
    return Term("voices", points, f"{alone} independent {'reporter' if alone == 1 else 'reporters'}")
