"""Say everything that is wrong with a version of the guidelines, all at once: where, what, how to mend it."""

import math
import re
from collections.abc import Iterator

from flagstaff.guidelines.conditions import BadCondition, Conditions
from flagstaff.guidelines.ladders import check_ladders
from flagstaff.guidelines.model import STATUSES, VERDICTS, Clause, Guidelines
from flagstaff.guidelines.translating import check_translations
from flagstaff.language.forms import closest, unknown
from flagstaff.language.yaml import Finding, Trail

LIFTABLE_BELOW = 3
"""Groups may lift only clauses below this severity."""
LONGEST_HOLD_HOURS = 24
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
DSA = re.compile(r"[A-Z]+(_[A-Z]+)*")
OZONE = re.compile(r"reason[A-Z]\w+")
FAMILIES = ("receipt", "outcome", "statement_of_reasons")


def check_guidelines(guidelines: Guidelines) -> list[Finding]:
    """Return every finding; an empty list means that this version may be published."""
    checks = (
        check_scales,
        check_places,
        check_clauses,
        check_terms,
        check_detectors,
        check_measures,
        check_limits,
        check_ladders,
        check_verdicts,
        check_notices,
        check_groups,
        check_history,
        check_translations,
    )
    return [finding for check in checks for finding in check(guidelines)]


def check_scales(g: Guidelines) -> Iterator[Finding]:
    levels = [severity.level for severity in g.severities]
    if levels != list(range(5)):
        what = "the scale does not run from 0 to 4"
        yield Finding(("severity",), what, "Write five entries, in order, with levels 0 to 4.")
    longer: float = math.inf
    for severity in g.severities:
        at, hours = ("severity", severity.key, "target_hours"), severity.target_hours
        if (hours is None) != (severity.level == 0):
            yield Finding(at, "all but level 0 have a time target", "Write hours, and null for level 0.")
        elif hours is not None and not 0 < hours < longer:
            yield Finding(
                at, "a graver case must be looked at sooner", "Write fewer hours than the level below."
            )
        longer = hours if hours is not None else longer
    for field in ("locale", "community_language"):
        yield from _language(("guidelines", field), getattr(g, field))


def _language(at: Trail, language: str) -> Iterator[Finding]:
    if not LANGUAGE.fullmatch(language):
        yield Finding(at, f"`{language}` is no language", "Write a tag such as en or pt-BR.")


def check_places(g: Guidelines) -> Iterator[Finding]:
    places = {place.key for place in g.places}
    for place in g.places:
        at: Trail = ("places", place.key, "levels")
        for number, level in enumerate(place.levels):
            yield from unknown((*at, number), "level", level, {"site"} | places)
        if place.levels[:1] != ("site",) or (len(place.levels) > 1 and place.levels[-1] != place.key):
            what = f"the levels of `{place.key}` do not run from `site` to the place itself"
            yield Finding(at, what, "Write them wide to narrow, the place itself last.")
    for kind in g.subject_kinds:
        for number, key in enumerate(kind.lives_in):
            yield from unknown(("subject_kinds", kind.key, "lives_in", number), "place", key, places)
        if not kind.lives_in:
            what = f"`{kind.key}` lives nowhere"
            yield Finding(("subject_kinds", kind.key), what, "Name at least one place in `lives_in`.")


def check_clauses(g: Guidelines) -> Iterator[Finding]:
    kinds, ladders = [kind.key for kind in g.subject_kinds], g.ladder_by_key
    levels = {severity.level for severity in g.severities}
    for clause in g.clauses:
        at: Trail = ("clauses", clause.key)
        for place, kind in enumerate(clause.scope):
            yield from unknown((*at, "scope", place), "subject kind", kind, kinds)
        if clause.ladder is not None:
            yield from unknown((*at, "ladder"), "ladder", clause.ladder, ladders)
        if clause.severity is not None and clause.severity not in levels:
            yield Finding(
                (*at, "severity"),
                f"unknown severity {clause.severity}",
                "Use a level of the section `severity`.",
            )
        if clause.redirect is not None:
            yield from unknown((*at, "redirect"), "redirect", clause.redirect, g.redirects)
        if clause.decidable:
            yield from _needed_for_decisions(clause)
        yield from _codes(clause)
        yield from _kept_safe(g, clause)
    yield from _unused_ladders(g)


