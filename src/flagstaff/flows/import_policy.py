"""What the published policy says of a past row: known kinds and clauses, and which option was meant."""

import re
import unicodedata
from typing import Final

import msgspec

from flagstaff.flags.model import Choice
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.imports.model import Content, Fault, Past, PastFlag, PastVerdict, Plan
from flagstaff.imports.rules import shown
from flagstaff.menus.model import MenuVersion, Option
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.references import (
    ClauseId,
    MenuVersion as VersionNumber,
    OptionKey,
    Platform,
    SubjectKind,
    SubjectRef,
)
from flagstaff.vocabulary.severity import Severity

BEFORE_ANY_MENU: Final = 0
"""The version that a flag names whose option was never on a menu of this house."""
_NOT_IN_KEYS: Final = re.compile(r"[^a-z0-9]+")
_KEY_AT_MOST: Final = 60


class Chosen(msgspec.Struct, frozen=True):
    """An option as a past flag chose it; `on_menu` False: no menu of this house ever had it."""

    choice: Choice
    reason: str
    staff_only: bool
    reference_only: bool
    on_menu: bool


class Options:
    """Find the options of one platform, and remember what was found: a file names few of them, often."""

    def __init__(self, policy: PolicyBook, platform: str) -> None:
        """Look in every menu version that this platform published."""
        self._policy, self._platform = policy, platform
        self._found: dict[tuple[object, ...], Chosen] = {}

    def chosen(self, past: PastFlag) -> Chosen:
        """Return what a past flag chose, with the label its reporter saw where the row says it."""
        asked = (past.content.kind, past.option, past.menu_version, past.language, past.label, past.severity)
        if asked not in self._found:
            self._found[asked] = self._look(past)
        return self._found[asked]

    def _look(self, past: PastFlag) -> Chosen:
        kind = past.content.kind
        key = past.option if past.option.startswith(f"{kind}.") else f"{kind}.{past.option}"
        versions = self._policy.menus_history(self._platform)[::-1]
        versions.sort(key=lambda version: version.number != past.menu_version)
        for version in versions:
            option = version.option_by_key.get(key)
            if option is not None and option.subject == kind:
                return self._known(past, version, option)
        return _unknown(past)

    def _known(self, past: PastFlag, version: MenuVersion, option: Option) -> Chosen:
        guidelines = self._policy.guidelines(self._platform)
        clauses = [guidelines.clause_by_key[one] for one in option.clauses if one in guidelines.clause_by_key]
        name = self._policy.host(self._platform).name
        choice = Choice(
            option=OptionKey(option.key),
            kind=OptionKind(option.kind),
            severity=Severity(past.severity or option.severity),
            menu_version=VersionNumber(version.number),
            language=past.language,
            label=past.label or option.label.replace("{platform}", name),
            clauses=frozenset(map(ClauseId, option.clauses)),
        )
        grave = any(clause.reference_only == "everything" for clause in clauses)
        return Chosen(choice, option.reason, option.route == "staff_only", grave, on_menu=True)


def _unknown(past: PastFlag) -> Chosen:
    """Take an option of another menu as it was called; it leads to no clause."""
    plain = unicodedata.normalize("NFKD", past.option).encode("ascii", "ignore").decode().lower()
    reason = _NOT_IN_KEYS.sub("_", plain).strip("_")[:_KEY_AT_MOST] or "unnamed"
    choice = Choice(
        option=OptionKey(f"{past.content.kind}.{reason}"),
        kind=OptionKind.VIOLATION,
        severity=Severity(past.severity or Severity.LOW),
        menu_version=VersionNumber(BEFORE_ANY_MENU),
        language=past.language,
        label=past.label or past.option,
    )
    return Chosen(choice, reason, staff_only=False, reference_only=False, on_menu=False)


def against_policy(policy: PolicyBook, plan: Plan, past: Past) -> Fault | None:
    """Say what a row names that this platform has not: a kind of subject, a clause of a verdict."""
    content = past if isinstance(past, Content) else getattr(past, "content", None)
    if content is not None and not policy.has_kind(plan.platform, content.kind):
        known = ", ".join(sorted(policy.menus(plan.platform).menu_by_kind))
        what = f"{shown(content.kind)} is no kind of subject here"
        return _fault(plan, "kind", what, f"use one of: {known}; or translate it under [values.kind]")
    if isinstance(past, PastVerdict):
        known_clauses = policy.guidelines(plan.platform).clause_by_key
        for clause in past.clauses:
            if clause not in known_clauses:
                what = f"{shown(clause)} is no clause of the guidelines"
                return _fault(plan, "clauses", what, "translate it under [values.clauses], or name another")
    return None


def _fault(plan: Plan, field: str, what: str, mend: str) -> Fault:
    return Fault(plan.columns.get(field, f"[constants] {field}"), what, mend)


def seen_of(platform: str, content: Content, *, reference_only: bool = False) -> Seen:
    """Return a subject of a past row as intake would see it."""
    return Seen(
        ref=SubjectRef(Platform(platform), SubjectKind(content.kind), content.subject),
        place=content.place,
        author=content.author,
        title=content.title,
        words=content.words,
        link=content.link,
        language=content.language,
        posted_at=content.posted_at,
        edited_at=content.edited_at,
        audience=content.audience,
        reference_only=reference_only,
    )
