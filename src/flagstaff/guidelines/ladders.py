"""Try every ladder out in every place, so that no published step is a dead letter."""

import math
from collections.abc import Iterator

from flagstaff.guidelines.model import Clause, Guidelines, Ladder
from flagstaff.guidelines.rules import fitting_steps
from flagstaff.language.forms import unknown
from flagstaff.language.yaml import Finding

OFFENDS_AGAIN_AFTER_DAYS = 7
"""In the simulation: counted from the end of each measure."""


def check_ladders(g: Guidelines) -> Iterator[Finding]:
    known = g.measure_by_key
    for ladder in g.ladders:
        for number, step in enumerate(ladder.steps):
            if not step:
                yield Finding(
                    ("ladders", ladder.key, number), "a step without a measure", "Name one, or remove it."
                )
            for place, key in enumerate(step):
                at = ("ladders", ladder.key, number, place)
                yield from unknown(at, "measure", key, known)
                if key in known and (known[key].before_decision or not known[key].enabled):
                    yield Finding(
                        at, f"a ladder may not propose `{key}`", "It is off, or comes before a decision."
                    )
    for measure in known.values():
        if (measure.days or 0) + OFFENDS_AGAIN_AFTER_DAYS > g.ladder_rules.decay_days:
            what = f"when `{measure.key}` ends, all that led to it is forgotten"
            mend = "Shorten its days, write `lasting: true`, or lengthen `ladder_rules.decay_days`."
            yield Finding(("measures", measure.key, "days"), what, mend)
    if all(key in known for ladder in g.ladders for step in ladder.steps for key in step):
        yield from _tried_out(g)


def _tried_out(g: Guidelines) -> Iterator[Finding]:
    reached: dict[str, set[int]] = {ladder.key: set() for ladder in g.ladders}
    cut_short: dict[str, list[str]] = {}
    lives_in = {kind.key: kind.lives_in for kind in g.subject_kinds}
    for clause in g.clauses:
        ladder = g.ladder_by_key.get(clause.ladder or "")
        if ladder is None:
            continue
        for kind, place in ((one, place) for one in clause.scope for place in lives_in.get(one, ())):
            fitting = fitting_steps(g, ladder, kind, place)
            proposed = {fitting[step] for step in repeat_offences(g, [ladder.steps[n] for n in fitting])}
            reached[ladder.key] |= proposed
            if fitting and fitting[-1] not in proposed:
                cut_short.setdefault(ladder.key, []).append(f"{kind} in {place}")
            yield from _first_step(g, clause, ladder, fitting, f"{kind} in {place}")
    for key, where in cut_short.items():
        others = f" (and {len(set(where)) - 1} more)" if len(set(where)) > 1 else ""
        what = f"repeated decisions on {where[0]}{others} never reach the last step there"
        yield Finding(("ladders", key), what, "Shorten the days of its measures, or lengthen `decay_days`.")
    yield from _never_reached(g, reached)


def _first_step(
    g: Guidelines, clause: Clause, ladder: Ladder, fitting: tuple[int, ...], where: str
) -> Iterator[Finding]:
    at = ("clauses", clause.key, "ladder")
    if not fitting:
        what = f"no step of ladder `{ladder.key}` fits {where}"
        yield Finding(at, what, "Choose another ladder, or add a step that fits.")
        return
    first = {g.measure_by_key[key].scope for key in ladder.steps[fitting[0]]}
    if (clause.severity or 0) < 4 and "site" in first:
        what = f"severity {clause.severity}, yet ladder `{ladder.key}` suspends from the site at once"
        yield Finding(at, what, "Choose a milder ladder, or severity 4.")


def repeat_offences(g: Guidelines, steps: list[tuple[str, ...]]) -> list[int]:
    """Return the steps proposed, in order, to somebody who offends again a while after each measure has ended."""
    decided: list[float] = []
    proposed: list[int] = []
    today = 0.0
    while steps and len(proposed) < 2 * len(steps) and today < math.inf:
        step = min(sum(today - day <= g.ladder_rules.decay_days for day in decided), len(steps) - 1)
        proposed.append(step)
        decided.append(today)
        measures = [g.measure_by_key[key] for key in steps[step]]
        today += OFFENDS_AGAIN_AFTER_DAYS + max(
            (math.inf if m.lasting else m.days or 0 for m in measures), default=0
        )
    return proposed


def _never_reached(g: Guidelines, reached: dict[str, set[int]]) -> Iterator[Finding]:
    for ladder in g.ladders:
        for number in range(len(ladder.steps)):
            if number not in reached[ladder.key]:
                at = ("ladders", ladder.key, number)
                yield Finding(
                    at,
                    f"step {number} of ladder `{ladder.key}` is never reached",
                    "Remove it, or let a place fit it.",
                )
    applied = {key for ladder in g.ladders for number in reached[ladder.key] for key in ladder.steps[number]}
    applied |= {key for verdict in g.verdicts if verdict.measures != "any" for key in verdict.measures}
    for measure in g.measures:
        if measure.enabled and not measure.before_decision and measure.key not in applied:
            at_ = ("measures", measure.key)
            yield Finding(
                at_,
                f"nothing ever leads to `{measure.key}`",
                "Put it on a ladder, or write `enabled: false`.",
            )