def _needed_for_decisions(clause: Clause) -> Iterator[Finding]:
    for field in ("ladder", "severity", "dsa", "ozone"):
        if getattr(clause, field) is None:
            at = ("clauses", clause.key, field)
            yield Finding(
                at, f"a decision may name `{clause.key}`, so it needs `{field}`", f"Add `{field}:`."
            )
    if not clause.scope:
        yield Finding(
            ("clauses", clause.key, "scope"),
            f"`{clause.key}` applies to nothing",
            "Name subject kinds, or `all`.",
        )
    if clause.key.startswith("MT-") and not clause.terms:
        at = ("clauses", clause.key, "terms")
        yield Finding(
            at, f"marketplace clause `{clause.key}` does not say which terms it comes from", "Add `terms:`."
        )


def _codes(clause: Clause) -> Iterator[Finding]:
    at: Trail = ("clauses", clause.key)
    for place, code in enumerate(clause.dsa or ()):
        if not DSA.fullmatch(code):
            what = f"`{code}` is no DSA name"
            yield Finding((*at, "dsa", place), what, "Write it in capitals, as in SCAMS_AND_FRAUD.")
    if clause.ozone is not None and not OZONE.fullmatch(clause.ozone):
        yield Finding(
            (*at, "ozone"), f"`{clause.ozone}` is no Ozone reason", "Write it as in reasonRuleOther."
        )


def _kept_safe(g: Guidelines, clause: Clause) -> Iterator[Finding]:
    at: Trail = ("clauses", clause.key)
    too_grave = bool(clause.terms) or clause.kind != "violation" or (clause.severity or 0) >= LIFTABLE_BELOW
    if clause.groups_may_lift and too_grave:
        yield Finding(
            (*at, "groups_may_lift"),
            f"groups may lift `{clause.key}`, yet it cites terms, is no violation, or is of severity 3 or more",
            "Remove `groups_may_lift`.",
        )
    if clause.ladder == "critical" and clause.reference_only == "nothing":
        yield Finding(
            (*at, "reference_only"),
            f"the gravest material is never kept, yet `{clause.key}` has no `reference_only`",
            "Add `reference_only: files`, or `everything`.",
        )
    if clause.key in g.promises.never_copied and clause.reference_only != "everything":
        yield Finding(
            (*at, "reference_only"),
            f"material under `{clause.key}` is promised never to be copied",
            "Write `reference_only: everything`.",
        )


def _unused_ladders(g: Guidelines) -> Iterator[Finding]:
    used = {clause.ladder for clause in g.clauses}
    for ladder in g.ladders:
        if ladder.key not in used:
            at = ("ladders", ladder.key)
            yield Finding(
                at, f"no clause uses the ladder `{ladder.key}`", "Name it in a clause, or remove it."
            )
    for at_, key in enumerate(g.promises.never_copied):
        yield from unknown(("guideline_promises", "never_copied", at_), "clause", key, g.clause_by_key)


def check_terms(g: Guidelines) -> Iterator[Finding]:
    sections = {f"{document.key}.{section}" for document in g.terms for section in document.sections}
    known = sections | {document.key for document in g.terms}
    cited = {term for clause in g.clauses for term in clause.terms}
    for clause in g.clauses:
        for place, term in enumerate(clause.terms):
            yield from unknown(("clauses", clause.key, "terms", place), "terms", term, known)
    for document_ in g.terms:
        if document_.link is not None and not document_.link.startswith("https://"):
            where = ("terms", document_.key, "link")
            yield Finding(
                where, f"`{document_.link}` is no address", "Write one that begins with https://, or null."
            )
    for term in sorted(sections - cited):
        document, section = term.split(".", 1)
        at = ("terms", document, "sections", section)
        yield Finding(at, f"no clause cites the terms `{term}`", "Cite them in a clause, or remove them.")


