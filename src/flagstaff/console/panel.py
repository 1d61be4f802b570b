"""What the panel beside a case offers: clauses with what their ladder proposes, measures that fit, drafted reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import structs

from flagstaff.console.wording import ladder_why
from flagstaff.decisions import rules
from flagstaff.decisions.model import MeasureRule, Step
from flagstaff.flows.first_step import Reported, ask_first
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import Terms, propose, terms_for
from flagstaff.guidelines.model import Clause
from flagstaff.guidelines.rules import decidable_clauses, exceptions_for
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.tongues import spoken
from flagstaff.views.case import CasePage, Lettered
from flagstaff.vocabulary.references import SubjectKind
from flagstaff.vocabulary.states import FlagState, Verdict

SUGGESTED_AT_MOST: Final = 9
VERDICT_KEYS: Final = {
    Verdict.VIOLATION: "v",
    Verdict.NO_VIOLATION: "n",
    Verdict.COULD_NOT_VERIFY: "x",
    Verdict.HOUSEKEEPING: "h",
    Verdict.CARE: "e",
    Verdict.REFERRED: "f",
}
MEASURE_KEYS: Final = {"remove_content": "r", "warning": "w"}


class OfferedClause(msgspec.Struct, frozen=True):
    """A clause that a decision may name here, with what its ladder proposes and why, and a drafted reason.

    `lifted`: the sentences by which the place's group lifts it. `named`: how many flags offer it.
    """

    clause: Clause
    step: Step
    why: str
    draft: str
    lifted: tuple[str, ...]
    named: int

    @property
    def spelled(self) -> str:
        """Return the step as the page's script reads it: "remove_content:,restrict_posting:7"."""
        return ",".join(f"{one.kind}:{one.days or ''}" for one in self.step)


class OfferedMeasure(msgspec.Struct, frozen=True):
    """A measure that fits the place; `second` says that it waits for a second person."""

    rule: MeasureRule
    says: str
    second: bool
    key: str


class Option(msgspec.Struct, frozen=True):
    """The flags of a case that named one option, rolled up."""

    label: str
    severity: int
    flags: Sequence[Lettered]
    counted: int


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that deciding needs beside the case itself."""

    suggested: Sequence[OfferedClause]
    others: Sequence[OfferedClause]
    measures: Sequence[OfferedMeasure]
    codes: dict[str, str]
    version: int
    dated: bool
    not_violated: str
    verdicts: dict[str, str]

    @property
    def by_key(self) -> dict[str, OfferedClause]:
        """Index the clauses."""
        return {one.clause.key: one for one in (*self.suggested, *self.others)}


def panel_for(house: House, page: CasePage, now: datetime) -> Panel:
    """Return the panel of a case, by the guidelines in force when its words were written."""
    terms = terms_for(house, page.subject)
    terms = structs.replace(terms, guidelines=guidelines_in(terms.guidelines, spoken().language))
    decidable = {one.key: one for one in decidable_clauses(terms.guidelines, page.subject.kind)}
    near = [key for key in page.table if key in decidable][:SUGGESTED_AT_MOST]
    far = [key for key in decidable if key not in near]
    return Panel(
        suggested=[_offer(house, terms, page, decidable[key], now) for key in near],
        others=[_offer(house, terms, page, decidable[key], now) for key in far],
        measures=_fitting(terms, page),
        codes=terms.guidelines.ladder_rules.deviation.codes,
        version=terms.guidelines.version,
        dated=terms.dated,
        not_violated=_draft_no_violation([decidable[key].title for key in near]),
        verdicts={one.key: one.means for one in terms.guidelines.verdicts},
    )


def _offer(house: House, terms: Terms, page: CasePage, clause: Clause, now: datetime) -> OfferedClause:
    """Put a clause together with its proposal; who has no known author stands on no ladder."""
    rung = propose(terms, page.subject, clause.key, page.past, now) if page.subject.author else None
    rung = ask_first(house, terms, page.subject, clause.key, rung, _reported(page.flags))
    group = page.subject.community_group
    lifted = exceptions_for(terms.guidelines, group, clause.key) if group else ()
    return OfferedClause(
        clause=clause,
        step=rung.step if rung else (),
        why=ladder_why(rung.reason, terms.guidelines.names.ladders)
        if rung
        else spoken().gettext("No ladder proposes anything here."),
        # Where a rule leaves it to whoever decides, only their own words say what was wrong.
        draft=""
        if clause.kind == "discretion"
        else spoken().gettext("It breaks {key} ({title}).", key=clause.key, title=clause.title),
        lifted=tuple(exception.sentence for _, exception in lifted),
        named=sum(clause.key in one.clauses for one in page.flags if one.state is not FlagState.WITHDRAWN),
    )


def _reported(flags: Sequence[Lettered]) -> list[Reported]:
    live = [one for one in flags if one.state is not FlagState.WITHDRAWN]
    return [Reported(one.reason, frozenset(one.clauses)) for one in live]


def _fitting(terms: Terms, page: CasePage) -> list[OfferedMeasure]:
    kind, where = SubjectKind(page.subject.kind), page.subject.place
    says = {one.key: one.says for one in terms.guidelines.measures}
    return [
        OfferedMeasure(rule, says[key], key in terms.second_person, MEASURE_KEYS.get(key, ""))
        for key, rule in terms.measures.items()
        if rules.fits(rule.scope, kind, where)
    ]


def _draft_no_violation(titles: Sequence[str]) -> str:
    if not titles:
        return spoken().gettext("A person looked at it; no rule is broken.")
    return spoken().gettext(
        "A person looked at it under: {titles}. None of them is broken.", titles="; ".join(titles[:3])
    )


def rolled_up(flags: Sequence[Lettered]) -> list[Option]:
    """Return the flags by the option they named, the one named most often first."""
    by_label: dict[str, list[Lettered]] = {}
    for flag in flags:
        by_label.setdefault(flag.label, []).append(flag)
    options = [
        Option(
            label,
            max(one.severity for one in some),
            some,
            sum(one.state is not FlagState.WITHDRAWN for one in some),
        )
        for label, some in by_label.items()
    ]
    return sorted(options, key=lambda option: (-option.counted, -option.severity, option.label))
