"""Say of one version of the guidelines what decisions need to know: the rooms do not read each other."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from flagstaff.decisions import ladder as ladders, rules
from flagstaff.decisions.model import (
    HoldRule,
    Ladder,
    MeasureRule,
    PastDecision,
    Published,
    Rung,
    WordsDate,
)
from flagstaff.flows.house import House
from flagstaff.guidelines import rules as guideline_rules
from flagstaff.guidelines.model import Clause, Guidelines
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.effects import Scope
from flagstaff.vocabulary.references import (
    ClauseId,
    DecisionKey,
    GuidelinesVersion,
    LadderKey,
    MeasureKind,
    SubjectKind,
)
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import Verdict


class Terms(msgspec.Struct, frozen=True):
    """The guidelines that words are judged by: those in force when they were written, else first seen."""

    guidelines: Guidelines
    words_at: datetime
    dated: bool

    @property
    def measures(self) -> dict[MeasureKind, MeasureRule]:
        """Return what the policy says of each measure that a decision may apply."""
        return {
            MeasureKind(one.key): MeasureRule(MeasureKind(one.key), Scope(one.scope), one.days, one.lasting)
            for one in self.guidelines.measures
            if one.enabled and not one.before_decision
        }

    @property
    def second_person(self) -> frozenset[MeasureKind]:
        """Return the measures that wait for a second person."""
        return frozenset(map(MeasureKind, self.guidelines.second_person.measures))

    @property
    def deviation_codes(self) -> frozenset[str]:
        """Return why a person may leave a ladder."""
        return frozenset(self.guidelines.ladder_rules.deviation.codes)

    @property
    def hold_rule(self) -> HoldRule:
        """Return what a machine needs before it may hold."""
        requires = self.guidelines.hold.requires
        hours = next((one.hours for one in self.guidelines.measures if one.key == "hold"), None) or 24
        return HoldRule(requires.posterior_at_least, Severity(requires.severity_at_least), hours)

    def clause(self, key: str) -> Clause | None:
        """Return a clause."""
        return self.guidelines.clause_by_key.get(key)

    def ladder(self, clause: str) -> Ladder | None:
        """Return the ladder that a leading clause stands on."""
        found = guideline_rules.ladder_of(self.guidelines, clause)
        if found is None:
            return None
        known = self.measures
        steps = tuple(
            rules.step_of([MeasureKind(key) for key in step], known)
            for step in found.steps
            if all(MeasureKind(key) in known for key in step)
        )
        scopes = {kind: rule.scope for kind, rule in known.items()}
        return Ladder(LadderKey(found.key), steps, scopes, self.guidelines.ladder_rules.decay_days)

    def severity(self, verdict: Verdict, clauses: tuple[ClauseId, ...]) -> Severity:
        """Return how grave a decision is: by its own clauses, never by what flags called it."""
        if verdict in {Verdict.CARE, Verdict.REFERRED}:
            return Severity.CRITICAL
        known = (self.clause(key) for key in clauses)
        return Severity(max((one.severity or 1 for one in known if one), default=1))


def terms_for(house: House, subject: Judged) -> Terms:
    """Return the terms by which a subject is judged, as its newest copy is dated."""
    history = house.policy.guidelines_history(subject.platform)
    versions = [Published(GuidelinesVersion(entry.version), since) for since, entry in history]
    words = WordsDate(subject.first_seen_at, subject.posted_at, subject.edited_at)
    held = rules.in_force(versions, words)
    guidelines = next(entry for _, entry in history if entry.version == held.version)
    return Terms(guidelines, held.words_at, held.dated)


def propose(
    terms: Terms, subject: Judged, leading: str, past: tuple[PastDecision, ...], now: datetime
) -> Rung | None:
    """Return what the ladder of a leading clause proposes for a subject's words, and why."""
    ladder = terms.ladder(leading)
    if ladder is None:
        return None
    return ladders.propose(ladder, past, terms.words_at, now, subject.place, SubjectKind(subject.kind))


def after_this(
    terms: Terms, subject: Judged, leading: str, past: tuple[PastDecision, ...], now: datetime
) -> Rung | None:
    """Return what would follow new words after a decision made now: the notice says it beforehand."""
    ladder = terms.ladder(leading)
    if ladder is None:
        return None
    this = PastDecision(DecisionKey(subject.key), ladder.key, now, terms.words_at, now)
    then = now + timedelta(seconds=1)
    return ladders.propose(ladder, (*past, this), then, then, subject.place, SubjectKind(subject.kind))


def zone_of(house: House, platform: str) -> ZoneInfo:
    """Return the zone in which a platform counts days."""
    return ZoneInfo(house.policy.host(platform).zone)
