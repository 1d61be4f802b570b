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
            for place, key in enumerate(step):
                at = ("ladders", ladder.key, number, place)
                yield from unknown(at, "measure", key, known)
                if key in known and (known[key].before_decision or not known[key].enabled):
                    yield Finding(
                        at, f"a ladder may not propose `{key}`", "It is off, or comes before a decision."
                    )
    if all(key in known for ladder in g.ladders for step in ladder.steps for key in step):
        yield from _tried_out(g)


def _tried_out(g: Guidelines) -> Iterator[Finding]:
    reached: dict[str, set[int]] = {ladder.key: set() for ladder in g.ladders}
    told: set[tuple[str, str, str]] = set()
    lives_in = {kind.key: kind.lives_in for kind in g.subject_kinds}
    for clause in g.clauses:
        ladder = g.ladder_by_key.get(clause.ladder or "")
        if ladder is None:
            continue
        for kind, place in ((one, place) for one in clause.scope for place in lives_in.get(one, ())):
            fitting = fitting_steps(g, ladder, kind, place)
            proposed = {
                fitting[step] for step in repeat_offences(g, [ladder.steps[number] for number in fitting])
            }
            reached[ladder.key] |= proposed
            for finding in _one_place(g, clause, ladder, (kind, place), fitting, proposed):
                if finding.at[0] == "clauses" or (ladder.key, kind, place) not in told:
                    yield finding
            told.add((ladder.key, kind, place))
    yield from _never_reached(g, reached)


def _one_place(
    g: Guidelines, clause: Clause, ladder: Ladder, where: tuple[str, str], fitting: tuple[int, ...], proposed: set[int]
) -> Iterator[Finding]:  # fmt: skip
    at, there = ("clauses", clause.key, "ladder"), f"on {where[0]} in {where[1]}"
    if not fitting:
        yield Finding(
            at,
            f"no step of ladder `{ladder.key}` fits {there}",
            "Choose another ladder, or add a step that fits.",
        )
        return
    if fitting[-1] not in proposed:
        what = f"repeated decisions {there} never reach the last step of ladder `{ladder.key}` there"
        yield Finding(
            ("ladders", ladder.key), what, "Shorten the days of its measures, or lengthen `decay_days`."
        )
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