def check_detectors(g: Guidelines) -> Iterator[Finding]:
    modes: dict[str, set[str]] = {}
    for card in g.detectors:
        at: Trail = ("detectors", card.key)
        if not card.clauses:
            yield Finding(
                (*at, "clauses"), f"the detector `{card.key}` is for no clause", "Name the clauses it serves."
            )
        if not card.sees.strip():
            yield Finding(
                (*at, "sees"), f"the card of `{card.key}` does not say what it sees", "Write one line."
            )
        for place, clause in enumerate(card.clauses):
            modes.setdefault(clause, set()).add(card.mode)
            yield from unknown((*at, "clauses", place), "clause", clause, g.clause_by_key)
            if clause in g.promises.assist_only and card.mode != "auto_assist":
                yield Finding(
                    (*at, "mode"), f"on `{clause}` a machine may only assist", "Write `mode: auto_assist`."
                )
    for place, key in enumerate(g.promises.assist_only):
        yield from unknown(("guideline_promises", "assist_only", place), "clause", key, g.clause_by_key)
    for clause_ in g.clauses:
        yield from _ceiling(
            clause_, modes.get(clause_.key, set()), assist_only=clause_.key in g.promises.assist_only
        )


def _ceiling(clause: Clause, modes: set[str], *, assist_only: bool) -> Iterator[Finding]:
    at, key = ("clauses", clause.key, "detect"), clause.key
    if assist_only and clause.detect != "auto_assist":
        yield Finding(at, f"on `{key}` a machine may only assist", "Write `detect: auto_assist`.")
    elif clause.detect == "human_only" and modes:
        yield Finding(
            at,
            f"`{key}` is for people only, yet a detector names it",
            "Change `detect`, or the detector's `clauses`.",
        )
    elif clause.detect != "human_only" and not modes:
        yield Finding(
            at,
            f"`{key}` says `{clause.detect}`, but no detector names it",
            "Write `human_only`, or add a detector.",
        )
    elif clause.detect == "auto_signal" and "auto_signal" not in modes:
        yield Finding(
            at, f"`{key}` says `auto_signal`, but its detectors only assist", "Write `auto_assist`."
        )


def check_measures(g: Guidelines) -> Iterator[Finding]:
    levels = {level for place in g.places for level in place.levels}
    second = g.second_person.measures
    for measure in g.measures:
        at: Trail = ("measures", measure.key)
        yield from unknown((*at, "scope"), "scope", measure.scope, {"content", "person", "outside"} | levels)
        yield from unknown((*at, "notice"), "notice", measure.notice, g.notice_by_key)
        if measure.scope in ("community", "site", "outside") and measure.key not in second:
            what = f"`{measure.key}` reaches wide and needs a second person"
            yield Finding((*at, "scope"), what, "Add it to `second_person.measures`, or narrow its scope.")
            missing = f"the list lacks `{measure.key}`, whose scope is `{measure.scope}`"
            yield Finding(("second_person", "measures"), missing, f"Add `{measure.key}`.")
        if measure.scope in levels and not (measure.days or measure.lasting):
            yield Finding(
                (*at, "days"),
                f"`{measure.key}` has no end and is not lasting",
                "Add `days:`, or `lasting: true`.",
            )
        for field in ("says", "undo"):
            if not getattr(measure, field).strip():
                yield Finding((*at, field), f"`{measure.key}` has an empty `{field}`", "Write one sentence.")
    for place, key in enumerate(second):
        yield from unknown(("second_person", "measures", place), "measure", key, g.measure_by_key)


