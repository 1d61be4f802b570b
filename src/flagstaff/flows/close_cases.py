"""Close cases: those in effect of which nothing is on its way any more, and those whose flags were all taken back."""

from flagstaff.cases import moves, rules, storage as cases
from flagstaff.cases.model import Remains
from flagstaff.cases.storage import Rest, Step
from flagstaff.flows.house import House
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.severity import Severity

_BATCH = 500


async def close_cases(house: House) -> int:
    """Close what is done, and return how many; any number of workers may do it."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        done = await moves.effective(connection, _BATCH)
        for case in done:
            await moves.close(connection, case.key)
        steps = [
            Step(one.key, now, "close", one.state, rules.apply(one.state, "close"), "house") for one in done
        ]
        await cases.append_steps(connection, steps, house.ids)
        return len(done)


async def close_emptied(house: House) -> int:
    """Close open cases of which every flag was taken back while somebody held them; returns how many."""
    async with house.database.transaction(Role.WORKER) as connection:
        found = await cases.emptied(connection, _BATCH)
        return sum([await close_if_empty(house, connection, case, "house") for case in found])


async def close_if_empty(house: House, connection: Connection, case: Rest, actor: str) -> bool:
    """Close a locked case without a verdict where only withdrawn flags are left in it; returns whether it was."""
    remains = Remains(
        state=case.state,
        severity=Severity(case.severity),
        counted=0,
        other_basis=case.origin in {CaseOrigin.SIGNAL, CaseOrigin.STAFF}
        or await cases.is_needed(connection, case.key),
    )
    ruling = rules.may_close_withdrawn(remains)
    if ruling:
        target = rules.apply(case.state, "close_withdrawn")
        await cases.close_now(connection, case.key, house.now, [case.state])
        step = Step(case.key, house.now, "close_withdrawn", case.state, target, actor, ruling.reason)
        await cases.append_steps(connection, [step], house.ids)
    return bool(ruling)
