"""The ladder: which step earlier decisions propose; what one notice could have stopped is never punished twice."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flagstaff.decisions.access import running
from flagstaff.decisions.model import Chosen, Ladder, MeasureEvent, PastDecision, Rung, Standing
from flagstaff.decisions.rules import fits
from flagstaff.vocabulary.effects import Scope
from flagstaff.vocabulary.references import MeasureKind, Place, SubjectKind


def propose(
    ladder: Ladder,
    past: Iterable[PastDecision],
    words_at: datetime,
    now: datetime,
    where: Place,
    kind: SubjectKind,
) -> Rung | None:
    """Return the step for new words of an author; None where no step of the ladder fits the place.

    The number of a step is that of earlier decisions that count; steps that do not fit the place are skipped and the
    last one repeats. It only proposes: a person may deviate with a code and a reason.
    """
    fitting = [step for step in ladder.steps if all(fits(ladder.scopes[m.kind], kind, where) for m in step)]
    if not fitting:
        return None
    count = len(counted(ladder, past, words_at, now))
    number = min(count, len(fitting) - 1)
    earlier = "1 earlier decision counts" if count == 1 else f"{count} earlier decisions count"
    repeats = "; the last step repeats" if count >= len(fitting) else ""
    return Rung(
        number, fitting[number], f"{earlier} under '{ladder.key}' within {ladder.decay_days} days{repeats}."
    )


def mended_first(rung: Rung, instead: Chosen, scopes: Mapping[MeasureKind, Scope]) -> Rung:
    """Return the first step with a reason's own content measure in the place of the ladder's; later steps stay."""
    if rung.number:
        return rung
    kept = tuple(one for one in rung.step if scopes[one.kind] is not Scope.CONTENT)
    return Rung(rung.number, (instead, *kept), f"{rung.reason} What it was flagged for can be mended first.")


def tidied_first(rung: Rung) -> Rung:
    """Return the first step with the hint that the reason asks for order without blame: a verdict of its own."""
    if rung.number:
        return rung
    hint = "What it was flagged for is put in order without blame by the verdict housekeeping."
    return Rung(rung.number, rung.step, f"{rung.reason} {hint}")


def counted(
    ladder: Ladder, past: Iterable[PastDecision], words_at: datetime, now: datetime
) -> tuple[PastDecision, ...]:
    """Return the earlier decisions that count as steps, for words posted at `words_at`.

    Each is about words posted after the notice of the one before had reached the author, and the new words came after
    the last of those notices: a bulk of thirty is one step, and words from before a notice are no defiance of it. It is
    the longest such row, so that a further decision never lowers the step.
    """
    since = now - timedelta(days=ladder.decay_days)
    told = [
        (decision.told_at, decision)
        for decision in past
        if decision.ladder == ladder.key
        and since <= decision.effective_at <= now
        and decision.told_at is not None
    ]
    row: list[PastDecision] = []
    last_told: datetime | None = None
    for told_at, decision in sorted(told, key=lambda pair: (pair[0], pair[1].decision)):
        if told_at < words_at and (last_told is None or decision.words_at > last_told):
            row.append(decision)
            last_told = told_at
    return tuple(row)


def standing(
    ladder: Ladder,
    past: tuple[PastDecision, ...],
    events: Iterable[MeasureEvent],
    now: datetime,
    where: Place,
    kind: SubjectKind,
) -> Standing:
    """Return what an author sees of themselves: what counts, what runs, and what would follow words posted now."""
    return Standing(
        counted=counted(ladder, past, now, now),
        running=running(events, now),
        next=propose(ladder, past, now, now, where, kind),
    )
