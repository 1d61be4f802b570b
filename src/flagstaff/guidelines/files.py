"""Read the sections of policy files into one `Guidelines`; `check` then says whether it is sound."""

from collections.abc import Mapping
from typing import Any

import msgspec

from flagstaff.guidelines.model import (
    AppealRules,
    Clause,
    DetectorCard,
    Entry,
    Feature,
    FlaggingRules,
    Group,
    GroupDefaults,
    GroupLifecycle,
    GuidelinePromises,
    Guidelines,
    GuidelinesHistory,
    HoldRules,
    Ladder,
    LadderRules,
    Measure,
    Names,
    Notice,
    Phrases,
    Place,
    SecondPerson,
    Severity,
    SnapshotRules,
    Status,
    SubjectKind,
    TermsDocument,
    Verdict,
)
from flagstaff.guidelines.translating import TRANSLATED
from flagstaff.language.forms import blank_form, read_entries, read_form
from flagstaff.language.translating import read_texts
from flagstaff.language.yaml import Finding

ENTRIES: dict[str, tuple[str, type[Entry]]] = {
    "severity": ("severities", Severity),
    "subject_kinds": ("subject_kinds", SubjectKind),
    "places": ("places", Place),
    "terms": ("terms", TermsDocument),
    "clauses": ("clauses", Clause),
    "detectors": ("detectors", DetectorCard),
    "verdicts": ("verdicts", Verdict),
    "measures": ("measures", Measure),
    "statuses": ("statuses", Status),
    "notices": ("notices", Notice),
    "features": ("features", Feature),
    "groups": ("groups", Group),
}
"""Sections whose entries stand under keys of their own: section, field of `Guidelines`, type."""

WHOLE: dict[str, tuple[str, object]] = {
    "guidelines_history": ("history", tuple[GuidelinesHistory, ...]),
    "redirects": ("redirects", dict[str, str]),
    "snapshots": ("snapshots", SnapshotRules),
    "second_person": ("second_person", SecondPerson),
    "hold": ("hold", HoldRules),
    "ladder_rules": ("ladder_rules", LadderRules),
    "appeal": ("appeal", AppealRules),
    "flagging": ("flagging", FlaggingRules),
    "placeholders": ("placeholders", dict[str, dict[str, str]]),
    "phrases": ("phrases", Phrases),
    "notice_for": ("notice_for", dict[str, str]),
    "screens": ("screens", dict[str, str]),
    "group_defaults": ("group_defaults", GroupDefaults),
    "group_lifecycle": ("group_lifecycle", GroupLifecycle),
    "guideline_promises": ("promises", GuidelinePromises),
    "names": ("names", Names),
}
"""Sections that are one value."""

OPTIONAL = frozenset({"guideline_promises", "redirects", "screens", "groups", "features", "names"})
SECTIONS = frozenset({"guidelines", "ladders", *ENTRIES, *WHOLE})
TRANSLATED_SECTIONS = frozenset(shape[0] for shape in TRANSLATED)
"""Sections that a language may say in its own words."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The section `guidelines`."""

    version: int
    locale: str
    community_language: str


def read_guidelines(
    sections: Mapping[str, object], languages: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[Guidelines, list[Finding]]:
    """Return the guidelines that these sections say, and everything in their form that does not fit.

    `languages`: the sections of each translation.
    """
    findings: list[Finding] = []
    fields: dict[str, Any] = {}

    def whole(section: str, form: Any) -> Any:
        if section not in sections:
            if section not in OPTIONAL:
                findings.append(missing_section(section))
            return blank_form(form)
        value, wrong = read_form(sections[section], form, (section,))
        findings.extend(wrong)
        return value

    for section, (field, form) in WHOLE.items():
        fields[field] = whole(section, form)
    for section, (field, entry) in ENTRIES.items():
        if section not in sections and section not in OPTIONAL:
            findings.append(missing_section(section))
        data = _with_whole_scopes(sections) if section == "clauses" else sections.get(section, {})
        fields[field], wrong = read_entries(data, entry, (section,))
        findings += wrong
    steps = whole("ladders", dict[str, tuple[tuple[str, ...], ...]])
    fields["ladders"] = tuple(Ladder(key, of) for key, of in steps.items())
    head = whole("guidelines", Head)
    fields |= {field: getattr(head, field) for field in Head.__struct_fields__}
    fields["translations"] = {}
    for language, said in (languages or {}).items():
        mine = {section: value for section, value in said.items() if section in TRANSLATED_SECTIONS}
        if mine:
            fields["translations"][language], wrong = read_texts(mine, ("translations", language))
            findings += wrong
    return Guidelines(**fields), findings


def missing_section(section: str) -> Finding:
    """Say that a whole section is missing."""
    return Finding(
        (section,), f"the section `{section}` is missing", f"Add `{section}:` to one of the files."
    )


def _with_whole_scopes(sections: Mapping[str, object]) -> object:
    """Write `scope: all` out: every kind that has a menu."""
    clauses, kinds = sections.get("clauses", {}), sections.get("subject_kinds")
    if not isinstance(clauses, dict) or not isinstance(kinds, dict):
        return clauses
    every = [kind for kind, of in kinds.items() if not (isinstance(of, dict) and of.get("menu") is False)]
    return {
        key: {**clause, "scope": every}
        if isinstance(clause, dict) and clause.get("scope") == "all"
        else clause
        for key, clause in clauses.items()
    }
