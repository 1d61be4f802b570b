"""Say everything that is wrong with a draft, all at once: where, what, how to mend it.

What was wrong with the live menus before is not this draft's fault: of what no draft can help, only what it makes
worse is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from flagstaff.language.forms import unknown
from flagstaff.language.yaml import Finding, Trail
from flagstaff.menus.check import check_coverage, check_lines, check_reasons
from flagstaff.menus.drafts import GOAL_METRICS, Add, Applied, Draft, Merge, Remove, Reword, names_of
from flagstaff.menus.model import KnownGuidelines, MenuVersion
from flagstaff.menus.rules import rows_of
from flagstaff.menus.wording import check_translations

LONGEST_GOAL: Final = 366
"""Days that a goal may be measured over."""


def check_draft(draft: Draft, applied: Applied, live: MenuVersion, known: KnownGuidelines) -> list[Finding]:
    """Return everything wrong with a draft as it was applied; empty: it may be proposed."""
    version = applied.version
    before = {*check_reasons(live, known), *check_lines(live, known)}
    contents = [
        *check_reasons(version, known),
        *check_lines(version, known),
        *check_coverage(version, known, since=live),
    ]
    found = [
        *_aim(draft),
        *_cycles(draft),
        *applied.findings,
        *_scopes(draft, known),
        *check_translations(version),
        *(_told_at(finding, draft, version) for finding in contents if finding not in before),
    ]
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- why it is made
def _aim(draft: Draft) -> Iterator[Finding]:
    if not draft.operations:
        yield Finding(("operations",), "this draft changes nothing yet", "Add an operation.")
    if draft.goal is None:
        names = ", ".join(f"`{names_of(one)}`" for one in draft.operations[:3])
        more = " and others" if len(draft.operations) > 3 else ""
        for_what = f" for {names}{more}" if names else ""
        yield Finding(("goal",), f"the draft states no goal{for_what}", "Choose what the change shall move.")
    else:
        for metric in (draft.goal.primary, *draft.goal.watch):
            yield from unknown(("goal", "primary"), "metric", metric, GOAL_METRICS)
        if not 1 <= draft.goal.window_days <= LONGEST_GOAL:
            yield Finding(
                ("goal", "window_days"), "a goal is measured over days", f"Write 1 to {LONGEST_GOAL}."
            )
    if draft.owner is None:
        yield Finding(("owner",), "nobody answers for this version", "Name an owner.")
    if not draft.note.strip():
        yield Finding(("note",), "nothing says why", "Write a sentence that readers will see.")


def _cycles(draft: Draft) -> Iterator[Finding]:
    """Yield options that a draft sends round in a circle: a flag on one of them would end nowhere."""
    goes: dict[str, str] = {}
    told: set[frozenset[str]] = set()
    for step, operation in enumerate(draft.operations):
        if isinstance(operation, Merge):
            goes |= dict.fromkeys(operation.sources, operation.into)
        elif isinstance(operation, Remove):
            goes[operation.option] = operation.into
        circle = _circle(goes, names_of(operation).partition(" → ")[2])
        if len(circle) > 1 and frozenset(circle) not in told:
            told.add(frozenset(circle))
            what = f"options go round in a circle: {' → '.join((*circle, circle[0]))}"
            yield Finding(("operations", step, "into"), what, "Let one of them stay.")


def _circle(goes: Mapping[str, str], start: str) -> tuple[str, ...]:
    seen: list[str] = []
    key = start
    while key in goes and key not in seen:
        seen.append(key)
        key = goes[key]
    return tuple(seen) if seen and key == start else ()


# ---------------------------------------------------------------- clauses
def _scopes(draft: Draft, known: KnownGuidelines) -> Iterator[Finding]:
    """Yield the clauses of a new reason that do not reach its kind: nobody could decide under them there."""
    scopes = {clause.key: clause for clause in known.clauses}
    for step, operation in enumerate(draft.operations):
        if not isinstance(operation, Add) or operation.meaning is None:
            continue
        for key in operation.meaning.clauses:
            clause = scopes.get(key)
            if clause is not None and operation.kind not in clause.kinds:
                what = f"`{key}` ({clause.title}) does not reach `{operation.kind}`"
                mend = f"Leave it out; it reaches {', '.join(clause.kinds)}."
                yield Finding(("operations", step, "clauses"), what, mend)


# ---------------------------------------------------------------- where
def _told_at(finding: Finding, draft: Draft, version: MenuVersion) -> Finding:
    """Return a finding about the version as one about the operation that brought it, where there is one."""
    step = _step_behind(finding.at, draft.operations, version)
    if step is None:
        return finding
    return msgspec.structs.replace(finding, at=("operations", step, *finding.at[-1:]))


def _step_behind(at: Trail, operations: Sequence[object], version: MenuVersion) -> int | None:
    reason = str(at[1]) if at[0] == "reasons" and len(at) > 1 else None
    option = next(
        (one.key for menu in version.menus for here, one in rows_of(menu) if here == at[: len(here)]), None
    )
    row = at[1:3] if at[0] == "menus" and len(at) == 3 else None
    found = None
    for step, one in enumerate(operations):
        key = one.into if isinstance(one, Merge) else getattr(one, "option", "")
        if key == option or (reason is not None and key.partition(".")[2] == reason):
            found = step
        if (
            row
            and not isinstance(one, Reword | Remove)
            and (key.partition(".")[0], getattr(one, "row", "")) == row
        ):
            found = step
    return found
