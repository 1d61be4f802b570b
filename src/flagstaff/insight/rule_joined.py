"""Write down what joining two rules would change in the files of the policy, for a person to finish and propose.

Rules have no drafts in the console: `flagstaff policy check` and `flagstaff policy propose` take files. Words are
joined as they stand; only a person can say in one sentence what both mean.
"""

from collections.abc import Iterator

import msgspec

from flagstaff.insight.rule_use import KnownRule


def prepared_join(goes: KnownRule, stays: KnownRule, guidelines: int) -> str:
    """Return YAML in which each part stands as its file wants it; what cannot be decided here is a comment."""
    return "\n".join(_lines(goes, stays, guidelines)) + "\n"


def _lines(goes: KnownRule, stays: KnownRule, guidelines: int) -> Iterator[str]:
    yield f"# {goes.key} ({goes.title}) goes into {stays.key} ({stays.title}), from guidelines version {guidelines}."
    yield "# Change these entries and take the old rule out of its file; then flagstaff policy check, and propose."
    yield ""
    yield "# clauses-*.yaml"
    yield "clauses:"
    yield f"  {stays.key}:"
    yield f"    title: {_said(stays.title)}"
    yield "    # Both, as they stand: say it in one."
    yield f"    summary: {_said(f'{stays.summary} {goes.summary}'.strip())}"
    yield f"    scope: {_said(sorted({*stays.scope, *goes.scope}))}"
    yield f"    severity: {max(stays.severity, goes.severity)}"
    if stays.ladder:
        yield f"    ladder: {stays.ladder}" + (
            f"  # {goes.key}: {goes.ladder}" if goes.ladder != stays.ladder else ""
        )
    if goes.reasons:
        yield ""
        yield "# menus/reasons.yaml: the same options lead to the rule that stays"
        yield "reasons:"
        for reason, clauses in sorted(goes.reasons.items()):
            kept = dict.fromkeys(stays.key if one == goes.key else one for one in clauses)
            yield f"  {reason}:"
            yield f"    clauses: {_said(list(kept))}"
    for group in goes.groups:
        yield f"# groups.yaml: {group} lifts {goes.key}; let it lift {stays.key} on the same condition, or not at all"


def _said(value: object) -> str:
    """Write a value as JSON, which is YAML."""
    return msgspec.json.encode(value).decode()