def check_limits(g: Guidelines) -> Iterator[Finding]:
    needs, hold = g.hold.requires, g.measure_by_key.get("hold")
    if not needs.reason_allows:
        yield Finding(
            ("hold", "requires", "reason_allows"), "a hold without a reason that allows it", "Write `true`."
        )
    if needs.posterior_at_least < 0.95:
        at = ("hold", "requires", "posterior_at_least")
        yield Finding(at, "a machine would hold content on too little", "Write 0.95 or more.")
    if needs.severity_at_least < LIFTABLE_BELOW:
        at = ("hold", "requires", "severity_at_least")
        yield Finding(at, "a machine would hold what is not grave", "Write 3 or 4.")
    if hold is None or not hold.before_decision:
        at = ("measures", "hold", "before_decision")
        yield Finding(at, "a hold comes before the decision", "Write `before_decision: true`.")
    elif not 0 < (hold.hours or 0) <= LONGEST_HOLD_HOURS:
        at = ("measures", "hold", "hours")
        yield Finding(at, "a hold ends within 24 hours", "Write 1 to 24.")
    if g.hold.renewed_by_machine:
        yield Finding(("hold", "renewed_by_machine"), "a machine never renews a hold", "Write `false`.")
    limit_reach = g.measure_by_key.get("limit_reach")
    if limit_reach is not None and limit_reach.enabled:
        yield Finding(
            ("measures", "limit_reach", "enabled"),
            "`limit_reach` is off by default",
            "Write `enabled: false`.",
        )
    if g.flagging.trusted_flaggers.perks != ("priority",):
        at = ("flagging", "trusted_flaggers", "perks")
        yield Finding(
            at, "a trusted flagger gains priority only: no flag counts twice", "Write `[priority]`."
        )
    trusted = g.flagging.trusted_flaggers
    if not 0 < trusted.lost_below_precision < trusted.earned_by_precision <= 1:
        at = ("flagging", "trusted_flaggers", "earned_by_precision")
        yield Finding(
            at, "trust is lost below what earns it", "Write 0 < `lost_below_precision` < this <= 1."
        )
    if g.flagging.small_audience_below < 2:
        what = "no audience would ever be small"
        yield Finding(("flagging", "small_audience_below"), what, "Write 2 or more.")
    yield from unknown(("flagging", "misuse", "clause"), "clause", g.flagging.misuse.clause, g.clause_by_key)
    yield from _redress(g)


def _redress(g: Guidelines) -> Iterator[Finding]:
    deviation, within = g.ladder_rules.deviation, g.appeal.within
    if set(g.appeal.who) != {"author", "reporter"}:
        yield Finding(
            ("appeal", "who"), "a second look is open to author and reporter", "Write both, and no other."
        )
    if (within.months, within.days) != (6, 1):
        yield Finding(
            ("appeal", "within"),
            "a second look is open for six months and a day",
            "Write `{months: 6, days: 1}`.",
        )
    if deviation.reason_min_graphemes < 20:
        at = ("ladder_rules", "deviation", "reason_min_graphemes")
        yield Finding(at, "leaving the ladder needs a written reason", "Write 20 or more.")
    if not deviation.codes:
        yield Finding(
            ("ladder_rules", "deviation", "codes"),
            "leaving the ladder needs a code",
            "Write at least one code.",
        )
    if g.ladder_rules.decay_days < 1:
        yield Finding(
            ("ladder_rules", "decay_days"),
            "decisions would never count",
            "Write the days for which they count.",
        )


# ---------------------------------------------------------------- verdicts, notices, groups, history
def check_verdicts(g: Guidelines) -> Iterator[Finding]:
    if [verdict.key for verdict in g.verdicts] != list(VERDICTS):
        yield Finding(
            ("verdicts",),
            "the verdicts are not those of the house",
            f"Write, in order: {', '.join(VERDICTS)}.",
        )
    if [status.key for status in g.statuses] != list(STATUSES):
        yield Finding(
            ("statuses",),
            "the statuses are not those of the house",
            f"Write, in order: {', '.join(STATUSES)}.",
        )
    final = {status.key for status in g.statuses if not status.open}
    for verdict in g.verdicts:
        at: Trail = ("verdicts", verdict.key)
        if verdict.status not in final:
            what = f"`{verdict.status}` is no final status"
            yield Finding((*at, "status"), what, closest(verdict.status, final))
        for place, key in enumerate(() if verdict.measures == "any" else verdict.measures):
            yield from unknown((*at, "measures", place), "measure", key, g.measure_by_key)
        for place, key in enumerate(verdict.notices):
            yield from unknown((*at, "notices", place), "notice", key, g.notice_by_key)
        if (verdict.key == "violation") != (verdict.clauses == "required"):
            yield Finding(
                (*at, "clauses"), "exactly a violation names clauses", "Write `required` there, else `none`."
            )


