"""Wake cases that waited for a day or for an answer: from then on they are decided on what there is."""

from flagstaff.cases import moves, rules, storage as cases
from flagstaff.cases.storage import Step
from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vocabulary.states import CaseState

_BATCH = 500
_ARROW = {CaseState.PARKED: "reminder_due", CaseState.ASKED: "answer_overdue"}


async def wake_cases(house: House) -> int:
    """Open what waited long enough, and return how many; any number of workers may do it."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        # With its subject held: a flag under way would else write into the history what is no longer so.
        found = await moves.waking(connection, now, _BATCH)
        due = [one for one in found if await judging.try_lock(connection, one.subject)]
        steps = []
        for case in due:
            arrow = _ARROW[case.state]
            target = rules.apply(case.state, arrow)
            await moves.move(connection, case, target)
            steps.append(Step(case.key, now, arrow, case.state, target, "house", case.waiting_note or ""))
        await cases.append_steps(connection, steps, house.ids)
        return len(due)
