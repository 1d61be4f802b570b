"""Read a decision from its form, and keep what was typed where it cannot stand yet."""

from collections.abc import Sequence

import msgspec

from flagstaff.console.forms import BadForm, Form
from flagstaff.console.panel import OfferedClause, Panel
from flagstaff.decisions.model import Chosen, Deviation, Step
from flagstaff.flows.decide_case import Judgement
from flagstaff.views.case import Copy
from flagstaff.vocabulary.references import ClauseId, MeasureKind, SnapshotKey
from flagstaff.vocabulary.states import Verdict

AS_IT_STANDS = "as_it_stands"


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form: drafted at first, later what somebody typed."""

    verdict: Verdict | None = None
    leading: str = ""
    other: str = ""
    further: frozenset[str] = frozenset()
    measures: Step = ()
    proposed_for: str = ""
    code: str = ""
    why: str = ""
    reason: str = ""
    facts: str = ""
    copy: str = ""

    @property
    def days(self) -> dict[str, int | None]:
        """Return the chosen measures with their lengths."""
        return {one.kind: one.days for one in self.measures}


def drafted(panel: Panel) -> Filled:
    """Return a form that nobody touched: the first clause's proposal is ticked, and no verdict is."""
    first = panel.suggested[0] if panel.suggested else None
    return Filled(
        leading=first.clause.key if first else "",
        measures=first.step if first else (),
        proposed_for=first.clause.key if first else "",
        reason=first.draft if first else "",
    )


def read_filled(form: Form, panel: Panel) -> Filled:
    """Return what somebody sent.

    Where another clause was chosen and the ticked measures are still those that the first one proposed, the chosen
    clause's own proposal stands in their place; the drafted reason follows the clause and the verdict in the same way.
    A page without its script so needs no second look.
    """
    verdict = form.one("verdict", Verdict) if form.text("verdict") else None
    leading = _named(form.text("other"), panel) or form.text("clause")
    filled = Filled(
        verdict=verdict,
        leading=leading,
        other=form.text("other"),
        further=frozenset(form.many("further")) - {leading},
        measures=_measures(form),
        proposed_for=form.text("proposed_for"),
        code=form.text("code"),
        why=form.text("why"),
        reason=form.text("reason"),
        facts=form.text("facts"),
        copy=form.text("copy"),
    )
    return _following(filled, panel)


def _following(filled: Filled, panel: Panel) -> Filled:
    known = panel.by_key
    before, chosen = known.get(filled.proposed_for), known.get(filled.leading)
    if filled.verdict is not Verdict.VIOLATION:
        drafts = {one.draft for one in known.values()}
        if filled.reason in drafts | {""} and filled.verdict is Verdict.NO_VIOLATION:
            return msgspec.structs.replace(filled, reason=panel.not_violated)
        return filled
    if chosen is None:
        return filled
    if _untouched(filled, before) and before is not chosen:
        filled = msgspec.structs.replace(filled, measures=chosen.step, proposed_for=chosen.clause.key)
    if filled.reason in {"", panel.not_violated, before.draft if before else ""}:
        filled = msgspec.structs.replace(filled, reason=chosen.draft)
    return filled


def _untouched(filled: Filled, before: OfferedClause | None) -> bool:
    return set(filled.measures) == set(before.step if before else ())


def _named(other: str, panel: Panel) -> str:
    """Return the clause that somebody typed or chose from the list: its key, or "key · title"."""
    key = other.partition(" ")[0]
    return key if key in panel.by_key else ""


def _measures(form: Form) -> Step:
    chosen = []
    for kind in form.many("measure"):
        days = form.text(f"days_{kind}")
        if days and not (days.isascii() and days.isdecimal() and 0 < int(days) <= 3650):
            msg = f"{days!r} is no number of days"
            raise BadForm(
                msg, where=f"days_{kind}", mend="write a whole number, or leave it empty for no end"
            )
        chosen.append(Chosen(MeasureKind(kind), int(days) if days else None))
    return tuple(chosen)


def judgement_of(case: str, revision: int | None, filled: Filled, copies: Sequence[Copy]) -> Judgement:
    """Return the decision to be made; raises BadForm for one without a verdict."""
    if filled.verdict is None:
        msg = "no verdict was chosen"
        raise BadForm(msg, where="verdict", mend="say whether a rule is broken")
    violates = filled.verdict is Verdict.VIOLATION
    clauses = (filled.leading, *sorted(filled.further)) if violates and filled.leading else ()
    by_number = {str(one.number): one.key for one in copies}
    snapshot = by_number.get(filled.copy)
    return Judgement(
        case=case,
        verdict=filled.verdict,
        reason=filled.reason,
        facts=filled.facts,
        clauses=tuple(ClauseId(key) for key in clauses),
        measures=_of_verdict(filled),
        snapshot=SnapshotKey(snapshot) if snapshot else None,
        as_it_stands=filled.copy == AS_IT_STANDS,
        deviation=Deviation(filled.code, filled.why) if filled.code else None,
        revision=revision,
    )


def _of_verdict(filled: Filled) -> Step:
    """Leave out what the form shows for a violation only."""
    kept = {Verdict.HOUSEKEEPING: "move_or_merge", Verdict.REFERRED: "refer_outside"}
    if filled.verdict is Verdict.VIOLATION or filled.verdict is None:
        return filled.measures
    wanted = kept.get(filled.verdict)
    return (Chosen(MeasureKind(wanted)),) if wanted else ()
