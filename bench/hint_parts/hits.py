"""Measure how often the option somebody means is among those proposed, on labelled comments."""

from pathlib import Path
from typing import Final

from bench.hint_parts.found import (
    HARD,
    NATURAL,
    Comment,
    Hits,
    Silence,
    hits_by_theme,
    is_held_out,
    read_comments,
    wilson,
)
from bench.measuring.result import Goal, Result, keep, made
from flagstaff.flows.read_policy import read_policy
from flagstaff.menus.hints import index_of, propose

GOAL: Final = 0.8
HELD_OUT, TUNED, OBLIQUE = "natural, held out", "natural, tuned on", "oblique"
COLUMNS = ("comments", "theme", "of", "first %", "from", "to", "among three %", "from ", "to ")
SKIPPED = "SKIPPED: the comments are not part of the repository; name their folder with --data"
Found = dict[str, tuple[dict[str, Hits], Silence]]


def hits(data: Path | None, *, publish: bool) -> None:
    """Measure, print and keep the table; without the comments say so."""
    if data is None or not all((data / "data" / name / "comments.csv").exists() for name in (NATURAL, HARD)):
        print(SKIPPED)
        return
    found = _found(data / "data")
    result = _result(found)
    for row in result.rows:
        print("  ".join(f"{cell!s:>20}" if place < 2 else f"{cell!s:>6}" for place, cell in enumerate(row)))
    for goal in result.goals:
        print(f"{'reached' if goal.met else 'MISSED'}: {goal.goal}: {goal.measured} {goal.reason}")
    if publish:
        keep("hint-hits", result)


def _found(data: Path) -> Found:
    policy = read_policy()
    version = policy.menu_versions[-1]
    rules = {clause.key: clause.title for clause in policy.guidelines.clauses}
    indexes = {menu.subject: index_of(version, menu, rules) for menu in version.menus}

    def proposed(kind: str, text: str) -> list[str]:
        return [str(hint.option.reason) for hint in propose(indexes[kind], text)]

    natural = read_comments(data / NATURAL)
    sets: dict[str, list[Comment]] = {
        HELD_OUT: [one for one in natural if is_held_out(one)],
        TUNED: [one for one in natural if not is_held_out(one)],
        OBLIQUE: read_comments(data / HARD),
    }
    menus = {str(kind): menu for kind, menu in version.menu_by_kind.items()}
    return {name: hits_by_theme(comments, menus, proposed) for name, comments in sets.items()}


def _row(name: str, theme: str, one: Hits) -> tuple[str | float | int, ...]:
    def figures(hit: int) -> tuple[float, ...]:
        return tuple(round(share * 100, 1) for share in (hit / one.comments, *wilson(hit, one.comments)))

    return (name, theme, one.comments, *figures(one.first), *figures(one.three))


def _result(found: Found) -> Result:
    whole = {name: _sum(by_theme) for name, (by_theme, _) in found.items()}
    rows = [_row(name, "all", whole[name]) for name in found]
    rows += [_row(name, theme, one) for name in (HELD_OUT, OBLIQUE) for theme, one in found[name][0].items()]
    three = whole[HELD_OUT].three / whole[HELD_OUT].comments
    low, high = wilson(whole[HELD_OUT].three, whole[HELD_OUT].comments)
    met = three >= GOAL
    return Result(
        title="How often a hint finds the option",
        command="python3 dev.py bench hint --data FOLDER",
        made=made(),
        what=(
            "Two files of a thousand labelled comments each, made up for such measurements: one in the words of "
            "people in a hurry, one deliberately oblique. Of those whose theme has an option in the menu of what was "
            "flagged: how often is it proposed first, and how often among the three?"
        ),
        columns=COLUMNS,
        rows=rows,
        notes=_notes(found),
        goals=[
            Goal(
                goal=f"the right option among three ≥ {GOAL:.0%} of natural comments not tuned on",
                measured=f"{three:.1%} ({low:.1%}–{high:.1%})",
                met=met,
                reason="" if met else "the rows below say in which themes",
            )
        ],
    )


def _sum(by_theme: dict[str, Hits]) -> Hits:
    total = Hits(0, 0, 0)
    for one in by_theme.values():
        total = total.plus(one)
    return total


def _notes(found: Found) -> list[str]:
    weakest = sorted(found[HELD_OUT][0].items(), key=lambda one: one[1].three / one[1].comments)[:3]
    misses = ", ".join(f"`{theme}` {one.comments - one.three} of {one.comments}" for theme, one in weakest)
    silence = "; ".join(f"{name}: {one.silent} of {one.comments}" for name, (_, one) in found.items())
    told = [
        """How they were split: a digest of each natural comment's id and words puts it into one half or the other. The
        cues of the default menu were written with the one half in sight; of the other, and of the oblique file, no line
        was read for it, only sums were looked at. The figures of the half that was tuned on are too good, and stand
        here for comparison alone.""",
        "From and to: the 95 % interval after Wilson. A theme with twenty comments says little by itself.",
        f"Weakest on the half held out, by what was not found: {misses}.",
        f"""Where the theme has no option (never hires, another price afterwards, noise) silence is right; so often
        nothing was proposed: {silence}. Nothing converts by itself, so a needless proposal costs a glance.""",
        """Few writers made these comments, and each line has one label. On what people of a platform write it may be
        worse: how often proposals are taken is counted there.""",
    ]
    return [" ".join(note.split()) for note in told]
