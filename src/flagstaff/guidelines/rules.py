"""Decide over guidelines as data: which clause, which ladder, which measure fits where."""

from collections.abc import Iterable, Iterator

from flagstaff.guidelines.model import (
    Clause,
    Group,
    GroupException,
    Guidelines,
    Ladder,
    Measure,
    Notice,
    Severity,
)

ALWAYS_FIT = ("person", "site", "outside")
FLAG_USE = "flag_use"


def clause_of(guidelines: Guidelines, key: str) -> Clause | None:
    """Return the clause with this key, or None."""
    return guidelines.clause_by_key.get(key)


def decidable_clauses(guidelines: Guidelines, subject_kind: str) -> tuple[Clause, ...]:
    """Return the clauses that a decision on this kind of subject may name."""
    return tuple(c for c in guidelines.clauses if c.decidable and subject_kind in c.scope)


def ladder_of(guidelines: Guidelines, clause_key: str) -> Ladder | None:
    """Return the ladder that a decision led by this clause stands on, or None where it has none."""
    clause = clause_of(guidelines, clause_key)
    return guidelines.ladder_by_key.get(clause.ladder) if clause and clause.ladder else None


def severity_of(guidelines: Guidelines, level: int) -> Severity | None:
    """Return the step of the scale with this level, 0 to 4."""
    return next((severity for severity in guidelines.severities if severity.level == level), None)


def measure_fits(guidelines: Guidelines, measure: Measure, subject_kind: str, place: str) -> bool:
    """Tell whether a measure can be applied to a subject of this kind in this place."""
    if measure.scope == "content":
        return subject_kind != FLAG_USE
    levels = next((known.levels for known in guidelines.places if known.key == place), ())
    return measure.scope in ALWAYS_FIT or measure.scope in levels


def fitting_steps(guidelines: Guidelines, ladder: Ladder, subject_kind: str, place: str) -> tuple[int, ...]:
    """Return the numbers of the steps (from 0) whose measures all fit the place; the others are skipped there."""
    known = guidelines.measure_by_key
    return tuple(
        number
        for number, step in enumerate(ladder.steps)
        if all(key in known and measure_fits(guidelines, known[key], subject_kind, place) for key in step)
    )


def notice_of(guidelines: Guidelines, key: str) -> Notice | None:
    """Return the notice text with this key, or None."""
    return guidelines.notice_by_key.get(key)


def exceptions_for(
    guidelines: Guidelines, group: str, clause_key: str
) -> Iterator[tuple[Group, GroupException]]:
    """Yield the exceptions by which this group lifts this clause."""
    for known in guidelines.groups:
        if known.key == group:
            yield from (
                (known, exception) for exception in known.exceptions if exception.clause == clause_key
            )


def is_reference_only(guidelines: Guidelines, clauses: Iterable[str]) -> bool:
    """Tell whether one of these clauses may be named but nothing of what breaks it copied."""
    known = guidelines.clause_by_key
    return any(known[key].reference_only == "everything" for key in clauses if key in known)
