"""Take an appeal in hand, or give it back."""

from datetime import datetime

from flagstaff.appeals import rules, storage as appeals
from flagstaff.audit import storage as audit
from flagstaff.cases.desk import CLAIM_LASTS
from flagstaff.flows.appeal_desk import Bench, bench_entry, take_bench
from flagstaff.flows.case_desk import NotYours
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import AppealState


async def claim_appeal(house: House, by: Account, number: str) -> datetime:
    """Claim an appeal and return until when; claiming again renews it. Raises NoSuchAppeal or NotYours."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        bench = await take_bench(house, connection, by, number)
        until, state = bench.now + CLAIM_LASTS, bench.appeal.state
        if not holds(bench):
            if state is AppealState.CLAIMED and not lapsed(bench):
                msg = "somebody else has this appeal in hand"
                raise NotYours(msg, mend="take another one, or come back when their time has run out")
            state = rules.apply(AppealState.RECEIVED if lapsed(bench) else state, "claim")
        await appeals.move(connection, bench.appeal.key, state, reviewer=by.key, claimed_until=until)
        await audit.record(connection, [bench_entry(house, bench, "appeal.claimed")])
    return until


async def release_appeal(house: House, by: Account, number: str) -> None:
    """Give an appeal back; raises NoSuchAppeal or NotYours."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        bench = await take_bench(house, connection, by, number)
        demand_held(bench)
        await appeals.move(connection, bench.appeal.key, rules.apply(bench.appeal.state, "release"))
        await audit.record(connection, [bench_entry(house, bench, "appeal.released")])


def lapsed(bench: Bench) -> bool:
    """Tell whether somebody's claim of this appeal is over."""
    until = bench.appeal.claimed_until
    return bench.appeal.state is AppealState.CLAIMED and until is not None and bench.now >= until


def holds(bench: Bench) -> bool:
    """Tell whether the account before the appeal holds it."""
    return (
        bench.appeal.state is AppealState.CLAIMED and bench.appeal.reviewer == bench.by and not lapsed(bench)
    )


def demand_held(bench: Bench) -> None:
    """Raise NotYours unless the account before the appeal holds it."""
    if not holds(bench):
        msg = "this appeal is not in your hands"
        raise NotYours(msg, mend="claim it first")
