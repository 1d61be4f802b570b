"""Print and keep what was measured of themes, beside the goals."""

from pathlib import Path
from typing import Final

from bench.measuring.result import Goal, Result, keep, made
from bench.themes_parts.audits import Audits, audited, stopped
from bench.themes_parts.corpus import Corpus, read_codebook, ready
from bench.themes_parts.guesses import Score, by_bertopic, by_groups, by_house, by_lines, by_proposal
from flagstaff.insight.dive import Line

STOPPED_AT_MOST: Final = 500
_LIMITS: Final = {("natural", 200): (1.1, 0.65), ("natural", 400): (0.6, 1.0), ("hard", 100): (99, 1.0)}


def show_guesses(
    corpora: list[Corpus], lines: tuple[Line, ...], fresh: Path | None, *, keep_it: bool
) -> None:
    """Score every way without labels. `fresh`: codebooks by somebody who read fifty comments and no label."""
    rows: list[tuple[str, Score]] = []
    for corpus in corpora:
        ways = [
            by_house(corpus),
            by_proposal(corpus),
            by_lines(corpus, lines, "given codebook"),
            by_groups(corpus),
            by_bertopic(corpus),
        ]
        if fresh is not None and (file := fresh / f"{corpus.name}-codebook.csv").exists():
            ways.append(by_lines(corpus, read_codebook(file), "codebook after 50 comments"))
        rows += [(corpus.name, one) for one in ways if one is not None]
    for name, one in rows:
        print(
            f"{name:10} {one.way:26} found {one.found:2} of {one.of}   largest four {one.largest:4.1f}"
            f"   all {one.all:4.1f} points   noise {one.noise:5.1f} %"
        )
    if not keep_it:
        return
    given = next(one for name, one in rows if name == "natural" and one.way == "given codebook")
    keep(
        "themes-guesses",
        Result(
            title="Themes without a label",
            command="python3 dev.py bench themes --only guesses",
            made=made(),
            what="How many of sixteen themes are found (F1 of at least one half) in 1,000 labelled comments, and by how"
            " many points shares are off, when nobody has labelled anything: by the lines a run proposes, by a codebook"
            " that a person wrote (a name and one sentence each), and by groups on the same vectors, each group matched"
            " to the theme it overlaps most. Beside them what the default policy says already: its reasons and rules."
            " Every comment is read, no label is.",
            columns=["comments", "way", "themes found", "of", "largest four, points off", "all, points off"],
            rows=[
                [name, one.way, one.found, one.of, round(one.largest, 2), round(one.all, 2)]
                for name, one in rows
            ],
            notes=["Made-up comments: nobody's own words are in them."],
            goals=[
                Goal(
                    goal="a given codebook finds 10 of 16 themes, the four largest within 2.5 points",
                    measured=f"{given.found} of {given.of}, {given.largest:.2f} points",
                    met=given.found >= 10 and given.largest <= 2.5,
                    reason="" if given.found >= 10 and given.largest <= 2.5 else _WHY,
                )
            ],
        ),
    )


_WHY: Final = "instances of the second largest theme do not resemble its name; labels mend it"


def show_audits(
    corpora: list[Corpus], lines: tuple[Line, ...], sizes: list[int], audits: int, *, keep_it: bool
) -> None:
    """Score many audits of each size on each corpus, beside the audit alone."""
    rows: list[tuple[str, Audits]] = []
    notes = []
    for corpus in corpora:
        held = ready(corpus, lines)
        for labels in sizes:
            one = audited(held, labels, audits)
            rows.append((corpus.name, one))
            print(
                f"{corpus.name:8} {labels} labels: largest four {one.largest:.2f} points (audit"
                f" {one.plain_largest:.2f}), all {one.all:.2f} ({one.plain_all:.2f}), width {one.width:.3f} of the"
                f" audit's (common themes {one.width_common:.3f}), coverage {one.coverage:.1f} % least"
                f" {one.least:.1f} % (audit {one.plain_coverage:.1f} %), accuracy {one.accuracy:.1f} %,"
                f" noise caught {one.noise:.0f} %, {one.seconds:.2f} CPU s",
                flush=True,
            )
        mean, least, taken = stopped(held, min(audits, STOPPED_AT_MOST))
        notes.append(
            f"{corpus.name}: where the audit ends by the stop rule, coverage is {100 * mean:.1f} % on average and"
            f" {100 * least:.1f} % at least, after {taken:.0f} labels on average."
        )
        print(notes[-1], flush=True)
    if keep_it:
        keep("themes-audits", _result(rows, notes))


def _result(rows: list[tuple[str, Audits]], notes: list[str]) -> Result:
    return Result(
        title="Shares by a few hundred labels",
        command="python3 dev.py bench themes --only audits --audits 2000",
        made=made(),
        what="A simulated reviewer labels random comments of 1,000; shares of themes are estimated with the help of the"
        " coder, which never saw a row's own label, and by the audit alone. Errors are in points, widths of intervals"
        " as a part of the audit's own, coverage over themes of at least 2.5 %.",
        columns=[
            "comments", "labels", "audits", "largest four, points off", "audit alone", "width, largest four",
            "width, common themes", "coverage %", "least %", "accuracy %", "noise caught %", "CPU s",
        ],
        rows=[
            [
                name, one.labels, one.audits, round(one.largest, 2), round(one.plain_largest, 2), round(one.width, 3),
                round(one.width_common, 3), round(one.coverage, 1), round(one.least, 1), round(one.accuracy, 1),
                round(one.noise, 0), round(one.seconds, 2),
            ]
            for name, one in rows
        ],
        notes=[
            *notes,
            "The coder's constants were chosen on these comments; what that flatters is measured below, by halves.",
        ],
        goals=[goal for name, one in rows for goal in _goals(name, one)],
    )  # fmt: skip


def _goals(name: str, one: Audits) -> list[Goal]:
    found = [
        Goal(
            goal=f"{name}, {one.labels} labels: coverage 93 to 97 % on average, none below 91 %",
            measured=f"{one.coverage:.1f} %, least {one.least:.1f} %",
            met=93 <= one.coverage <= 97 and one.least >= 91,
            reason="rare differences between coder and reviewer are seen late"
            if one.least < 91
            else "wide is honest",
        )
    ]
    limits = _LIMITS.get((name, one.labels))
    if limits is not None and name == "natural":
        met = one.largest <= limits[0] and one.width <= limits[1]
        found.append(
            Goal(
                goal=f"natural, {one.labels} labels: the four largest within {limits[0]} points, width ≤ {limits[1]}",
                measured=f"{one.largest:.2f} points, {one.width:.3f}",
                met=met,
                reason="" if met else "the coder is right too seldom",
            )
        )
    if name == "hard":
        met = one.width_common <= 1 and one.largest <= one.plain_largest
        found.append(
            Goal(
                goal=f"hard, {one.labels} labels: on average never wider or worse than the audit",
                measured=f"width {one.width_common:.3f}, {one.largest:.2f} against {one.plain_largest:.2f} points",
                met=met,
                reason="" if met else "the coder is right too seldom",
            )
        )
    return found