def check_notices(g: Guidelines) -> Iterator[Finding]:
    sent = {key for verdict in g.verdicts for key in verdict.notices} | {
        measure.notice for measure in g.measures
    }
    sent |= {*g.notice_for.values(), g.group_lifecycle.notice}
    for event, key in g.notice_for.items():
        yield from unknown(("notice_for", event), "notice", key, g.notice_by_key)
    yield from unknown(("group_lifecycle", "notice"), "notice", g.group_lifecycle.notice, g.notice_by_key)
    for family in FAMILIES:
        if family not in {notice.family for notice in g.notices}:
            yield Finding(("notices",), f"no notice of the family `{family}`", "Write one.")
    for notice in g.notices:
        at: Trail = ("notices", notice.key)
        if notice.key not in sent:
            yield Finding(
                at, f"nothing sends the notice `{notice.key}`", "Name it in `notice_for`, or remove it."
            )
        allowed = {*g.placeholders.get("any", {}), *g.placeholders.get(notice.to, {})}
        for name in sorted(set(re.findall(r"\{(.*?)\}", notice.text)) - allowed):
            what = f"`{{{name}}}` is no placeholder of a notice to {notice.to}"
            yield Finding((*at, "text"), what, closest(name, allowed))
    yield from _empty_texts(g)


def _empty_texts(g: Guidelines) -> Iterator[Finding]:
    texts: dict[Trail, str] = {("notices", notice.key, "text"): notice.text for notice in g.notices}
    texts |= {("statuses", status.key, "text"): status.text for status in g.statuses}
    texts |= {("redirects", key): text for key, text in g.redirects.items()}
    texts |= {("screens", key): text for key, text in g.screens.items()}
    texts |= {("clauses", clause.key, "title"): clause.title for clause in g.clauses}
    texts |= {("clauses", clause.key, "summary"): clause.summary for clause in g.clauses}
    for at, text in texts.items():
        if not text.strip():
            yield Finding(at, f"`{'.'.join(str(part) for part in at)}` is empty", "Write the text.")


def check_groups(g: Guidelines) -> Iterator[Finding]:
    conditions = Conditions(g.features)
    for group in g.groups:
        for place, language in enumerate(group.languages):
            yield from _language(("groups", group.key, "languages", place), language)
        for place, host in enumerate(group.allowed_hosts):
            if not HOST.fullmatch(host):
                where = ("groups", group.key, "allowed_hosts", place)
                yield Finding(where, f"`{host}` is no host", "Write it as in github.com, in small letters.")
        yield from unknown(("groups", group.key, "bucket"), "bucket", group.bucket, g.group_defaults.buckets)
        for place, exception in enumerate(group.exceptions):
            at: Trail = ("groups", group.key, "exceptions", place)
            clause = g.clause_by_key.get(exception.clause)
            yield from unknown((*at, "clause"), "clause", exception.clause, g.clause_by_key)
            if clause is not None and not clause.groups_may_lift:
                what = f"no group may lift `{exception.clause}`"
                yield Finding((*at, "clause"), what, "Name a clause with `groups_may_lift: true`.")
            if not exception.sentence.endswith("."):
                yield Finding(
                    (*at, "sentence"),
                    "an exception needs a sentence for people",
                    "Write one that ends with a full stop.",
                )
            try:
                conditions.compile(exception.when)
            except BadCondition as bad:
                yield Finding((*at, "when"), bad.what, bad.hint)


def check_history(g: Guidelines) -> Iterator[Finding]:
    if [entry.version for entry in g.history] != list(range(1, g.version + 1)):
        what = f"the versions do not run from 1 to {g.version} without a gap"
        yield Finding(("guidelines_history",), what, "Add or renumber entries, or mend `guidelines.version`.")
