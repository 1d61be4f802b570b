"""Let kept flags count once the restriction of their reporters is over: they are looked at afterwards, not lost."""

from uuid import UUID

from flagstaff.cases import moves, rules as case_rules, storage as cases
from flagstaff.cases.moves import Held
from flagstaff.cases.storage import Step
from flagstaff.flags import rules as flag_rules, storage as flags
from flagstaff.flags.storage import KeptFlag
from flagstaff.flows.hold_case import hold_case
from flagstaff.flows.house import House
from flagstaff.flows.score_cases import score_cases
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import reporters
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import CaseState

_WAITS = {CaseState.PARKED, CaseState.ASKED}


async def count_kept_flags(house: House) -> int:
    """End what restrictions are over, and return how many flags count from now on.

    The vault names the flags of those persons; which of them are of one person is not kept anywhere.
    """
    async with house.database.transaction(Role.WORKER) as connection:
        over = await reporters.end_restrictions(connection, house.now)
        kept = await flags.kept_among(connection, over)
        for case in sorted({one.case for one in kept}):
            await _count(house, connection, case, [one for one in kept if one.case == case])
        return len(kept)


async def _count(house: House, connection: Connection, key: UUID, kept: list[KeptFlag]) -> None:
    """Let the kept flags of one case count; a case that waited for this alone wakes."""
    case = await hold_case(connection, key)
    if case is None:
        return
    before = (await flags.tally(connection, [key], [], [])).get(key)
    only_kept = case.origin is CaseOrigin.FLAG and not (before and before.counted)
    for one in kept:
        flag_rules.apply(one.state, "count")
    await flags.count_kept(connection, [one.key for one in kept], house.now)
    arrow = _arrow(case, Severity(max(one.severity for one in kept)), only_kept=only_kept)
    target = case_rules.apply(case.state, arrow)
    if target is not case.state:
        await moves.wake_now(connection, key)
    step = Step(key, house.now, arrow, case.state, target, "house", "a restriction is over: kept flags count")
    await cases.append_steps(connection, [step], house.ids)
    await score_cases(house, connection, [key], house.now)


def _arrow(case: Held, severity: Severity, *, only_kept: bool) -> str:
    if case.state in _WAITS and severity.grave:
        return "alarm"
    return "first_counted" if case.state is CaseState.PARKED and only_kept else "grow"
